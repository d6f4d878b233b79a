//! The same command under the name its first users know.

use std::process::ExitCode;

fn main() -> ExitCode {
    modelarium::run(std::env::args_os())
}
