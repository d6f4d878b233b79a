//! A JSON output read back as the run it was made from.
//!
//! What comes back renders to the same JSON, apart from what an output does not hold: raw bytes and
//! arrival times (so `show --call` has nothing to show), a person's labels, what programs said within
//! `any`, `all` or `not`, amounts that a crash left open (their note stays), the folder of the suite,
//! and the single consultations of an advisor (their sums stay). Runs made elsewhere are not trusted:
//! whatever does not hold together is refused with a sentence.
//!
//! A run that stopped when it was decided holds the calls that were made and describes all that were planned; an
//! imported table holds the answers that it has.

mod rows;
mod shape;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use evals::imported::IMPORTED;
use evals::merge::{incoherence, plan_of};
use evals::plan::Plan;
use evals::record::{
    AnalysisOptions, Contestant, JudgeMode, Note, Omission, PlannedCall, Prompt, RunEnd, RunHeader, Scoring,
};
use evals::store::StoredRun;
use llm::call::Timeouts;
use llm::cost::{PriceSheet, Terms};
use llm::money::Usd;
use llm::request::{Advisor, Params, Thinking};
use serde_json::Value;

use shape::{ContestantShape, InvocationShape, ParamsShape, PromptShape, RowShape, RunShape};

/// The largest file that is read: a run of the most calls with long answers stays below it.
pub const LARGEST_FILE: u64 = 1 << 30;

/// The most questions to judges that a file may stand for.
const MOST_JUDGEMENTS: u64 = 10_000_000;

/// Why a JSON output cannot be read back; a sentence for a person.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// More than [`LARGEST_FILE`].
    #[error("it is larger than {} MiB, which no output of this tool is", LARGEST_FILE >> 20)]
    TooLarge,
    /// It is no JSON.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// It is JSON of something else.
    #[error("it is JSON, but not the JSON output of a run of this tool")]
    Foreign,
    /// An older version made it.
    #[error(
        "version {version} of this tool made it, whose outputs do not hold enough to be read back; make it again with `modelarium report RUN -o FILE.json`"
    )]
    Older {
        /// The version of the tool.
        version: String,
    },
    /// A newer version made it.
    #[error(
        "a newer version of this tool made it (format {found}, this one knows up to {supported}); use the newer version"
    )]
    Newer {
        /// Its format.
        found: u32,
        /// The newest one that is understood.
        supported: u32,
    },
    /// It does not hold together.
    #[error("it is damaged or was changed: {0}")]
    Damaged(String),
}

/// Reads a JSON output from a file.
pub fn file(path: &Path) -> Result<StoredRun, ReadError> {
    let mut bytes = Vec::new();
    // Whatever the metadata says: a pipe has none, and a file may grow.
    File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ReadError::TooLarge);
    }
    run(&bytes)
}

/// Reads a JSON output.
pub fn run(bytes: &[u8]) -> Result<StoredRun, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let form: shape::FormShape = match serde_json::from_slice(bytes) {
        Ok(form) => form,
        Err(error) if error.is_data() => return Err(ReadError::Foreign),
        Err(error) => return Err(ReadError::NotJson(error.to_string())),
    };
    form.check()?;
    let shape: RunShape = serde_json::from_slice(bytes).map_err(|error| ReadError::Damaged(error.to_string()))?;
    let end = shape.run_end;
    let header = header(&shape)?;
    let plan = if header.command == IMPORTED {
        imported_plan(header, &shape.results)?
    } else {
        refuse_bombs(&header, shape.results.len() as u64, end)?;
        let plan = plan_of(header, Vec::new()).map_err(|error| ReadError::Damaged(error.to_string()))?;
        let (rows, planned) = (shape.results.len(), plan.calls.len());
        if rows > planned || (rows < planned && end != RunEnd::Decided) {
            return Err(ReadError::Damaged(format!("it has {rows} results where its header describes {planned}")));
        }
        plan
    };
    let machine = shape.machine.machine();
    let (records, externals) = rows::records(&plan, end, shape.results, shape.judge_results)?;
    let run = StoredRun {
        plan,
        learned: Vec::new(),
        records,
        externals,
        labels: Vec::new(),
        end,
        machine,
        unsettled: Vec::new(),
    };
    match incoherence(&run) {
        Some(detail) => Err(ReadError::Damaged(detail)),
        None => Ok(run),
    }
}

