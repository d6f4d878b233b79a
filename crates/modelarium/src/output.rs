//! Where results go: files, standard output, or a person.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use evals::analysis;
use evals::analysis::model::Analysis;
use evals::store::{Responses, Store, StoredRun};
use report::csv::Csv;
use report::document::Document;
use report::format::Format;
use report::html::{Html, RawResponses};
use report::json::Json;
use report::markdown::Markdown;
use report::sarif::Source;
use report::style::Charset;
use report::terminal::{Show, Terminal};

use crate::cli::{OutputArgs, OutputFormat, Show as ShowWord};
use crate::environment;
use crate::exit::{Exit, Failure};
use crate::session::Session;

/// Where results go, settled before anything is spent.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    file: Option<PathBuf>,
    format: Option<OutputFormat>,
    junit: Option<PathBuf>,
    sarif: Option<PathBuf>,
    /// The file that a CI system shows as the summary of a step.
    step_summary: Option<PathBuf>,
    /// Where the items are written, for findings that name a line.
    source: Source,
    /// The store that raw responses are read from, for the format that shows them.
    raw_of: Option<PathBuf>,
    force: bool,
    show: Show,
    include_reasoning: bool,
}

/// The raw responses of one run in its store.
struct Raw<'s>(Responses<'s>);

impl<'s> Raw<'s> {
    /// `None` where the store has no such run.
    fn of(store: &'s Store, run_id: &str) -> Option<Self> {
        // A run that was read from a file may call itself by a word that means another one here.
        store.find(run_id).ok().filter(|found| found == run_id)?;
        store.responses(run_id).ok().map(Self)
    }
}

impl RawResponses for Raw<'_> {
    fn body(&self, call: u32) -> Option<Vec<u8>> {
        self.0.last(call).ok().flatten()
    }
}

impl Destination {
    /// Checks what can be checked before a run: the format, and that nothing is overwritten.
    pub(crate) fn of(arguments: &OutputArgs) -> Result<Self, Failure> {
        let file = arguments.output.as_deref().map(expand_home);
        let format = match (&file, arguments.output_format) {
            (_, Some(format)) => Some(format),
            (Some(file), None) => Some(format_of(file)?),
            (None, None) => None,
        };
        #[cfg(not(feature = "parquet"))]
        if format == Some(OutputFormat::Parquet) {
            return Err(no_parquet());
        }
        let junit = arguments.junit.as_deref().map(expand_home);
        let sarif = arguments.sarif.as_deref().map(expand_home);
        let mut written: Vec<&PathBuf> = Vec::new();
        for file in [&file, &junit, &sarif].into_iter().flatten() {
            report::file::refuse_early(file, arguments.force).map_err(|error| Failure::usage(error.to_string()))?;
            if written.contains(&file) {
                return Err(Failure::usage(format!("{} is given for two outputs", file.display()))
                    .hint("nothing was sent; give each output a file of its own"));
            }
            written.push(file);
        }
        let show = match arguments.show {
            _ if arguments.show_all_runs => Show::All,
            Some(ShowWord::All) => Show::All,
            Some(ShowWord::Unique) => Show::Unique,
            Some(ShowWord::None) => Show::None,
            // Reasoning belongs to a run, so it is shown with every run.
            None if arguments.include_reasoning => Show::All,
            None => Show::Folded,
        };
        Ok(Self {
            file,
            format,
            junit,
            sarif,
            step_summary: None,
            source: Source::default(),
            raw_of: None,
            force: arguments.force,
            show,
            include_reasoning: arguments.include_reasoning,
        })
    }

