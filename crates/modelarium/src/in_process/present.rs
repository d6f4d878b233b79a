//! Models in process: which file a contestant means, getting it with a progress bar, loading it once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedded::fetch::Progress;
use embedded::store::Store;
use embedded::{EmbeddedBackend, Options};
use indicatif::{ProgressBar, ProgressStyle};
use llm::call::Backend;
use llm::contestant::Contestant;
use report::escape;
use report::table::{Column, Table};
use serde_json::{Value, json};

use crate::cli::ListFormat;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;

/// Spelling of a contestant that is a file: `embedded:PATH`.
const BY_PATH: &str = "embedded:";

/// Loads the model of a contestant, fetching it first when it is a catalog name that is not here yet.
pub(crate) fn backend(session: &Session, contestant: &Contestant) -> Result<Arc<dyn Backend>, Failure> {
    let path = locate(session, contestant)?;
    let backend = EmbeddedBackend::load(&path, &contestant.wire_id, Options::default()).map_err(|error| {
        Failure::usage(escape::terminal::line(&format!("{} cannot be run in process: {error}", contestant.name)))
            .hint("nothing was run; local servers (local/NAME) run models of every kind")
    })?;
    if !backend.info().has_chat_template {
        session.printer.warning(&format!(
            "{} has no chat template: it is a base model and continues the plain prompt instead of answering it",
            escape::terminal::line(&contestant.name)
        ));
    }
    Ok(Arc::new(backend))
}

fn locate(session: &Session, contestant: &Contestant) -> Result<PathBuf, Failure> {
    let name = &contestant.wire_id;
    let store = open(session)?;
    let in_catalog = store.catalog().models.iter().any(|entry| entry.name == *name);
    if contestant.spec.starts_with(BY_PATH) && !in_catalog {
        let path = PathBuf::from(name);
        if !path.is_file() {
            return Err(Failure::usage(format!("there is no file {}", escape::terminal::line(name))).hint(
                "embedded:PATH runs a GGUF file; embedded/NAME runs a model of the catalog (modelarium models list)",
            ));
        }
        return Ok(path);
    }
    fetch(session, &store, name)
}

/// Lists the catalog and what is on this machine.
pub(crate) fn list(session: &Session, format: Option<ListFormat>) -> Outcome {
    let store = open(session)?;
    let listed = store.list();
    if format == Some(ListFormat::Json) {
        let rows: Vec<Value> = listed
            .iter()
            .map(|model| {
                json!({
                    "name": model.entry.name,
                    "title": model.entry.title,
                    "license": model.entry.license,
                    "terms": model.entry.terms,
                    "bytes": model.entry.bytes,
                    "sha256": model.entry.sha256,
                    "sources": model.entry.sources.iter().map(embedded::catalog::Source::describe).collect::<Vec<_>>(),
                    "path": model.path,
                    "bytes_on_disk": model.bytes_on_disk,
                })
            })
            .collect();
        session.printer.payload(format!("{:#}\n", Value::Array(rows)).as_bytes());
        return Ok(Exit::Done);
    }
    let mut table = Table::new(vec![
        Column::text("embedded/"),
        Column::wrapped("what"),
        Column::text("licence"),
        Column::number("download"),
        Column::text("here"),
    ]);
    for model in &listed {
        let here = if model.path.is_some() { megabytes(model.bytes_on_disk) } else { "no".to_owned() };
        table.push([
            model.entry.name.clone(),
            model.entry.title.clone(),
            model.entry.license.clone(),
            megabytes(model.entry.bytes),
            here,
        ]);
    }
    session.printer.result(&table.render(session.printer.width()));
    for model in &listed {
        let sources: Vec<String> = model.entry.sources.iter().map(embedded::catalog::Source::describe).collect();
        session.printer.result(&format!(
            "\n{}: from {}\n  terms {}\n  sha256 {}\n",
            model.entry.name,
            sources.join(", else "),
            model.entry.terms,
            model.entry.sha256
        ));
    }
    session.printer.result(
        "\nAny GGUF file of the llama, qwen2, qwen3 and gemma3 families runs by its path: embedded:FILE.gguf\n",
    );
    Ok(Exit::Done)
}

