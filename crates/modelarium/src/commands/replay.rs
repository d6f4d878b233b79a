//! `replay`: a stored run analysed again, with other statistics or other checks. Nothing is sent.

use evals::record::JudgeMode;

use crate::cli::ReplayArgs;
use crate::commands::show::load;
use crate::exit::{Exit, Failure, Outcome};
use crate::launch::refuse_metric;
use crate::output::Destination;
use crate::session::Session;
use crate::{deciding, rescore, scoring, statistics, suite};

/// Analyses a run again. Gates only where checks or gates were named: a look at an old run is no verdict on it.
pub(crate) fn run(session: &mut Session, arguments: ReplayArgs) -> Outcome {
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let destination = Destination::of(&arguments.output)?.sparing(&arguments.suite)?.with_raw_of(&store);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    let more = scoring::checks(&arguments.checks.check)?;
    let mut run = load(session, &arguments.store, &arguments.run)?;
    if let Some(path) = &arguments.suite {
        let suite = suite::load(session, path)?;
        rescore::by_suite(&mut run, suite.items);
    }
    rescore::with_more(&mut run, &more);
    let gates = &arguments.gates;
    let gate_named = gates.strict_assertions || gates.no_assertions || gates.min_pass_rate.is_some();
    if gate_named {
        run.plan.header.scoring.gates = scoring::gates(gates, false);
    } else if arguments.decision.gates() {
        run.plan.header.scoring.gates = scoring::gates(gates, true);
    }
    let header = &mut run.plan.header;
    header.analysis = statistics::options(&arguments.statistics, &header.analysis)?;
    header.analysis.decision = deciding::asked(&arguments.decision, &arguments.statistics, &header.analysis.decision);
    let scored = header.scoring.judging.as_ref().is_some_and(|judging| judging.mode == JudgeMode::Score);
    refuse_metric(header.analysis.metric, scored, header.has_checks())?;
    if let Some(sentence) = evals::analysis::paired_test_refusal(header) {
        return Err(Failure::usage(sentence).hint("use --significance-test welch, mann-whitney or permutation"));
    }
    deciding::settle_stored(&mut run)?;
    let analysis = destination.emit(session, run)?;
    let gating = gate_named || arguments.decision.gates() || arguments.suite.is_some() || !more.is_empty();
    Ok(if gating { Exit::of_gate(&analysis) } else { Exit::Done })
}
