//! The only place that writes to the terminal.
//!
//! Standard output carries the result, standard error everything else. When a payload was asked
//! for on standard output, human text moves to standard error as a whole, so that the payload's
//! bytes are alone.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use crate::cli::ColorChoice;

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Writes for a person or for a program. Text given to it is already escaped for the terminal.
#[derive(Debug, Clone)]
pub(crate) struct Printer {
    choice: anstream::ColorChoice,
    quiet: bool,
    payload: bool,
}

impl Printer {
    /// Colours by `color` and by what the environment and the streams say.
    pub(crate) fn new(color: ColorChoice, quiet: bool) -> Self {
        let choice = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::AlwaysAnsi,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { choice, quiet, payload: false }
    }

    /// From now on standard output belongs to a payload.
    pub(crate) fn reserve_stdout(&mut self) {
        self.payload = true;
    }

    /// Whether calls may be shown as they stream: a person watches and nothing asked for calm.
    pub(crate) fn may_animate(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Columns to fit human results into.
    pub(crate) fn width(&self) -> usize {
        let terminal = if self.payload { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        if !terminal {
            return 80;
        }
        crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns).clamp(40, 160))
    }

    /// The result a person asked for.
    pub(crate) fn result(&self, text: &str) {
        if self.payload {
            self.to_stderr(text);
        } else {
            let mut stream = AutoStream::new(io::stdout().lock(), self.choice_for(io::stdout().is_terminal()));
            finish(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()));
        }
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
            self.to_stderr(&format!("{text}\n"));
        }
    }

    /// Something that may make the result mean something else than it seems.
    pub(crate) fn warning(&self, text: &str) {
        self.to_stderr(&format!("{WARNING}warning:{WARNING:#} {text}\n"));
    }

    /// What went wrong.
    pub(crate) fn error(&self, text: &str) {
        self.to_stderr(&format!("{ERROR}error:{ERROR:#} {text}\n"));
    }

    /// What to do next.
    pub(crate) fn hint(&self, text: &str) {
        self.to_stderr(&format!("{HINT}hint:{HINT:#} {text}\n"));
    }

    fn to_stderr(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.choice_for(io::stderr().is_terminal()));
        // Nobody is left to tell when standard error is gone.
        let _ = stream.write_all(text.as_bytes());
    }

    fn choice_for(&self, terminal: bool) -> anstream::ColorChoice {
        match self.choice {
            anstream::ColorChoice::Auto if !terminal => anstream::ColorChoice::Never,
            choice => choice,
        }
    }
}

/// Set when standard output could not be written to its end.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether some of the result did not reach standard output: a full disk, not a reader that had enough.
pub(crate) fn lost_output() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// A reader that closed the pipe has what it wanted: that is success. Anything else lost a part of the result.
fn finish(result: io::Result<()>) {
    if result.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}
