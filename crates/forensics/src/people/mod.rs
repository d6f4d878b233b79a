//! People: what insiders did, what they gave notice of, and who holds more than five per cent.
//!
//! Three signals: [`insiders`] from Forms 4 and 5, [`form_144`] from notices of proposed sales, and
//! [`ownership_13`] from Schedules 13D and 13G. Each says what it read, and what it could not.

pub mod form_144;
pub mod insiders;
pub mod ownership_13;

use std::collections::HashSet;

use jiff::civil::Date;

use edgar::ids::Cik;
use edgar::index::{Company, Filing};

use crate::case::Case;
use crate::signal::{Evidence, Severity, Signal};
use crate::wanted::{Wanted, primary_name};

/// The ids of the signals of this room.
pub const IDS: [&str; 3] = [insiders::ID, form_144::ID, ownership_13::ID];

/// The documents that the signals about people want: bounded, newest first in each kind.
pub fn wanted(cik: Cik, filings: &[Filing], as_of: Date) -> Vec<Wanted> {
    let mut wishes = Vec::new();
    let kinds = [
        (insiders::chosen(filings, as_of), insiders::MOST, insiders::ID),
        (form_144::relevant(filings, as_of), form_144::MOST, form_144::ID),
        (ownership_13::relevant(filings, as_of), ownership_13::MOST, ownership_13::ID),
    ];
    for (found, most, why) in kinds {
        wishes.extend(found.into_iter().take(most).map(|filing| Wanted::primary(cik, filing, why)));
    }
    let mut seen = HashSet::new();
    wishes.retain(|wish| seen.insert((wish.accession.clone(), wish.name.clone())));
    wishes
}

/// Computes the signals.
pub fn run(case: &Case) -> Vec<Signal> {
    let nothing = || {
        let none = case.filings.iter().all(|filing| filing.filed > case.as_of);
        none.then(|| "no filings were public on that day".to_owned())
    };
    if let Some(why) = case.index.why_missing().or_else(nothing) {
        return IDS.iter().map(|id| Signal::not_run(id, why.clone())).collect();
    }
    let insiders = insiders::read(case);
    vec![insiders::signal(case, &insiders), form_144::signal(case, &insiders), ownership_13::signal(case)]
}

/// Why none on EDGAR does not mean that none were filed: part of the window is from before `until`, when the forms could
/// be filed on paper. None where the whole window is later.
fn on_paper(case: &Case, kind: &str, window: i32, until: Date) -> Option<String> {
    (days_between(until, case.as_of) < window).then(|| {
        format!(
            "EDGAR has no {kind} of the {window} days to {}, but until {until} they could be filed on paper, which is \
             not on EDGAR",
            case.as_of
        )
    })
}

/// What came of reading the filings of one kind.
struct Batch<'a, T> {
    /// Filings of the kind in the window.
    filed: usize,
    /// Those that were read and are about this company, newest first.
    read: Vec<(&'a Filing, T)>,
    /// Why others could not be read.
    unread: Vec<String>,
    /// Those about other companies.
    foreign: usize,
}

