//! Makes the calls of a plan: in order, under the budget, each stored before it is seen.
//!
//! The dispatcher takes the plan block by block and starts a block only when the ledger holds the
//! worst case of all of it. Calls then wait in the lane of their provider for a free slot, first
//! come, first served; what they wait there is outside every reported time.

mod budget;
mod call;
mod deciding;
mod judging;
mod observe;
mod scripts;
mod shared;
mod spending;
mod stop;
mod timing;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use llm::call::Backend;
use llm::client::{ConcurrencyLimit, LagProbe, LagReport, RetryPolicy};
use llm::money::Usd;
use llm::outcome::Outcome;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

pub use observe::{NoObserver, RunObserver};
pub use stop::{StopLevel, StopSignal};

use crate::analysis::model::Machine;
use crate::ledger::{Balance, Ledger};
use crate::plan::{IN_PROCESS, Plan};
use crate::record::{CallRecord, RunEnd};
use crate::store::{RunWriter, Store, StoreError, StoredRun, Unsettled};
use budget::{Budget, Wish};
use call::Dispatch;
use judging::Lanes;
use shared::{Halt, Progress, Shared, Storing};

/// How often the machine's lag is sampled: often enough for a short run, too rarely to cause any.
const LAG_INTERVAL: Duration = Duration::from_millis(5);

/// Everything a run needs.
pub struct Job {
    /// What to do.
    pub plan: Plan,
    /// Who answers for each contestant, in the order of the plan's contestants, and then for each
    /// judge. Those of one provider share its slots whether or not they share a backend.
    pub backends: Vec<Arc<dyn Backend>>,
    /// Where the run is stored: the store, and the writer that [`Store::begin`] or [`Store::resume`] gave.
    pub store: Option<(Arc<Store>, RunWriter)>,
    /// What an earlier part of the run left, from [`Store::resume`]. Its plan is not read.
    pub earlier: Option<StoredRun>,
    /// Who watches.
    pub observer: Arc<dyn RunObserver>,
    /// Who may stop it.
    pub stop: StopSignal,
    /// How it goes about it.
    pub options: RunOptions,
}

/// How a run goes about its calls.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Reuse answers that other runs in the store got to identical calls.
    pub use_cache: bool,
    /// When a run is resumed, make the calls again that ended in an error.
    pub retry_errors: bool,
    /// Slots of single providers, where they differ from the plan's `concurrency`.
    pub concurrency: BTreeMap<String, u32>,
    /// When to try again; the number of retries is the plan's.
    pub retry: RetryPolicy,
    /// Environment variables that hold keys: programs of `script` checks do not get them.
    pub secret_variables: Vec<String>,
}

/// What a run came to.
#[derive(Debug)]
pub struct RunResult {
    /// The same value that the store gives for this run. Without a store, or after it failed, this
    /// is the only place where it is.
    pub run: StoredRun,
    /// Where the budget ended.
    pub balance: Balance,
    /// Set when the store failed and the run was stopped for it; raw bytes of what was not stored
    /// are then still in the records.
    pub store_error: Option<StoreError>,
}

/// Makes the calls of a plan. Never fails as a whole: what cannot be done is in the result.
pub async fn run(job: Job) -> RunResult {
    // Without a probe a run is as good; only how late the machine was stays unsaid.
    let probe = LagProbe::start(LAG_INTERVAL).ok();
    let limits = lanes(&job);
    let (shared, unsettled) = share(job);
    let shared = Arc::new(shared);
    let reached_budget = dispatch(&shared, limits).await;
    let machine = probe.map(|probe| machine(&probe.report())).unwrap_or_default();
    finish(&shared, unsettled, reached_budget, machine).await
}

