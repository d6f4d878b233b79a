//! `report`: a stored run's payload, the same bytes as the run's own.

use crate::cli::{OutputArgs, ReportArgs};
use crate::commands::show::load;
use crate::deciding;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Destination;
use crate::session::Session;

/// Writes the payload to a file or to standard output.
pub(crate) fn run(session: &mut Session, arguments: ReportArgs) -> Outcome {
    let output = OutputArgs {
        output: arguments.output,
        output_format: arguments.output_format,
        junit: arguments.junit,
        sarif: arguments.sarif,
        force: arguments.force,
        ..OutputArgs::default()
    };
    let none = output.output.is_none() && output.output_format.is_none();
    if none && output.junit.is_none() && output.sarif.is_none() {
        return Err(Failure::usage("there is no output to write").hint(
            "-o FILE.json|.csv|.md|.html, --output-format json|csv|markdown|html, --junit FILE or --sarif FILE",
        ));
    }
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let destination = Destination::of(&output)?.with_raw_of(&store);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    let mut run = load(session, &arguments.store, &arguments.run)?;
    deciding::override_stored(&mut run, &arguments.decision)?;
    let analysis = destination.emit_payload(session, run)?;
    Ok(if arguments.decision.gates() { Exit::of_gate(&analysis) } else { Exit::Done })
}