impl<'a, T> Batch<'a, T> {
    /// Reads the newest `most` filings.
    fn read(
        filings: &[&'a Filing],
        most: usize,
        read: impl Fn(&Filing) -> Result<T, String>,
        is_foreign: impl Fn(&T) -> bool,
    ) -> Self {
        let mut batch = Self { filed: filings.len(), read: Vec::new(), unread: Vec::new(), foreign: 0 };
        for filing in filings.iter().copied().take(most) {
            match read(filing) {
                Ok(form) if is_foreign(&form) => batch.foreign += 1,
                Ok(form) => batch.read.push((filing, form)),
                Err(why) => batch.unread.push(why),
            }
        }
        batch
    }

    /// The signal where there is nothing to compute: none filed, none readable, or all about others. `kind` is what the
    /// filings are called, in the plural.
    fn nothing(&self, case: &Case, id: &str, kind: &str, window: i32) -> Option<Signal> {
        if !self.read.is_empty() {
            return None;
        }
        let mut signal = if self.filed == 0 {
            Signal::ran(id, Severity::None, format!("No {kind} were filed in the {window} days to {}", case.as_of))
        } else if let Some(why) = self.unread.first() {
            return Some(Signal::not_run(id, format!("None of {} {kind} could be read: {why}", self.unread.len())));
        } else {
            Signal::ran(id, Severity::None, format!("All {} {kind} are about other companies", self.foreign))
        };
        signal.zone = Some("none".to_owned());
        Some(signal)
    }

    /// What a sentence says at its end about what was not read.
    fn rest(&self, kind: &str, most: usize) -> String {
        let mut words = String::new();
        if self.filed > most {
            words.push_str(&format!("; the newest {most} of {} {kind} were read", self.filed));
        }
        if let Some(why) = self.unread.first() {
            words.push_str(&format!("; {} {kind} could not be read ({why})", self.unread.len()));
        }
        if self.foreign > 0 {
            words.push_str(&format!("; {} {kind} concern other companies and were left out", self.foreign));
        }
        words
    }
}

/// Filings of certain forms that were filed in the days before `as_of`, newest first.
fn within(filings: &[Filing], as_of: Date, days: i32, is: impl Fn(&str) -> bool) -> Vec<&Filing> {
    let mut found: Vec<&Filing> = filings
        .iter()
        .filter(|filing| is(&filing.form) && filing.filed <= as_of && days_between(filing.filed, as_of) <= days)
        .collect();
    // The index is newest first already, but nothing here depends on it.
    found.sort_by(|a, b| b.filed.cmp(&a.filed).then_with(|| b.accession.cmp(&a.accession)));
    let mut seen = HashSet::new();
    found.retain(|filing| seen.insert(filing.accession.clone()));
    found
}

/// Days from one day to a later one.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// A link to the document that a person can open: with the directory of EDGAR's rendering, where there is one.
fn url(company: &Company, filing: &Filing) -> String {
    if filing.primary_document.is_empty() {
        filing.accession.index_url(company.cik)
    } else {
        filing.accession.document_url(company.cik, &filing.primary_document)
    }
}

fn evidence(company: &Company, filing: &Filing, quote: String) -> Evidence {
    Evidence {
        quote,
        form: filing.form.clone(),
        item: None,
        filed: filing.filed,
        accession: filing.accession.clone(),
        url: url(company, filing),
    }
}

/// A filing's primary document, or why it is not here.
fn bytes<'a>(case: &'a Case, filing: &Filing) -> Result<&'a [u8], String> {
    case.documents.bytes(&filing.accession, &primary_name(filing))
}

/// A name for comparing: capitals and digits only, without the words that come and go.
fn plain_name(name: &str) -> String {
    const PASSING: &[&str] = &[
        "AG",
        "CO",
        "COMPANY",
        "CORP",
        "CORPORATION",
        "DE",
        "HOLDING",
        "HOLDINGS",
        "INC",
        "INCORPORATED",
        "LIMITED",
        "LLC",
        "LP",
        "LTD",
        "NEW",
        "NV",
        "PLC",
        "SA",
        "THE",
    ];
    let upper = name.to_uppercase().replace(['.', '\'', '’', ','], "");
    let words: Vec<&str> = upper
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty() && PASSING.binary_search(word).is_err())
        .collect();
    words.join(" ")
}

/// Whether a name is one of the company's, now or earlier.
fn is_company(company: &Company, name: &str) -> bool {
    let wanted = plain_name(name);
    !wanted.is_empty()
        && std::iter::once(company.name.as_str())
            .chain(company.former_names.iter().map(|former| former.name.as_str()))
            .any(|known| plain_name(known) == wanted)
}

/// A number for a sentence: `1,220,376`, `0.2588`.
fn shown(number: f64) -> String {
    let text = if number.abs() >= 1_000.0 || number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        let text = format!("{number:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let grouped = crate::wording::grouped(whole);
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

/// Untrusted words, cut for a sentence.
fn cut(words: &str, most: usize) -> String {
    let folded = edgar::document::fold(words);
    if folded.chars().count() <= most {
        return folded;
    }
    let mut short: String = folded.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [0.2588, 1_220_376.0, 999.5, -73_170.0, 0.0, 149.8429].map(shown),
            ["0.2588", "1,220,376", "999.5", "-73,170", "0", "149.8429"]
        );
    }

    #[test]
    fn names_are_compared_without_what_comes_and_goes() {
        assert_eq!(plain_name("AVIS BUDGET GROUP, INC."), plain_name("Avis Budget Group"));
        assert_eq!(plain_name("LIVENT CORPORATION"), plain_name("Livent Corp."));
        assert_ne!(plain_name("Sample Corp"), plain_name("Example Corp"));
    }
}