fn share(job: Job) -> (Shared, Vec<Unsettled>) {
    let Job { plan, backends, store, earlier, observer, stop, options } = job;
    let mut ledger = Ledger::new(plan.header.max_cost);
    let mut progress = Progress::default();
    let mut reopened = HashMap::new();
    let mut unsettled = Vec::new();
    if let Some(earlier) = earlier {
        unsettled = earlier.unsettled;
        for lost in &unsettled {
            ledger.carry_over(Usd::ZERO, lost.held.unwrap_or_default());
        }
        for record in earlier.records {
            if !shared::outside_the_cap(&plan, &record.call) {
                let (settled, unknown) = spending::carried_over(&plan.contestant(&record.call).price, &record);
                ledger.carry_over(settled, unknown);
            }
            if !is_final(&record, options.retry_errors) {
                reopened.insert(record.call.index, record.attempts.clone());
            }
            progress.records.insert(record.call.index, record);
        }
        // A contestant that was stopped for its key gets another chance, with the key of today.
        progress.externals = earlier.externals;
        progress.labels = earlier.labels;
        progress.learned = earlier.learned;
        progress.learned.retain(|note| note.code != "contestant_stopped");
    }
    let retry = RetryPolicy { max_retries: plan.header.max_retries, ..options.retry };
    let entrants = plan.header.contestants.iter().chain(plan.header.judges());
    let barred = entrants.map(|_| OnceLock::new()).collect();
    let shared = Shared {
        judging: judging::Pending::new(&plan),
        deciding: deciding::Deciding::new(&plan),
        scripts: scripts::Scripts::new(&plan, &options.secret_variables),
        backends,
        budget: Arc::new(Budget::new(ledger)),
        observer,
        stop,
        retry,
        storing: store.map(|(store, writer)| Storing { store, writer }),
        use_cache: options.use_cache,
        reopened,
        progress: Mutex::new(progress),
        halted: watch::Sender::new(None),
        barred,
        plan,
    };
    (shared, unsettled)
}

/// True when a recorded call is not made again by a resumed run.
fn is_final(record: &CallRecord, retry_errors: bool) -> bool {
    let sent = record.from_cache || !record.attempts.is_empty();
    match record.outcome {
        Outcome::Cancelled => false,
        Outcome::Error => sent && !retry_errors,
        _ => true,
    }
}

/// The slots of each provider.
fn lanes(job: &Job) -> HashMap<String, ConcurrencyLimit> {
    let header = &job.plan.header;
    let slots = |provider: &str| match provider {
        // They share this process's processors, so one runs at a time.
        IN_PROCESS => 1,
        _ => job.options.concurrency.get(provider).copied().unwrap_or(header.concurrency),
    };
    let entrants = header.contestants.iter().chain(header.judges());
    entrants
        .map(|entrant| (entrant.provider.clone(), ConcurrencyLimit::new(slots(&entrant.provider) as usize)))
        .collect()
}

/// Starts every block that the budget lets through and waits for all calls to end. Returns true
/// when the budget did not let a block through.
async fn dispatch(shared: &Arc<Shared>, limits: HashMap<String, ConcurrencyLimit>) -> bool {
    let mut running = JoinSet::new();
    let mut lanes = Lanes::default();
    for (provider, limit) in limits {
        let (sender, queue) = mpsc::unbounded_channel();
        running.spawn(lane(Arc::clone(shared), limit, queue));
        lanes.open(provider, sender);
    }
    let lanes = Arc::new(lanes);
    // What an earlier part of the run got may decide already.
    shared.deciding.look(shared);
    running.spawn(scripts::check_stored(Arc::clone(shared)));
    let mut reached_budget = false;
    for block in shared.plan.blocks() {
        let due: Vec<u32> = block.iter().copied().filter(|&index| is_due(shared, index)).collect();
        let to_judge = judging::due_with(shared, block);
        let judge_calls = to_judge.iter().map(|at| (shared.plan.calls.len() + at) as u32);
        let amounts: Vec<Usd> = due
            .iter()
            .copied()
            .chain(judge_calls)
            .map(|index| shared.plan.worst_cases[index as usize].unwrap_or_default())
            .collect();
        let mut wish = hold_block(shared, &amounts).await;
        if matches!(wish, Wish::Never) && !to_judge.is_empty() {
            // The end of the money: answers are rarely as long as was held for, so their judges are held
            // for the least, and wait for more where it turns out too little.
            wish = hold_block(shared, &judging::least(shared, &amounts[..due.len()], &to_judge)).await;
        }
        match wish {
            Wish::Held(mut holds) => {
                shared.judging.reserve(to_judge.iter().copied().zip(holds.split_off(due.len())));
                for (index, (hold, outstanding)) in due.into_iter().zip(holds) {
                    let call = shared.plan.calls[index as usize];
                    let bound = shared.plan.worst_cases[index as usize];
                    let lanes_of_call = Arc::clone(&lanes);
                    let since = Instant::now();
                    lanes.send(
                        shared,
                        Dispatch { call, question: None, bound, lanes: lanes_of_call, hold, since, outstanding },
                    );
                }
                // Of answers that an earlier part of the run has already.
                for at in to_judge {
                    judging::ask(shared, &lanes, at);
                }
            }
            Wish::Never => {
                reached_budget = true;
                break;
            }
            Wish::Later => break,
        }
    }
    drop(lanes);
    while let Some(ended) = running.join_next().await {
        note_panic(shared, ended);
    }
    reached_budget || shared.judging.fell_short()
}

