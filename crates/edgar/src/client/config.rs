//! How a client is set up.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::body::Limits;
use super::retry::Retry;
use crate::identity::Identity;
use crate::limiter::MOST;
use crate::source::{Base, Changes};

/// Requests a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// At most so many, counted over all processes that share the limiter's file. More than
    /// [`MOST`] are taken as that.
    PerSecond(u32),
    /// As many as the mirror bears. The SEC's own hosts are never asked so.
    Lifted,
}

/// How long what was fetched is used without asking whether it changed. What has an accession number never changes
/// and is never asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// A company's filings and facts, and searches. By default none: a filing of a minute ago must be seen, and to
    /// ask whether there is one costs a few hundred bytes.
    pub filings: Duration,
    /// Tickers and lists.
    pub lists: Duration,
    /// That a document with an accession number is not there.
    pub missing: Duration,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { filings: Duration::ZERO, lists: Duration::from_hours(6), missing: Duration::from_hours(24) }
    }
}

impl Freshness {
    /// How long a present or missing resource that changes so is used; none means for ever.
    pub(super) fn of(&self, changes: Changes, missing: bool) -> Option<Duration> {
        match changes {
            Changes::Never => missing.then_some(self.missing),
            Changes::AnyMoment => Some(self.filings),
            // A list that is missing today may be there tomorrow, the newest half month of fails above all.
            Changes::Daily => Some(self.lists),
        }
    }
}

/// How a client is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who asks.
    pub identity: Identity,
    /// Who is asked.
    pub base: Base,
    /// How often.
    pub rate: Rate,
    /// The folder of what was fetched; none keeps nothing.
    pub cache: Option<PathBuf>,
    /// The file that all processes of this machine count their requests in; none counts in this process only.
    pub limiter: Option<PathBuf>,
    /// Answer from the cache alone.
    pub offline: bool,
    /// How long indexes are used.
    pub freshness: Freshness,
    /// How often and how long is waited.
    pub retry: Retry,
    /// What is read at most.
    pub limits: Limits,
    /// A proxy's address, `http://host:port`. The environment is not asked for one.
    pub proxy: Option<String>,
    /// The clock by which freshness is judged.
    pub now: fn() -> Timestamp,
}

impl Config {
    /// The SEC itself, ten requests a second, nothing kept.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            base: Base::Sec,
            rate: Rate::PerSecond(MOST),
            cache: None,
            limiter: None,
            offline: false,
            freshness: Freshness::default(),
            retry: Retry::default(),
            limits: Limits::default(),
            proxy: None,
            now: Timestamp::now,
        }
    }
}

/// The client cannot be set up so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    /// The limiter can be lifted for a mirror only.
    #[error("the limit of {MOST} requests a second can be lifted for a mirror only; name one with --edgar-url")]
    LiftedForTheSec,
    /// No requests at all.
    #[error("a rate of 0 requests a second fetches nothing; give 1 to {MOST}")]
    NoRate,
    /// The proxy's address cannot be read.
    #[error("`{0}` is no address of a proxy; write it like http://proxy.example.com:3128")]
    Proxy(String),
    /// Offline without a cache.
    #[error("--offline answers from the cache, and there is none: {0}")]
    OfflineWithoutCache(String),
}
