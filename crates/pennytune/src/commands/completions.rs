//! `completions`.

use clap::CommandFactory;

use crate::cli::Cli;
use crate::exit::{Exit, Outcome};
use crate::printer::Printer;

pub(super) fn run(printer: &Printer, shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pennytune", &mut script);
    printer.payload(&script);
    Ok(Exit::Produced)
}
