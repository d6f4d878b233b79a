//! `baseline`: a run that later ones are held against, by name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use evals::decision::movement::{compare, not_worse};
use report::diff::Diff;
use report::escape;
use report::table::{Column, Table};
use serde::{Deserialize, Serialize};

use crate::cli::{BaselineCheckArgs, BaselineCommand, ListFormat};
use crate::commands::diff::Held;
use crate::exit::{Exit, Failure, Outcome};
use crate::looks::Moved;
use crate::output::payload;
use crate::session::Session;
use crate::texts::TextDestination;
use crate::{clock, source};

/// The longest name that is taken.
const LONGEST_NAME: usize = 100;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    /// A run of the store beside which the list lies.
    Run(String),
    /// A file of results.
    File(PathBuf),
}

/// One baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Baseline {
    #[serde(flatten)]
    kept: Kept,
    /// When it was set, UTC, RFC 3339.
    set_at: String,
}

/// The baselines of one store, in a file beside it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Baselines {
    version: u32,
    baselines: BTreeMap<String, Baseline>,
}

/// Sets, checks, lists or forgets.
pub(crate) fn run(session: &mut Session, command: BaselineCommand) -> Outcome {
    match command {
        BaselineCommand::Set { name, run, file, store } => {
            let store = session.config.store(store.store.as_deref()).value;
            set(session, &store, &name, run.as_deref(), file.as_deref())
        }
        BaselineCommand::Check(arguments) => check(session, &arguments),
        BaselineCommand::List { output_format, store } => {
            let store = session.config.store(store.store.as_deref()).value;
            list(session, &store, output_format)
        }
        BaselineCommand::Rm { name, store } => {
            let store = session.config.store(store.store.as_deref()).value;
            let mut all = read(&store)?;
            if all.baselines.remove(&name).is_none() {
                return Err(unknown(&name, &all));
            }
            write(&store, &all)?;
            session.printer.status(&format!("{} is no baseline any more.", escape::terminal::line(&name)));
            Ok(Exit::Done)
        }
    }
}

fn set(session: &Session, store: &Path, name: &str, run: Option<&str>, file: Option<&Path>) -> Outcome {
    let named = !name.trim().is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control);
    if !named {
        return Err(Failure::usage(format!("a baseline's name has 1 to {LONGEST_NAME} bytes of plain text"))
            .hint("modelarium baseline set main last"));
    }
    // What is named must be readable now, not only in the CI job that needs it.
    let kept = match file {
        Some(file) => {
            source::run(session, store, &file.display().to_string())?;
            let whole = std::fs::canonicalize(file).map_err(|error| {
                Failure::usage(format!(
                    "{} cannot be found: {error}",
                    escape::terminal::line(&file.display().to_string())
                ))
            })?;
            Kept::File(whole)
        }
        None => Kept::Run(source::run(session, store, run.unwrap_or("last"))?.plan.header.run_id),
    };
    let mut all = read(store)?;
    let replaced = all.baselines.insert(name.to_owned(), Baseline { kept, set_at: clock::now_text() });
    write(store, &all)?;
    let name = escape::terminal::line(name);
    session.printer.status(&format!(
        "{name} is {}. Next: modelarium baseline check {name}",
        if replaced.is_some() { "set anew" } else { "set" }
    ));
    Ok(Exit::Done)
}