fn is_due(shared: &Shared, index: u32) -> bool {
    shared.reopened.contains_key(&index) || !shared.progress().records.contains_key(&index)
}

/// Waits until a block can be held. [`Wish::Later`] means that the run was stopped meanwhile.
async fn hold_block(shared: &Shared, amounts: &[Usd]) -> Wish {
    let stopped = shared.may_not_begin();
    tokio::pin!(stopped);
    loop {
        if !shared.may_begin() {
            return Wish::Later;
        }
        let moved = shared.budget.moved();
        tokio::pin!(moved);
        // Listening before looking: money that comes back in between is not missed.
        moved.as_mut().enable();
        match shared.budget.wish(amounts) {
            Wish::Later => tokio::select! {
                () = &mut stopped => return Wish::Later,
                () = moved => {}
            },
            settled => return settled,
        }
    }
}

/// The calls of one provider, in order, as many at a time as it has slots.
async fn lane(shared: Arc<Shared>, limit: ConcurrencyLimit, mut queue: mpsc::UnboundedReceiver<Dispatch>) {
    let mut calls = JoinSet::new();
    while let Some(dispatch) = queue.recv().await {
        if let Some(stored) = shared.cached(&dispatch.call, dispatch.question.as_deref()) {
            call::reuse(Arc::clone(&shared), dispatch, stored).await;
            continue;
        }
        let permit = tokio::select! {
            biased;
            () = shared.may_not_begin() => {
                shared.budget.release(dispatch.hold);
                continue;
            }
            permit = limit.acquire() => permit,
        };
        match shared.barred(&dispatch.call) {
            Some(error) => call::decline(Arc::clone(&shared), dispatch, error).await,
            None => {
                calls.spawn(call::make_call(Arc::clone(&shared), limit.clone(), dispatch, permit));
            }
        }
        while let Some(ended) = calls.try_join_next() {
            note_panic(&shared, ended);
        }
    }
    while let Some(ended) = calls.join_next().await {
        note_panic(&shared, ended);
    }
}

fn note_panic(shared: &Shared, ended: Result<(), tokio::task::JoinError>) {
    if ended.is_err() {
        let text =
            "A call ended by a fault of this tool and has no record; what it may have cost stays held.".to_owned();
        shared.note("internal_fault", text);
    }
}

async fn finish(shared: &Shared, unsettled: Vec<Unsettled>, reached_budget: bool, machine: Machine) -> RunResult {
    let halted = shared.halted.borrow().clone();
    judging::release_all(shared);
    let judged = judging::is_complete(shared);
    let Progress { records, learned, externals, labels } = std::mem::take(&mut *shared.progress());
    let mut records: Vec<CallRecord> = records.into_values().collect();
    records.sort_by_key(|record| record.call.index);
    let answers = records.iter().filter(|record| (record.call.index as usize) < shared.plan.calls.len()).count();
    let complete = judged
        && answers == shared.plan.calls.len()
        && records.iter().all(|record| record.outcome != Outcome::Cancelled);
    let end = match &halted {
        _ if complete => RunEnd::Finished,
        Some(Halt::Overrun) => RunEnd::BudgetReached,
        Some(Halt::Decided) if shared.stop.level() == StopLevel::Run => RunEnd::Decided,
        None if reached_budget => RunEnd::BudgetReached,
        _ => RunEnd::Interrupted,
    };
    let mut store_error = match halted {
        Some(Halt::StoreFailed(error)) => Some(error),
        _ => None,
    };
    if let Some(storing) = &shared.storing {
        let closed = storing.writer.finish(end, &machine, &learned).await;
        store_error = store_error.or(closed.err());
    }
    let run = StoredRun { plan: shared.plan.clone(), learned, records, externals, labels, end, machine, unsettled };
    RunResult { run, balance: shared.budget.balance(), store_error }
}

fn machine(lag: &LagReport) -> Machine {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
    Machine {
        samples: lag.samples,
        lag_p50_ms: milliseconds(lag.median),
        lag_p99_ms: milliseconds(lag.p99),
        lag_max_ms: milliseconds(lag.longest),
    }
}
