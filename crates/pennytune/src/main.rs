//! The `pennytune` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    pennytune::run(std::env::args_os())
}
