//! `import`: another tool's suite as one of ours; what does not map is listed, never dropped in silence.

use report::escape;

use crate::cli::ImportArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::same_file;
use crate::session::Session;
use crate::suite;

/// Reads the file, writes our own form of it and says what was left out.
pub(crate) fn run(session: &mut Session, arguments: ImportArgs) -> Outcome {
    if let Some(output) = &arguments.output {
        report::file::refuse_early(output, arguments.force).map_err(|error| Failure::usage(error.to_string()))?;
        if same_file(output, &arguments.file) {
            return Err(Failure::usage("the output is the file that is read; it would be overwritten")
                .hint("give the output another name"));
        }
    }
    let suite = suite::load(session, &arguments.file)?;
    let text = suites::to_yaml(&suite).map_err(|error| {
        Failure::usage(format!("the suite cannot be written as YAML: {}", escape::terminal::line(&error)))
    })?;
    for note in &suite.notes {
        session.printer.warning(&escape::terminal::line(note));
    }
    let count = report::figures::plural(suite.items.len() as u64, "item", "items");
    match &arguments.output {
        None => session.printer.payload(text.as_bytes()),
        Some(path) => {
            report::file::write_atomic(path, text.as_bytes(), arguments.force)
                .map_err(|error| Failure::usage(error.to_string()))?;
            let name = escape::terminal::line(&path.display().to_string());
            session.printer.status(&format!("{count} written to {name}. Next: modelarium validate {name}"));
        }
    }
    Ok(Exit::Done)
}
