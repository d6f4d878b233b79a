//! The whole examination of one company: every signal of every room, the timeline, and the factors.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::event::Event;
use crate::factors::{self, Factor, Score};
use crate::figures::Figures;
use crate::reading::standing::{self, Standing};
use crate::signal::{Severity, Signal, Status};
use crate::wanted::Wanted;
use crate::{contract, numeric, people, reading};

/// What the user decides about an examination.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Weights of factors by name; the published ones where none is given.
    pub weights: BTreeMap<String, f64>,
}

/// Who was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CompanyView {
    /// Central index key.
    pub cik: u64,
    /// Its name today.
    pub name: String,
    /// Its tickers today.
    pub tickers: Vec<String>,
    /// Standard industrial classification.
    pub sic: Option<u16>,
    /// What the classification is called.
    pub sic_description: String,
    /// The day of the reading.
    #[schemars(with = "String")]
    pub as_of: Date,
    /// The newest period of which there is a balance sheet in XBRL.
    #[schemars(with = "Option<String>")]
    pub latest_period: Option<Date>,
    /// The day of the newest filing of any kind.
    #[schemars(with = "Option<String>")]
    pub latest_filing: Option<Date>,
    /// Whether it reports, is late, is in bankruptcy or has stopped, with the filing that shows it.
    #[serde(default)]
    pub standing: Standing,
}

/// What an examination came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Examination {
    /// Who.
    pub company: CompanyView,
    /// Every signal of the contract, those that did not run included, in the order of [`IDS`].
    pub signals: Vec<Signal>,
    /// The timeline, newest first.
    pub events: Vec<Event>,
    /// The factors of the score.
    pub factors: Vec<Factor>,
    /// The whole of them.
    pub score: Score,
    /// What a reader must know about the figures: errors of units that were left out, facts that could not be read,
    /// a change of the financial year, a currency that is not the dollar.
    pub notes: Vec<String>,
}

pub use crate::contract::IDS;

/// The documents that an examination wants, each once.
pub fn wanted(case: &Case) -> Vec<Wanted> {
    let mut wanted = reading::wanted(case.company.cik, &case.filings, case.as_of);
    wanted.extend(people::wanted(case.company.cik, &case.filings, case.as_of));
    let mut seen = std::collections::HashSet::new();
    wanted.retain(|one| seen.insert((one.accession.clone(), one.name.clone())));
    wanted
}

/// The documents that those of [`wanted`] point to, once they are on the table, and those that the full-text search
/// found: a second round, newest first and capped. What cannot be had of them is said by the signals that ask.
pub fn pointed(case: &Case) -> Vec<Wanted> {
    reading::second::pointed(case)
}

/// What is asked of the full-text search, after the first round: nothing where it would not help.
pub fn questions(case: &Case) -> Vec<reading::search::Question> {
    reading::search::questions(case)
}

/// Examines a case.
pub fn examine(case: &Case, settings: &Settings) -> Examination {
    let figures = case.facts.as_ref().map(|facts| Figures::new(facts, case.as_of));
    let (mut signals, mut events) = reading::run(case);
    signals.extend(numeric::compute(case, figures.as_ref()));
    signals.extend(people::run(case));
    tell_gaps(case, &mut signals);
    for id in IDS {
        if signals.iter().all(|signal| signal.id != *id) {
            signals.push(Signal::not_run(id, "it is not among what this version computes"));
        }
    }
    let place = |signal: &Signal| IDS.iter().position(|id| *id == signal.id).unwrap_or(IDS.len());
    signals.sort_by_key(place);
    events.sort_by_key(|event| std::cmp::Reverse((event.filed, event.date)));
    let standing = standing::of(case, &signals);
    let (factors, score) = factors::score(&signals, case.as_of, &standing, &settings.weights);
    let company = CompanyView {
        cik: case.company.cik.0,
        name: case.company.name.clone(),
        tickers: case.company.tickers.clone(),
        sic: case.company.sic,
        sic_description: case.company.sic_description.clone(),
        as_of: case.as_of,
        latest_period: figures.as_ref().and_then(Figures::latest_balance),
        latest_filing: case.filings.iter().map(|filing| filing.filed).filter(|filed| *filed <= case.as_of).max(),
        standing,
    };
    let notes = notes(case, figures.as_ref());
    Examination { company, signals, events, factors, score, notes }
}

