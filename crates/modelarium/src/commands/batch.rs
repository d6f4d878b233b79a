//! `batch`: a suite of prompts, every answer checked and judged, and a gate for CI.

use evals::record::Note;

use crate::cli::{BatchArgs, SuiteArgs};
use crate::clock;
use crate::execute::runtime;
use crate::exit::{Failure, Outcome};
use crate::launch::{self, Deciding, Experiment};
use crate::output::Destination;
use crate::scoring::{self, OfSuite};
use crate::session::Session;
use crate::suite;

/// Who is asked, and to what end.
pub(crate) enum Roster {
    /// These contestants; the suite's own where there are none.
    Compared {
        /// As a list to resolve.
        models: Option<String>,
        /// Within which contestants count as equal, for a run that stops by itself.
        margin: Option<f64>,
    },
    /// One model that may take the place of another.
    Migration {
        /// The model in use.
        from: String,
        /// The model to come.
        to: String,
        /// How much worse it may be.
        margin: f64,
    },
}

/// The suite is validated first; a mistake in it ends the command before anything is sent.
pub(crate) fn run(session: &mut Session, arguments: BatchArgs) -> Outcome {
    let roster = Roster::Compared { models: arguments.models, margin: arguments.margin };
    suite_run(session, "batch", arguments.run, roster)
}

/// A run of a suite, for whichever command asks for one.
pub(crate) fn suite_run(session: &mut Session, command: &'static str, arguments: SuiteArgs, roster: Roster) -> Outcome {
    let inputs = std::iter::once(&arguments.suite).chain(&arguments.request.system_prompt_file);
    let destination = Destination::of(&arguments.output)?.sparing(inputs)?.with_step_summary(session);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    runtime()?.block_on(launch(session, command, arguments, roster, destination))
}

async fn launch(
    session: &Session,
    command: &'static str,
    mut arguments: SuiteArgs,
    roster: Roster,
    destination: Destination,
) -> Outcome {
    let mut suite = suite::load(session, &arguments.suite)?;
    let destination = destination.placed(suite::source(&arguments.suite, &suite));
    let (mut models, margin, migration) = match roster {
        Roster::Compared { models, margin } => (models, margin, None),
        // One margin: what may be lost when the model changes is what does not matter.
        Roster::Migration { from, to, margin } => (None, Some(margin).filter(|m| *m > 0.0), Some((from, to, margin))),
    };
    suite::fill_in(&mut models, &mut arguments.request, &mut arguments.running, &suite);
    let lists: Vec<&str> = match &migration {
        Some((from, to, _)) => vec![from, to],
        None => models.iter().map(String::as_str).collect(),
    };
    let criteria = std::mem::take(&mut suite.defaults.judge_criteria);
    let of_suite = OfSuite { judges: suite.defaults.judges.as_deref(), criteria: &criteria };
    // Of contestants that are told apart by their checks one has failed some: that is no failure of the run.
    let by_items = arguments.decision.gates() || migration.is_some() || arguments.stop.stop_when.is_some();
    let asked = scoring::asked(&arguments.scoring, &arguments.gates, by_items, of_suite)?;
    let checks = scoring::checks(&arguments.scoring.checks.check)?;
    if lists.is_empty() {
        return Err(Failure::usage("nobody is asked: neither --models nor the suite names a model")
            .hint("--models gpt-4o-mini,claude-haiku-4-5; with no key at all: --models embedded/smollm2-135m"));
    }
    let seed = arguments.request.seed.unwrap_or_else(clock::seed);
    let known = suite.items.len() as u32;
    let items = suite::select(std::mem::take(&mut suite.items), &arguments.selection, seed)?;
    let info = suite::info(&arguments.suite, &suite, known, &arguments.selection)?;
    let (prompts, systems) = suite::prompts(items, launch::systems(&arguments.request)?, &checks);
    let notes = suite.notes.iter().map(|text| Note { code: "suite".to_owned(), text: text.clone() }).collect();
    let experiment = Experiment {
        command,
        models: &lists,
        prompts,
        systems,
        suite: Some(info),
        scoring: asked,
        deciding: Deciding {
            decision: &arguments.decision,
            stop: Some((&arguments.stop, margin)),
            migration: migration.as_ref().map(|(_, _, margin)| *margin),
        },
        seed,
        request: &arguments.request,
        running: &arguments.running,
        statistics: &arguments.statistics,
        output: &arguments.output,
        notes,
    };
    launch::launch(session, experiment, &destination).await
}