/// Downloads, verifies and prepares a model.
pub(crate) fn pull(session: &Session, name: &str) -> Outcome {
    let store = open(session)?;
    let path = fetch(session, &store, plain(name))?;
    session.printer.result(&format!("{}\n", path.display()));
    Ok(Exit::Done)
}

/// Removes a model from this machine.
pub(crate) fn remove(session: &Session, name: &str) -> Outcome {
    let removed = open(session)?.remove(plain(name)).map_err(|error| refuse(&error))?;
    session.printer.status(if removed { "Removed." } else { "It was not on this machine." });
    Ok(Exit::Done)
}

/// Prints where a model's file is.
pub(crate) fn path(session: &Session, name: &str) -> Outcome {
    let name = plain(name);
    match open(session)?.path(name).map_err(|error| refuse(&error))? {
        Some(path) => {
            session.printer.result(&format!("{}\n", path.display()));
            Ok(Exit::Done)
        }
        None => Err(Failure::usage(format!("{} is not on this machine", escape::terminal::line(name)))
            .hint(format!("modelarium models pull {}", escape::terminal::line(name)))),
    }
}

fn open(session: &Session) -> Result<Store, Failure> {
    Store::new(session.config.paths.models_dir()).map_err(|error| refuse(&error))
}

fn refuse(error: &embedded::Error) -> Failure {
    Failure::usage(escape::terminal::line(&error.to_string()))
}

/// `embedded/NAME` names the same model as `NAME`.
fn plain(name: &str) -> &str {
    name.strip_prefix("embedded/").unwrap_or(name)
}

/// The model's file, fetched with a progress bar when it is not here yet.
fn fetch(session: &Session, store: &Store, name: &str) -> Result<PathBuf, Failure> {
    if let Ok(Some(path)) = store.path(name) {
        return Ok(path);
    }
    let mut bar = Bar::new(session);
    let pulled = store.pull(name, &mut |progress| bar.show(progress));
    bar.close();
    let path = pulled.map_err(|error| {
        refuse(&error).hint("nothing was run; with a GGUF file at hand: --models embedded:FILE.gguf")
    })?;
    session.printer.status(&ready(&path));
    Ok(path)
}

fn ready(path: &Path) -> String {
    format!("The model is ready and kept in {}.", path.display())
}

/// Draws the progress of a download where a person watches, and says it in lines elsewhere.
struct Bar<'a> {
    session: &'a Session,
    bar: Option<ProgressBar>,
}

impl<'a> Bar<'a> {
    fn new(session: &'a Session) -> Self {
        Self { session, bar: None }
    }

    fn show(&mut self, progress: Progress) {
        let printer = &self.session.printer;
        match progress {
            Progress::Started { source, total, present } => {
                self.close();
                printer.status(&format!("Downloading {} from {}.", megabytes(total), escape::terminal::line(&source)));
                if printer.may_animate() {
                    let bar = ProgressBar::new(total);
                    let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
                    if let Ok(style) = ProgressStyle::with_template(template) {
                        bar.set_style(style);
                    }
                    bar.set_position(present);
                    self.bar = Some(bar);
                }
            }
            Progress::Advanced(bytes) => {
                if let Some(bar) = &self.bar {
                    bar.inc(bytes);
                }
            }
            Progress::Skipped { source, reason } => {
                self.close();
                printer.status(&format!(
                    "Passed over {}: {}",
                    escape::terminal::line(&source),
                    escape::terminal::line(&reason)
                ));
            }
            Progress::Verifying => {
                self.close();
                printer.status("Verifying its SHA-256.");
            }
            Progress::Requantising => printer.status("Preparing it for this machine (once)."),
            Progress::Done => self.close(),
        }
    }

    fn close(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}
