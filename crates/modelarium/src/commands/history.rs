//! `history`: stored runs, newest first, and how one experiment moved over time.

use evals::analysis::analyse_run;
use evals::decision::Scores;
use evals::decision::drift::{PastRun, over_time};
use evals::record::RunEnd;
use evals::store::{RunSummary, Store, StoreError, StoredRun};
use report::escape;

use crate::cli::{HistoryArgs, ListFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::payload;
use crate::session::Session;
use crate::source::refuse;
use crate::{deciding, suite};

/// Lists stored runs.
pub(crate) fn run(session: &Session, arguments: HistoryArgs) -> Outcome {
    let path = session.config.store(arguments.store.store.as_deref()).value;
    let store = match Store::open_read_only(&path) {
        Ok(store) => Some(store),
        // Nothing stored yet is an empty history, not a failure.
        Err(StoreError::Missing { .. }) => None,
        Err(error) => return Err(refuse(&error)),
    };
    let runs = store.as_ref().map(Store::list).transpose().map_err(|error| refuse(&error))?.unwrap_or_default();
    match (&arguments.drift, store) {
        (Some(wanted), Some(store)) => drift(session, &arguments, &store, &runs, wanted),
        (Some(_), None) => Err(nothing_twice()),
        (None, _) => list(session, &arguments, runs),
    }
}

fn list(session: &Session, arguments: &HistoryArgs, mut runs: Vec<RunSummary>) -> Outcome {
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

/// Exit 4 when a later run moved beyond chance, 5 when nothing could be tested.
fn drift(session: &Session, arguments: &HistoryArgs, store: &Store, runs: &[RunSummary], wanted: &str) -> Outcome {
    let ended = |run: &&RunSummary| run.end != RunEnd::Open && run.recorded > 0;
    let newest = runs.iter().filter(ended).take(arguments.limit as usize);
    let mut found = of_experiment(session, store, newest.collect(), wanted)?;
    if found.len() < 2 {
        return Err(nothing_twice());
    }
    found.reverse();
    let seed = found.last().map_or(0, |run| run.plan.header.seed);
    let options = deciding::movement(&arguments.statistics, seed)?;
    let past: Vec<PastRun> = found
        .into_iter()
        .map(|run| PastRun {
            run_id: run.plan.header.run_id.clone(),
            started_at: run.plan.header.started_at.clone(),
            scores: Scores::of(&analyse_run(run)),
        })
        .collect();
    let drift = over_time(&past, &options);
    if arguments.output_format == Some(ListFormat::Json) {
        session.printer.payload(&payload(|out| report::drift::json(&drift, out))?);
    } else {
        session.printer.result(&report::drift::terminal(&drift, session.printer.width()));
    }
    Ok(match (drift.moved(), drift.tested()) {
        (true, _) => Exit::Moved,
        (false, false) => Exit::Inconclusive,
        (false, true) => Exit::Done,
    })
}

/// The runs of one experiment, newest first: by the beginning of its key, by the name of its suite, or the newest
/// experiment that was run twice.
fn of_experiment(
    session: &Session,
    store: &Store,
    runs: Vec<&RunSummary>,
    wanted: &str,
) -> Result<Vec<StoredRun>, Failure> {
    let load = |run: &&RunSummary| store.load(&run.run_id).map_err(|error| refuse(&error));
    let of_key = |key: &str| -> Vec<&RunSummary> {
        runs.iter().copied().filter(|run| run.experiment_key.starts_with(key)).collect()
    };
    if wanted.is_empty() {
        let twice = runs.iter().find(|run| of_key(&run.experiment_key).len() > 1);
        return twice.map_or_else(|| Ok(Vec::new()), |run| of_key(&run.experiment_key).iter().map(load).collect());
    }
    let is_key = wanted.len() >= 4 && wanted.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_key && !of_key(wanted).is_empty() {
        return of_key(wanted).iter().map(load).collect();
    }
    let file = std::path::Path::new(wanted);
    let name = if file.is_file() { suite::load(session, file)?.name } else { wanted.to_owned() };
    let mut found = Vec::new();
    for run in &runs {
        let run = load(run)?;
        if run.plan.header.scoring.suite.as_ref().is_some_and(|suite| suite.name == name) {
            found.push(run);
        }
    }
    if found.is_empty() {
        return Err(Failure::usage(format!(
            "no stored run is of a suite or an experiment {}",
            escape::terminal::line(wanted)
        ))
        .hint("modelarium history --output-format json lists the experiment keys"));
    }
    Ok(found)
}

fn nothing_twice() -> Failure {
    Failure::usage("no experiment was run twice, so nothing can have moved")
        .hint("run the same suite again, or name two runs: modelarium diff BEFORE AFTER")
}
