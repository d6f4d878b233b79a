//! The only place that writes to the terminal: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Writes for a person or for a program. Text given to it is already escaped for the terminal.
#[derive(Clone, Debug)]
pub(crate) struct Printer {
    choice: anstream::ColorChoice,
    quiet: bool,
}

impl Printer {
    pub(crate) fn new(choice: anstream::ColorChoice, quiet: bool) -> Self {
        Self { choice, quiet }
    }

    /// Columns to fit human results into.
    #[expect(clippy::unused_self, reason = "what the terminal is like is the printer's to say")]
    pub(crate) fn width(&self) -> usize {
        if !io::stdout().is_terminal() {
            return std::env::var("COLUMNS").ok().and_then(|given| given.parse().ok()).unwrap_or(100).clamp(40, 200);
        }
        crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns)).clamp(40, 160)
    }

    /// Whether a link can be hidden behind a text (OSC 8).
    pub(crate) fn links(&self) -> bool {
        // Where codes are taken out, the address would go with them.
        let stripped = match self.choice {
            anstream::ColorChoice::Auto => AutoStream::choice(&io::stdout()) == anstream::ColorChoice::Never,
            choice => choice == anstream::ColorChoice::Never,
        };
        if stripped {
            return false;
        }
        let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        if let Ok(forced) = std::env::var("FORCE_HYPERLINK") {
            return forced != "0";
        }
        if !io::stdout().is_terminal() || std::env::var("TERM").is_ok_and(|term| term == "dumb" || term == "linux") {
            return false;
        }
        let program = std::env::var("TERM_PROGRAM").unwrap_or_default();
        let vte = std::env::var("VTE_VERSION").ok().and_then(|version| version.parse::<u32>().ok());
        matches!(program.as_str(), "iTerm.app" | "WezTerm" | "vscode" | "ghostty" | "Hyper" | "rio")
            || vte.is_some_and(|version| version >= 5_000)
            || set("KITTY_WINDOW_ID")
            || set("WT_SESSION")
            || set("KONSOLE_VERSION")
            || set("DOMTERM")
            || std::env::var("TERM")
                .is_ok_and(|term| term.contains("kitty") || term.contains("foot") || term.contains("alacritty"))
    }

    /// The result a person asked for. Links behind texts pass on a terminal only.
    pub(crate) fn result(&self, text: &str) {
        let choice = if io::stdout().is_terminal() || self.choice != anstream::ColorChoice::Auto {
            self.choice
        } else {
            anstream::ColorChoice::Never
        };
        let mut stream = AutoStream::new(io::stdout().lock(), choice);
        finish(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()));
    }

    /// Bytes for a program, exactly as given.
    #[expect(clippy::unused_self, reason = "all writing goes through a printer")]
    pub(crate) fn payload(&self, bytes: &[u8]) {
        let mut stream = io::stdout().lock();
        finish(stream.write_all(bytes).and_then(|()| stream.flush()));
    }

    /// What is going on; silent with `--quiet`.
    pub(crate) fn status(&self, text: &str) {
        if !self.quiet {
            self.to_stderr(&format!("{}\n", fitted("", text)));
        }
    }

    /// How far a long work is, on a line that the next one takes the place of; an empty text clears it. Only on a
    /// terminal: in a log it would be noise.
    pub(crate) fn progress(&self, text: &str) {
        if self.quiet || !io::stderr().is_terminal() {
            return;
        }
        let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        let text = layout::text::truncate(text, columns.saturating_sub(1));
        // Nobody is left to tell when standard error is gone.
        let _ = write!(io::stderr().lock(), "\r{text}\x1b[K");
    }

    /// Something that may make the result mean something else than it seems.
    pub(crate) fn warning(&self, text: &str) {
        self.to_stderr(&format!("{WARNING}warning:{WARNING:#} {}\n", fitted("warning: ", text)));
    }

    /// What went wrong.
    pub(crate) fn error(&self, text: &str) {
        self.to_stderr(&format!("{ERROR}error:{ERROR:#} {}\n", fitted("error: ", text)));
    }

    /// What to do next.
    pub(crate) fn hint(&self, text: &str) {
        self.to_stderr(&format!("{HINT}hint:{HINT:#} {}\n", fitted("hint: ", text)));
    }

    fn to_stderr(&self, text: &str) {
        let choice = if io::stderr().is_terminal() || self.choice != anstream::ColorChoice::Auto {
            self.choice
        } else {
            anstream::ColorChoice::Never
        };
        // Nobody is left to tell when standard error is gone.
        let _ = AutoStream::new(io::stderr().lock(), choice).write_all(text.as_bytes());
    }
}

/// A message in lines that fit the terminal; in a log it stays one line.
fn fitted(before: &str, text: &str) -> String {
    if !io::stderr().is_terminal() {
        return text.to_owned();
    }
    let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns)).max(40);
    // The first line is shorter by the word that stands before it.
    let rows = layout::text::wrap(&format!("{}{text}", "\u{a0}".repeat(before.len())), columns);
    rows.join("\n").trim_start_matches('\u{a0}').to_owned()
}

/// Set when standard output could not be written to its end.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether some of the result did not reach standard output: a full disk, not a reader that had enough.
pub(crate) fn lost_output() -> bool {
    LOST.load(Ordering::Relaxed)
}

fn finish(result: io::Result<()>) {
    if result.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}