fn check(session: &mut Session, arguments: &BaselineCheckArgs) -> Outcome {
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    let (name, run) = match (&arguments.against, words.as_slice()) {
        (Some(file), []) => (file.as_str(), "last"),
        (Some(file), [run]) => (file.as_str(), *run),
        (None, [name]) => (*name, "last"),
        (None, [name, run]) => (*name, *run),
        (Some(_), _) => {
            return Err(Failure::usage("with --against there is one run to check, and two words were given")
                .hint("modelarium baseline check --against results.json RUN"));
        }
        (None, _) => {
            return Err(Failure::usage("there is nothing to check against")
                .hint("modelarium baseline check NAME [RUN], or --against results.json"));
        }
    };
    let baseline = match &arguments.against {
        Some(file) => file.clone(),
        None => {
            let all = read(&store)?;
            let found = all.baselines.get(name).ok_or_else(|| unknown(name, &all))?;
            match &found.kept {
                Kept::Run(id) => id.clone(),
                Kept::File(path) => path.display().to_string(),
            }
        }
    };
    let destination = TextDestination::of(session, &arguments.output)?.sparing([baseline.as_str(), run])?;
    let before = source::run(session, &store, &baseline).map_err(|failure| Failure {
        message: format!("the baseline {} cannot be read: {}", escape::terminal::line(name), failure.message),
        ..failure
    })?;
    let after = source::run(session, &store, run)?;
    let found = Held::of(before, after, &arguments.statistics)?;
    let held = not_worse(&found.before, &found.after, arguments.margin, &found.options)
        .map_err(|error| Failure::usage(error.to_string()))?;
    let comparison = compare(&found.before, &found.after, &found.options);
    let diff = Diff { tool_version: env!("CARGO_PKG_VERSION"), before: name, after: run, comparison: &comparison };
    destination.emit(session, &Moved { diff, held: held.as_ref() })?;
    let Some(held) = held else {
        session.printer.warning(
            "Nothing says which answers are good on both sides: no check and no judge in common, so the baseline decides nothing.",
        );
        return Ok(Exit::Inconclusive);
    };
    Ok(Exit::of_answers([held.answer]))
}

fn list(session: &Session, store: &Path, format: Option<ListFormat>) -> Outcome {
    let all = read(store)?;
    if format == Some(ListFormat::Json) {
        session.printer.payload(&payload(|out| escape::json::write_pretty(&all, out))?);
        return Ok(Exit::Done);
    }
    if all.baselines.is_empty() {
        session.printer.status("There is no baseline yet: modelarium baseline set NAME RUN");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(vec![Column::text("baseline"), Column::text("is"), Column::number("set (UTC)")]);
    for (name, baseline) in &all.baselines {
        let is = match &baseline.kept {
            Kept::Run(id) => format!("run {}", id.chars().take(8).collect::<String>()),
            Kept::File(path) => path.display().to_string(),
        };
        let at: String = baseline.set_at.chars().take("2026-01-01T00:00".len()).collect();
        table.push([name.clone(), is, at.replace('T', " ")]);
    }
    session.printer.result(&table.render(session.printer.width()));
    Ok(Exit::Done)
}

fn unknown(name: &str, all: &Baselines) -> Failure {
    let known: Vec<String> = all.baselines.keys().map(|name| escape::terminal::line(name)).collect();
    let hint = if known.is_empty() {
        "there is none yet: modelarium baseline set NAME RUN".to_owned()
    } else {
        format!("there is: {}", known.join(", "))
    };
    Failure::usage(format!("there is no baseline {}", escape::terminal::line(name))).hint(hint)
}

/// The list lies beside the store whose runs it names.
fn file(store: &Path) -> PathBuf {
    store.with_extension("baselines.json")
}

fn read(store: &Path) -> Result<Baselines, Failure> {
    let path = file(store);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Baselines { version: 1, ..Baselines::default() });
        }
        Err(error) => {
            return Err(Failure::usage(format!("the list of baselines {} cannot be read: {error}", path.display())));
        }
    };
    serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("the list of baselines {} has a mistake: {error}", path.display()))
            .hint("correct it, or remove it and set the baselines anew; no run is lost with it")
    })
}

fn write(store: &Path, all: &Baselines) -> Result<(), Failure> {
    let bytes = payload(|out| escape::json::write_pretty(all, out))?;
    report::file::write_atomic(&file(store), &bytes, true).map_err(|error| Failure::usage(error.to_string()))
}
