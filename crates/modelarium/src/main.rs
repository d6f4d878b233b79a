//! The `modelarium` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    modelarium::run(std::env::args_os())
}
