//! `import`: another tool's suite as one of ours, or its table of results as a run of ours.

use std::path::Path;
use std::sync::Arc;

use evals::decision::table::{ResultTable, TableError};
use evals::plan::CacheKey;
use evals::record::AnalysisOptions;
use evals::store::{FinishedCall, RunWriter, Store, StoreError, StoredRun};
use report::escape;
use tokio::task::JoinSet;

use crate::cli::{ImportArgs, OutputArgs};
use crate::execute::runtime;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Destination, same_file};
use crate::session::Session;
use crate::source::{self, read_table};
use crate::{clock, deciding, statistics, suite};

/// Endings of what is a suite and never a table.
const SUITES: [&str; 8] = ["yaml", "yml", "json", "jsonl", "toml", "js", "ts", "txt"];

/// How much of a file is looked at to tell a table from a suite.
const LOOKED_AT: u64 = 64 * 1024;

/// Writes that are under way at once: the store commits those that wait together.
const UNDER_WAY: usize = 1_024;

/// Tells by its content what the file is.
pub(crate) fn run(session: &mut Session, arguments: ImportArgs) -> Outcome {
    if !may_be_table(&arguments.file)? {
        return of_suite(session, &arguments);
    }
    match read_table(&arguments.file)? {
        Ok(table) => of_table(session, &arguments, &table),
        Err(error) if is_suite(&arguments.file, &error) => of_suite(session, &arguments),
        Err(error) => Err(source::bad_table(&arguments.file, &error)),
    }
}

fn may_be_table(file: &Path) -> Result<bool, Failure> {
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("csv" | "tsv" | "tab") => Ok(true),
        Some(ending) if SUITES.contains(&ending) => Ok(false),
        _ => {
            let start = source::beginning(file, LOOKED_AT)?;
            let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let is_text = std::str::from_utf8(line).is_ok();
            Ok(is_text && line.iter().any(|byte| matches!(byte, b',' | b';' | b'\t')) && !line.starts_with(b"{"))
        }
    }
}

/// Suites may be CSV too: they have a column of prompts, and their very first row is already no row of numbers.
fn is_suite(file: &Path, error: &TableError) -> bool {
    let late = matches!(error, TableError::Line { line, .. } if *line > 2);
    if late {
        return false;
    }
    let Ok(start) = source::beginning(file, LOOKED_AT) else { return false };
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header = String::from_utf8_lossy(header).to_lowercase();
    header.split([',', ';', '\t']).any(|column| column.trim_matches(['"', '\u{feff}', ' ', '\r']) == "prompt")
}

/// Stores the table as a run and shows it like any other.
fn of_table(session: &mut Session, arguments: &ImportArgs, table: &ResultTable) -> Outcome {
    let destination = Destination::of(&arguments.output)?.sparing([&arguments.file])?.with_step_summary(session);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    let mut analysis = statistics::options(&arguments.statistics, &AnalysisOptions::default())?;
    analysis.decision = deciding::asked(&arguments.decision, &arguments.statistics, &analysis.decision);
    let seed = arguments.seed.unwrap_or_else(clock::seed);
    let mut run = source::of_table(session, table, &arguments.file, seed, analysis);
    deciding::settle_stored(&mut run)?;
    if !arguments.no_store {
        let path = session.config.store(arguments.store.store.as_deref()).value;
        runtime()?.block_on(keep(&path, &run))?;
        let short: String = run.plan.header.run_id.chars().take(8).collect();
        session.printer.status(&format!("Stored as {short}: modelarium show {short}"));
    }
    let analysis = destination.emit(session, run)?;
    Ok(Exit::of_run(&analysis))
}

async fn keep(path: &Path, run: &StoredRun) -> Result<(), Failure> {
    let store = Store::open(path).map_err(|error| source::refuse(&error))?;
    let writer = Arc::new(store.begin(&run.plan).map_err(|error| source::refuse(&error))?);
    let mut writes: JoinSet<Result<(), StoreError>> = JoinSet::new();
    for record in &run.records {
        let call = FinishedCall {
            model: run.plan.contestant(&record.call).model.clone(),
            cache_key: CacheKey::of(&run.plan, &record.call),
            // A figure of somebody else's is no answer that another run could take over.
            cached_from: Some((run.plan.header.run_id.clone(), record.call.index)),
            record: record.clone(),
        };
        let writer = Arc::clone(&writer);
        writes.spawn(async move { writer.append(call).await.1 });
        room(&mut writes).await?;
    }
    for ((call, figure), result) in &run.externals {
        let (writer, call, figure, result) = (Arc::clone(&writer), *call, figure.clone(), result.clone());
        writes.spawn(async move { writer.external(call, &figure, &result).await });
        room(&mut writes).await?;
    }
    while let Some(written) = writes.join_next().await {
        check(written)?;
    }
    end(&writer, run).await
}

async fn end(writer: &RunWriter, run: &StoredRun) -> Result<(), Failure> {
    writer.finish(run.end, &run.machine, &run.learned).await.map_err(|error| source::refuse(&error))
}

/// Waits until there is room for one more write.
async fn room(writes: &mut JoinSet<Result<(), StoreError>>) -> Result<(), Failure> {
    while writes.len() >= UNDER_WAY {
        let Some(written) = writes.join_next().await else { break };
        check(written)?;
    }
    Ok(())
}

fn check(written: Result<Result<(), StoreError>, tokio::task::JoinError>) -> Result<(), Failure> {
    let written = written.unwrap_or(Err(StoreError::Closed));
    written.map_err(|error| source::refuse(&error).hint("the table is untouched; import it again"))
}

/// Writes our own form of a suite and says what was left out.
fn of_suite(session: &Session, arguments: &ImportArgs) -> Outcome {
    let OutputArgs { output, force, .. } = &arguments.output;
    if let Some(output) = output {
        report::file::refuse_early(output, *force).map_err(|error| Failure::usage(error.to_string()))?;
        if same_file(output, &arguments.file) {
            return Err(Failure::usage("the output is the file that is read; it would be overwritten")
                .hint("give the output another name"));
        }
    }
    let suite = suite::load(session, &arguments.file)?;
    let text = suites::to_yaml(&suite).map_err(|error| {
        Failure::usage(format!("the suite cannot be written as YAML: {}", escape::terminal::line(&error)))
    })?;
    for note in &suite.notes {
        session.printer.warning(&escape::terminal::line(note));
    }
    let count = report::figures::plural(suite.items.len() as u64, "item", "items");
    match output {
        None => session.printer.payload(text.as_bytes()),
        Some(path) => {
            report::file::write_atomic(path, text.as_bytes(), *force)
                .map_err(|error| Failure::usage(error.to_string()))?;
            let name = escape::terminal::line(&path.display().to_string());
            session.printer.status(&format!("{count} written to {name}. Next: modelarium validate {name}"));
        }
    }
    Ok(Exit::Done)
}
