//! From flags and prompts to a run: what `compare` and `batch` share.
//!
//! Everything is checked before anything is sent: models, parameters, prompts, judges, output, keys, cost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use evals::plan::{Plan, PlanError, PlanRequest};
use evals::record::{
    AnalysisOptions, DecisionAsked, JudgeMode, Metric, MigrationAsked, Note, Omission, Prompt, SuiteInfo,
};
use evals::runner::{Job, NoObserver, RunOptions, StopSignal};
use evals::store::Store;
use llm::call::Timeouts;
use llm::client::{HttpClient, RetryPolicy};
use llm::contestant::Contestant;
use llm::money::Usd;
use llm::request::Params;
use report::dry_run::DryRun;

use crate::cli::{DecisionArgs, OutputArgs, OutputFormat, RequestArgs, RunningArgs, StatisticsArgs, StopArgs};
use crate::execute::run_and_report;
use crate::exit::{Exit, Failure, Outcome};
use crate::lineup::{self, LocalServer};
use crate::output::{Destination, payload};
use crate::scoring::{Asked, Panel};
use crate::session::Session;
use crate::{clock, deciding, earlier, input, parameters, statistics};

/// Calls in flight per provider when nothing else is said.
pub(crate) const DEFAULT_CONCURRENCY: u32 = 5;

/// What is asked of a run, by whichever command asks.
pub(crate) struct Experiment<'a> {
    /// The command.
    pub command: &'static str,
    /// Contestants, as lists to resolve one behind the other.
    pub models: &'a [&'a str],
    /// The prompts with their checks.
    pub prompts: Vec<Prompt>,
    /// System prompts to cross.
    pub systems: Vec<Option<String>>,
    /// The suite that the prompts came from.
    pub suite: Option<SuiteInfo>,
    /// What answers are scored by.
    pub scoring: Asked,
    /// What is decided over items.
    pub deciding: Deciding<'a>,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// What is sent.
    pub request: &'a RequestArgs,
    /// How it runs.
    pub running: &'a RunningArgs,
    /// How it is analysed.
    pub statistics: &'a StatisticsArgs,
    /// What is shown and written.
    pub output: &'a OutputArgs,
    /// What the user must know already.
    pub notes: Vec<Note>,
}

/// What is decided over the items of a run.
#[derive(Clone, Copy)]
pub(crate) struct Deciding<'a> {
    /// The bar, the gates, the baseline.
    pub decision: &'a DecisionArgs,
    /// When the run stops by itself, and within which margin contestants count as equal.
    pub stop: Option<(&'a StopArgs, Option<f64>)>,
    /// How much worse the second contestant may be than the first, where it is to take its place.
    pub migration: Option<f64>,
}

/// A plan with those who answer and judge.
pub(crate) struct Prepared {
    /// Every call that will be made.
    pub plan: Plan,
    /// The contestants, then the judges.
    entrants: Vec<Contestant>,
    local: LocalServer,
    client: HttpClient,
}

/// Plans, then shows the plan or runs it.
pub(crate) async fn launch(session: &Session, experiment: Experiment<'_>, destination: &Destination) -> Outcome {
    let (running, output) = (experiment.running, experiment.output);
    let terms_note = experiment.scoring.terms_note;
    let prepared = prepare(session, experiment).await?;
    if running.dry_run {
        announce_migration(session, &prepared.plan);
        return dry_run(session, running, output, &prepared.plan);
    }
    let Prepared { plan, entrants, local, client } = prepared;
    let backends = lineup::backends(session, &entrants, &local, &client)?;
    announce(session, &plan, terms_note);
    let store = if running.no_store {
        None
    } else {
        let store = open_store(session, running)?;
        let writer = store.begin(&plan).map_err(|error| Failure::usage(error.to_string()))?;
        Some((store, writer))
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
            secret_variables: session.secret_variables(),
            ..RunOptions::default()
        },
    };
    let raw_of = session.config.store(running.store.as_deref()).value;
    run_and_report(session, !running.no_stream, &[], &destination.clone().with_raw_of(&raw_of), job).await
}

