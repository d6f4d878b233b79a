//! A run by whatever a person names it: an id, `last`, a JSON output, a store of another machine, a table of results.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use evals::decision::table::{self, ResultTable, TableError};
use evals::imported::{self, ImportRequest};
use evals::record::AnalysisOptions;
use evals::store::{Store, StoreError, StoredRun};
use report::escape;

use crate::clock;
use crate::exit::Failure;
use crate::session::Session;

/// How an SQLite file begins.
pub(crate) const SQLITE: &[u8] = b"SQLite format 3\0";

/// Seed of the resampling of a table, which has no run of its own to take one from.
const TABLE_SEED: u64 = 0;

/// The file that a word names, and the run in it after `#`; `None` for the id of a run.
pub(crate) fn file_of(word: &str) -> Option<(PathBuf, Option<&str>)> {
    // A `#` may also be a part of the file's name.
    if Path::new(word).is_file() {
        return Some((PathBuf::from(word), None));
    }
    let (file, run) = word.rsplit_once('#')?;
    Path::new(file).is_file().then(|| (PathBuf::from(file), Some(run)))
}

/// True for a word that nobody would give a run as an id.
pub(crate) fn looks_like_a_file(word: &str) -> bool {
    word.contains(['/', '\\', '#', '.'])
}

/// How a file begins.
pub(crate) fn beginning(file: &Path, bytes: u64) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("{} cannot be read: {error}", escape::terminal::line(&file.display().to_string())))
    };
    let mut beginning = Vec::new();
    File::open(file).map_err(unreadable)?.take(bytes).read_to_end(&mut beginning).map_err(unreadable)?;
    Ok(beginning)
}

/// The run that a word names; `store` is where ids are looked up.
pub(crate) fn run(session: &Session, store: &Path, word: &str) -> Result<StoredRun, Failure> {
    let shown = escape::terminal::line(word);
    let Some((file, named)) = file_of(word) else {
        if looks_like_a_file(word) {
            return Err(Failure::usage(format!("there is no file {shown}")).hint(
                "a run is named by its id, `last`, a JSON output, a store file (FILE or FILE#RUN), or a table of results (.csv, .tsv)",
            ));
        }
        return Store::open_read_only(store).and_then(|store| store.load(word)).map_err(|error| refuse(&error));
    };
    let start = beginning(&file, 512)?;
    if start.starts_with(SQLITE) {
        let store = Store::open_read_only(&file).map_err(|error| refuse(&error))?;
        return store.load(named.unwrap_or("last")).map_err(|error| refuse(&error));
    }
    if named.is_some() {
        return Err(Failure::usage(format!("{shown} names a run of a file that is no store"))
            .hint("only a store holds several runs; name the file alone"));
    }
    if is_json(&start) {
        return report::read::file(&file).map_err(|error| {
            Failure::usage(format!("{shown} cannot be read as a run: {}", escape::terminal::line(&error.to_string())))
                .hint("a JSON output is what --output FILE.json of a run writes")
        });
    }
    let table = read_table(&file)?.map_err(|error| bad_table(&file, &error))?;
    Ok(of_table(session, &table, &file, TABLE_SEED, AnalysisOptions::default()))
}

fn is_json(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    start.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'{' | b'['))
}

/// Reads a table of results. A file that is too large is refused before it is read.
pub(crate) fn read_table(file: &Path) -> Result<Result<ResultTable, TableError>, Failure> {
    let bytes = beginning(file, table::MOST_BYTES as u64 + 1)?;
    Ok(table::read(&bytes))
}

/// The sentence about a table that cannot be read.
pub(crate) fn bad_table(file: &Path, error: &TableError) -> Failure {
    let (TableError::File { hint, .. } | TableError::Line { hint, .. }) = error;
    let sentence = match error {
        TableError::File { message, .. } => message.clone(),
        TableError::Line { line, message, .. } => format!("line {line}: {message}"),
    };
    let name = file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned());
    Failure::usage(format!(
        "{} is no table of results: {}",
        escape::terminal::line(&name),
        escape::terminal::line(&sentence)
    ))
    .hint(escape::terminal::line(hint))
}

/// A table as a run.
pub(crate) fn of_table(
    session: &Session,
    table: &ResultTable,
    file: &Path,
    seed: u64,
    analysis: AnalysisOptions,
) -> StoredRun {
    let source = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let request = ImportRequest {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        run_id: None,
        at_unix: clock::unix_seconds(),
        source,
        seed,
        analysis,
        pricing_as_of: session.pricing_as_of(),
    };
    imported::run_of(table, request)
}

/// A refusal of the store as a sentence of the command line.
pub(crate) fn refuse(error: &StoreError) -> Failure {
    Failure::usage(escape::terminal::line(&error.to_string()))
}
