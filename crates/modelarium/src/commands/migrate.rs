//! `migrate`: may one model take the place of another on this suite, and what changes when it does?

use crate::cli::MigrateArgs;
use crate::commands::batch::{Roster, suite_run};
use crate::exit::Outcome;
use crate::session::Session;

/// Runs both on the suite. Exit 0 when the new one is shown not to be worse by more than the margin, 1 when it is shown
/// to be worse, 5 when the data are too few to say.
pub(crate) fn run(session: &mut Session, arguments: MigrateArgs) -> Outcome {
    let MigrateArgs { from, to, margin, run } = arguments;
    suite_run(session, "migrate", run, Roster::Migration { from, to, margin })
}