pub(crate) async fn prepare(session: &Session, experiment: Experiment<'_>) -> Result<Prepared, Failure> {
    let Experiment { request, running, scoring, prompts, mut notes, deciding: wanted, .. } = experiment;
    let local = LocalServer::of(session, running.local_url.as_deref(), running.allow_remote_local)?;
    let client = session.http_client()?;
    let (temperatures, repeated) = input::temperatures(request.temperatures.as_deref().unwrap_or_default())?;
    let metric = if scoring.scores_answers() { Metric::Score } else { AnalysisOptions::default().metric };
    let mut analysis =
        statistics::options(experiment.statistics, &AnalysisOptions { metric, ..AnalysisOptions::default() })?;
    analysis.decision = deciding::asked(wanted.decision, experiment.statistics, &DecisionAsked::default());
    analysis.decision.stop = wanted.stop.and_then(|(flags, margin)| deciding::stop(flags, margin, &analysis));
    refuse_metric(analysis.metric, scoring.scores_answers(), prompts.iter().any(|prompt| !prompt.checks.is_empty()))?;
    let defaults = defaults(request)?;
    if !repeated.is_empty() {
        notes.push(Note {
            code: "repeated_temperature".to_owned(),
            text: "A temperature was given twice; it is one cell. For more repetitions use --runs.".to_owned(),
        });
    }
    let mut contestants: Vec<Contestant> = Vec::new();
    for list in experiment.models {
        let found = lineup::resolve(session, list, &local, &client).await?;
        if wanted.migration.is_some() && found.len() != 1 {
            return Err(Failure::usage(format!(
                "`{}` names {} models, and a migration check holds one against one; nothing was sent",
                report::escape::terminal::line(list),
                found.len()
            ))
            .hint("--from MODEL --to MODEL"));
        }
        contestants.extend(
            found.into_iter().filter(|new| contestants.iter().all(|known| known.spec != new.spec)).collect::<Vec<_>>(),
        );
    }
    scoring.refuse_for(&prompts, contestants.len())?;
    let max_cost = running.max_cost.map(|dollars| Usd::from_f64(dollars).unwrap_or(Usd::MAX));
    let applied = lineup::apply(session, &mut contestants, &defaults, &temperatures, max_cost.is_some())?;
    notes.extend(applied.notes);
    let (scoring, panel) =
        scoring.resolve(session, &local, &client, max_cost.is_some(), &prompts, experiment.suite).await?;
    let Panel { contestants: judges, overheads: judge_overheads, notes: of_judges } = panel;
    notes.extend(of_judges);

    let mut plan = Plan::new(PlanRequest {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: experiment.command.to_owned(),
        run_id: None,
        at_unix: clock::unix_seconds(),
        seed: experiment.seed,
        prompts,
        systems: experiment.systems,
        temperatures: temperatures.into_iter().map(Some).collect(),
        runs: running.runs.unwrap_or(1),
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
        scoring,
        judge_overheads,
    })
    .map_err(|error| refuse(&error))?;
    if let Some(sentence) = evals::analysis::paired_test_refusal(&plan.header) {
        return Err(Failure::usage(sentence).hint("use --significance-test welch, mann-whitney or permutation"));
    }
    if let Some(margin) = wanted.migration {
        let [from, to] = plan.header.contestants.as_slice() else {
            return Err(Failure::usage("a model cannot take its own place; nothing was sent")
                .hint("name two different models with --from and --to"));
        };
        let migration = MigrationAsked { from: from.name.clone(), to: to.name.clone(), margin };
        plan.header.analysis.decision.migration = Some(migration);
    }
    deciding::settle(&mut plan)?;
    note_idle_judges(&mut plan);
    let entrants = contestants.into_iter().chain(judges).collect();
    Ok(Prepared { plan, entrants, local, client })
}

/// A metric that no answer will have cannot be tested.
pub(crate) fn refuse_metric(metric: Metric, scored: bool, checked: bool) -> Result<(), Failure> {
    match metric {
        Metric::Score if !scored => Err(Failure::usage("`score` needs a judge that scores answers, and there is none")
            .hint("name one with --judge MODEL, or choose a measured metric: latency_ms, ttft_ms, ttfo_ms, output_tokens, tokens_per_second, cost_usd")),
        Metric::CheckScore if !checked => Err(Failure::usage("`check_score` needs checks, and there are none")
            .hint("give --check 'contains: …', or choose a measured metric: latency_ms, ttft_ms, ttfo_ms, output_tokens, tokens_per_second, cost_usd")),
        _ => Ok(()),
    }
}

