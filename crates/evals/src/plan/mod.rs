//! What will be done: every call, in which order, and the most that each can cost.
//!
//! A [`Plan`] is made once, before anything is spent, and stored with the run. Everything after it
//! (runner, resume, report) reads the plan and decides nothing that it already says.

mod bounds;
mod error;
mod forecast;
mod identity;
mod judging;
mod order;

use llm::call::Timeouts;
use llm::money::Usd;
use llm::request::{ChatRequest, Params};
use serde::{Deserialize, Serialize};

pub use bounds::{LARGEST_DEFAULT_OUTPUT, LARGEST_JUDGE_OUTPUT, SMALLEST_DEFAULT_OUTPUT, printable_up};
pub use error::PlanError;
pub use forecast::{ContestantForecast, EXPECTED_OUTPUT_TOKENS, Forecast, Pricing};
pub use identity::{CacheKey, experiment_key};
pub(crate) use judging::is_relative;
pub use judging::{NotAsked, judgeable};

use crate::record::{
    AnalysisOptions, Contestant, Judgement, Note, PlannedCall, Prompt, RECORD_VERSION, RunHeader, Scoring,
};

/// The provider whose models run in this process.
pub(crate) const IN_PROCESS: &str = "embedded";

/// The command of a run that was joined from parts and never made as a whole.
pub const MERGED: &str = "merge";

/// The parameters that are sent with a call.
///
/// A model in process that was given no seed gets one of its own for every call, derived from the
/// run's: a run with the same seed then gives the same answers, and repetitions still differ.
pub fn sent_params(header: &RunHeader, call: &PlannedCall) -> Params {
    let mut params = asked_params(header, call);
    let in_process = header.entrant(call.contestant).is_some_and(|one| one.provider == IN_PROCESS);
    // Parts of a merged run were made under seeds and call indices of their own: none can be derived here.
    if in_process && params.seed.is_none() && header.command != MERGED {
        params.seed = Some(order::seed_of_call(header.seed, call.index));
    }
    params
}

/// The parameters that were asked for, the call's own temperature among them.
fn asked_params(header: &RunHeader, call: &PlannedCall) -> Params {
    let Some(contestant) = header.entrant(call.contestant) else { return Params::default() };
    let mut params = contestant.params.clone();
    if contestant.sends_temperature && params.temperature.is_none() {
        params.temperature = call.temperature;
    }
    params
}

/// Everything a run is asked to do, resolved: no aliases, no files, no environment.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// Version of the tool.
    pub tool_version: String,
    /// The command that asks: `compare`.
    pub command: String,
    /// UUID of the run; a random one when `None`.
    pub run_id: Option<String>,
    /// Now, in seconds since the Unix epoch. Prices are taken as of this time.
    pub at_unix: i64,
    /// Seed of the call order and the back-off jitter.
    pub seed: u64,
    /// The prompts, ids unique.
    pub prompts: Vec<Prompt>,
    /// System prompts to cross; `[None]` when there is none.
    pub systems: Vec<Option<String>>,
    /// Temperatures to cross; `[None]` when none is sent.
    pub temperatures: Vec<Option<f64>>,
    /// Repetitions of every cell.
    pub runs: u32,
    /// Who is compared, with their parameters already applied.
    pub contestants: Vec<Contestant>,
    /// Tokens that each contestant's chat template may add to a request, in the order of
    /// `contestants`; [`llm::cost::DEFAULT_PROMPT_OVERHEAD`] where the list is shorter.
    pub prompt_overheads: Vec<u64>,
    /// The cap.
    pub max_cost: Option<Usd>,
    /// Lets contestants whose cost nothing bounds run under a cap, which then does not cover them.
    pub allow_unpriced: bool,
    /// Most calls in flight per provider at the start.
    pub concurrency: u32,
    /// Time limits of every attempt.
    pub timeouts: Timeouts,
    /// Most retries of one call.
    pub max_retries: u32,
    /// How the results are to be analysed.
    pub analysis: AnalysisOptions,
    /// Date of the newest price in the price table used.
    pub pricing_as_of: String,
    /// What the user must know already.
    pub notes: Vec<Note>,
    /// What the answers are scored by.
    pub scoring: Scoring,
    /// Tokens that each judge's chat template may add, in the order of the judges.
    pub judge_overheads: Vec<u64>,
}

/// Every call that will be made, in which order, and the most that each attempt can cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What the run was asked to do.
    pub header: RunHeader,
    /// Every call, in the order of the output; `calls[i].index == i`.
    pub calls: Vec<PlannedCall>,
    /// Indices into `calls` in the order of dispatch: blocks one after the other (see [`Plan::blocks`]).
    pub dispatch_order: Vec<u32>,
    /// The most that one attempt at each call can cost; zero for a free model, `None` where nothing
    /// bounds it (no price, or no output maximum is sent). The judges' calls follow the contestants':
    /// theirs is what is held until the answers are known, which then bound it exactly.
    pub worst_cases: Vec<Option<Usd>>,
    /// Tokens that each contestant's, and then each judge's, chat template may add.
    pub prompt_overheads: Vec<u64>,
    /// Every call of a judge, in the order of their call indices, which follow those of `calls`.
    #[serde(default)]
    pub judgements: Vec<Judgement>,
}