/// The plan of an imported table: what it holds, in its order.
fn imported_plan(header: RunHeader, rows: &[RowShape]) -> Result<Plan, ReadError> {
    let calls: Vec<PlannedCall> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| PlannedCall {
            index: index as u32,
            prompt: row.prompt_index,
            system: row.system_index,
            contestant: row.contestant_index,
            temperature: row.temperature,
            run_index: row.run_index,
        })
        .collect();
    let place = |call: &PlannedCall| (call.prompt, call.contestant, call.run_index);
    let one_arm = |call: &PlannedCall| call.system == 0 && call.temperature.is_none();
    if calls.windows(2).any(|pair| place(&pair[0]) >= place(&pair[1])) || !calls.iter().all(one_arm) {
        return Err(ReadError::Damaged("its imported results are not in their order".to_owned()));
    }
    Ok(Plan {
        worst_cases: vec![Some(Usd::ZERO); calls.len()],
        prompt_overheads: vec![0; header.contestants.len()],
        dispatch_order: calls.iter().map(|call| call.index).collect(),
        judgements: Vec::new(),
        header,
        calls,
    })
}

fn header(shape: &RunShape) -> Result<RunHeader, ReadError> {
    let InvocationShape {
        command, temperatures, system_prompts, runs, seed, concurrency, max_retries, timeouts, ..
    } = &shape.invocation;
    let scoring: Scoring = stored("scoring", &shape.scoring)?;
    if let Some(judging) = &scoring.judging {
        judging.judges.iter().try_for_each(|judge| check_prices(&judge.name, &judge.price))?;
    }
    Ok(RunHeader {
        record_version: shape.record_version,
        tool_version: shape.version.clone(),
        run_id: shape.run_id.clone(),
        experiment_key: shape.experiment_key.clone(),
        command: command.clone(),
        started_at: shape.started_at.clone(),
        seed: *seed,
        prompts: shape.prompts.iter().map(prompt).collect(),
        systems: system_prompts.clone(),
        temperatures: temperatures.clone(),
        runs: *runs,
        contestants: shape.contestants.iter().map(contestant).collect::<Result<_, _>>()?,
        max_cost: shape.budget.max_cost_usd.map(|cap| dollars("the cap", cap)).transpose()?,
        concurrency: *concurrency,
        timeouts: Timeouts {
            connect: rows::duration(timeouts.connect_ms)?,
            first_byte: rows::duration(timeouts.first_byte_ms)?,
            idle: rows::duration(timeouts.idle_ms)?,
            total: rows::duration(timeouts.total_ms)?,
        },
        max_retries: *max_retries,
        analysis: analysis_options(&shape.invocation.analysis)?,
        pricing_as_of: shape.pricing_as_of.clone(),
        notes: shape
            .notes
            .iter()
            .filter(|note| note.planned)
            .map(|note| Note { code: note.code.clone(), text: note.text.clone() })
            .collect(),
        scoring,
    })
}

/// How the run was analysed. Bounded: a file must not ask for a year of resampling.
fn analysis_options(value: &Value) -> Result<AnalysisOptions, ReadError> {
    const MOST_RESAMPLES: u32 = 10_000_000;
    const MOST_GATES: usize = 1_000;
    let options: AnalysisOptions = stored("invocation.analysis", value)?;
    let share = |value: f64| value > 0.0 && value < 1.0;
    if options.resamples > MOST_RESAMPLES || !share(options.threshold) || !share(options.ci_level) {
        return Err(ReadError::Damaged("`invocation.analysis` holds a value that no flag takes".to_owned()));
    }
    let asked = &options.decision;
    let stops =
        asked.stop.as_ref().is_none_or(|stop| share(stop.alpha) && stop.margin.is_none_or(|margin| margin > 0.0));
    let migrates = asked.migration.as_ref().is_none_or(|migration| migration.margin >= 0.0);
    if asked.gates.len() > MOST_GATES || !stops || !migrates {
        return Err(ReadError::Damaged("`invocation.analysis.decision` holds a value that no flag takes".to_owned()));
    }
    Ok(options)
}

fn prompt(shape: &PromptShape) -> Prompt {
    Prompt {
        id: shape.id.clone(),
        text: shape.text.clone(),
        messages: shape.messages.clone(),
        systems: shape.systems.clone(),
        checks: shape.checks.iter().map(|check| checks::CheckSpec(check.clone())).collect(),
        tags: shape.tags.clone(),
        weight: shape.weight,
        cluster: shape.cluster.clone(),
        reference: shape.reference.clone(),
        expected_facts: shape.expected_facts.clone(),
        vars: shape.vars.clone(),
    }
}

