//! `completions`, `man`, `schema`: documents made from the code itself.

use std::path::Path;

use clap::CommandFactory;

use crate::cli::{Cli, SchemaOf};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;

/// A completion script on standard output.
pub(crate) fn completions(session: &Session, shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "modelarium", &mut script);
    session.printer.payload(&script);
    Ok(Exit::Done)
}

/// The manual page on standard output, or one page a command in a folder.
pub(crate) fn man(session: &Session, folder: Option<&Path>) -> Outcome {
    let failed = |error: std::io::Error| Failure::usage(format!("the manual cannot be written: {error}"));
    match folder {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(failed)?;
            session.printer.payload(&page);
        }
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(failed)?;
            clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
            session.printer.status(&format!("Written to {}.", folder.display()));
        }
    }
    Ok(Exit::Done)
}

/// The JSON Schema of a JSON output.
pub(crate) fn schema(session: &Session, of: SchemaOf) -> Outcome {
    let texts =
        report::json::schema_texts().map_err(|error| Failure::usage(format!("the schema cannot be made: {error}")))?;
    let wanted = match of {
        SchemaOf::Run => "compare",
        SchemaOf::Diff => "diff",
        SchemaOf::Drift => "drift",
        SchemaOf::Plan => "plan",
    };
    let Some((_, text)) = texts.into_iter().find(|(name, _)| *name == wanted) else {
        return Err(Failure::usage(format!("there is no schema of {wanted}")));
    };
    session.printer.payload(text.as_bytes());
    Ok(Exit::Done)
}