impl Plan {
    /// Crosses everything with everything, fixes the order and bounds the cost.
    pub fn new(request: PlanRequest) -> Result<Self, PlanError> {
        error::check_shape(&request)?;
        let at_unix = request.at_unix;
        let allow_unpriced = request.allow_unpriced;
        let mut prompt_overheads = request.prompt_overheads.clone();
        prompt_overheads.resize(request.contestants.len(), llm::cost::DEFAULT_PROMPT_OVERHEAD);
        prompt_overheads.extend(&request.judge_overheads);
        let header = header(request)?;
        prompt_overheads.resize(header.contestants.len() + header.judges().len(), llm::cost::DEFAULT_PROMPT_OVERHEAD);
        let calls = order::calls(&header);
        let dispatch_order = order::dispatch_order(&calls, header.seed, header.analysis.decision.stop.is_some());
        let judgements = judging::judgements(&header, &calls)?;
        let mut plan = Self { header, calls, dispatch_order, worst_cases: Vec::new(), prompt_overheads, judgements };
        bounds::settle_limits(&mut plan, at_unix, allow_unpriced)?;
        plan.header.experiment_key = experiment_key(&plan.header);
        Ok(plan)
    }

    /// What is sent for a call of a contestant.
    pub fn request(&self, call: &PlannedCall) -> ChatRequest {
        self.request_with(call, sent_params(&self.header, call))
    }

    /// What makes two calls the same question: the request without the seed that only this run gave it.
    fn question(&self, call: &PlannedCall) -> ChatRequest {
        self.request_with(call, asked_params(&self.header, call))
    }

    fn request_with(&self, call: &PlannedCall, params: Params) -> ChatRequest {
        let header = &self.header;
        ChatRequest {
            model: self.contestant(call).model.clone(),
            system: header.systems[call.system as usize].clone(),
            messages: header.prompts[call.prompt as usize].conversation(),
            params,
        }
    }

    /// The contestant, or the judge, that a call asks.
    pub fn contestant(&self, call: &PlannedCall) -> &Contestant {
        let index = call.contestant as usize;
        let contestants = &self.header.contestants;
        contestants.get(index).unwrap_or_else(|| &self.header.judges()[index - contestants.len()])
    }

    /// All calls: the contestants' and the judges'.
    pub fn total_calls(&self) -> usize {
        self.calls.len() + self.judgements.len()
    }

    /// The order of dispatch in blocks. A block is one call of every cell of one prompt in one
    /// repetition. Blocks are paid for as a whole, so contestants advance together and data stay
    /// balanced when the money ends.
    pub fn blocks(&self) -> impl Iterator<Item = &[u32]> {
        self.dispatch_order.chunk_by(|&left, &right| {
            let (left, right) = (&self.calls[left as usize], &self.calls[right as usize]);
            (left.run_index, left.prompt) == (right.run_index, right.prompt)
        })
    }

    /// The most that the whole plan can cost without retries; `None` where a call is not bounded.
    pub fn worst_case(&self) -> Option<Usd> {
        self.worst_cases.iter().copied().sum::<Option<Usd>>()
    }

    /// Bounds the cost anew when a run is resumed: on another day a promotion may have ended, and
    /// the cap may be another one (what was spent already counts towards it). Nothing that is sent
    /// changes, or the data would not be comparable.
    ///
    /// Refused where a cap could no longer bound what it bounded, or never did.
    pub fn reprice(&mut self, at_unix: i64, max_cost: Option<Usd>) -> Result<(), PlanError> {
        let had_cap = self.header.max_cost.is_some();
        let now = bounds::worst_cases(self, at_unix);
        let before = std::mem::replace(&mut self.worst_cases, now);
        self.header.max_cost = max_cost;
        let lost = before.iter().zip(&self.worst_cases).any(|(before, now)| before.is_some() && now.is_none());
        if max_cost.is_some() && (lost || !had_cap) { bounds::refuse_unbounded(self, at_unix) } else { Ok(()) }
    }
}

fn header(request: PlanRequest) -> Result<RunHeader, PlanError> {
    let started_at = jiff::Timestamp::from_second(request.at_unix).map_err(|_| PlanError::Clock)?;
    Ok(RunHeader {
        record_version: RECORD_VERSION,
        tool_version: request.tool_version,
        run_id: request.run_id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
        experiment_key: String::new(),
        command: request.command,
        started_at: started_at.to_string(),
        seed: request.seed,
        prompts: request.prompts,
        systems: request.systems,
        temperatures: request.temperatures,
        runs: request.runs,
        contestants: request.contestants,
        max_cost: request.max_cost,
        concurrency: request.concurrency,
        timeouts: request.timeouts,
        max_retries: request.max_retries,
        analysis: request.analysis,
        pricing_as_of: request.pricing_as_of,
        notes: request.notes,
        scoring: request.scoring,
    })
}
