//! `plan`: what a run could find and what it would cost, before anything is sent.

use evals::analysis::analyse_run;
use evals::analysis::asking;
use evals::analysis::deciding::measure_of_plan;
use evals::decision::planning::{PlanQuestion, Spread, plan_ahead};
use evals::decision::{Measure, Scores};
use evals::plan::{Forecast, LARGEST_DEFAULT_OUTPUT, Plan, Pricing};
use evals::record::Note;
use evals::store::Store;
use report::planning::PlanAhead;

use crate::cli::{DecisionArgs, GateArgs, OutputArgs, PlanArgs, RunningArgs, StatisticsArgs};
use crate::execute::runtime;
use crate::exit::{Exit, Failure, Outcome};
use crate::launch::{self, Deciding, Experiment};
use crate::looks::Planned;
use crate::scoring::{self, OfSuite};
use crate::session::Session;
use crate::texts::TextDestination;
use crate::{clock, deciding, earlier, source, suite};

/// Measures that say how good answers are, in the order in which they decide.
const QUALITY: [Measure; 3] = [Measure::Pass, Measure::Score, Measure::CheckShare];

/// Sends nothing.
pub(crate) fn run(session: &mut Session, arguments: PlanArgs) -> Outcome {
    let read = arguments.from.iter().map(String::as_str).chain(arguments.suite.to_str());
    let destination = TextDestination::of(session, &arguments.output)?.sparing(read)?;
    runtime()?.block_on(plan(session, arguments, &destination))
}

async fn plan(session: &Session, mut arguments: PlanArgs, destination: &TextDestination) -> Outcome {
    let asked = arguments.decide_on.as_deref().map(deciding::measure).transpose()?;
    let pilot = arguments.from.as_deref().map(|word| pilot(session, &arguments, word, asked)).transpose()?;
    // A worst case needs an output maximum; this is the one that a run under a cap would take at most.
    let assumed_maximum = arguments.request.max_output_tokens.is_none();
    let (plan, suite_maximum) = experiment(session, &mut arguments).await?;
    let path = session.config.store(arguments.store.store.as_deref()).value;
    let store = Store::open_read_only(&path).ok();
    let known = |contestant: usize| {
        store.as_ref().and_then(|store| earlier::output_tokens(store, &plan.header.contestants[contestant].name))
    };
    let forecast = plan.forecast(clock::unix_seconds(), &known);
    let items = plan.header.prompts.len() as u32;
    let mut notes = notes(&plan, &forecast);
    if assumed_maximum && !suite_maximum {
        notes.push(note(
            "output_maximum",
            format!("The worst case takes {LARGEST_DEFAULT_OUTPUT} output tokens an answer; --max-output-tokens N lowers it."),
        ));
    }
    let measure = asked.or(pilot.map(|(_, measure)| measure)).or_else(|| measure_of_plan(&plan));
    let spread = match pilot {
        Some((spread, _)) => spread,
        None => assumed(&plan, measure, &mut notes),
    };
    let per_item = |total: f64| total / f64::from(items.max(1));
    let expected = per_item(forecast.expected.as_f64());
    let question = PlanQuestion {
        spread,
        contestants: asking::arms(&plan).len() as u32,
        items,
        most_runs: arguments.most_runs,
        budget: arguments.budget,
        cost_per_item: arguments.item_cost,
        cost_per_run: expected,
        worst_cost_per_run: forecast.worst.map_or(expected, |worst| per_item(worst.as_f64())),
        alpha: arguments.alpha,
        power: arguments.power,
        effect: arguments.effect,
    };
    let found = plan_ahead(&question)
        .map_err(|error| Failure::usage(format!("{}; nothing was sent", error.to_string().trim_end_matches('.'))))?;
    let ahead = PlanAhead {
        tool_version: env!("CARGO_PKG_VERSION"),
        subject: plan.header.scoring.suite.as_ref().map_or("", |suite| suite.name.as_str()),
        measure: measure.unwrap_or(Measure::Pass),
        question: &question,
        plan: &found,
    };
    destination.emit(session, &Planned { ahead, notes: &notes })?;
    Ok(Exit::Done)
}

/// The spread that an earlier run shows, and the measure it was read from.
fn pilot(
    session: &Session,
    arguments: &PlanArgs,
    word: &str,
    asked: Option<Measure>,
) -> Result<(Spread, Measure), Failure> {
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let scores = Scores::of(&analyse_run(source::run(session, &store, word)?));
    let shown = report::escape::terminal::line(word);
    let measure = asked.into_iter().chain(QUALITY).find(|measure| scores.has(*measure)).ok_or_else(|| {
        Failure::usage(format!("nothing says which answers of {shown} are good, so it shows no spread"))
            .hint("name a run with checks or a judge that scores, or plan without --from")
    })?;
    if let Some(asked) = asked.filter(|asked| *asked != measure) {
        return Err(Failure::usage(format!("no answer of {shown} has a {}", asked.noun()))
            .hint(format!("--decide-on {} is what it has", measure.as_str())));
    }
    let spread = Spread::of_pilot(&scores, measure).map_err(|reason| {
        Failure::usage(format!("{shown} shows no spread: {reason}"))
            .hint("a pilot needs two contestants and at least two items that both answered; plan without --from for a stated assumption")
    })?;
    Ok((spread, measure))
}

