//! What takes more than one resource: a company by what a user typed, and all that it filed.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Client, FetchError, Fetched, Trouble};
use crate::fails::{self, Period};
use crate::ids::Cik;
use crate::index::{Company, Filing};
use crate::source::Resource;
use crate::submissions::{BadSubmissions, Gap, Submissions};
use crate::suspensions::{self, Suspension};
use crate::tickers::{self, Asked, BadList, Listed, NotAsked, Tickers, asked};

/// Threads for the pages of one company: there are seldom more than a few.
const PAGES_AT_ONCE: usize = 4;

/// Pages of the list of suspensions that are read at most; each has some weeks or months.
pub const SUSPENSION_PAGES: u32 = 8;

/// Half months of fails that are looked for: four months.
const FAILS_BACK: usize = 8;

/// A list that lacks a ticker is asked for again if it is older than this.
const SOON: Duration = Duration::from_mins(5);

/// Whom a user means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The company.
    pub cik: Cik,
    /// Its entry in the list of tickers; none where a CIK was typed.
    pub listed: Option<Listed>,
}

/// Nobody was found.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// What was typed is neither ticker nor CIK.
    #[error(transparent)]
    NotAsked(#[from] NotAsked),
    /// The list has no such ticker.
    #[error("the SEC lists no ticker `{ticker}`{}; delisted companies can be asked for by their CIK", meant(near))]
    Unknown {
        /// What was typed, as tickers are written.
        ticker: String,
        /// Entries that may have been meant, the likeliest first.
        near: Vec<Listed>,
    },
    /// The list could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The list could not be read.
    #[error(transparent)]
    List(#[from] BadList),
}

fn meant(near: &[Listed]) -> String {
    let names: Vec<String> = near
        .iter()
        .take(3)
        .map(|listed| format!("{} ({})", listed.ticker, crate::source::plain(&listed.name)))
        .collect();
    if names.is_empty() { String::new() } else { format!(" (did you mean {}?)", names.join(", ")) }
}

/// A company and all that it filed.
#[derive(Clone, Debug)]
pub struct History {
    /// Who it is.
    pub company: Company,
    /// Its filings, newest first, each once.
    pub filings: Vec<Filing>,
    /// Parts of the index that are not here, with the reasons.
    pub gaps: Vec<Gap>,
    /// When the index was last known to be right.
    pub checked: Timestamp,
}

/// Orders of suspension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suspensions {
    /// The orders, newest first as the list has them.
    pub orders: Vec<Suspension>,
    /// Why there may be more; none where all were read.
    pub gap: Option<String>,
    /// When the list was last known to be right.
    pub checked: Option<Timestamp>,
}

/// A list is not here.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It could not be read.
    #[error(transparent)]
    Unreadable(#[from] suspensions::BadList),
}

/// A file of fails to deliver, unzipped; [`fails::rows`] reads a security's rows out of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailsFile {
    /// Its half month.
    pub period: Period,
    /// Its text.
    pub text: Vec<u8>,
    /// Its address at the SEC.
    pub url: String,
    /// When it was last known to be right.
    pub checked: Timestamp,
}

/// A company's index is not here.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It could not be read.
    #[error("{what}: {problem}")]
    Unreadable {
        /// What was wanted.
        what: String,
        /// Why.
        problem: BadSubmissions,
    },
}

impl Client {
    /// Whom a user means by a ticker or a CIK. The list of tickers is fetched once a client; a list of this morning
    /// that lacks a ticker is asked for again before the answer is no.
    pub fn find(&self, given: &str) -> Result<Found, NotFound> {
        let ticker = match asked(given)? {
            Asked::Cik(cik) => return Ok(Found { cik, listed: None }),
            Asked::Ticker(ticker) => ticker,
        };
        let found = |listed: Listed| Found { cik: listed.cik, listed: Some(listed) };
        let list = self.ticker_list()?;
        if let Some(listed) = tickers::quick(&list, &ticker) {
            return Ok(found(listed));
        }
        let mut last = Tickers::read(&list)?;
        if let Some(listed) = last.find(&ticker) {
            return Ok(found(listed.clone()));
        }
        // The other list, and both as they are now, for a ticker of today may be in neither of those kept.
        if !self.config.offline {
            for resource in [Resource::Tickers, Resource::TickersExchange] {
                if let Ok(list) = self.get_fresh(&resource, SOON)
                    && let Ok(list) = Tickers::read(&list.bytes)
                {
                    if let Some(listed) = list.find(&ticker) {
                        return Ok(found(listed.clone()));
                    }
                    last = list;
                }
            }
        }
        let near = last.near(&ticker, 5).into_iter().cloned().collect();
        Err(NotFound::Unknown { ticker, near })
    }

    /// The list of tickers, that with exchanges or, where it is not available, the other.
    pub fn tickers(&self) -> Result<Tickers, NotFound> {
        Ok(Tickers::read(&self.ticker_list()?)?)
    }