    /// Refuses to write over what the command reads, whatever `--force` says.
    pub(crate) fn sparing<'p>(self, inputs: impl IntoIterator<Item = &'p PathBuf>) -> Result<Self, Failure> {
        for input in inputs {
            let outputs = [&self.file, &self.junit, &self.sarif].into_iter().flatten();
            if let Some(output) = outputs.into_iter().find(|output| same_file(output, input)) {
                return Err(Failure::usage(format!("{} is what is read; it would be overwritten", output.display()))
                    .hint("nothing was sent; give the output another name"));
            }
        }
        Ok(self)
    }

    /// Findings name the lines of this suite.
    pub(crate) fn placed(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// Raw responses are read from this store.
    pub(crate) fn with_raw_of(self, store: &Path) -> Self {
        Self { raw_of: Some(store.to_owned()), ..self }
    }

    /// Also appends a summary for people where the CI system asks for one.
    pub(crate) fn with_step_summary(self, session: &Session) -> Self {
        Self { step_summary: session.config.environment.path(environment::STEP_SUMMARY), ..self }
    }

    /// True when standard output is for a payload alone.
    pub(crate) fn takes_stdout(&self) -> bool {
        self.file.is_none() && self.format.is_some()
    }

    /// Analyses a run, puts it where it belongs, and gives the analysis back.
    pub(crate) fn emit(&self, session: &Session, run: StoredRun) -> Result<Analysis, Failure> {
        let analysis = analysis::analyse_run(run);
        let verdicts = analysis::verdict::verdicts(&analysis);
        let document = Document::new(&analysis, &verdicts);

        let terminal = Terminal {
            width: session.printer.width(),
            show: self.show,
            include_reasoning: self.include_reasoning,
            charset: Charset::Unicode,
        };
        session.printer.result(&render(&terminal, &document)?);
        self.write_payload(session, &document)?;
        self.write_for_ci(session, &document)?;
        Ok(analysis)
    }

    /// Writes the payload alone, for `report`.
    pub(crate) fn emit_payload(&self, session: &Session, run: StoredRun) -> Result<Analysis, Failure> {
        let analysis = analysis::analyse_run(run);
        let verdicts = analysis::verdict::verdicts(&analysis);
        let document = Document::new(&analysis, &verdicts);
        self.write_payload(session, &document)?;
        self.write_for_ci(session, &document)?;
        Ok(analysis)
    }

    /// JUnit XML, SARIF and the summary of a CI step, where they were asked for.
    fn write_for_ci(&self, session: &Session, document: &Document<'_>) -> Result<(), Failure> {
        if let Some(file) = &self.junit {
            let bytes = payload(|out| report::junit::write(document, out))?;
            self.write_file(session, file, &bytes)?;
        }
        if let Some(file) = &self.sarif {
            let bytes = payload(|out| report::sarif::write(document, &self.source, out))?;
            self.write_file(session, file, &bytes)?;
        }
        if let Some(file) = &self.step_summary {
            let mut text = payload(|out| report::summary::write(document, out))?;
            text.push(b'\n');
            let appended = OpenOptions::new().append(true).create(true).open(file);
            let appended = appended.and_then(|mut file| file.write_all(&text));
            if let Err(error) = appended {
                // The summary is a convenience: a run that was paid for does not fail for it.
                session
                    .printer
                    .warning(&format!("the summary could not be added to ${}: {error}", environment::STEP_SUMMARY));
            }
        }
        Ok(())
    }

    fn write_file(&self, session: &Session, file: &Path, bytes: &[u8]) -> Result<(), Failure> {
        report::file::write_atomic(file, bytes, self.force).map_err(|error| {
            Failure { exit: Exit::CallsFailed, message: error.to_string(), hint: None }
                .hint("the run is stored and nothing is lost: modelarium report last -o FILE")
        })?;
        session.printer.status(&format!("Written to {} (it holds your prompts and the answers).", file.display()));
        Ok(())
    }

    fn write_payload(&self, session: &Session, document: &Document<'_>) -> Result<(), Failure> {
        let Some(format) = self.format else { return Ok(()) };
        let bytes = match format {
            OutputFormat::Json => render(&Json, document)?.into_bytes(),
            OutputFormat::Csv => render(&Csv, document)?.into_bytes(),
            OutputFormat::Markdown => render(&Markdown, document)?.into_bytes(),
            OutputFormat::Html => {
                let run_id = &document.analysis.header.run_id;
                let store = self.raw_of.as_deref().and_then(|store| Store::open_read_only(store).ok());
                let raw = store.as_ref().and_then(|store| Raw::of(store, run_id));
                render(&Html { raw: raw.as_ref().map(|raw| raw as &dyn RawResponses) }, document)?.into_bytes()
            }
            #[cfg(feature = "parquet")]
            OutputFormat::Parquet => payload(|out| report::parquet::write(document, out))?,
            #[cfg(not(feature = "parquet"))]
            OutputFormat::Parquet => return Err(no_parquet()),
        };
        let Some(file) = &self.file else {
            session.printer.payload(&bytes);
            return Ok(());
        };
        self.write_file(session, file, &bytes)
    }
}

/// A build without the feature cannot write what was asked for.
#[cfg(not(feature = "parquet"))]
fn no_parquet() -> Failure {
    Failure::usage("this build writes no Parquet, because what that stands on takes long to build; nothing was sent")
        .hint("build it in: cargo install --path crates/modelarium --features parquet; or use .csv or .json")
}

fn render(format: &dyn Format, document: &Document<'_>) -> Result<String, Failure> {
    format
        .to_text(document)
        .map_err(|error| Failure::usage(format!("the {} output cannot be made: {error}", format.name())))
}

/// Bytes of a machine output that some renderer writes.
pub(crate) fn payload(render: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    render(&mut bytes).map_err(|error| Failure::usage(format!("the output cannot be made: {error}")))?;
    Ok(bytes)
}

fn format_of(file: &Path) -> Result<OutputFormat, Failure> {
    let extension = file.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("json") => Ok(OutputFormat::Json),
        Some("csv") => Ok(OutputFormat::Csv),
        Some("md" | "markdown") => Ok(OutputFormat::Markdown),
        Some("html" | "htm") => Ok(OutputFormat::Html),
        Some("parquet") => Ok(OutputFormat::Parquet),
        _ => Err(Failure::usage(format!("the format of {} is not clear from its name", file.display())).hint(
            "end it in .json, .csv, .md, .html or .parquet, or add --output-format json|csv|markdown|html|parquet",
        )),
    }
}

/// `~/x` under the home folder, for shells that do not expand it after `=`.
pub(crate) fn expand_home(path: &Path) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => etcetera::home_dir().map_or_else(|_| path.to_path_buf(), |home| home.join(rest)),
        Err(_) => path.to_path_buf(),
    }
}

/// True when two paths lead to one file that exists.
pub(crate) fn same_file(left: &Path, right: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(left).is_some_and(|left| real(right) == Some(left))
}