/// How far a signal looks back at the most, in days.
fn reach(id: &str) -> i32 {
    match id {
        people::insiders::ID => people::insiders::WINDOW,
        people::form_144::ID => people::form_144::WINDOW,
        people::ownership_13::ID => people::ownership_13::WINDOW,
        // The longest of the rest: three years, and a shelf's life of three with its extension.
        _ => 4 * 366,
    }
}

/// What ran over filings and found nothing says which part of the index it did not have: there may be something in it.
fn tell_gaps(case: &Case, signals: &mut [Signal]) {
    for signal in signals {
        if let Some(why) =
            case.index.why_missing().filter(|_| signal.id == "cash_runway" && signal.status == Status::Ran)
        {
            signal.why.push_str(&format!("; whether securities were sold since is not known: {why}"));
        }
        let reads = contract::of(&signal.id).is_some_and(|entry| entry.reads == contract::Reads::Filings);
        if !reads || signal.status == Status::NotRun || signal.severity > Severity::None {
            continue;
        }
        if let Some(parts) = case.index.gap_within(case.as_of, reach(&signal.id)) {
            signal
                .why
                .push_str(&format!("; part of the index of filings is missing, and there may be more in it: {parts}"));
        }
    }
}

fn accession(figure: &edgar::facts::Figure) -> String {
    figure.accession.as_ref().map_or_else(String::new, ToString::to_string)
}

/// Errors of units in older periods than this are not told: the signals read four years at most.
const DOUBTS_MATTER_DAYS: i32 = 4 * 365;

/// Errors of units are named one by one up to here.
const DOUBTS_SHOWN: usize = 5;

fn notes(case: &Case, figures: Option<&Figures<'_>>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(why) = case.index.why_missing() {
        notes.push(format!("{why}: signals that read filings were not run"));
    }
    let (Some(facts), Some(figures)) = (&case.facts, figures) else {
        let why = if case.why_no_facts.is_empty() { "no XBRL facts" } else { case.why_no_facts.as_str() };
        notes.push(format!("{why}: signals that rest on figures were not run"));
        return notes;
    };
    if facts.unreadable > 0 {
        notes.push(format!("{} XBRL facts have no usable date, value or filing and were left out", facts.unreadable));
    }
    // Errors of long ago touch nothing that is read today.
    let doubts: Vec<_> = figures
        .view()
        .doubts()
        .iter()
        .filter(|doubt| crate::figures::days_between(doubt.end, case.as_of) <= DOUBTS_MATTER_DAYS)
        .collect();
    for doubt in doubts.iter().take(DOUBTS_SHOWN) {
        notes.push(format!(
            "left out: {} = {} at {} in {} ({} times its likely size: {})",
            doubt.tag, doubt.value, doubt.end, doubt.accession, doubt.factor, doubt.why
        ));
    }
    if doubts.len() > DOUBTS_SHOWN {
        notes.push(format!("left out: {} more values with errors of units", doubts.len() - DOUBTS_SHOWN));
    }
    for change in figures.restated(3) {
        notes.push(format!(
            "restated: {} to {} was {} {} when first reported ({}) and is {} in {}",
            change.item.name(),
            change.first.end,
            change.first.value,
            change.first.unit,
            accession(&change.first),
            change.newest.value,
            accession(&change.newest),
        ));
    }
    if let Some(year) = figures.years().last()
        && year.currency != "USD"
    {
        notes.push(format!("the statements are in {}; amounts are not converted", year.currency));
    }
    for period in figures.view().transition_periods(figures.years()) {
        notes.push(format!(
            "the financial year changed: {} to {} is a transition period and is not read as a year ({})",
            period.start, period.end, period.accession
        ));
    }
    notes
}
