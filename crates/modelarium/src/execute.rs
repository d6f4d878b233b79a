//! Runs a job with someone watching: the live view or calm lines, Ctrl-C, and the exit code.

use std::sync::Arc;

use evals::record::RunEnd;
use evals::runner::{Job, RunObserver, RunResult, StopLevel, StopSignal};

use crate::exit::{Exit, Failure, Outcome};
use crate::live::{CalmLines, Panels};
use crate::output::Destination;
use crate::session::Session;

/// The runtime of everything that waits for a network. Half the cores are enough for thousands of streams; the other
/// half is for whoever answers them on this machine, and for the store and models in process.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let workers = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).clamp(1, 4));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the system gives no threads to work with: {error}")))
}

/// Runs a job and shows what came of it. `build` gets the observer and the stop signal.
pub(crate) async fn run_and_report(
    session: &Session,
    stream: bool,
    done: &[u32],
    destination: &Destination,
    mut job: Job,
) -> Outcome {
    let animated = stream && session.printer.may_animate();
    let panels = animated.then(|| Panels::open(&job.plan, done).ok()).flatten().map(Arc::new);
    job.observer = match &panels {
        Some(panels) => Arc::clone(panels) as Arc<dyn RunObserver>,
        None => Arc::new(CalmLines::new(session.printer.clone(), job.plan.total_calls() as u32, done.len() as u32)),
    };
    let stop = job.stop.clone();
    let stored = job.store.is_some();
    let mut interruptions = Interruptions::listen();
    let result = {
        let running = evals::runner::run(job);
        tokio::pin!(running);
        loop {
            tokio::select! {
                result = &mut running => break result,
                () = interruptions.next() => press(session, &stop, panels.is_some()),
            }
        }
    };
    if let Some(panels) = panels {
        for note in panels.close() {
            session.printer.warning(&note);
        }
    }
    finish(session, destination, result, stored)
}

fn press(session: &Session, stop: &StopSignal, animated: bool) {
    let said = match stop.press() {
        StopLevel::Drain => "finishing the calls in flight; Ctrl-C again stops them too",
        StopLevel::Run | StopLevel::Quit => "stopping; what arrived is kept",
    };
    if !animated {
        session.printer.status(said);
    }
}

/// Ctrl-C and, where there is such a thing, SIGTERM. Listens from its making on, so that a second
/// press is not lost while the first one is answered.
#[cfg(unix)]
struct Interruptions(Option<[tokio::signal::unix::Signal; 2]>);

#[cfg(unix)]
impl Interruptions {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // When no signal can be had, none is waited for.
        let streams =
            signal(SignalKind::interrupt()).and_then(|interrupt| Ok([interrupt, signal(SignalKind::terminate())?]));
        Self(streams.ok())
    }

    async fn next(&mut self) {
        let Some([interrupt, terminate]) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Ctrl-C. Listens from its making on, so that a second press is not lost while the first one is answered.
#[cfg(windows)]
struct Interruptions(Option<tokio::signal::windows::CtrlC>);

#[cfg(windows)]
impl Interruptions {
    fn listen() -> Self {
        // When no signal can be had, none is waited for.
        Self(tokio::signal::windows::ctrl_c().ok())
    }

    async fn next(&mut self) {
        match &mut self.0 {
            Some(presses) => {
                presses.recv().await;
            }
            None => std::future::pending().await,
        }
    }
}

fn finish(session: &Session, destination: &Destination, result: RunResult, stored: bool) -> Outcome {
    let RunResult { run, store_error, .. } = result;
    let end = run.end;
    let run_id = run.plan.header.run_id.clone();
    let analysis = destination.emit(session, run)?;
    let short: String = run_id.chars().take(8).collect();
    if let Some(error) = store_error {
        session.printer.error(&format!("{error}"));
        session.printer.hint("the run was stopped; what was paid for is in the output above and nowhere else: keep it");
        return Ok(Exit::CallsFailed);
    }
    if stored {
        let again = match end {
            RunEnd::Finished | RunEnd::Decided => format!("modelarium show {short}"),
            RunEnd::BudgetReached | RunEnd::Interrupted | RunEnd::Open => format!("modelarium resume {short}"),
        };
        session.printer.status(&format!("Stored as {short}: {again}"));
    }
    let exit = Exit::of_run(&analysis);
    if exit == Exit::JudgesFailed {
        session.printer.error("every call of a judge failed, so nothing was judged; the answers are stored");
        session.printer.hint(&format!("modelarium resume {short} --retry-errors asks the judges again"));
    }
    Ok(exit)
}
