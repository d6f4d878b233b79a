//! Why something was not fetched.

use std::time::Duration;

use crate::source::Expected;

/// Why a resource is not here. Each says what was wanted, what stood in the way and what can be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server has no such thing. That is a fact about the filer or the filing, not a failure.
    #[error("{what} is not available: the server has nothing at {url}")]
    NotAvailable {
        /// What was wanted.
        what: String,
        /// Where.
        url: String,
    },
    /// The server refuses requests for now: too many, or nobody behind them.
    #[error("{what}: {host} refuses requests{}; {}", waiting(*wait), if *undeclared {
        "it does not accept the stored identity: give your own name and e-mail address with `init`"
    } else {
        "wait about ten minutes and ask less often"
    })]
    Blocked {
        /// What was wanted.
        what: String,
        /// Who refuses.
        host: String,
        /// How long the server asks to wait, where it says so.
        wait: Option<Duration>,
        /// Whether it says that it does not know who asks.
        undeclared: bool,
    },
    /// The server could not be reached or broke off, after so many attempts.
    #[error(
        "{what}: {host} could not be reached in {attempts} attempts ({why}); check the connection, or use --offline for what was fetched before"
    )]
    Network {
        /// What was wanted.
        what: String,
        /// Who was asked.
        host: String,
        /// What went wrong last.
        why: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// The server answered with a failure of its own, after so many attempts.
    #[error("{what}: {host} answered {status} in {attempts} attempts; try again later")]
    Status {
        /// What was wanted.
        what: String,
        /// Who was asked.
        host: String,
        /// The status of its last answer.
        status: u16,
        /// How often it was asked.
        attempts: u32,
    },
    /// There is more of it than is read.
    #[error("{what} has more than {limit} bytes ({unit}) and was not read; raise the limit if you trust {url}")]
    TooLarge {
        /// What was wanted.
        what: String,
        /// Where.
        url: String,
        /// The most that is read.
        limit: u64,
        /// Which bytes: as sent, or decompressed.
        unit: &'static str,
    },
    /// The server sent something else.
    #[error("{what} is not {expected}: {url} gave {found}")]
    WrongType {
        /// What was wanted.
        what: String,
        /// Where.
        url: String,
        /// What it must be.
        expected: Expected,
        /// What came.
        found: &'static str,
    },
    /// What came, or what was kept, cannot be decompressed or is not what it was.
    #[error("{what} is damaged: {why}")]
    Damaged {
        /// What was wanted.
        what: String,
        /// How.
        why: String,
    },
    /// The address, or one that the server led to, may not be asked.
    #[error("{what} was not fetched: {url} may not be asked, {why}")]
    Refused {
        /// What was wanted.
        what: String,
        /// The address.
        url: String,
        /// Which rule forbids it.
        why: String,
    },
    /// Offline, and it was never fetched.
    #[error("{what} was never fetched; run once without --offline")]
    Offline {
        /// What was wanted.
        what: String,
    },
    /// A name from outside cannot stand in an address.
    #[error("the index names a document `{name}`, which cannot be an address; it was not fetched")]
    Unnameable {
        /// The name, shortened.
        name: String,
    },
}

/// What a caller does about a [`FetchError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such thing: say so and read the rest.
    Missing,
    /// The network or the server fails: exit code 4 where nothing can be shown.
    Network,
    /// What came is not usable: a problem of this document.
    Content,
}

impl FetchError {
    /// What a caller does about it.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::NotAvailable { .. } => Trouble::Missing,
            Self::Blocked { .. } | Self::Network { .. } | Self::Status { .. } | Self::Offline { .. } => {
                Trouble::Network
            }
            Self::TooLarge { .. }
            | Self::WrongType { .. }
            | Self::Damaged { .. }
            | Self::Refused { .. }
            | Self::Unnameable { .. } => Trouble::Content,
        }
    }

    /// Whether there is no such thing.
    pub fn is_missing(&self) -> bool {
        self.trouble() == Trouble::Missing
    }
}

fn waiting(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(" and asks to wait {} s", wait.as_secs()))
}
