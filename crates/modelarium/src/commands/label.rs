//! `label`: a person says which answers are good, without knowing whose they are.

mod ask;
mod import;
mod marks;
mod said;

use evals::analysis::analyse_run;
use evals::labelling::{draw, labelable};
use evals::store::{Label, Store, StoreError, StoredRun};
use report::{escape, figures};

use crate::cli::LabelArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Destination;
use crate::session::Session;

use ask::{Asker, Reply};
use marks::Marks;

/// Asks for labels, or takes them from a file, and says what they say of the judge.
pub(crate) fn run(session: &mut Session, arguments: LabelArgs) -> Outcome {
    let destination = Destination::of(&arguments.output)?.sparing(&arguments.labels)?;
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    let path = session.config.store(arguments.store.store.as_deref()).value;
    // Looking first: a mistyped path must not make a new store.
    let loaded =
        Store::open_read_only(&path).and_then(|store| store.load(&arguments.run)).map_err(|error| refuse(&error))?;
    let store = Store::open(&path).map_err(|error| refuse(&error))?;
    let marks = Marks::of(&loaded, arguments.judge_scale_free)?;
    match &arguments.labels {
        Some(file) => imported(session, &store, &loaded, &marks, file)?,
        None => asked(session, &store, &loaded, &marks, &arguments)?,
    }
    let run = store.load(&loaded.plan.header.run_id).map_err(|error| refuse(&error))?;
    session.printer.result(&said::text(&analyse_run(run.clone()), &run.labels));
    destination.emit_payload(session, run)?;
    Ok(Exit::Done)
}

fn refuse(error: &StoreError) -> Failure {
    Failure::usage(escape::terminal::line(&error.to_string()))
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Labels of a file: all of them, or none where one cannot be used.
fn imported(
    session: &Session,
    store: &Store,
    run: &StoredRun,
    marks: &Marks,
    file: &std::path::Path,
) -> Result<(), Failure> {
    let shown = escape::terminal::line(&file.display().to_string());
    let read = import::read(file, marks, run.plan.calls.len()).map_err(|problem| match problem {
        import::Problem::File(sentence) => Failure::usage(format!("{shown} cannot be read: {sentence}")),
        import::Problem::Lines(lines) => {
            for line in lines.iter().take(20) {
                session.printer.error(&format!("{shown}:{line}"));
            }
            let count = figures::plural(lines.len() as u64, "line", "lines");
            Failure::usage(format!("{count} of {shown} cannot be used; nothing was stored"))
                .hint(format!("a line is ROW,VALUE as in p12,{}; a third column is a remark", marks.example()))
        }
    })?;
    let answers: std::collections::HashMap<u32, bool> =
        run.answers().map(|record| (record.call.index, labelable(record))).collect();
    let silent = read.iter().filter(|line| !answers.get(&line.call_index).copied().unwrap_or(false)).count();
    if silent > 0 {
        let count = figures::plural(silent as u64, "label is", "labels are");
        session.printer.warning(&format!(
            "{count} of calls without an answer (refused, failed, empty or never made) and left out."
        ));
    }
    let mut stored = 0_u64;
    for line in read.into_iter().filter(|line| answers.get(&line.call_index).copied().unwrap_or(false)) {
        let import::Line { call_index, value, remark } = line;
        let label = Label { call_index, value, binary: marks.binary(), remark, at: now() };
        store.label(&run.plan.header.run_id, &label).map_err(|error| refuse(&error))?;
        stored += 1;
    }
    session.printer.status(&format!("{} stored.", figures::plural(stored, "label", "labels")));
    Ok(())
}

fn asked(
    session: &Session,
    store: &Store,
    run: &StoredRun,
    marks: &Marks,
    arguments: &LabelArgs,
) -> Result<(), Failure> {
    let analysis = analyse_run(run.clone());
    let seed = arguments.seed.unwrap_or(run.plan.header.seed);
    let drawn = draw(&analysis, arguments.n as usize, seed);
    if drawn.is_empty() {
        return Err(Failure::usage("this run has no answer that could be labelled")
            .hint("answers that were refused, withheld, empty or failed are not shown"));
    }
    let labelled = |call: &u32| run.labels.iter().any(|label| label.call_index == *call);
    let open: Vec<u32> = drawn.iter().copied().filter(|call| !labelled(call)).collect();
    let done = drawn.len() - open.len();
    if open.is_empty() {
        session.printer.status("Every answer of this draw is labelled; a larger -n draws more.");
        return Ok(());
    }
    session.printer.status(&format!(
        "{} to label, drawn with seed {seed}{}. Who wrote them is not said (an answer may name itself). {}",
        figures::plural(open.len() as u64, "answer", "answers"),
        if done > 0 { format!("; {done} are labelled already") } else { String::new() },
        marks::LEGEND,
    ));
    let stdin = std::io::stdin();
    let mut asker = Asker::new(stdin.lock(), &session.printer, marks);
    let mut at = 0;
    let mut labels = 0_u64;
    while let Some(&call) = open.get(at) {
        let Some(record) = run.answers().find(|record| record.call.index == call) else {
            at += 1;
            continue;
        };
        match asker.ask(&run.plan, record, done + at + 1, drawn.len())? {
            Reply::Label { value, remark } => {
                let label = Label { call_index: call, value, binary: marks.binary(), remark, at: now() };
                // At once: what a person has said is not asked again.
                store.label(&run.plan.header.run_id, &label).map_err(|error| refuse(&error))?;
                labels += 1;
                at += 1;
            }
            Reply::Skip => at += 1,
            Reply::Back if at == 0 => session.printer.status("This is the first one."),
            Reply::Back => at -= 1,
            Reply::Quit => break,
        }
    }
    let left = open.len() - at.min(open.len());
    let more = if left > 0 { format!(" {left} left; the same command goes on.") } else { String::new() };
    session.printer.status(&format!("{} given.{more}", figures::plural(labels, "label", "labels")));
    Ok(())
}
