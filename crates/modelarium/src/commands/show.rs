//! `show`: a stored run as it was reported, or one call of it; and `replay`, the same with other statistics.

use evals::store::{Store, StoredRun};
use llm::outcome::Outcome as CallOutcome;
use report::{escape, figures};

use crate::cli::{ReplayArgs, ShowArgs, StoreArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Destination;
use crate::session::Session;
use crate::statistics;

/// Shows a run, or one call of it.
pub(crate) fn run(session: &mut Session, arguments: ShowArgs) -> Outcome {
    let destination = Destination::of(&arguments.output)?;
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    match &arguments.call {
        None => {
            let run = load(session, &arguments.store, &arguments.run)?;
            destination.emit(session, run)?;
        }
        Some(row) => call(session, &arguments, row)?,
    }
    Ok(Exit::Done)
}

/// Analyses a run again with other settings. Nothing is sent.
pub(crate) fn replay(session: &mut Session, arguments: ReplayArgs) -> Outcome {
    let destination = Destination::of(&arguments.output)?;
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    let mut run = load(session, &arguments.store, &arguments.run)?;
    run.plan.header.analysis = statistics::options(&arguments.statistics, &run.plan.header.analysis)?;
    if let Some(sentence) = evals::analysis::paired_test_refusal(&run.plan.header) {
        return Err(Failure::usage(sentence).hint("use --significance-test welch, mann-whitney or permutation"));
    }
    destination.emit(session, run)?;
    Ok(Exit::Done)
}

/// Opens the store for reading.
pub(crate) fn open(session: &Session, arguments: &StoreArgs) -> Result<Store, Failure> {
    let path = session.config.store(arguments.store.as_deref()).value;
    Store::open_read_only(&path).map_err(|error| Failure::usage(error.to_string()))
}

/// Loads a run by its id, a prefix of it, or `last`.
pub(crate) fn load(session: &Session, arguments: &StoreArgs, run: &str) -> Result<StoredRun, Failure> {
    open(session, arguments)?.load(run).map_err(|error| Failure::usage(escape::terminal::line(&error.to_string())))
}

fn call(session: &Session, arguments: &ShowArgs, row: &str) -> Result<(), Failure> {
    let store = open(session, &arguments.store)?;
    let refuse = |error: evals::store::StoreError| Failure::usage(escape::terminal::line(&error.to_string()));
    let run = store.load(&arguments.run).map_err(refuse)?;
    let index: u32 =
        row.trim_start_matches('p').parse::<u32>().ok().and_then(|number| number.checked_sub(1)).ok_or_else(|| {
            Failure::usage(format!("`{}` is no row", escape::terminal::line(row))).hint("rows are p1, p2, …")
        })?;
    let Some(record) = run.records.iter().find(|record| record.call.index == index) else {
        return Err(Failure::usage(format!("the run has no result for row p{}", index + 1))
            .hint("it was never made; `modelarium resume` makes what is missing"));
    };
    let contestant = run.plan.contestant(&record.call);
    let mut text = format!("p{}  {}", index + 1, escape::terminal::line(&contestant.name));
    if let Some(temperature) = record.call.temperature {
        text.push_str(&format!("  temperature {temperature}"));
    }
    text.push_str(&format!("  run {}  {}\n", record.call.run_index, record.outcome.as_str()));
    for (number, made) in record.attempts.iter().enumerate() {
        let attempt = &made.attempt;
        text.push_str(&format!(
            "\nattempt {}: {} after {} (waited {}, connected in {})\n",
            number + 1,
            attempt.outcome().as_str(),
            milliseconds(attempt.total),
            milliseconds(made.waited),
            milliseconds(attempt.connect),
        ));
        if let Some(error) = &attempt.error {
            text.push_str(&format!("  {}: {}\n", error.kind.as_str(), escape::terminal::line(&error.message)));
        }
        if let Ok(raw) = store.raw(&arguments.run, index, number as u32) {
            text.push_str("  request:\n");
            text.push_str(&indented(&raw.request));
            text.push_str("  response:\n");
            text.push_str(&indented(&raw.response));
        }
    }
    if record.outcome != CallOutcome::Error {
        text.push_str("\nanswer:\n");
        text.push_str(&escape::terminal::block(&record.answer.text));
        text.push('\n');
    }
    session.printer.result(&text);
    Ok(())
}

fn milliseconds(duration: std::time::Duration) -> String {
    figures::milliseconds(duration.as_secs_f64() * 1e3)
}

fn indented(bytes: &[u8]) -> String {
    let text = escape::terminal::block(&String::from_utf8_lossy(bytes));
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}