fn contestant(shape: &ContestantShape) -> Result<Contestant, ReadError> {
    let price: PriceSheet = stored("price_sheet", &shape.price_sheet)?;
    check_prices(&shape.name, &price)?;
    Ok(Contestant {
        name: shape.name.clone(),
        spec: shape.spec.clone(),
        provider: shape.provider.clone(),
        model: shape.wire_model.clone(),
        family: shape.family.clone(),
        params: params(&shape.params)?,
        sends_temperature: shape.sends_temperature,
        omitted: shape
            .omitted_parameters
            .iter()
            .map(|one| Omission {
                parameter: one.parameter.clone(),
                requested: one.requested.clone(),
                reason: one.reason.clone(),
            })
            .collect(),
        price,
    })
}

/// The arithmetic of costs relies on what a schedule promises.
fn check_prices(name: &str, price: &PriceSheet) -> Result<(), ReadError> {
    let mut sheet = Some(price);
    while let Some(PriceSheet { terms, advisor, .. }) = sheet {
        if let Terms::Priced(schedule) = terms {
            schedule.validate().map_err(|error| ReadError::Damaged(format!("the prices of {name}: {error}")))?;
        }
        sheet = advisor.as_deref();
    }
    Ok(())
}

fn params(shape: &ParamsShape) -> Result<Params, ReadError> {
    let thinking = match shape.thinking.as_deref() {
        None => None,
        Some("off") => Some(Thinking::Off),
        Some("on") => Some(Thinking::On),
        Some("adaptive") => Some(Thinking::Adaptive),
        Some(tokens) => Some(Thinking::Budget(
            tokens.parse().map_err(|_| ReadError::Damaged("a contestant's `thinking` has no meaning".to_owned()))?,
        )),
    };
    Ok(Params {
        temperature: shape.temperature,
        top_p: shape.top_p,
        seed: shape.seed,
        max_output_tokens: shape.max_output_tokens,
        effort: shape.effort,
        thinking,
        stop: shape.stop.clone(),
        response_schema: None,
        advisor: shape.advisor.clone().map(|model| Advisor { model, max_uses: shape.advisor_max_uses }),
    })
}

/// A part that is written in its stored form.
fn stored<T: serde::de::DeserializeOwned>(what: &str, value: &Value) -> Result<T, ReadError> {
    T::deserialize(value).map_err(|error| ReadError::Damaged(format!("`{what}` cannot be read: {error}")))
}

fn dollars(what: &str, amount: f64) -> Result<Usd, ReadError> {
    Usd::from_f64(amount).ok_or_else(|| ReadError::Damaged(format!("{what} is no amount of money")))
}

/// A short file may describe a plan that fills the memory.
fn refuse_bombs(header: &RunHeader, rows: u64, end: RunEnd) -> Result<(), ReadError> {
    let product = |sizes: &[u64]| sizes.iter().fold(1_u64, |product, size| product.saturating_mul(*size));
    let runs = u64::from(header.runs);
    let contestants = header.contestants.len() as u64;
    let every = header.systems.len() as u64;
    let crossings: u64 = header
        .prompts
        .iter()
        .map(|prompt| prompt.systems.as_ref().map_or(every, |own| own.len() as u64))
        .fold(0, u64::saturating_add);
    // A contestant that fixes its temperature has one cell where others have several.
    // A run that was decided early has every call of some items; the most calls of a plan bound the others.
    let decided = end == RunEnd::Decided;
    let least = if decided { product(&[contestants, runs]) } else { product(&[crossings, contestants, runs]) };
    if least > rows {
        return Err(ReadError::Damaged("it has fewer results than its header describes".to_owned()));
    }
    let Some(judging) = &header.scoring.judging else { return Ok(()) };
    let judges = judging.judges.len() as u64;
    let checks = header.prompts.iter().map(|prompt| prompt.checks.len() as u64).max().unwrap_or(0);
    let others = match judging.mode {
        JudgeMode::Pairwise => contestants.saturating_mul(header.temperatures.len() as u64),
        JudgeMode::Score | JudgeMode::ChecksOnly => 1,
    };
    let repeats = if judging.entailment { runs } else { 0 };
    let answers = if decided { product(&[crossings, contestants, runs]) } else { rows };
    let asked = judges.saturating_mul(checks.saturating_add(others)).saturating_add(repeats).saturating_mul(answers);
    if asked > MOST_JUDGEMENTS {
        return Err(ReadError::Damaged("its header describes more questions to judges than a run has".to_owned()));
    }
    Ok(())
}
