//! How a command ends.

/// Exit codes, one meaning each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Produced what was asked for.
    Produced = 0,
    /// Produced a part: a company of several, or a part of one, could not be read; what is missing is named.
    Partial = 1,
    /// The command line asks for something that is not.
    Usage = 2,
    /// No identity yet, or a configuration or a folder that cannot be used.
    NotConfigured = 3,
    /// EDGAR could not be reached, or refuses to answer.
    Network = 4,
    /// Ctrl-C: what was finished is shown, and what was fetched is kept.
    Interrupted = 130,
}

/// An error with a hint: what happened, and what to do next. Texts are already escaped for the terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl AsRef<str>) -> Self {
        Self { exit, message: escape::terminal::line(message.as_ref()), hint: None }
    }

    pub(crate) fn usage(message: impl AsRef<str>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn not_configured(message: impl AsRef<str>) -> Self {
        Self::new(Exit::NotConfigured, message)
    }

    pub(crate) fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(escape::terminal::line(hint.as_ref()));
        self
    }
}

/// What a command gives back.
pub(crate) type Outcome = Result<Exit, Failure>;
