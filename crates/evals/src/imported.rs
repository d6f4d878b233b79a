//! Results that somebody else's tool measured, as a run: stored, analysed and reported like any other.
//!
//! Nothing was sent and nothing was answered here. Each row carries the figures of the table and nothing else; they
//! are stored as what was said of an answer ([`crate::record::Externals`]), so that no other number can be mistaken
//! for them.

use std::time::Duration;

use checks::ExternalResult;
use llm::call::Timeouts;
use llm::cost::{PriceSheet, PriceSource, Terms};
use llm::outcome::{Answer, Outcome};
use llm::request::Params;

use crate::analysis::model::Machine;
use crate::decision::Measure;
use crate::decision::table::ResultTable;
use crate::plan::{Plan, experiment_key};
use crate::record::{
    AnalysisOptions, CallCost, CallRecord, Contestant, Externals, Note, PlannedCall, Prompt, RECORD_VERSION, RunEnd,
    RunHeader, Scoring, Timing,
};
use crate::store::StoredRun;

/// The command of a run that was imported.
pub const IMPORTED: &str = "import";

/// The provider of contestants whose answers were made elsewhere.
pub const ELSEWHERE: &str = "imported";

const FIGURE: &str = "imported:";

/// About an import, what the table does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRequest {
    /// Version of the tool.
    pub tool_version: String,
    /// UUID of the run; a random one when `None`.
    pub run_id: Option<String>,
    /// Now, in seconds since the Unix epoch.
    pub at_unix: i64,
    /// What the table is called: the file's own name, without its folder.
    pub source: String,
    /// Seed of all resampling.
    pub seed: u64,
    /// How the results are to be analysed.
    pub analysis: AnalysisOptions,
    /// Date of the newest price, as every run has it.
    pub pricing_as_of: String,
}

/// The table as a run.
pub fn run_of(table: &ResultTable, request: ImportRequest) -> StoredRun {
    let measure = if table.is_binary { Measure::Pass } else { Measure::Score };
    let mut answers: Vec<&crate::decision::table::TableAnswer> = table.answers.iter().collect();
    answers.sort_by_key(|answer| (answer.item, answer.contestant, answer.run_index));
    let calls: Vec<PlannedCall> = answers
        .iter()
        .enumerate()
        .map(|(index, answer)| PlannedCall {
            index: index as u32,
            prompt: answer.item as u32,
            system: 0,
            contestant: answer.contestant as u32,
            temperature: None,
            run_index: answer.run_index,
        })
        .collect();
    let mut externals = Externals::new();
    let mut records = Vec::with_capacity(calls.len());
    for (call, answer) in calls.iter().zip(&answers) {
        let score = answer.score.map(|score| (measure, score));
        for (measure, value) in score.into_iter().chain(answer.measured.iter().copied()) {
            let figure = ExternalResult { score: Some(value), ..ExternalResult::default() };
            externals.insert((call.index, figure_path(measure)), figure);
        }
        records.push(record(*call, answer.score.is_some()));
    }
    let mut header = header(table, &request, calls.iter().map(|call| call.run_index + 1).max().unwrap_or(1));
    header.experiment_key = experiment_key(&header);
    let order = calls.iter().map(|call| call.index).collect();
    let free = Some(llm::money::Usd::ZERO);
    let plan = Plan {
        worst_cases: vec![free; calls.len()],
        prompt_overheads: vec![0; header.contestants.len()],
        dispatch_order: order,
        judgements: Vec::new(),
        header,
        calls,
    };
    StoredRun {
        plan,
        learned: Vec::new(),
        records,
        externals,
        labels: Vec::new(),
        end: RunEnd::Finished,
        machine: Machine::default(),
        unsettled: Vec::new(),
    }
}

/// Where a figure of an imported answer is stored among [`Externals`].
pub fn figure_path(measure: Measure) -> String {
    format!("{FIGURE}{}", measure.as_str())
}

/// The figures of the rows of an imported run.
pub(crate) fn figures(externals: &Externals) -> impl Iterator<Item = (u32, Measure, f64)> {
    externals.iter().filter_map(|((index, path), result)| {
        Some((*index, path.strip_prefix(FIGURE).and_then(Measure::parse)?, result.score?))
    })
}

fn header(table: &ResultTable, request: &ImportRequest, runs: u32) -> RunHeader {
    let started = jiff::Timestamp::from_second(request.at_unix).unwrap_or_default();
    let prompt = |item: &crate::decision::table::TableItem| Prompt {
        cluster: item.cluster.clone(),
        weight: item.weight,
        ..Prompt::new(item.id.clone(), String::new())
    };
    RunHeader {
        record_version: RECORD_VERSION,
        tool_version: request.tool_version.clone(),
        run_id: request.run_id.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
        experiment_key: String::new(),
        command: IMPORTED.to_owned(),
        started_at: started.to_string(),
        seed: request.seed,
        prompts: table.items.iter().map(prompt).collect(),
        systems: vec![None],
        temperatures: vec![None],
        runs,
        contestants: table.contestants.iter().map(|name| contestant(name)).collect(),
        max_cost: None,
        concurrency: 1,
        timeouts: Timeouts::default(),
        max_retries: 0,
        analysis: request.analysis.clone(),
        pricing_as_of: request.pricing_as_of.clone(),
        notes: vec![Note {
            code: "imported".to_owned(),
            text: format!(
                "These results were read from {}; nothing was sent and nothing was measured here.",
                request.source
            ),
        }],
        scoring: Scoring::default(),
    }
}

fn contestant(name: &str) -> Contestant {
    Contestant {
        name: name.to_owned(),
        spec: name.to_owned(),
        provider: ELSEWHERE.to_owned(),
        model: name.to_owned(),
        family: None,
        params: Params::default(),
        sends_temperature: false,
        omitted: Vec::new(),
        price: PriceSheet::new(Terms::Unpriced, PriceSource::Unpublished),
    }
}

fn record(call: PlannedCall, scored: bool) -> CallRecord {
    CallRecord {
        call,
        outcome: if scored { Outcome::Complete } else { Outcome::Empty },
        error: None,
        answer: Answer::default(),
        queued: Duration::ZERO,
        attempts: Vec::new(),
        timing: Timing::default(),
        cost: CallCost::Nothing,
        // Nothing was sent from here: no timing, no cost, no token count is this machine's.
        from_cache: true,
    }
}
