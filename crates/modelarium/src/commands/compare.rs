//! `compare`: the main job.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use evals::plan::{Plan, PlanError, PlanRequest};
use evals::record::{AnalysisOptions, Note, Prompt};
use evals::runner::{Job, NoObserver, RunOptions, StopSignal};
use evals::store::Store;
use llm::call::Timeouts;
use llm::client::RetryPolicy;
use llm::money::Usd;
use llm::request::Params;
use report::dry_run::DryRun;

use crate::cli::{CompareArgs, LaterArgs, OutputFormat};
use crate::execute::{run_and_report, runtime};
use crate::exit::{Exit, Failure, Outcome};
use crate::lineup::{self, LocalServer};
use crate::output::{Destination, payload};
use crate::session::Session;
use crate::{clock, earlier, input, parameters, statistics};

/// Calls in flight per provider when nothing else is said.
pub(crate) const DEFAULT_CONCURRENCY: u32 = 5;

/// Everything is checked before anything is sent: models, parameters, prompts, output, keys, cost.
pub(crate) fn run(session: &mut Session, arguments: CompareArgs) -> Outcome {
    let destination = Destination::of(&arguments.output)?;
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    let runtime = runtime()?;
    runtime.block_on(compare(session, &arguments, &destination))
}

async fn compare(session: &Session, arguments: &CompareArgs, destination: &Destination) -> Outcome {
    let running = &arguments.running;
    let local = LocalServer::of(session, running.local_url.as_deref(), running.allow_remote_local)?;
    let client = session.http_client()?;

    let (temperatures, repeated) = input::temperatures(&arguments.request.temperatures)?;
    let analysis = statistics::options(&arguments.statistics, &AnalysisOptions::default())?;
    let systems = systems(arguments)?;
    let defaults = defaults(arguments)?;
    let mut notes = not_yet(&arguments.later);
    if !repeated.is_empty() {
        notes.push(Note {
            code: "repeated_temperature".to_owned(),
            text: "A temperature was given twice; it is one cell. For more repetitions use --runs.".to_owned(),
        });
    }
    let mut contestants = lineup::resolve(session, &arguments.models, &local, &client).await?;
    let prompt = input::prompt(arguments.prompt.as_deref(), arguments.prompt_file.as_deref())?;
    let max_cost = running.max_cost.map(|dollars| Usd::from_f64(dollars).unwrap_or(Usd::MAX));
    let applied = lineup::apply(session, &mut contestants, &defaults, &temperatures, max_cost.is_some())?;
    notes.extend(applied.notes);

    let seed = arguments.request.seed.unwrap_or_else(clock::seed);
    let plan = Plan::new(PlanRequest {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: "compare".to_owned(),
        run_id: None,
        at_unix: clock::unix_seconds(),
        seed,
        prompts: vec![Prompt { id: "prompt".to_owned(), text: prompt }],
        systems,
        temperatures: temperatures.into_iter().map(Some).collect(),
        runs: running.runs,
        contestants: applied.contestants,
        prompt_overheads: applied.prompt_overheads,
        max_cost,
        allow_unpriced: running.allow_unpriced,
        concurrency: running.concurrency.unwrap_or(DEFAULT_CONCURRENCY),
        timeouts: Timeouts {
            connect: Duration::from_secs_f64(running.connect_timeout),
            first_byte: Duration::from_secs_f64(running.first_byte_timeout),
            idle: Duration::from_secs_f64(running.idle_timeout),
            total: Duration::from_secs_f64(running.total_timeout),
        },
        max_retries: running.max_retries,
        analysis,
        pricing_as_of: session.pricing_as_of(),
        notes,
    })
    .map_err(|error| refuse(&error))?;
    if let Some(sentence) = evals::analysis::paired_test_refusal(&plan.header) {
        return Err(Failure::usage(sentence).hint("use --significance-test welch, mann-whitney or permutation"));
    }

    if running.dry_run {
        return dry_run(session, arguments, &plan);
    }
    let backends = lineup::backends(session, &contestants, &local, &client)?;
    announce(session, &plan);
    let store = if running.no_store { None } else { Some(open_store(session, arguments)?) };
    let store = match store {
        None => None,
        Some(store) => {
            let writer = store.begin(&plan).map_err(|error| Failure::usage(error.to_string()))?;
            Some((store, writer))
        }
    };
    let job = Job {
        plan,
        backends,
        store,
        earlier: None,
        observer: Arc::new(NoObserver),
        stop: StopSignal::new(),
        options: RunOptions {
            use_cache: running.cache,
            concurrency: if running.concurrency.is_some() {
                BTreeMap::new()
            } else {
                session.small_lanes(DEFAULT_CONCURRENCY)
            },
            retry: RetryPolicy {
                retry_after_cap: Duration::from_secs_f64(running.retry_after_cap),
                ..RetryPolicy::default()
            },
            ..RunOptions::default()
        },
    };
    run_and_report(session, !running.no_stream, &[], destination, job).await
}

