//! `history`: stored runs, newest first.

use evals::store::{Store, StoreError};

use crate::cli::{HistoryArgs, ListFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::payload;
use crate::session::Session;

/// Lists stored runs.
pub(crate) fn run(session: &Session, arguments: HistoryArgs) -> Outcome {
    let path = session.config.store(arguments.store.store.as_deref()).value;
    let mut runs = match Store::open_read_only(&path).and_then(|store| store.list()) {
        Ok(runs) => runs,
        // Nothing stored yet is an empty history, not a failure.
        Err(StoreError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(Failure::usage(error.to_string())),
    };
    runs.truncate(arguments.limit as usize);
    if arguments.output_format == Some(ListFormat::Json) {
        session.printer.payload(&payload(|out| report::history::json(&runs, out))?);
    } else if runs.is_empty() {
        session.printer.status("No run is stored yet.");
    } else {
        session.printer.result(&report::history::table(&runs, session.printer.width()));
    }
    Ok(Exit::Done)
}