    /// Its bytes, which can be read, fetched once.
    fn ticker_list(&self) -> Result<Arc<Vec<u8>>, NotFound> {
        let mut known = self.tickers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = &*known {
            return Ok(Arc::clone(list));
        }
        let list = match self.list(&Resource::TickersExchange) {
            Ok(list) => list,
            // The first list's failure is told rather than the other's.
            Err(problem) => self.list(&Resource::Tickers).map_err(|_| problem)?,
        };
        let list = Arc::new(list);
        *known = Some(Arc::clone(&list));
        Ok(list)
    }

    fn list(&self, resource: &Resource) -> Result<Vec<u8>, NotFound> {
        let fetched = self.get(resource)?;
        // What is no list is not kept; whether it is one shows at its beginning.
        if !tickers::plausible(&fetched.bytes) {
            Tickers::read(&fetched.bytes).inspect_err(|_| self.forget(resource))?;
        }
        Ok(fetched.bytes)
    }

    /// The SEC's orders of suspension since a day, newest pages first, as many as are needed and no more than
    /// [`SUSPENSION_PAGES`]. What a later page lacks is said beside the orders.
    pub fn suspensions(&self, since: Date) -> Result<Suspensions, ListError> {
        let mut all = Suspensions::default();
        for page in 0..SUSPENSION_PAGES {
            let read = self
                .get(&Resource::Suspensions { page })
                .map_err(ListError::Fetch)
                .and_then(|fetched| Ok((suspensions::read(&fetched.bytes, page)?, fetched.checked)));
            let (list, checked) = match read {
                Ok(list) => list,
                Err(problem) if page == 0 => return Err(problem),
                Err(problem) => {
                    all.gap = Some(problem.to_string());
                    break;
                }
            };
            all.checked = Some(all.checked.map_or(checked, |known| known.min(checked)));
            let oldest = list.orders.iter().map(|order| order.date).min();
            all.orders.extend(list.orders.into_iter().filter(|order| order.date >= since));
            if list.next.is_none() || oldest.is_some_and(|oldest| oldest < since) {
                break;
            }
        }
        Ok(all)
    }

    /// The newest `want` files of fails to deliver that are published on a day, newest first, unzipped, and what stood
    /// in the way of others. Half months that are not there yet are passed over; four months back is the end.
    pub fn fails(&self, today: Date, want: usize) -> (Vec<FailsFile>, Vec<String>) {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for period in Period::published(today, FAILS_BACK) {
            if files.len() >= want {
                break;
            }
            match self.get(&Resource::FailsToDeliver(period)) {
                Ok(fetched) => match fails::unzip(&fetched.bytes) {
                    Ok(text) => files.push(FailsFile { period, text, url: fetched.url, checked: fetched.checked }),
                    Err(problem) => problems.push(format!("{period}: {problem}")),
                },
                Err(FetchError::NotAvailable { .. }) => {}
                Err(problem) => {
                    // Nobody there for one is nobody there for the next.
                    let network = problem.trouble() == Trouble::Network;
                    problems.push(problem.to_string());
                    if network && !self.config.offline {
                        break;
                    }
                }
            }
        }
        (files, problems)
    }

    /// A company and all that it filed, every page of its index. A page that is missing or unreadable is a gap with
    /// its reason, and the rest is here.
    pub fn history(&self, cik: Cik) -> Result<History, HistoryError> {
        let resource = Resource::Submissions(cik);
        let Fetched { bytes, checked, .. } = self.get(&resource)?;
        let mut submissions = Submissions::read(&bytes)
            .inspect_err(|_| self.forget(&resource))
            .map_err(|problem| HistoryError::Unreadable { what: resource.to_string(), problem })?;
        drop(bytes);
        let pages = std::mem::take(&mut submissions.pages);
        let resources: Vec<Resource> = pages.iter().map(|page| Resource::SubmissionsPage(page.name.clone())).collect();
        let answers = self.get_all(&resources, PAGES_AT_ONCE);
        for ((page, resource), fetched) in pages.iter().zip(&resources).zip(answers) {
            let problem = match fetched {
                Ok(fetched) => {
                    let added = submissions.add(&page.name, &fetched.bytes).inspect_err(|_| self.forget(resource));
                    added.err().map(|problem| problem.to_string())
                }
                Err(problem) => Some(problem.to_string()),
            };
            if let Some(problem) = problem {
                let span = match (page.from, page.to) {
                    (Some(from), Some(to)) => format!("filings from {from} to {to}"),
                    _ => format!("filings on {}", page.name),
                };
                submissions.gap_until(page.to, span, problem);
            }
        }
        let Submissions { company, filings, gaps, .. } = submissions;
        Ok(History { company, filings, gaps, checked })
    }
}
