//! The signals of the contract: the one list of their ids, what each reads and which factor it counts in.

/// What a signal reads. It cannot run without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// XBRL facts.
    Figures,
    /// The index of filings and the documents in it.
    Filings,
    /// The SEC's lists that concern every company.
    Lists,
}

/// A signal of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: &'static str,
    /// The factor of the score that it counts in.
    pub factor: &'static str,
    /// What it reads.
    pub reads: Reads,
}

const fn signal(id: &'static str, factor: &'static str, reads: Reads) -> Entry {
    Entry { id, factor, reads }
}

/// How many there are.
const COUNT: usize = 32;

/// All of them, in the order in which they are shown.
pub const SIGNALS: [Entry; COUNT] = [
    signal("delisting", "listing", Reads::Filings),
    signal("suspension", "listing", Reads::Lists),
    signal("fails_to_deliver", "listing", Reads::Lists),
    signal("going_concern", "distress", Reads::Filings),
    signal("cash_runway", "distress", Reads::Figures),
    signal("current_ratio", "distress", Reads::Figures),
    signal("negative_equity", "distress", Reads::Figures),
    signal("altman_z", "distress", Reads::Figures),
    signal("altman_z1", "distress", Reads::Figures),
    signal("altman_z2", "distress", Reads::Figures),
    signal("ohlson_o", "distress", Reads::Figures),
    signal("zmijewski", "distress", Reads::Figures),
    signal("non_reliance", "accounting", Reads::Filings),
    signal("auditor_change", "accounting", Reads::Filings),
    signal("material_weakness", "accounting", Reads::Filings),
    signal("comment_letters", "accounting", Reads::Filings),
    signal("beneish_m", "accounting", Reads::Figures),
    signal("piotroski_f", "accounting", Reads::Figures),
    signal("dechow_f", "accounting", Reads::Figures),
    signal("sloan_accruals", "accounting", Reads::Figures),
    signal("montier_c", "accounting", Reads::Figures),
    signal("benford", "accounting", Reads::Figures),
    signal("share_growth", "dilution", Reads::Figures),
    signal("splits", "dilution", Reads::Figures),
    signal("shelf", "dilution", Reads::Filings),
    signal("atm", "dilution", Reads::Filings),
    signal("toxic_financing", "dilution", Reads::Filings),
    signal("authorised_headroom", "dilution", Reads::Figures),
    signal("events_8k", "events", Reads::Filings),
    signal("insiders", "insiders", Reads::Filings),
    signal("form_144", "insiders", Reads::Filings),
    signal("ownership_13", "insiders", Reads::Filings),
];

/// Their ids, in the same order.
pub const IDS: &[&str] = &{
    let mut ids = [""; COUNT];
    let mut at = 0;
    while at < COUNT {
        ids[at] = SIGNALS[at].id;
        at += 1;
    }
    ids
};

/// The entry of an id.
pub fn of(id: &str) -> Option<&'static Entry> {
    SIGNALS.iter().find(|entry| entry.id == id)
}

/// The ids of what reads one kind of material, in the order in which they are shown.
pub fn ids(reads: Reads) -> impl Iterator<Item = &'static str> {
    SIGNALS.iter().filter(move |entry| entry.reads == reads).map(|entry| entry.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_is_there_once_and_counts_in_a_factor() {
        for (at, entry) in SIGNALS.iter().enumerate() {
            assert_eq!(IDS.iter().position(|id| *id == entry.id), Some(at), "{}", entry.id);
            assert!(crate::factors::NAMES.contains(&entry.factor), "{}", entry.id);
        }
    }
}
