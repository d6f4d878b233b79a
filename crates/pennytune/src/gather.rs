//! From a ticker to a case: who it is, what it filed, its facts, and the documents that the reading wants.
//!
//! A part that cannot be had is named in the case and the rest is read all the same.

use std::sync::{Arc, Mutex, PoisonError};

use edgar::client::{Client, FetchError, Fetched, Found, History, HistoryError, NotFound, Trouble};
use edgar::facts::Facts;
use edgar::ids::Cik;
use edgar::index::{Company, Filing};
use edgar::source::Resource;
use forensics::case::{Case, Index, Lists};
use forensics::documents::{Documents, Paper};
use forensics::wanted::Wanted;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::exit::{Exit, Failure};

/// Documents that are fetched at a time.
const AT_A_TIME: usize = 8;
/// Half months of fails to deliver that are read: two months.
const FAILS_FILES: usize = 4;
/// Suspensions are looked for this far back, in days.
const SUSPENSION_DAYS: i32 = 365;

/// A case, with what could not be had of it.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) case: Case,
    /// Parts that are missing, a sentence each.
    pub(crate) missing: Vec<String>,
    /// When the oldest index that was used was last known to be right.
    pub(crate) checked: Timestamp,
    /// True where the reading could not use the network and took what the cache had.
    pub(crate) offline: bool,
}

/// Gathers cases over one client.
pub(crate) struct Gatherer<'a> {
    client: &'a Client,
    as_of: Date,
    /// Lists that concern every company, fetched once.
    lists: Mutex<Option<Lists>>,
}

/// Why a company could not be read.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        let failure = Self::new(failed.exit, failed.message);
        match failed.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl Failed {
    fn fetching(what: &str, error: &FetchError) -> Self {
        let exit = match error.trouble() {
            Trouble::Network => Exit::Network,
            Trouble::Missing | Trouble::Content => Exit::Partial,
        };
        Self { exit, message: format!("{what}: {error}"), hint: None }
    }
}

impl<'a> Gatherer<'a> {
    pub(crate) fn new(client: &'a Client, as_of: Date) -> Self {
        Self { client, as_of, lists: Mutex::new(None) }
    }
}

