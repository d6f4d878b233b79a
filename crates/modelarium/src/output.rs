//! Where results go: a file, standard output, or a person.

use std::path::{Path, PathBuf};

use evals::analysis;
use evals::analysis::model::Analysis;
use evals::store::StoredRun;
use llm::money::Usd;
use report::csv::Csv;
use report::document::Document;
use report::format::Format;
use report::json::Json;
use report::markdown::Markdown;
use report::style::Charset;
use report::terminal::{Show, Terminal};

use crate::cli::{OutputArgs, OutputFormat, Show as ShowWord};
use crate::exit::Failure;
use crate::session::Session;

/// Where results go, settled before anything is spent.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    file: Option<PathBuf>,
    format: Option<OutputFormat>,
    force: bool,
    show: Show,
    include_reasoning: bool,
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
        if let Some(file) = &file {
            report::file::refuse_early(file, arguments.force).map_err(|error| Failure::usage(error.to_string()))?;
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
        Ok(Self { file, format, force: arguments.force, show, include_reasoning: arguments.include_reasoning })
    }

    /// True when standard output is for a payload alone.
    pub(crate) fn takes_stdout(&self) -> bool {
        self.file.is_none() && self.format.is_some()
    }

    /// Analyses a run and puts it where it belongs.
    pub(crate) fn emit(&self, session: &Session, run: StoredRun) -> Result<(), Failure> {
        let analysis = analyse(run);
        let verdicts = analysis::verdict::verdicts(&analysis);
        let document = Document::new(&analysis, &verdicts);

        let terminal = Terminal {
            width: session.printer.width(),
            show: self.show,
            include_reasoning: self.include_reasoning,
            charset: Charset::Unicode,
        };
        session.printer.result(&render(&terminal, &document)?);
        self.write_payload(session, &document)
    }

    /// Writes the payload alone, for `report`.
    pub(crate) fn emit_payload(&self, session: &Session, run: StoredRun) -> Result<(), Failure> {
        let analysis = analyse(run);
        let verdicts = analysis::verdict::verdicts(&analysis);
        self.write_payload(session, &Document::new(&analysis, &verdicts))
    }

    fn write_payload(&self, session: &Session, document: &Document<'_>) -> Result<(), Failure> {
        let Some(format) = self.format else { return Ok(()) };
        let text = match format {
            OutputFormat::Json => render(&Json, document)?,
            OutputFormat::Csv => render(&Csv, document)?,
            OutputFormat::Markdown => render(&Markdown, document)?,
        };
        let Some(file) = &self.file else {
            session.printer.payload(text.as_bytes());
            return Ok(());
        };
        report::file::write_atomic(file, text.as_bytes(), self.force).map_err(|error| {
            Failure { exit: crate::exit::Exit::CallsFailed, message: error.to_string(), hint: None }
                .hint("the run is stored and nothing is lost: modelarium report last -o FILE")
        })?;
        session.printer.status(&format!("Written to {} (it holds your prompts and the answers).", file.display()));
        Ok(())
    }
}

/// The analysis of a run, with the money in it that a crash left open.
fn analyse(run: StoredRun) -> Analysis {
    let header = run.header();
    let lost: Usd = run.unsettled.iter().filter_map(|lost| lost.held).sum();
    let mut analysis = analysis::analyse(&header, &run.plan.calls, run.records, run.end, run.machine);
    analysis.totals.cost_held += lost;
    analysis
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
        _ => Err(Failure::usage(format!("the format of {} is not clear from its name", file.display()))
            .hint("end it in .json, .csv or .md, or add --output-format json|csv|markdown")),
    }
}

/// `~/x` under the home folder, for shells that do not expand it after `=`.
fn expand_home(path: &Path) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => etcetera::home_dir().map_or_else(|_| path.to_path_buf(), |home| home.join(rest)),
        Err(_) => path.to_path_buf(),
    }
}
