//! `compare`: one prompt on several models.

use evals::record::Prompt;

use crate::cli::CompareArgs;
use crate::execute::runtime;
use crate::exit::Outcome;
use crate::launch::{self, Deciding, Experiment};
use crate::output::Destination;
use crate::scoring::{self, OfSuite};
use crate::session::Session;
use crate::{clock, input};

/// Everything is checked before anything is sent.
pub(crate) fn run(session: &mut Session, arguments: CompareArgs) -> Outcome {
    let inputs = arguments.prompt_file.iter().chain(&arguments.request.system_prompt_file);
    let destination = Destination::of(&arguments.output)?.sparing(inputs)?;
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    runtime()?.block_on(compare(session, &arguments, &destination))
}

async fn compare(session: &Session, arguments: &CompareArgs, destination: &Destination) -> Outcome {
    let asked = scoring::asked(&arguments.scoring, &arguments.gates, arguments.decision.gates(), OfSuite::default())?;
    let checks = scoring::checks(&arguments.scoring.checks.check)?;
    let systems = launch::systems(&arguments.request)?;
    let text = input::prompt(arguments.prompt.as_deref(), arguments.prompt_file.as_deref())?;
    let experiment = Experiment {
        command: "compare",
        models: &[arguments.models.as_str()],
        prompts: vec![Prompt { checks, ..Prompt::new("prompt", text) }],
        systems,
        suite: None,
        scoring: asked,
        deciding: Deciding { decision: &arguments.decision, stop: None, migration: None },
        seed: arguments.request.seed.unwrap_or_else(clock::seed),
        request: &arguments.request,
        running: &arguments.running,
        statistics: &arguments.statistics,
        output: &arguments.output,
        notes: Vec::new(),
    };
    launch::launch(session, experiment, destination).await
}
