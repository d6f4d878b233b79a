//! From raw facts to [`Facts`]: texts interned, dates checked, everything in order.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::civil::Date;

use super::{Concept, Fact, Facts, FiledIn, raw, scan};
use crate::ids::{Accession, Cik};

/// More facts than this are not read: the largest filers have some forty thousand.
pub const MAX_FACTS: usize = 2_000_000;

/// More units than this are not read.
const MAX_UNITS: usize = 60_000;

/// More concepts than this are not read: all of US-GAAP has some twenty thousand, a filer uses a few hundred.
const MAX_CONCEPTS: usize = 100_000;

/// More filings than this are not read: four a year with some amendments is what filers have.
const MAX_FILINGS: usize = 100_000;

/// A longer name of a concept or a unit is not read; each is kept more than once.
const MAX_NAME: usize = 1_000;

/// Why companyfacts could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactsProblem {
    /// A web page or nothing came instead of JSON.
    #[error(
        "companyfacts is no JSON (it begins with `{0}`): the server sent something else, often a block page; try again later"
    )]
    NotJson(String),
    /// The JSON is broken, cut off or not of the published shape.
    #[error("companyfacts cannot be read: {0}")]
    Malformed(String),
    /// It is JSON, but there is no `facts` object in it.
    #[error("companyfacts has no `facts` object: this is not a reply of the companyfacts API")]
    NoFacts,
}

/// A fact as its text has it; what is absent or of another type is empty.
#[derive(Default)]
pub(super) struct Written<'t> {
    pub(super) start: Option<&'t str>,
    pub(super) end: &'t str,
    pub(super) value: Option<f64>,
    pub(super) accession: &'t str,
    pub(super) fiscal_year: Option<f64>,
    pub(super) form: &'t str,
    pub(super) filed: &'t str,
}

/// Filings that were met lately, each in the place that its number gives: one table look-up instead of a hash for
/// nearly every fact. Numbers chosen to share a place cost a hash each, no more.
const LATELY: usize = 256;

/// Collects facts while the document is read.
#[derive(Default)]
pub(super) struct Builder {
    facts: Facts,
    has_facts: bool,
    taxonomy: String,
    concept: String,
    /// Where the concept being read is.
    at: usize,
    unit: u16,
    count: usize,
    unit_ids: HashMap<Box<str>, u16>,
    filing_ids: HashMap<(u64, Date), Vec<u32>>,
    lately: Vec<Option<(u64, u32)>>,
}

impl Builder {
    pub(super) fn cik(&mut self, cik: Option<f64>) {
        self.facts.cik = cik.filter(|cik| *cik >= 0.0 && *cik < 1e12).map(|cik| Cik(cik as u64));
    }

    pub(super) fn name(&mut self, name: &str) {
        self.facts.name = name.to_owned();
    }

    pub(super) fn saw_facts(&mut self) {
        self.has_facts = true;
    }

    pub(super) fn taxonomy(&mut self, taxonomy: &str) {
        taxonomy.clone_into(&mut self.taxonomy);
    }

