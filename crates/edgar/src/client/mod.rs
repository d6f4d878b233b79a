//! Fetching: from the cache where that may be, else from the SEC or a mirror within fair access.
//!
//! A [`Client`] may be used from many threads at once; each call of [`Client::get`] blocks its own.

mod attempt;
mod block;
mod body;
mod config;
mod error;
mod flights;
mod history;
mod retry;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ureq::Agent;

pub use body::Limits;
pub use config::{BadConfig, Config, Freshness, Rate};
pub use error::{FetchError, Trouble};
pub use history::{FailsFile, Found, History, HistoryError, ListError, NotFound, SUSPENSION_PAGES, Suspensions};
pub use retry::Retry;

use crate::cache::{Cache, CacheProblem, Entry, Usage};
use crate::limiter::{Limiter, MOST};
use crate::source::{Base, Resource};
use attempt::Answer;
use block::Block;
use flights::Flights;

/// Where bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The server sent them.
    Network,
    /// They were here, and the server said that they are still right.
    Revalidated,
    /// They were here, and nobody was asked.
    Cache,
}

/// A resource that was fetched.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its bytes, decompressed.
    pub bytes: Vec<u8>,
    /// Its address at the SEC, whoever was asked.
    pub url: String,
    /// Where the bytes came from.
    pub origin: Origin,
    /// When the bytes came from the server.
    pub fetched: Timestamp,
    /// When the server last said that they are right.
    pub checked: Timestamp,
}

/// What a client did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests that were sent, repeated ones and redirects among them.
    pub requests: u64,
    /// Requests that were repeated after a failure.
    pub repeated: u64,
    /// Resources that the cache gave without asking.
    pub from_cache: u64,
    /// Resources that were here and that the server said are still right.
    pub revalidated: u64,
    /// Bytes of bodies as they were sent.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    repeated: AtomicU64,
    from_cache: AtomicU64,
    revalidated: AtomicU64,
    bytes: AtomicU64,
}

/// Fetches resources.
#[derive(Debug)]
pub struct Client {
    config: Config,
    agent: Agent,
    cache: Option<Cache>,
    limiter: Option<Limiter>,
    counts: Counts,
    flights: Flights,
    block: Block,
    warnings: Mutex<Vec<String>>,
    chance: AtomicU64,
    /// The list of tickers, once it was needed.
    tickers: Mutex<Option<Arc<Vec<u8>>>>,
}

impl Client {
    /// Sets one up. Nothing is asked yet. A cache that cannot be used is done without, with a warning, unless
    /// everything is to come from it.
    pub fn new(config: Config) -> Result<Self, BadConfig> {
        let mut warnings = Vec::new();
        let cache = match config.cache.as_deref().map(Cache::open) {
            None => None,
            Some(Ok(cache)) => Some(cache),
            Some(Err(problem)) if config.offline => return Err(BadConfig::OfflineWithoutCache(problem.to_string())),
            Some(Err(problem)) => {
                warnings.push(format!("{problem}; nothing that is fetched now is kept"));
                None
            }
        };
        if config.offline && cache.is_none() {
            return Err(BadConfig::OfflineWithoutCache("no folder is named".into()));
        }
        let limiter = match config.rate {
            Rate::PerSecond(0) => return Err(BadConfig::NoRate),
            // Who asks nobody needs no turns.
            Rate::PerSecond(_) if config.offline => None,
            Rate::PerSecond(rate) => Some(Limiter::new(rate.min(MOST), config.limiter.as_deref())),
            Rate::Lifted if config.base == Base::Sec => return Err(BadConfig::LiftedForTheSec),
            Rate::Lifted => None,
        };
        if let Some(problem) = limiter.as_ref().and_then(Limiter::problem) {
            warnings.push(problem.to_owned());
        }
        let agent = attempt::agent(&config)?;
        Ok(Self {
            agent,
            cache,
            limiter,
            counts: Counts::default(),
            flights: Flights::default(),
            block: Block::default(),
            warnings: Mutex::new(warnings),
            chance: AtomicU64::new(u64::from(std::process::id()) << 20),
            tickers: Mutex::default(),
            config,
        })
    }

    /// Fetches one resource: from the cache where it may, else from the server, with as many attempts as allowed.
    pub fn get(&self, resource: &Resource) -> Result<Fetched, FetchError> {
        self.get_within(resource, None)
    }

    /// As [`get`](Self::get), but the cache's word counts only if the server was asked within so long: for a list
    /// that lacks what it should have.
    pub fn get_fresh(&self, resource: &Resource, within: Duration) -> Result<Fetched, FetchError> {
        self.get_within(resource, Some(within))
    }

