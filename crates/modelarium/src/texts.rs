//! Where the result of a command goes that makes no run: a person, standard output, or a file.

use std::io;
use std::path::PathBuf;

use crate::cli::{TextArgs, TextFormat};
use crate::exit::{Exit, Failure};
use crate::output::{expand_home, payload, same_file};
use crate::session::Session;

/// Something with a look for people and one for scripts.
pub(crate) trait Text {
    /// For a terminal, no line wider than `columns`.
    fn terminal(&self, columns: usize) -> String;
    /// Markdown.
    fn markdown(&self, out: &mut dyn io::Write) -> io::Result<()>;
    /// JSON.
    fn json(&self, out: &mut dyn io::Write) -> io::Result<()>;
}

/// Where the result goes, settled before anything is read.
#[derive(Debug, Clone)]
pub(crate) struct TextDestination {
    file: Option<PathBuf>,
    format: TextFormat,
    force: bool,
}

impl TextDestination {
    /// Checks the format and that nothing is overwritten, and keeps standard output free for a payload.
    pub(crate) fn of(session: &mut Session, arguments: &TextArgs) -> Result<Self, Failure> {
        let file = arguments.output.as_deref().map(expand_home);
        let format = match (&file, arguments.output_format) {
            (_, Some(format)) => format,
            (None, None) => TextFormat::Terminal,
            (Some(file), None) => {
                let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
                match ending.as_deref() {
                    Some("json") => TextFormat::Json,
                    Some("md" | "markdown") => TextFormat::Markdown,
                    _ => {
                        return Err(Failure::usage(format!(
                            "the format of {} is not clear from its name",
                            file.display()
                        ))
                        .hint("end it in .json or .md, or add --output-format json|markdown|terminal"));
                    }
                }
            }
        };
        if let Some(file) = &file {
            report::file::refuse_early(file, arguments.force).map_err(|error| Failure::usage(error.to_string()))?;
        } else if format != TextFormat::Terminal {
            session.printer.reserve_stdout();
        }
        Ok(Self { file, format, force: arguments.force })
    }

    /// Refuses to write over what the command reads.
    pub(crate) fn sparing<'w>(self, words: impl IntoIterator<Item = &'w str>) -> Result<Self, Failure> {
        for word in words {
            let Some((input, _)) = crate::source::file_of(word) else { continue };
            if let Some(output) = self.file.as_ref().filter(|output| same_file(output, &input)) {
                return Err(Failure::usage(format!("{} is what is read; it would be overwritten", output.display()))
                    .hint("give the output another name"));
            }
        }
        Ok(self)
    }

    /// Shows the result, and writes it where it was asked for.
    pub(crate) fn emit(&self, session: &Session, text: &dyn Text) -> Result<(), Failure> {
        session.printer.result(&text.terminal(session.printer.width()));
        let bytes = match self.format {
            TextFormat::Terminal if self.file.is_none() => return Ok(()),
            // A file is read on any terminal.
            TextFormat::Terminal => text.terminal(100).into_bytes(),
            TextFormat::Markdown => payload(|out| text.markdown(out))?,
            TextFormat::Json => payload(|out| text.json(out))?,
        };
        let Some(file) = &self.file else {
            session.printer.payload(&bytes);
            return Ok(());
        };
        report::file::write_atomic(file, &bytes, self.force).map_err(|error| Failure {
            exit: Exit::CallsFailed,
            message: error.to_string(),
            hint: Some("nothing else was changed; run the command again with another file".to_owned()),
        })?;
        session.printer.status(&format!("Written to {}.", file.display()));
        Ok(())
    }
}