impl Gatherer<'_> {
    /// The company that a user's word names.
    pub(crate) fn find(&self, given: &str) -> Result<Found, Failed> {
        self.client.find(given).map_err(|error| match &error {
            NotFound::Fetch(fetching) => {
                let mut failed = Failed::fetching("the SEC's list of tickers could not be had", fetching);
                failed.hint = Some("give the company's CIK instead of its ticker".to_owned());
                failed
            }
            NotFound::List(_) => Failed {
                exit: Exit::Partial,
                message: error.to_string(),
                hint: Some("give the company's CIK instead of its ticker".to_owned()),
            },
            _ => Failed { exit: Exit::Usage, message: error.to_string(), hint: None },
        })
    }

    /// Everything about a company that was public on the day.
    pub(crate) fn gather(&self, cik: Cik) -> Result<Gathered, Failed> {
        let mut missing = Vec::new();
        let mut index = Index::default();
        let (history, facts, lists) = std::thread::scope(|scope| {
            let facts = scope.spawn(|| self.facts(cik));
            let lists = scope.spawn(|| self.lists());
            let history = self.client.history(cik);
            (history, facts.join(), lists.join())
        });
        let fault = || Err(Lack::Unreadable("the XBRL facts could not be read: a fault of this tool".to_owned()));
        let facts = facts.unwrap_or_else(|_| fault());
        let history = match history {
            Ok(history) => history,
            // Without its index a company's facts are read all the same.
            Err(error) => match &facts {
                Ok((facts, checked)) => {
                    missing.push(format!("the index of filings: {error}"));
                    index.missing = Some(error.to_string());
                    let company = self.bare(cik, &facts.name);
                    History { company, filings: Vec::new(), gaps: Vec::new(), checked: *checked }
                }
                Err(_) => return Err(no_history(cik, &error)),
            },
        };
        missing.extend(history.gaps.iter().map(|gap| format!("{}: {}", gap.part, gap.why)));
        index.gaps.clone_from(&history.gaps);
        index.known_to = Some(history.checked.to_zoned(jiff::tz::TimeZone::UTC).date());
        let mut checked = history.checked;
        let (facts, why_no_facts) = match facts {
            Ok((facts, at)) => {
                checked = checked.min(at);
                (Some(facts), String::new())
            }
            Err(Lack::None(why)) => (None, why),
            Err(Lack::Unreadable(why)) => {
                missing.push(why.clone());
                (None, why)
            }
        };
        let filings: Vec<Filing> = history.filings.into_iter().filter(|filing| filing.filed <= self.as_of).collect();
        let mut case = Case {
            company: history.company,
            as_of: self.as_of,
            filings,
            facts,
            why_no_facts,
            documents: Documents::default(),
            lists: lists.unwrap_or_default(),
            index,
        };
        missing.extend(self.documents(&mut case));
        Ok(Gathered { case, missing, checked, offline: self.client.config().offline })
    }

    fn facts(&self, cik: Cik) -> Result<(Facts, Timestamp), Lack> {
        let fetched = match self.client.get(&Resource::CompanyFacts(cik)) {
            Ok(fetched) => fetched,
            Err(error) if error.is_missing() => {
                return Err(Lack::None("EDGAR has no XBRL facts of this filer".to_owned()));
            }
            Err(error) => return Err(Lack::Unreadable(format!("the XBRL facts could not be had: {error}"))),
        };
        Facts::read(&fetched.bytes)
            .map(|facts| (facts, fetched.checked))
            .map_err(|error| Lack::Unreadable(format!("the XBRL facts could not be read: {error}")))
    }

    /// A company without its index: its key, its name in the facts, and its tickers where the SEC's list has them.
    fn bare(&self, cik: Cik, name: &str) -> Company {
        let list = self.client.tickers().ok();
        let listed: Vec<_> = list.iter().flat_map(|list| list.of(cik)).collect();
        Company {
            cik,
            name: name.to_owned(),
            tickers: listed.iter().map(|one| one.ticker.clone()).collect(),
            exchanges: listed.iter().map(|one| one.exchange.clone().unwrap_or_default()).collect(),
            sic: None,
            sic_description: String::new(),
            category: String::new(),
            fiscal_year_end: None,
            former_names: Vec::new(),
        }
    }

    fn lists(&self) -> Lists {
        // Holding the lock while fetching: the second company waits for the first instead of asking again.
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.get_or_insert_with(|| read_lists(self.client, self.as_of)).clone()
    }

    /// Fetches what the reading wants, then what that points to; what could not be had is put on the table as missing,
    /// and returned.
    fn documents(&self, case: &mut Case) -> Vec<String> {
        let wanted = forensics::examine::wanted(case);
        let mut missing: Vec<String> = self.fetch(case, wanted).into_iter().map(|(why, _)| why).collect();
        let (asking, resources): (Vec<&'static str>, Vec<Resource>) = forensics::examine::questions(case)
            .into_iter()
            .map(|question| (question.why, Resource::FullText(question.query)))
            .unzip();
        for (why, fetched) in asking.into_iter().zip(self.client.get_all(&resources, AT_A_TIME)) {
            case.documents.answer(why, answer(fetched));
        }
        let pointed = forensics::examine::pointed(case);
        // What EDGAR does not have of these is said by the signals that would have read it.
        missing.extend(self.fetch(case, pointed).into_iter().filter(|(_, absent)| !absent).map(|(why, _)| why));
        missing
    }

    /// Puts documents on the table. Those that could not be had or are no text are named, each with whether that
    /// is told by the signals: EDGAR does not have it, or it came.
    fn fetch(&self, case: &mut Case, wanted: Vec<Wanted>) -> Vec<(String, bool)> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let resources: Vec<Resource> = wanted.iter().map(resource).collect();
        let fetched = self.client.get_all(&resources, AT_A_TIME);
        let papers: Vec<(Wanted, Result<Paper, (String, bool)>)> =
            wanted.into_iter().zip(fetched).map(|(wanted, result)| paper(wanted, result)).collect();
        // Texts are read side by side; XML is read by whoever needs it.
        let share = papers.len().div_ceil(std::thread::available_parallelism().map_or(1, usize::from)).max(1);
        std::thread::scope(|scope| {
            for chunk in papers.chunks(share) {
                scope.spawn(|| chunk.iter().filter_map(|(_, paper)| paper.as_ref().ok()).for_each(Paper::prepare));
            }
        });
        let mut missing = Vec::new();
        for (wanted, paper) in papers {
            let paper = paper.and_then(whole);
            let named = format!("{} of {}", wanted.name, wanted.accession);
            match &paper {
                Err((why, absent)) => {
                    missing.push((if why.contains(&named) { why.clone() } else { format!("{named}: {why}") }, *absent));
                }
                // It came and is no text: whoever wanted it says so, and so does the reading.
                Ok(paper) if !paper.is_for_machines() => {
                    missing.extend(paper.document().err().map(|problem| (format!("{named}: {problem}"), true)));
                }
                Ok(_) => {}
            }
            case.documents.put(wanted.accession, wanted.name, paper.map_err(|(why, _)| why));
        }
        missing
    }
}

