//! `models list|pull|rm|path`: weights of models that run in process.

use crate::cli::ModelsCommand;
use crate::exit::Outcome;
use crate::in_process;
use crate::session::Session;

/// Runs a `models` command.
pub(crate) fn run(session: &Session, command: ModelsCommand) -> Outcome {
    match command {
        ModelsCommand::List { output_format } => in_process::list(session, output_format),
        ModelsCommand::Pull { name } => in_process::pull(session, &name),
        ModelsCommand::Rm { name } => in_process::remove(session, &name),
        ModelsCommand::Path { name } => in_process::path(session, &name),
    }
}
