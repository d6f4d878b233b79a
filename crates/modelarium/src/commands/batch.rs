//! `batch`: a suite of prompts, every answer checked and judged, and a gate for CI.

use evals::record::Note;

use crate::cli::BatchArgs;
use crate::clock;
use crate::execute::runtime;
use crate::exit::{Failure, Outcome};
use crate::launch::{self, Experiment};
use crate::output::Destination;
use crate::scoring::{self, OfSuite};
use crate::session::Session;
use crate::suite;

/// The suite is validated first; a mistake in it ends the command before anything is sent.
pub(crate) fn run(session: &mut Session, arguments: BatchArgs) -> Outcome {
    let inputs = std::iter::once(&arguments.suite).chain(&arguments.request.system_prompt_file);
    let destination = Destination::of(&arguments.output)?.sparing(inputs)?.with_step_summary(session);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    runtime()?.block_on(batch(session, arguments, destination))
}

async fn batch(session: &Session, mut arguments: BatchArgs, destination: Destination) -> Outcome {
    let mut suite = suite::load(session, &arguments.suite)?;
    let destination = destination.placed(suite::source(&arguments.suite, &suite));
    suite::fill_in(&mut arguments, &suite);
    let criteria = std::mem::take(&mut suite.defaults.judge_criteria);
    let of_suite = OfSuite { judges: suite.defaults.judges.as_deref(), criteria: &criteria };
    let asked = scoring::asked(&arguments.scoring, &arguments.gates, of_suite)?;
    let checks = scoring::checks(&arguments.scoring.checks.check)?;
    let Some(models) = arguments.models.as_deref() else {
        return Err(Failure::usage("nobody is asked: neither --models nor the suite names a model")
            .hint("--models gpt-4o-mini,claude-haiku-4-5; with no key at all: --models embedded/smollm2-135m"));
    };
    let seed = arguments.request.seed.unwrap_or_else(clock::seed);
    let known = suite.items.len() as u32;
    let items = suite::select(std::mem::take(&mut suite.items), &arguments.selection, seed)?;
    let info = suite::info(&arguments.suite, &suite, known, &arguments.selection)?;
    let (prompts, systems) = suite::prompts(items, launch::systems(&arguments.request)?, &checks);
    let notes = suite.notes.iter().map(|text| Note { code: "suite".to_owned(), text: text.clone() }).collect();
    let experiment = Experiment {
        command: "batch",
        models,
        prompts,
        systems,
        suite: Some(info),
        scoring: asked,
        seed,
        request: &arguments.request,
        running: &arguments.running,
        statistics: &arguments.statistics,
        output: &arguments.output,
        notes,
    };
    launch::launch(session, experiment, &destination).await
}
