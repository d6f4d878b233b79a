//! `pennytune`: what a small company's own SEC filings say, with figure, formula, quote and link.
//!
//! Evidence, not verdicts: no advice, no price data, no key, no account. This crate is the command line: it reads
//! the configuration, fetches through [`edgar`], has [`forensics`] examine what came, and lays it out.

pub mod cli;
mod commands;
mod config;
mod disclaimer;
mod exit;
mod filter;
mod gather;
mod interrupt;
mod names;
mod pages;
mod places;
mod printer;
mod show;
mod watchlist;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::Cli;
use exit::Exit;
use printer::Printer;

/// The command line as the parser knows it, for reference pages and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs a command line and says how it went.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors; a reader that closed the pipe has what it wanted.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage as u8 } else { 0 });
        }
    };
    let printer = Printer::new(cli.global.color(), cli.global.quiet);
    let outcome = if cli.command.fetches() {
        let its_own = printer.clone();
        interrupt::run(move || commands::run(&cli, &its_own))
    } else {
        commands::run(&cli, &printer)
    };
    let exit = match outcome {
        Ok(exit) => exit,
        Err(failure) => {
            printer.error(&failure.message);
            if let Some(hint) = &failure.hint {
                printer.hint(hint);
            }
            failure.exit
        }
    };
    if printer::lost_output() && exit == Exit::Produced {
        printer.error("the result could not be written to its end: is the disk full?");
        return ExitCode::from(Exit::Partial as u8);
    }
    ExitCode::from(exit as u8)
}
