//! The signal `comment_letters`: correspondence with the SEC's staff, which is public only after a review has closed.

use edgar::index::Filing;

use crate::signal::{Severity, Signal};

use super::reader::{self, Reader, days};

const ID: &str = "comment_letters";
/// Letters of this many days count.
const WINDOW: i32 = 730;
/// Letters are released no earlier than 20 business days after a review is completed: what is younger was not public.
const RELEASE: i32 = 28;
/// Letters within this many days of each other are one review.
const ONE_REVIEW: i32 = 150;

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    let reports = |filing: &Filing| {
        reader::is_current(filing) || reader::is_annual(filing) || reader::is_quarterly(filing) || is_letter(filing)
    };
    if !reader.filings().any(reports) {
        return Signal::not_applicable(ID, "files no reports that the staff reviews");
    }
    let letters: Vec<&Filing> = reader
        .filings()
        .filter(|filing| is_letter(filing) && reader.age(filing) <= WINDOW && reader.age(filing) >= RELEASE)
        .collect();
    let from_staff: Vec<&&Filing> = letters.iter().filter(|filing| filing.form == "UPLOAD").collect();
    // Oldest first: one review is a run of letters.
    let mut reviews: Vec<Vec<&Filing>> = Vec::new();
    for letter in letters.iter().rev() {
        match reviews.last_mut() {
            Some(review) if review.last().is_some_and(|last| days(last.filed, letter.filed) <= ONE_REVIEW) => {
                review.push(letter)
            }
            _ => reviews.push(vec![letter]),
        }
    }
    let longest =
        reviews.iter().map(|review| review.iter().filter(|letter| letter.form == "UPLOAD").count()).max().unwrap_or(0);
    // One round of comments on a registration statement, or the letter that closes a review, is routine.
    let severity = match (from_staff.len(), longest) {
        (0, _) => Severity::None,
        (_, 4..) => Severity::Caution,
        _ => Severity::Info,
    };
    let why = match (from_staff.first(), letters.first()) {
        (Some(newest), _) => format!(
            "{} letter(s) of the SEC's staff in two years in {} review(s), the newest of {}; the longest review had {longest}",
            from_staff.len(),
            reviews.len(),
            newest.filed
        ),
        (None, Some(newest)) => format!(
            "{} letter(s) to the SEC's staff in two years, the newest of {}, and none from it",
            letters.len(),
            newest.filed
        ),
        (None, None) => "no released correspondence with the SEC's staff in two years".to_owned(),
    };
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = Some(from_staff.len() as f64);
    signal.zone = Some(
        if from_staff.is_empty() {
            "none"
        } else if longest >= 4 {
            "long_review"
        } else {
            "reviewed"
        }
        .to_owned(),
    );
    signal.formula = format!(
        "letters of the staff (form UPLOAD) dated between {RELEASE} and {WINDOW} days before; letters within {ONE_REVIEW} days of \
         the one before are one review; letters are released no earlier than 20 business days after its completion, so that a \
         review under way is never seen"
    );
    signal.source = "SEC, Filing Review Process; forms UPLOAD and CORRESP".to_owned();
    signal.evidence = letters.iter().take(20).map(|filing| reader.filing(filing, None)).collect();
    for (index, review) in reviews.iter().rev().take(8).enumerate() {
        let (Some(first), Some(last)) = (review.first(), review.last()) else { continue };
        let staff = review.iter().filter(|letter| letter.form == "UPLOAD").count();
        let mut part = Signal::ran(
            &format!("{ID}.review.{}", index + 1),
            if staff >= 4 { Severity::Caution } else { Severity::Info },
            format!(
                "{staff} letter(s) of the staff and {} repl(ies), {} to {}",
                review.len() - staff,
                first.filed,
                last.filed
            ),
        );
        part.value = Some(staff as f64);
        for letter in review {
            let mut evidence = reader.filing(letter, None);
            if !letter.file_number.is_empty() {
                evidence.item = Some(letter.file_number.clone());
            }
            part.evidence.push(evidence);
        }
        signal.parts.push(part);
    }
    signal
}

fn is_letter(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "UPLOAD" | "CORRESP")
}
