//! Runs put together by hand.

#![expect(clippy::expect_used, reason = "a fixture that does not fit its test should stop it")]

use std::time::Duration;

use evals::analysis::analyse;
use evals::analysis::model::{Analysis, Cell, Comparison, Machine};
use evals::record::{
    AnalysisOptions, AttemptRecord, CallCost, CallRecord, Contestant, Note, PlannedCall, Prompt, RECORD_VERSION,
    RunEnd, RunHeader, Scoring, Timing,
};
use llm::call::{Attempt, Billing, RawResponse, Timeouts};
use llm::cost::{PriceSheet, PriceSource, Terms};
use llm::money::Usd;
use llm::outcome::{Answer, Outcome};
use llm::request::Params;

/// Ten latencies in milliseconds; the golden values in `golden.rs` belong to these.
pub(crate) const FAST: [f64; 10] = [812.4, 790.1, 845.9, 801.3, 822.8, 779.5, 860.2, 808.8, 815.0, 797.6];
/// Clearly slower than [`FAST`].
pub(crate) const SLOW: [f64; 10] = [1240.5, 1195.2, 1310.9, 1268.4, 1222.1, 1287.7, 1205.6, 1251.3, 1233.9, 1276.2];
/// Not to be told from [`FAST`] with ten runs.
pub(crate) const LIKE_FAST: [f64; 10] = [830.7, 795.4, 801.9, 868.3, 779.9, 842.6, 815.2, 827.4, 858.8, 790.3];

/// A run under construction: a header, its plan and a record for each call.
pub(crate) struct Run {
    pub(crate) header: RunHeader,
    pub(crate) planned: Vec<PlannedCall>,
    pub(crate) records: Vec<CallRecord>,
    pub(crate) end: RunEnd,
    pub(crate) machine: Machine,
}

impl Run {
    /// A run of one prompt whose records are all complete answers that took 100 ms.
    pub(crate) fn new(contestants: &[&str], temperatures: &[Option<f64>], runs: u32) -> Self {
        Self::with_systems(contestants, temperatures, &[None], runs)
    }

    /// The same, crossed with system prompts.
    pub(crate) fn with_systems(
        contestants: &[&str],
        temperatures: &[Option<f64>],
        systems: &[Option<&str>],
        runs: u32,
    ) -> Self {
        let header = header(contestants, temperatures, systems, runs);
        let mut run = Self {
            header,
            planned: Vec::new(),
            records: Vec::new(),
            end: RunEnd::Finished,
            machine: Machine::default(),
        };
        run.plan();
        run
    }

    /// Plans again after contestants were changed; records start anew.
    pub(crate) fn plan(&mut self) {
        self.planned.clear();
        for system in 0..self.header.systems.len() as u32 {
            for (contestant, entry) in self.header.contestants.iter().enumerate() {
                let own = entry.params.temperature.map(|temperature| vec![Some(temperature)]);
                for temperature in own.as_ref().unwrap_or(&self.header.temperatures) {
                    for run_index in 0..self.header.runs {
                        self.planned.push(PlannedCall {
                            index: self.planned.len() as u32,
                            prompt: 0,
                            system,
                            contestant: contestant as u32,
                            temperature: *temperature,
                            run_index,
                        });
                    }
                }
            }
        }
        self.records = self.planned.iter().map(|call| complete(*call, 100.0)).collect();
    }

    /// Gives the runs of one contestant these latencies, in order, over all its cells.
    pub(crate) fn latencies(mut self, contestant: u32, latencies: &[f64]) -> Self {
        let mut mine = self.of(contestant);
        for latency in latencies {
            mine.next().expect("as many runs as latencies").timing.latency_ms = Some(*latency);
        }
        drop(mine);
        self
    }

    /// The records of one contestant.
    pub(crate) fn of(&mut self, contestant: u32) -> impl Iterator<Item = &mut CallRecord> {
        self.records.iter_mut().filter(move |record| record.call.contestant == contestant)
    }

    /// Ends the first runs of a contestant in another way.
    pub(crate) fn ending(mut self, contestant: u32, count: usize, outcome: Outcome) -> Self {
        self.of(contestant).take(count).for_each(|record| end(record, outcome));
        self
    }

