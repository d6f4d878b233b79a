//! Results and runs put together by hand.

use std::time::Duration;

use evals::analysis::analyse;
use evals::analysis::model::{Analysis, Machine};
use evals::analysis::scored::RowScores;
use evals::decision::{Answer, Arm, Item, Measure, Scores};
use evals::record::{
    AnalysisOptions, AttemptRecord, CallCost, CallRecord, Contestant, PlannedCall, Prompt, RECORD_VERSION, RunEnd,
    RunHeader, Scoring, Timing,
};
use llm::call::{Attempt, Billing, RawResponse, Timeouts};
use llm::cost::{PriceSheet, PriceSource, Terms};
use llm::money::Usd;
use llm::outcome::{Answer as Said, Outcome};
use llm::request::Params;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

/// Results of one measure: by arm, by item, by run; `None` is a missing answer.
pub(crate) fn scores(measure: Measure, arms: &[(&str, Vec<Vec<Option<f64>>>)]) -> Scores {
    let count = arms.first().map_or(0, |arm| arm.1.len());
    let items = (0..count).map(|at| Item { id: format!("i{at}"), cluster: at as u32, weight: 1.0 }).collect();
    of_items(measure, items, arms)
}

/// The same with items of one's own.
pub(crate) fn of_items(measure: Measure, items: Vec<Item>, arms: &[(&str, Vec<Vec<Option<f64>>>)]) -> Scores {
    let mut scores = Scores::new(items, arms.iter().map(|arm| Arm::named(arm.0)).collect());
    for (arm, (_, rows)) in arms.iter().enumerate() {
        for (item, runs) in rows.iter().enumerate() {
            for value in runs {
                scores.push(arm, item, Answer::default().with(measure, *value));
            }
        }
    }
    scores
}

/// One run an item.
pub(crate) fn single(values: &[f64]) -> Vec<Vec<Option<f64>>> {
    values.iter().map(|value| vec![Some(*value)]).collect()
}

/// So many passes, then fails.
pub(crate) fn passes(passed: usize, of: usize) -> Vec<Vec<Option<f64>>> {
    (0..of).map(|at| vec![Some(if at < passed { 1.0 } else { 0.0 })]).collect()
}

pub(crate) fn source(seed: u64) -> ChaCha12Rng {
    ChaCha12Rng::seed_from_u64(seed)
}

/// The text of a file of the shared material, if it is there.
pub(crate) fn shared(test: &str, name: &str) -> Option<Vec<u8>> {
    let root = std::env::var("MODELARIUM_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let found = std::fs::read(format!("{root}/data/evals/{name}")).ok();
    if found.is_none() {
        println!("skipped: {test}: shared material absent");
    }
    found
}

#[track_caller]
pub(crate) fn close(found: impl Into<Option<f64>>, expected: f64, within: f64) {
    let found = found.into().expect("a value");
    assert!((found - expected).abs() <= within, "{found} is not {expected}");
}

/// A run of items by contestants whose every call was answered in 100 ms for 0.001 dollars, all checks passed.
pub(crate) fn run(contestants: &[&str], items: usize, runs: u32) -> Analysis {
    let prompts: Vec<Prompt> = (0..items).map(|at| Prompt::new(format!("i{at}"), "What?")).collect();
    let header = RunHeader {
        record_version: RECORD_VERSION,
        tool_version: "0".to_owned(),
        run_id: "run".to_owned(),
        experiment_key: "0123456789abcdef".to_owned(),
        command: "batch".to_owned(),
        started_at: "2026-01-02T03:04:05Z".to_owned(),
        seed: 7,
        prompts,
        systems: vec![None],
        temperatures: vec![None],
        runs,
        contestants: contestants.iter().map(|name| contestant(name)).collect(),
        max_cost: None,
        concurrency: 5,
        timeouts: Timeouts::default(),
        max_retries: 2,
        analysis: AnalysisOptions { significance: Some(false), intervals: Some(false), ..AnalysisOptions::default() },
        pricing_as_of: "2026-01-01".to_owned(),
        notes: Vec::new(),
        scoring: Scoring::default(),
    };
    let mut planned = Vec::new();
    for prompt in 0..items as u32 {
        for contestant in 0..contestants.len() as u32 {
            for run_index in 0..runs {
                let index = planned.len() as u32;
                planned.push(PlannedCall { index, prompt, system: 0, contestant, temperature: None, run_index });
            }
        }
    }
    let records = planned.iter().map(|call| record(*call)).collect();
    let mut analysis = analyse(&header, &planned, records, RunEnd::Finished, Machine::default());
    analysis.scores.rows = analysis
        .rows
        .iter()
        .map(|_| RowScores { passed: 2, definitive: 2, configured: 2, check_score: Some(1.0), ..RowScores::default() })
        .collect();
    analysis
}

/// Changes the answers of one contestant: the record and its scores.
pub(crate) fn change(
    analysis: &mut Analysis,
    contestant: u32,
    mut change: impl FnMut(usize, &mut CallRecord, &mut RowScores),
) {
    let rows = analysis.rows.iter_mut().zip(&mut analysis.scores.rows);
    for (at, (row, scored)) in rows.filter(|(row, _)| row.call.contestant == contestant).enumerate() {
        change(at, row, scored);
    }
}

fn record(call: PlannedCall) -> CallRecord {
    let mut answer = Said { text: "Paris.".to_owned(), ..Said::default() };
    answer.usage.input = Some(20);
    answer.usage.output = Some(8);
    let attempt = Attempt {
        started_unix_ms: 0,
        connect: Duration::ZERO,
        total: Duration::ZERO,
        answer: answer.clone(),
        error: None,
        billing: Billing::Reported,
        cancelled: false,
        raw: RawResponse::default(),
        request_body: Vec::new(),
    };
    CallRecord {
        call,
        outcome: Outcome::Complete,
        error: None,
        answer,
        queued: Duration::ZERO,
        attempts: vec![AttemptRecord { waited: Duration::ZERO, attempt }],
        timing: Timing { latency_ms: Some(100.0), ttft_ms: Some(50.0), ..Timing::default() },
        cost: CallCost::Known(Usd::from_pico(1_000_000_000)),
        from_cache: false,
    }
}

fn contestant(name: &str) -> Contestant {
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