    pub(super) fn concept(&mut self, tag: &str) -> Result<(), &'static str> {
        if self.taxonomy.len() + tag.len() > MAX_NAME {
            return Err("a concept's name is too long");
        }
        self.concept.clear();
        self.concept.push_str(&self.taxonomy);
        self.concept.push(':');
        self.concept.push_str(tag);
        self.at = match self.facts.index.get(self.concept.as_str()) {
            Some(at) => *at as usize,
            None => {
                let at = self.facts.concepts.len();
                if at >= MAX_CONCEPTS {
                    return Err("more concepts than any filer has");
                }
                self.facts.index.insert(self.concept.as_str().into(), at as u32);
                self.facts.concepts.push(Concept { tag: self.concept.as_str().into(), facts: Vec::new() });
                at
            }
        };
        Ok(())
    }

    pub(super) fn unit(&mut self, unit: &str) -> Result<(), &'static str> {
        if let Some(id) = self.unit_ids.get(unit) {
            self.unit = *id;
            return Ok(());
        }
        if self.facts.units.len() >= MAX_UNITS {
            return Err("too many units");
        }
        if unit.len() > MAX_NAME {
            return Err("a unit's name is too long");
        }
        let id = self.facts.units.len() as u16;
        self.facts.units.push(unit.into());
        self.unit_ids.insert(unit.into(), id);
        self.unit = id;
        Ok(())
    }

    pub(super) fn fact(&mut self, written: &Written<'_>) -> Result<(), &'static str> {
        self.count += 1;
        if self.count > MAX_FACTS {
            return Err("more facts than any filer has");
        }
        if self.facts.filings.len() > MAX_FILINGS {
            return Err("facts of more filings than any filer has");
        }
        match self.checked(written) {
            Some(fact) => {
                if let Some(concept) = self.facts.concepts.get_mut(self.at) {
                    concept.facts.push(fact);
                }
            }
            None => self.facts.unreadable += 1,
        }
        Ok(())
    }

    fn checked(&mut self, written: &Written<'_>) -> Option<Fact> {
        let value = written.value.filter(|value| value.is_finite())?;
        let end = parse_date(written.end)?;
        let start = match written.start {
            Some(start) => Some(parse_date(start)?),
            None => None,
        };
        if start.is_some_and(|start| start > end) {
            return None;
        }
        let filed = parse_date(written.filed)?;
        let filing = self.filing(written.accession, written.form, filed)?;
        let fiscal_year = written.fiscal_year.filter(|year| (1900.0..2200.0).contains(year)).map(|year| year as i16);
        Some(Fact { value, start, end, filed, fiscal_year, unit: self.unit, filing })
    }

    fn filing(&mut self, accession: &str, form: &str, filed: Date) -> Option<u32> {
        let key = accession_key(accession)?;
        let same = |filing: &FiledIn| filing.filed == filed && &*filing.form == form;
        // The last digits count a filer's agent's filings of a year; the multiplication spreads them.
        let place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % LATELY;
        if let Some(Some((known, id))) = self.lately.get(place).copied()
            && known == key
            && self.facts.filings.get(id as usize).is_some_and(same)
        {
            return Some(id);
        }
        let id = match self.filing_ids.entry((key, filed)) {
            Entry::Occupied(mut known) => {
                let found = known.get().iter().find(|id| self.facts.filings.get(**id as usize).is_some_and(same));
                match found {
                    Some(id) => *id,
                    None => {
                        let id = self.facts.filings.len() as u32;
                        known.get_mut().push(id);
                        self.facts.filings.push(FiledIn {
                            accession: accession.parse::<Accession>().ok()?,
                            form: form.into(),
                            filed,
                        });
                        id
                    }
                }
            }
            Entry::Vacant(free) => {
                let filing = FiledIn { accession: accession.parse::<Accession>().ok()?, form: form.into(), filed };
                let id = self.facts.filings.len() as u32;
                self.facts.filings.push(filing);
                free.insert(vec![id]);
                id
            }
        };
        if self.lately.is_empty() {
            self.lately.resize(LATELY, None);
        }
        if let Some(lately) = self.lately.get_mut(place) {
            *lately = Some((key, id));
        }
        Some(id)
    }

    pub(super) fn finish(mut self) -> Facts {
        let filings = &self.facts.filings;
        for concept in &mut self.facts.concepts {
            let key = |fact: &Fact| (fact.end, fact.start, fact.unit, fact.filed);
            // The API is in this order but for the accession numbers, and a stable sort of a sorted list is one pass.
            concept.facts.sort_by(|one, other| {
                key(one).cmp(&key(other)).then_with(|| {
                    let accession =
                        |fact: &Fact| filings.get(fact.filing as usize).map(|filing| filing.accession.as_str());
                    accession(one).cmp(&accession(other))
                })
            });
            concept.facts.shrink_to_fit();
        }
        self.facts
    }
}

/// `2024-09-28`, and nothing else.
fn parse_date(text: &str) -> Option<Date> {
    let bytes: [u8; 10] = text.as_bytes().try_into().ok()?;
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)?
            .iter()
            .try_fold(0_i16, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0')))
    };
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    Date::new(digits(0..4)?, digits(5..7)? as i8, digits(8..10)? as i8).ok()
}

/// The eighteen digits of an accession number as one number; cheap to compare.
fn accession_key(accession: &str) -> Option<u64> {
    let mut key = 0_u64;
    let mut digits = 0;
    for byte in accession.bytes() {
        match byte {
            b'0'..=b'9' if digits < 18 => {
                key = key * 10 + u64::from(byte - b'0');
                digits += 1;
            }
            b'-' => {}
            _ => return None,
        }
    }
    (digits == 18).then_some(key)
}

impl Facts {
    /// Reads the JSON of `https://data.sec.gov/api/xbrl/companyfacts/CIK##########.json`.
    ///
    /// # Errors
    ///
    /// [`FactsProblem`] when the bytes are no JSON, broken JSON, or JSON of another shape. A single odd fact is no
    /// error: it is left out and counted in [`Facts::unreadable`].
    pub fn read(bytes: &[u8]) -> Result<Self, FactsProblem> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let begins = text.iter().find(|byte| !byte.is_ascii_whitespace());
        if begins != Some(&b'{') {
            let shown: String = String::from_utf8_lossy(text.get(..text.len().min(60)).unwrap_or_default())
                .chars()
                .filter(|character| !character.is_control())
                .take(40)
                .collect();
            return Err(FactsProblem::NotJson(shown));
        }
        let malformed = |why: &dyn std::fmt::Display| FactsProblem::Malformed(why.to_string());
        let text = std::str::from_utf8(text).map_err(|error| malformed(&error))?;
        let mut builder = Builder::default();
        match scan::read(text, &mut builder) {
            Some(read) => read.map_err(|why| malformed(&why))?,
            None => {
                builder = Builder::default();
                raw::read(text, &mut builder).map_err(|error| malformed(&error))?;
            }
        }
        if !builder.has_facts {
            return Err(FactsProblem::NoFacts);
        }
        Ok(builder.finish())
    }
}