    pub(crate) fn options(mut self, change: impl FnOnce(&mut AnalysisOptions)) -> Self {
        change(&mut self.header.analysis);
        self
    }

    pub(crate) fn analyse(&self) -> Analysis {
        analyse(&self.header, &self.planned, self.records.clone(), self.end, self.machine)
    }
}

/// Gives a record an outcome with what belongs to it.
pub(crate) fn end(record: &mut CallRecord, outcome: Outcome) {
    record.outcome = outcome;
    if outcome != Outcome::Truncated {
        record.answer.text.clear();
    }
    if matches!(outcome, Outcome::Error | Outcome::Cancelled) {
        record.timing = Timing::default();
        record.cost = CallCost::Unknown(Some(Usd::from_pico(5)));
    }
}

/// A complete answer.
pub(crate) fn complete(call: PlannedCall, latency_ms: f64) -> CallRecord {
    let mut answer = Answer { text: "Paris.".to_owned(), ..Answer::default() };
    answer.usage.input = Some(20);
    answer.usage.output = Some(8);
    CallRecord {
        call,
        outcome: Outcome::Complete,
        error: None,
        answer: answer.clone(),
        queued: Duration::ZERO,
        attempts: vec![attempt(answer)],
        timing: Timing {
            latency_ms: Some(latency_ms),
            ttft_ms: Some(50.0),
            ttfo_ms: Some(60.0),
            output_tokens_per_second: Some(70.0),
            inter_token_mean_ms: None,
            inter_token_p99_ms: None,
        },
        cost: CallCost::Known(Usd::from_pico(1_200_000)),
        from_cache: false,
    }
}

pub(crate) fn attempt(answer: Answer) -> AttemptRecord {
    AttemptRecord {
        waited: Duration::ZERO,
        attempt: Attempt {
            started_unix_ms: 0,
            connect: Duration::ZERO,
            total: Duration::ZERO,
            answer,
            error: None,
            billing: Billing::Reported,
            cancelled: false,
            raw: RawResponse::default(),
            request_body: Vec::new(),
        },
    }
}

fn header(contestants: &[&str], temperatures: &[Option<f64>], systems: &[Option<&str>], runs: u32) -> RunHeader {
    RunHeader {
        record_version: RECORD_VERSION,
        tool_version: "0".to_owned(),
        run_id: "run".to_owned(),
        experiment_key: "0123456789abcdef".to_owned(),
        command: "compare".to_owned(),
        started_at: "2026-01-02T03:04:05Z".to_owned(),
        seed: 7,
        prompts: vec![Prompt::new("p1", "Name the capital of France.")],
        systems: systems.iter().map(|system| system.map(str::to_owned)).collect(),
        temperatures: temperatures.to_vec(),
        runs,
        contestants: contestants.iter().map(|name| contestant(name)).collect(),
        max_cost: None,
        concurrency: 5,
        timeouts: Timeouts::default(),
        max_retries: 2,
        analysis: AnalysisOptions { resamples: 999, ..AnalysisOptions::default() },
        pricing_as_of: "2026-01-01".to_owned(),
        notes: Vec::new(),
        scoring: Scoring::default(),
    }
}

pub(crate) fn contestant(name: &str) -> Contestant {
    Contestant {
        name: name.to_owned(),
        spec: name.to_owned(),
        provider: "openai".to_owned(),
        model: name.to_owned(),
        family: None,
        params: Params::default(),
        sends_temperature: true,
        omitted: Vec::new(),
        price: PriceSheet::new(Terms::Free, PriceSource::User),
    }
}

/// The text of a note, if the analysis carries one with this code.
pub(crate) fn note<'a>(analysis: &'a Analysis, code: &str) -> Option<&'a str> {
    analysis.notes.iter().find(|Note { code: found, .. }| found == code).map(|note| note.text.as_str())
}

pub(crate) fn only(comparisons: &[Comparison]) -> &Comparison {
    assert_eq!(comparisons.len(), 1);
    &comparisons[0]
}

pub(crate) fn cell(analysis: &Analysis, contestant: u32) -> &Cell {
    analysis.cells.iter().find(|cell| cell.contestant == contestant).expect("a cell of the contestant")
}

#[track_caller]
pub(crate) fn assert_close(found: Option<f64>, expected: f64, relative: f64) {
    let found = found.expect("a value");
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} is not {expected}");
}