/// Without a pilot: shares between 0 and 1, stretched to the scale of the judges.
fn assumed(plan: &Plan, measure: Option<Measure>, notes: &mut Vec<Note>) -> Spread {
    let spread = Spread::default();
    let scale = plan.header.scoring.judging.as_ref().map(|judging| judging.rubric.scale.range());
    match (measure, scale) {
        (Some(Measure::Score), Some((low, high))) => {
            let stretch = (high - low).powi(2);
            Spread {
                item_variance: spread.item_variance * stretch,
                run_variance: spread.run_variance * stretch,
                ..spread
            }
        }
        (None, _) => {
            notes.push(note(
                "no_quality",
                "Nothing says which answers are good yet: the plan is for pass rates. Write checks into the suite or name a judge."
                    .to_owned(),
            ));
            spread
        }
        _ => spread,
    }
}

/// The plan of one run of every item, and whether the suite sets an output maximum of its own.
async fn experiment(session: &Session, arguments: &mut PlanArgs) -> Result<(Plan, bool), Failure> {
    let mut suite = suite::load(session, &arguments.suite)?;
    let mut running = RunningArgs {
        runs: Some(1),
        allow_unpriced: true,
        local_url: arguments.local_url.clone(),
        allow_remote_local: arguments.allow_remote_local,
        // Of no account where nothing is sent; a plan refuses none at all.
        connect_timeout: 10.0,
        first_byte_timeout: 120.0,
        idle_timeout: 120.0,
        total_timeout: 900.0,
        ..RunningArgs::default()
    };
    suite::fill_in(&mut arguments.models, &mut arguments.request, &mut running, &suite);
    (running.runs, running.max_cost) = (Some(1), None);
    let suite_maximum = suite.defaults.max_output_tokens.is_some();
    arguments.request.max_output_tokens.get_or_insert(LARGEST_DEFAULT_OUTPUT);
    let Some(models) = arguments.models.as_deref() else {
        return Err(Failure::usage("nobody is planned for: neither --models nor the suite names a model")
            .hint("--models gpt-4o-mini,claude-haiku-4-5"));
    };
    let criteria = std::mem::take(&mut suite.defaults.judge_criteria);
    let of_suite = OfSuite { judges: suite.defaults.judges.as_deref(), criteria: &criteria };
    let scoring = scoring::asked(&arguments.scoring, &GateArgs::default(), false, of_suite)?;
    let checks = scoring::checks(&arguments.scoring.checks.check)?;
    let seed = arguments.request.seed.unwrap_or_else(clock::seed);
    let known = suite.items.len() as u32;
    let items = suite::select(std::mem::take(&mut suite.items), &arguments.selection, seed)?;
    let info = suite::info(&arguments.suite, &suite, known, &arguments.selection)?;
    let (prompts, systems) = suite::prompts(items, launch::systems(&arguments.request)?, &checks);
    let experiment = Experiment {
        command: "batch",
        models: &[models],
        prompts,
        systems,
        suite: Some(info),
        scoring,
        deciding: Deciding { decision: &DecisionArgs::default(), stop: None, migration: None },
        seed,
        request: &arguments.request,
        running: &running,
        statistics: &StatisticsArgs::default(),
        output: &OutputArgs::default(),
        notes: Vec::new(),
    };
    Ok((launch::prepare(session, experiment).await?.plan, suite_maximum))
}

/// What the reader must know about the costs.
fn notes(plan: &Plan, forecast: &Forecast) -> Vec<Note> {
    let mut notes = plan.header.notes.clone();
    let all = || forecast.contestants.iter().chain(&forecast.judges);
    let unpriced: Vec<&str> =
        all().filter(|one| one.pricing == Pricing::Unpriced).map(|one| one.name.as_str()).collect();
    if !unpriced.is_empty() {
        notes.push(note(
            "unpriced",
            format!("No price is known for {}: the costs are those of the others.", unpriced.join(", ")),
        ));
    }
    if all().any(|one| !one.from_history && one.pricing == Pricing::Priced) {
        notes.push(note(
            "assumed_length",
            "Expected costs assume an answer's length where no earlier run shows it; the worst case does not."
                .to_owned(),
        ));
    }
    notes
}

fn note(code: &str, text: String) -> Note {
    Note { code: code.to_owned(), text }
}
