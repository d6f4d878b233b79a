//! `resume`: go on with a run; what is stored is not paid for again.

use std::collections::BTreeMap;
use std::sync::Arc;

use evals::record::RunEnd;
use evals::runner::{Job, NoObserver, RunOptions, StopSignal};
use evals::store::Store;
use llm::money::Usd;
use llm::outcome::Outcome as CallOutcome;
use report::escape;

use crate::cli::ResumeArgs;
use crate::clock;
use crate::execute::{run_and_report, runtime};
use crate::exit::{Exit, Failure, Outcome};
use crate::launch::DEFAULT_CONCURRENCY;
use crate::lineup::{self, LocalServer};
use crate::output::Destination;
use crate::session::Session;

/// Goes on with a run.
pub(crate) fn run(session: &mut Session, arguments: ResumeArgs) -> Outcome {
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let destination = Destination::of(&arguments.output)?.with_step_summary(session).with_raw_of(&store);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    runtime()?.block_on(resume(session, &arguments, &destination))
}

async fn resume(session: &Session, arguments: &ResumeArgs, destination: &Destination) -> Outcome {
    let refuse = |error: evals::store::StoreError| Failure::usage(escape::terminal::line(&error.to_string()));
    let path = session.config.store(arguments.store.store.as_deref()).value;
    let store = Arc::new(Store::open(&path).map_err(refuse)?);
    let before = store.load(&arguments.run).map_err(refuse)?;
    let failed = before.records.iter().any(|record| record.outcome == CallOutcome::Error);
    if matches!(before.end, RunEnd::Finished | RunEnd::Decided) && !(arguments.retry_errors && failed) {
        let how = if before.end == RunEnd::Decided { "decided" } else { "finished" };
        session.printer.status(&format!("The run is {how}; nothing was sent."));
        let analysis = destination.emit(session, before)?;
        return Ok(Exit::of_gate(&analysis));
    }

    let local = LocalServer::of(session, arguments.local_url.as_deref(), arguments.allow_remote_local)?;
    let client = session.http_client()?;
    let header = &before.plan.header;
    let entrants: Result<Vec<_>, Failure> = header
        .contestants
        .iter()
        .chain(header.judges())
        .map(|recorded| {
            session.registry.resolve(&recorded.spec).map_err(|error| {
                Failure::usage(format!(
                    "`{}` of the stored run cannot be resolved: {error}",
                    escape::terminal::line(&recorded.spec)
                ))
                .hint("nothing was sent; the stored part can still be read with modelarium show")
            })
        })
        .collect();
    let backends = lineup::backends(session, &entrants?, &local, &client)?;
    let cap = arguments.max_cost.map(|dollars| Usd::from_f64(dollars).unwrap_or(Usd::MAX));
    let (writer, earlier) = store
        .resume(&before.plan.header.run_id, |plan| plan.reprice(clock::unix_seconds(), cap.or(plan.header.max_cost)))
        .map_err(refuse)?;
    let done: Vec<u32> = earlier.records.iter().map(|record| record.call.index).collect();
    session.printer.status(&format!(
        "{} of {} calls are stored; going on with the rest.",
        done.len(),
        earlier.plan.total_calls()
    ));
    // A run that was given its own concurrency keeps it everywhere.
    let usual = earlier.plan.header.concurrency == DEFAULT_CONCURRENCY;
    let lanes = if usual { session.small_lanes(DEFAULT_CONCURRENCY) } else { BTreeMap::new() };
    let job = Job {
        plan: earlier.plan.clone(),
        backends,
        store: Some((store, writer)),
        earlier: Some(earlier),
        observer: Arc::new(NoObserver),
        stop: StopSignal::new(),
        options: RunOptions {
            retry_errors: arguments.retry_errors,
            concurrency: lanes,
            secret_variables: session.secret_variables(),
            ..RunOptions::default()
        },
    };
    run_and_report(session, !arguments.no_stream, &done, destination, job).await
}