    /// Fetches many, in parallel on so many threads; answers in the order of the questions.
    pub fn get_all(&self, resources: &[Resource], threads: usize) -> Vec<Result<Fetched, FetchError>> {
        let threads = threads.clamp(1, 64).min(resources.len());
        if threads <= 1 {
            return resources.iter().map(|resource| self.get(resource)).collect();
        }
        let next = AtomicUsize::new(0);
        let mut slots: Vec<Option<Result<Fetched, FetchError>>> = Vec::new();
        slots.resize_with(resources.len(), || None);
        let slots = Mutex::new(slots);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((at, resource)) = {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        resources.get(at).map(|resource| (at, resource))
                    } {
                        let answer = self.get(resource);
                        slots.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(answer);
                    }
                });
            }
        });
        let slots = slots.into_inner().unwrap_or_else(PoisonError::into_inner);
        slots.into_iter().zip(resources).map(|(slot, resource)| slot.unwrap_or_else(|| self.get(resource))).collect()
    }

    /// Forgets what is kept of a resource, because its reader could not make sense of it: it is fetched anew next time
    /// rather than found good again.
    pub fn forget(&self, resource: &Resource) {
        self.with_cache(|cache| cache.forget(&self.config.base.url(resource)));
    }

    /// What was done so far.
    pub fn stats(&self) -> Stats {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Stats {
            requests: read(&self.counts.requests),
            repeated: read(&self.counts.repeated),
            from_cache: read(&self.counts.from_cache),
            revalidated: read(&self.counts.revalidated),
            bytes: read(&self.counts.bytes),
        }
    }

    /// What the user should know: each sentence once.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How much the cache holds; none without one.
    pub fn kept(&self) -> Option<Usage> {
        self.cache.as_ref()?.usage().ok()
    }

    /// How it was set up.
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn get_within(&self, resource: &Resource, within: Option<Duration>) -> Result<Fetched, FetchError> {
        if let Some(name) = resource.unnameable() {
            return Err(FetchError::Unnameable { name });
        }
        let url = self.config.base.url(resource);
        // Two who want the same at once: the second waits and finds it in the cache.
        let _flight = self.cache.is_some().then(|| self.flights.board(&url));
        let mut entry = self.entry(&url);
        if let Some(known) = &entry
            && self.answers(resource, known, within)
        {
            match self.kept_answer(resource, known) {
                Err(FetchError::Damaged { .. }) if !self.config.offline => entry = None,
                answer => {
                    self.counts.from_cache.fetch_add(u64::from(answer.is_ok()), Ordering::Relaxed);
                    return answer;
                }
            }
        }
        if self.config.offline {
            return Err(FetchError::Offline { what: resource.to_string() });
        }
        let known =
            entry.as_ref().filter(|known| known.object.is_some() && (known.etag.is_some() || known.modified.is_some()));
        let now = (self.config.now)();
        let mut answer = self.attempt(resource, &url, known);
        if let (Ok(Answer::Unchanged), Some(known)) = (&answer, known) {
            if let Ok(kept) = self.kept_answer(resource, known) {
                self.with_cache(|cache| cache.touch(&url, now));
                self.counts.revalidated.fetch_add(1, Ordering::Relaxed);
                return Ok(Fetched { origin: Origin::Revalidated, checked: now, ..kept });
            }
            // What is still right has been damaged here: it is asked for whole.
            answer = self.attempt(resource, &url, None);
        }
        match answer {
            Ok(Answer::Unchanged) => Err(FetchError::Damaged {
                what: resource.to_string(),
                why: "the server says that it is unchanged, but nothing was kept".into(),
            }),
            Ok(Answer::Body { body, etag, modified }) => {
                self.with_cache(|cache| {
                    cache.put(&url, &body.plain, body.gzip, etag.as_deref(), modified.as_deref(), now)
                });
                Ok(Fetched {
                    bytes: body.plain,
                    url: resource.url(),
                    origin: Origin::Network,
                    fetched: now,
                    checked: now,
                })
            }
            Err(problem) => {
                if problem.is_missing() {
                    self.with_cache(|cache| cache.note_missing(&url, now));
                }
                Err(problem)
            }
        }
    }

    /// Whether what is kept may answer without asking.
    fn answers(&self, resource: &Resource, known: &Entry, within: Option<Duration>) -> bool {
        if self.config.offline {
            return true;
        }
        let life = self.config.freshness.of(resource.changes(), known.object.is_none());
        let life = match (life, within) {
            (Some(life), Some(within)) => Some(life.min(within)),
            (life, _) => life,
        };
        let Some(life) = life else { return true };
        let age = (self.config.now)().as_millisecond() - known.checked.as_millisecond();
        // What was checked in the future was checked by another clock.
        (0..i64::try_from(life.as_millis()).unwrap_or(i64::MAX)).contains(&age)
    }

    fn kept_answer(&self, resource: &Resource, known: &Entry) -> Result<Fetched, FetchError> {
        let what = || resource.to_string();
        let Some(object) = &known.object else {
            // Who was asked: the mirror, where there is one.
            return Err(FetchError::NotAvailable { what: what(), url: self.config.base.url(resource) });
        };
        let Some(cache) = &self.cache else { return Err(FetchError::Offline { what: what() }) };
        let bytes = cache.read(object, self.config.limits.plain).map_err(|problem| match problem {
            CacheProblem::TooLarge(limit) => {
                FetchError::TooLarge { what: what(), url: resource.url(), limit, unit: "decompressed" }
            }
            other => FetchError::Damaged { what: what(), why: format!("{other}; fetch it again without --offline") },
        })?;
        Ok(Fetched {
            bytes,
            url: resource.url(),
            origin: Origin::Cache,
            fetched: known.fetched,
            checked: known.checked,
        })
    }

    fn entry(&self, url: &str) -> Option<Entry> {
        let mut found = None;
        self.with_cache(|cache| {
            found = cache.entry(url)?;
            Ok(())
        });
        found
    }

    /// A cache that fails costs speed, never the answer; it is said once.
    fn with_cache(&self, work: impl FnOnce(&Cache) -> Result<(), CacheProblem>) {
        if let Some(cache) = &self.cache
            && let Err(problem) = work(cache)
        {
            self.warn(format!("{problem}; what is fetched now may not be kept"));
        }
    }

    fn warn(&self, warning: String) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if warnings.len() < 20 && !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}