/// Judges that are left out everywhere, because all of them are relatives of all contestants, judge nothing. The
/// answers are worth having without them, so the run goes on, and says so first.
fn note_idle_judges(plan: &mut Plan) {
    let Some(judging) = &plan.header.scoring.judging else { return };
    if judging.mode == JudgeMode::ChecksOnly || !plan.judgements.is_empty() {
        return;
    }
    let text = "No judge may score any of these answers: each is of the family of the models it would judge. Name a judge of another family, or let judges score their relatives with --judge-relatives.";
    plan.header.notes.push(Note { code: "idle_judges".to_owned(), text: text.to_owned() });
}

fn open_store(session: &Session, running: &RunningArgs) -> Result<Arc<Store>, Failure> {
    let path = session.config.store(running.store.as_deref()).value;
    Ok(Arc::new(Store::open(&path).map_err(|error| Failure::usage(error.to_string()))?))
}

/// What a person should know before the first call goes out.
fn announce(session: &Session, plan: &Plan, terms_note: bool) {
    announce_migration(session, plan);
    for note in &plan.header.notes {
        session.printer.warning(&report::escape::terminal::line(&note.text));
    }
    if terms_note && !plan.judgements.is_empty() {
        session.printer.status(
            "Judges read the prompts and answers of this run; their providers' terms apply (--no-judge-tos hides this line).",
        );
    }
    if plan.total_calls() > 1 && plan.header.max_cost.is_none() {
        let forecast = plan.forecast(clock::unix_seconds(), &|_| None);
        if forecast.expected.pico() > 0 {
            session.printer.status(&format!(
                "{} calls; expected cost about {} (no cap: set one with --max-cost).",
                plan.total_calls(),
                report::figures::dollars(forecast.expected)
            ));
        }
    }
}

/// What the new model refuses comes before everything else: it changes requests, whatever the answers say.
fn announce_migration(session: &Session, plan: &Plan) {
    let Some(asked) = &plan.header.analysis.decision.migration else { return };
    let line = report::escape::terminal::line;
    let omitted = |name: &str| -> &[Omission] {
        let found = plan.header.contestants.iter().find(|contestant| contestant.name == name);
        found.map_or(&[], |contestant| &contestant.omitted)
    };
    for omission in omitted(&asked.to) {
        let shared = omitted(&asked.from).iter().any(|own| own.parameter == omission.parameter);
        session.printer.warning(&format!(
            "{} does not take {} (asked for: {}): {}{}.",
            line(&asked.to),
            line(&omission.parameter),
            line(&omission.requested),
            line(&omission.reason),
            if shared { "; nor does the model in use" } else { "" }
        ));
    }
    let scored = plan.header.has_checks()
        || plan.header.scoring.judging.as_ref().is_some_and(|judging| judging.mode == JudgeMode::Score);
    if !scored {
        session.printer.warning(
            "Nothing says which answers are good, so the check can only say what else changes (exit 5). Write checks into the suite or name a judge with --judge MODEL.",
        );
    }
}

fn dry_run(session: &Session, running: &RunningArgs, output: &OutputArgs, plan: &Plan) -> Outcome {
    let path = session.config.store(running.store.as_deref()).value;
    // A missing store only means that nothing is known from earlier runs.
    let store = Store::open_read_only(&path).ok();
    let known = |contestant: usize| {
        store.as_ref().and_then(|store| earlier::output_tokens(store, &plan.header.contestants[contestant].name))
    };
    let forecast = plan.forecast(clock::unix_seconds(), &known);
    let detectable = evals::analysis::planning::smallest_detectable(&plan.header, &plan.calls);
    let dry_run = DryRun { header: &plan.header, forecast: &forecast, detectable };
    if output.output_format == Some(OutputFormat::Json) {
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

/// The system prompts of the command line; `[None]` without any.
pub(crate) fn systems(request: &RequestArgs) -> Result<Vec<Option<String>>, Failure> {
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

fn defaults(request: &RequestArgs) -> Result<Params, Failure> {
    Ok(Params {
        top_p: request.top_p,
        max_output_tokens: request.max_output_tokens,
        effort: request.effort.as_deref().map(parameters::effort).transpose()?,
        thinking: request.thinking.as_deref().map(parameters::thinking).transpose()?,
        stop: request.stop.clone(),
        ..Params::default()
    })
}
