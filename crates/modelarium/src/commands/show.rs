//! `show`: a stored run as it was reported, or one call of it with how it was scored.

use evals::analysis::scored::{RowHallucination, RowScores};
use evals::store::{Store, StoredRun};
use llm::outcome::Outcome as CallOutcome;
use report::{escape, figures};

use crate::cli::{ShowArgs, StoreArgs};
use crate::deciding;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Destination;
use crate::session::Session;

/// Shows a run, or one call of it.
pub(crate) fn run(session: &mut Session, arguments: ShowArgs) -> Outcome {
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let destination = Destination::of(&arguments.output)?.with_raw_of(&store);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    match &arguments.call {
        None => {
            let mut run = load(session, &arguments.store, &arguments.run)?;
            deciding::override_stored(&mut run, &arguments.decision)?;
            let analysis = destination.emit(session, run)?;
            if arguments.decision.gates() {
                return Ok(Exit::of_gate(&analysis));
            }
        }
        Some(row) => call(session, &arguments, row)?,
    }
    Ok(Exit::Done)
}

/// Opens the store for reading.
pub(crate) fn open(session: &Session, arguments: &StoreArgs) -> Result<Store, Failure> {
    let path = session.config.store(arguments.store.as_deref()).value;
    Store::open_read_only(&path).map_err(|error| Failure::usage(error.to_string()))
}

/// Loads a run by its id, a prefix of it, or `last`.
pub(crate) fn load(session: &Session, arguments: &StoreArgs, run: &str) -> Result<StoredRun, Failure> {
    open(session, arguments)?.load(run).map_err(|error| Failure::usage(escape::terminal::line(&error.to_string())))
}

fn call(session: &Session, arguments: &ShowArgs, row: &str) -> Result<(), Failure> {
    let store = open(session, &arguments.store)?;
    let refuse = |error: evals::store::StoreError| Failure::usage(escape::terminal::line(&error.to_string()));
    let run = store.load(&arguments.run).map_err(refuse)?;
    let index: u32 =
        row.trim_start_matches('p').parse::<u32>().ok().and_then(|number| number.checked_sub(1)).ok_or_else(|| {
            Failure::usage(format!("`{}` is no row", escape::terminal::line(row))).hint("rows are p1, p2, …")
        })?;
    let Some(record) = run.records.iter().find(|record| record.call.index == index) else {
        return Err(Failure::usage(format!("the run has no result for row p{}", index + 1))
            .hint("it was never made; `modelarium resume` makes what is missing"));
    };
    let contestant = run.plan.contestant(&record.call);
    let mut text = format!("p{}  {}", index + 1, escape::terminal::line(&contestant.name));
    if let Some(temperature) = record.call.temperature {
        text.push_str(&format!("  temperature {temperature}"));
    }
    text.push_str(&format!("  run {}  {}\n", record.call.run_index, record.outcome.as_str()));
    for (number, made) in record.attempts.iter().enumerate() {
        let attempt = &made.attempt;
        text.push_str(&format!(
            "\nattempt {}: {} after {} (waited {}, connected in {})\n",
            number + 1,
            attempt.outcome().as_str(),
            milliseconds(attempt.total),
            milliseconds(made.waited),
            milliseconds(attempt.connect),
        ));
        if let Some(error) = &attempt.error {
            text.push_str(&format!("  {}: {}\n", error.kind.as_str(), escape::terminal::line(&error.message)));
        }
        if let Ok(raw) = store.raw(&arguments.run, index, number as u32) {
            text.push_str("  request:\n");
            text.push_str(&indented(&raw.request));
            text.push_str("  response:\n");
            text.push_str(&indented(&raw.response));
        }
    }
    if record.outcome != CallOutcome::Error {
        text.push_str("\nanswer:\n");
        text.push_str(&escape::terminal::block(&record.answer.text));
        text.push('\n');
    }
    text.push_str(&scored(run, index));
    session.printer.result(&text);
    Ok(())
}

/// How an answer was scored: its checks, what the judges said, the signs of fabrication. Nothing for a judge's own call.
fn scored(run: StoredRun, index: u32) -> String {
    let answer = run.records.iter().find(|record| record.call.index == index).map(|record| record.answer.text.clone());
    let analysis = evals::analysis::analyse_run(run);
    let row = analysis.rows.iter().position(|row| row.call.index == index);
    let Some(scores) = row.and_then(|row| analysis.scores.rows.get(row)) else { return String::new() };
    let judges: Vec<&str> = analysis.header.judges().iter().map(|judge| judge.name.as_str()).collect();
    let mut text = checks(scores);
    text.push_str(&judged(scores, &judges));
    if let Some(found) = &scores.hallucination {
        text.push_str(&fabrication(found, answer.as_deref().unwrap_or_default()));
    }
    text
}

fn checks(scores: &RowScores) -> String {
    let mut text = String::new();
    for (number, check) in scores.checks.iter().flatten().enumerate() {
        if number == 0 {
            text.push_str("\nchecks:\n");
        }
        let verdict = match check.passed {
            Some(true) => "pass",
            Some(false) => "FAIL",
            None => "not evaluated",
        };
        let name = check.name.as_ref().map_or_else(|| check.kind.clone(), |name| format!("{name} ({})", check.kind));
        let why = check.error.as_deref().unwrap_or(&check.message);
        text.push_str(&format!("  {verdict}  {}: {}\n", escape::terminal::line(&name), escape::terminal::line(why)));
    }
    text
}

fn judged(scores: &RowScores, judges: &[&str]) -> String {
    let mut text = String::new();
    let name = |judge: u32| escape::terminal::line(judges.get(judge as usize).copied().unwrap_or_default());
    for score in &scores.judges {
        let value = match (score.value, &score.label) {
            (Some(value), Some(label)) => format!("{} ({value})", escape::terminal::line(label)),
            (Some(value), None) => value.to_string(),
            (None, _) => "no score".to_owned(),
        };
        let said = score.parse_error.as_deref().unwrap_or(&score.reasoning);
        text.push_str(&format!(
            "  {}: {value} (call p{}): {}\n",
            name(score.judge),
            score.call_index + 1,
            escape::terminal::line(said)
        ));
    }
    for skipped in &scores.judges_skipped {
        text.push_str(&format!("  {}: not asked, it is of the same family\n", name(*skipped)));
    }
    if text.is_empty() { text } else { format!("\njudges:\n{text}") }
}

fn fabrication(found: &RowHallucination, answer: &str) -> String {
    let mut text = String::from("\nsigns of fabrication (evidence for a reviewer, never proof):\n");
    for marker in &found.markers {
        let place = answer.get(..marker.span.start).map_or(0, |before| before.chars().count());
        text.push_str(&format!(
            "  {} at character {place}: \u{201c}{}\u{201d}: {}\n",
            marker.kind.as_str(),
            escape::terminal::line(&marker.quote),
            escape::terminal::line(&marker.why)
        ));
    }
    let figures =
        [("semantic entropy (nats)", found.semantic_entropy), ("not supported by the other runs", found.selfcheck)];
    for (name, value) in figures {
        if let Some(value) = value {
            text.push_str(&format!("  {name}: {value:.3}\n"));
        }
    }
    match found.risk {
        Some(risk) => text.push_str(&format!("  risk: {risk:?}\n")),
        None => text.push_str("  risk: nothing to go by\n"),
    }
    text
}

fn milliseconds(duration: std::time::Duration) -> String {
    figures::milliseconds(duration.as_secs_f64() * 1e3)
}

fn indented(bytes: &[u8]) -> String {
    let text = escape::terminal::block(&String::from_utf8_lossy(bytes));
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}