fn open_store(session: &Session, arguments: &CompareArgs) -> Result<Arc<Store>, Failure> {
    let path = session.config.store(arguments.running.store.as_deref()).value;
    Ok(Arc::new(Store::open(&path).map_err(|error| Failure::usage(error.to_string()))?))
}

/// What a person should know before the first call goes out.
fn announce(session: &Session, plan: &Plan) {
    for note in &plan.header.notes {
        session.printer.warning(&report::escape::terminal::line(&note.text));
    }
    if plan.calls.len() > 1 && plan.header.max_cost.is_none() {
        let forecast = plan.forecast(clock::unix_seconds(), &|_| None);
        if forecast.expected.pico() > 0 {
            session.printer.status(&format!(
                "{} calls; expected cost about {} (no cap: set one with --max-cost).",
                plan.calls.len(),
                report::figures::dollars(forecast.expected)
            ));
        }
    }
}

fn dry_run(session: &Session, arguments: &CompareArgs, plan: &Plan) -> Outcome {
    let path = session.config.store(arguments.running.store.as_deref()).value;
    // A missing store only means that nothing is known from earlier runs.
    let store = Store::open_read_only(&path).ok();
    let known = |contestant: usize| {
        store.as_ref().and_then(|store| earlier::output_tokens(store, &plan.header.contestants[contestant].name))
    };
    let forecast = plan.forecast(clock::unix_seconds(), &known);
    let detectable = evals::analysis::planning::smallest_detectable(&plan.header, &plan.calls);
    let dry_run = DryRun { header: &plan.header, forecast: &forecast, detectable };
    if arguments.output.output_format == Some(OutputFormat::Json) {
        session.printer.payload(&payload(|out| dry_run.json(out))?);
    } else {
        session.printer.result(&dry_run.terminal(session.printer.width()));
    }
    Ok(Exit::Done)
}

fn refuse(error: &PlanError) -> Failure {
    let failure = Failure::usage(report::escape::terminal::line(&error.to_string()));
    match error {
        PlanError::CapTooSmall { least, .. } => failure.hint(format!(
            "nothing was sent; --max-cost {} would do, or lower --max-output-tokens",
            evals::plan::printable_up(*least).1
        )),
        PlanError::Unbounded { .. } => failure.hint("nothing was sent; --allow-unpriced lets them run outside the cap"),
        _ => failure,
    }
}

fn systems(arguments: &CompareArgs) -> Result<Vec<Option<String>>, Failure> {
    let request = &arguments.request;
    if let Some(path) = &request.system_prompt_file {
        return Ok(vec![Some(input::text_file(path, "system prompt")?).filter(|text| !text.is_empty())]);
    }
    if let Some(list) = &request.system_prompts {
        let mut systems: Vec<Option<String>> = Vec::new();
        for text in input::comma_list(list) {
            if !systems.iter().flatten().any(|known| *known == text) {
                systems.push(Some(text));
            }
        }
        return Ok(if systems.is_empty() { vec![None] } else { systems });
    }
    Ok(vec![request.system_prompt.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)])
}

fn defaults(arguments: &CompareArgs) -> Result<Params, Failure> {
    let request = &arguments.request;
    Ok(Params {
        temperature: None,
        top_p: request.top_p,
        seed: None,
        max_output_tokens: request.max_output_tokens,
        effort: request.effort.as_deref().map(parameters::effort).transpose()?,
        thinking: request.thinking.as_deref().map(parameters::thinking).transpose()?,
        stop: request.stop.clone(),
        advisor: None,
    })
}

/// What was asked for and is not in this version; said in every output.
fn not_yet(later: &LaterArgs) -> Vec<Note> {
    let note = |what: &str| Note {
        code: "not_yet".to_owned(),
        text: format!("{what} not in this version yet and was not done; everything else was."),
    };
    let mut notes = Vec::new();
    if later.judge.is_some()
        || later.judges.is_some()
        || later.judge_criteria.is_some()
        || later.judge_template.is_some()
    {
        notes.push(note("Scoring by a judge (--judge) is"));
    }
    if later.hallucination_check
        || later.expected_facts.is_some()
        || later.expected_facts_file.is_some()
        || later.hallucination_template.is_some()
    {
        notes.push(note("The search for signs of fabrication (--hallucination-check) is"));
    }
    notes
}
