//! XBRL facts of one filer, by their own periods: read once, then seen as of a day.
//!
//! A fact's period is its `start` and `end`. The labels `fy` and `fp` describe the *filing* that repeated the
//! fact (a quarter printed in a 10-K is labelled `FY`), so they are kept as information and decide nothing.
//!
//! [`Facts::read`] reads the JSON of the `companyfacts` API. [`Facts::as_of`] gives the [`View`] that every
//! question is asked of: what was filed later is invisible to it. Values that the API holds in several versions
//! (first report, amendments, restated comparatives) are all kept; [`Basis`] says which one is wanted.

mod build;
mod doubt;
mod figure;
mod raw;
mod scan;
mod span;
mod trailing;
mod view;
mod years;

use std::collections::HashMap;

use jiff::civil::Date;

use crate::ids::{Accession, Cik};

pub use build::{FactsProblem, MAX_FACTS};
pub use doubt::Doubt;
pub use figure::{Figure, Term};
pub use span::{is_annual_form, is_full_year, is_interim_form, is_quarter};
pub use trailing::Quarter;
pub use view::{Basis, View};
pub use years::{FiscalYear, TransitionPeriod};

/// Every fact of a filer that the API holds: all taxonomies, all units.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The filer, where the API says so.
    pub cik: Option<Cik>,
    /// Its name as the API has it; untrusted text.
    pub name: String,
    /// Facts that could not be read (a missing or impossible date, value or accession number) and were left out.
    pub unreadable: usize,
    units: Vec<Box<str>>,
    filings: Vec<FiledIn>,
    concepts: Vec<Concept>,
    index: HashMap<Box<str>, u32>,
}

/// A filing that reported facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledIn {
    /// Its accession number.
    pub accession: Accession,
    /// Its form: `10-K`, `10-Q/A`, `20-F`.
    pub form: Box<str>,
    /// The day it was filed.
    pub filed: Date,
}

/// A concept with all its facts.
#[derive(Clone, Debug)]
pub struct Concept {
    /// Taxonomy and tag: `us-gaap:Assets`.
    pub tag: Box<str>,
    /// By end, start, unit, day of filing and accession number, in that order.
    facts: Vec<Fact>,
}

/// One reported value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// The number, in units of [`Facts::unit`].
    pub value: f64,
    /// First day of the period; none for an instant.
    pub start: Option<Date>,
    /// Last day of the period, or the instant.
    pub end: Date,
    /// The day it was filed.
    pub filed: Date,
    /// `fy` of the filing: information, never a period.
    pub fiscal_year: Option<i16>,
    unit: u16,
    filing: u32,
}

impl Fact {
    /// Days that the period covers, both ends counted; none for an instant.
    pub fn days(&self) -> Option<i32> {
        self.start.map(|start| span::days(start, self.end))
    }
}

impl Facts {
    /// The unit of a fact: `USD`, `shares`, `USD/shares`, `pure`.
    pub fn unit(&self, fact: &Fact) -> &str {
        self.units.get(usize::from(fact.unit)).map_or("", |unit| unit)
    }

    /// The filing that reported a fact.
    pub fn filing(&self, fact: &Fact) -> Option<&FiledIn> {
        self.filings.get(fact.filing as usize)
    }

    /// The facts of a concept, `us-gaap:Assets`; empty where it was never used.
    pub fn of(&self, tag: &str) -> &[Fact] {
        self.index.get(tag).and_then(|at| self.concepts.get(*at as usize)).map_or(&[], |concept| &concept.facts)
    }

    /// Every concept with its facts.
    pub fn concepts(&self) -> impl Iterator<Item = (&str, &[Fact])> {
        self.concepts.iter().map(|concept| (&*concept.tag, concept.facts.as_slice()))
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.concepts.iter().map(|concept| concept.facts.len()).sum()
    }

    /// Whether there is none: a filer before XBRL, or one whose filings carry none.
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    /// What was public at the end of a day.
    pub fn as_of(&self, day: Date) -> View<'_> {
        View::new(self, day)
    }
}