fn no_history(cik: Cik, error: &HistoryError) -> Failed {
    match error {
        HistoryError::Fetch(fetching) if fetching.is_missing() => {
            Failed { exit: Exit::Usage, message: format!("EDGAR has no filer with the CIK {cik}"), hint: None }
        }
        HistoryError::Fetch(fetching) => {
            Failed::fetching(&format!("the filings of CIK {cik} could not be had"), fetching)
        }
        HistoryError::Unreadable { .. } => Failed { exit: Exit::Partial, message: error.to_string(), hint: None },
    }
}

enum Lack {
    /// There are none.
    None(String),
    /// There may be some.
    Unreadable(String),
}

fn resource(wanted: &Wanted) -> Resource {
    Resource::Document { cik: wanted.cik, accession: wanted.accession.clone(), name: wanted.name.clone() }
}

/// What the full-text search answered.
fn answer(fetched: Result<Fetched, FetchError>) -> Result<edgar::fulltext::Hits, String> {
    let fetched = fetched.map_err(|error| error.to_string())?;
    edgar::fulltext::read(&fetched.bytes).map_err(|error| error.to_string())
}

fn paper(wanted: Wanted, result: Result<Fetched, FetchError>) -> (Wanted, Result<Paper, (String, bool)>) {
    let paper = match result {
        Ok(fetched) => Ok(Paper::new(wanted.name.clone(), None, fetched.bytes)),
        Err(error) => Err((error.to_string(), error.is_missing())),
    };
    (wanted, paper)
}

/// A paper, unless what came is too little to be a document: what a proxy says instead must not count as read.
fn whole(paper: Paper) -> Result<Paper, (String, bool)> {
    let scrap = !paper.is_for_machines() && paper.document().is_ok_and(edgar::document::Document::has_too_few_words);
    if scrap { Err(("what came has too few words to be a document of a filing".to_owned(), false)) } else { Ok(paper) }
}

fn read_lists(client: &Client, as_of: Date) -> Lists {
    let since = as_of.checked_sub(SUSPENSION_DAYS.days()).unwrap_or(as_of);
    let (suspensions, (fails, fails_missing)) = std::thread::scope(|scope| {
        let suspensions = scope.spawn(|| client.suspensions(since).map(Arc::new).map_err(|error| error.to_string()));
        let fails = client.fails(as_of, FAILS_FILES);
        let fault = || Err("the list could not be read: a fault of this tool".to_owned());
        (suspensions.join().unwrap_or_else(|_| fault()), fails)
    });
    let mut fails_missing = fails_missing;
    if fails.is_empty() && fails_missing.is_empty() {
        fails_missing
            .push("the SEC's files of fails to deliver of the four months before are not available".to_owned());
    }
    Lists { suspensions: Some(suspensions), fails: fails.into(), fails_missing }
}
