//! Signals that are read, not computed: what filings say about going concern, listing, auditors, restatements,
//! shelves and financings, and the timeline of what was filed.
//!
//! [`wanted`] says which documents are to be read, [`run`] reads those that came. What did not come is said, never
//! guessed: a signal without its documents is "not run", not "found nothing".

mod auditors;
mod baby;
mod delisting;
mod doubt;
pub mod events;
pub mod going_concern;
mod late;
mod letters;
pub mod listing;
mod market;
mod prose;
mod reader;
mod removals;
mod restatement;
pub mod search;
pub mod second;
mod shelf;
mod shelves;
pub mod standing;
mod succession;
pub mod toxic;
pub mod weakness;

use jiff::civil::Date;

use edgar::ids::Cik;
use edgar::index::Filing;

use crate::case::Case;
use crate::contract::{Reads, ids};
use crate::event::Event;
use crate::signal::Signal;
use crate::wanted::Wanted;

use reader::{Reader, carries, days};

/// Largest submission of which a prospectus or registration is fetched, in bytes: pictures and exhibits weigh in it
/// too, and the words that are looked for stand in ordinary ones.
const LARGEST: u64 = 14_000_000;

/// Which documents the reading wants, out of what was filed by that day: the newest annual report with its
/// amendment, the newest quarterly reports, the live shelves with their prospectuses, and of each kind of news a few of the
/// newest; three dozen at most.
pub fn wanted(cik: Cik, filings: &[Filing], as_of: Date) -> Vec<Wanted> {
    let known: Vec<&Filing> = filings.iter().filter(|filing| filing.filed <= as_of).collect();
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut want = |filing: &Filing, why: &'static str| {
        let wish = Wanted::primary(cik, filing, why);
        let unreadable = wish.name.to_ascii_lowercase().ends_with(".pdf");
        if !unreadable && !wanted.iter().any(|known| known.accession == wish.accession && known.name == wish.name) {
            wanted.push(wish);
        }
    };
    for filing in doubt::reports(known.iter().copied()) {
        want(filing, "going_concern");
    }
    let mut newest = |most: usize, within: i32, why: &'static str, take: &dyn Fn(&Filing) -> bool| {
        known
            .iter()
            .filter(|filing| days(filing.filed, as_of) <= within && take(filing))
            .take(most)
            .for_each(|filing| want(filing, why));
    };
    newest(5, delisting::WINDOW, "delisting", &|filing| carries(filing, "3.01"));
    newest(2, delisting::WINDOW, "events_8k", &|filing| carries(filing, "1.03"));
    newest(2, auditors::WINDOW, "auditor_change", &|filing| carries(filing, "4.01"));
    newest(2, restatement::WINDOW, "non_reliance", &|filing| carries(filing, "4.02"));
    newest(2, restatement::WINDOW, "non_reliance", &|filing| restatement::amended(filing));
    // A fifth to a half of the notices of deficiency carry no 3.01.
    newest(3, 400, "delisting", &|filing| {
        reader::is_current(filing)
            && !carries(filing, "3.01")
            && !carries(filing, "2.02")
            && (carries(filing, "8.01") || carries(filing, "7.01") || filing.items.is_empty())
    });
    newest(2, 730, "toxic_financing", &|filing| carries(filing, "3.02") || carries(filing, "2.03"));
    newest(2, 540, "atm", &|filing| matches!(filing.form.as_str(), "424B5" | "424B4") && filing.size <= LARGEST);
    for filing in shelves::to_read(&known, as_of) {
        want(filing, "shelf");
    }
    let recent: Vec<&Filing> =
        known.iter().copied().filter(|filing| days(filing.filed, as_of) <= delisting::WINDOW).collect();
    for filing in removals::wanted(&recent) {
        want(filing, "delisting");
    }
    wanted
}

/// Every signal of the reading, and the timeline, newest first.
pub fn run(case: &Case) -> (Vec<Signal>, Vec<Event>) {
    let reader = Reader::new(case);
    if let Some(why) = case.index.why_missing() {
        // Nothing was filed and nothing is known of what was filed are two things.
        let mut signals: Vec<Signal> = ids(Reads::Filings)
            .filter(|id| !crate::people::IDS.contains(id))
            .map(|id| Signal::not_run(id, why.clone()))
            .collect();
        signals.extend([market::suspension(reader), market::fails_to_deliver(reader)]);
        return (signals, Vec::new());
    }
    let mut events = events::timeline(reader);
    let signals = vec![
        doubt::signal(reader),
        delisting::signal(reader),
        auditors::signal(reader),
        restatement::signal(reader),
        weakness::signal(reader),
        events::signal(reader, &events),
        letters::signal(reader),
        shelf::signal(reader),
        shelf::atm(reader),
        toxic::signal(reader),
        market::suspension(reader),
        market::fails_to_deliver(reader),
    ];
    // Words that a signal quotes are what the timeline shows of the same filing and item.
    for event in &mut events {
        let quoted = signals
            .iter()
            .filter(|signal| event.charged_to.as_deref() == Some(signal.id.as_str()))
            .flat_map(|signal| &signal.evidence)
            .find(|evidence| evidence.accession == event.accession && !evidence.quote.is_empty());
        if let Some(evidence) = quoted {
            event.quote.clone_from(&evidence.quote);
        }
    }
    (signals, events)
}
