//! The documentation's page of each signal, built in.

macro_rules! pages {
    ($($id:literal),+ $(,)?) => {
        /// The page that explains a signal.
        pub(crate) fn of(signal: &str) -> Option<&'static str> {
            match signal {
                $($id => Some(include_str!(concat!("../../../docs/pennytune/signals/", $id, ".md"))),)+
                _ => None,
            }
        }
    };
}

pages!(
    "altman_z",
    "altman_z1",
    "altman_z2",
    "ohlson_o",
    "zmijewski",
    "beneish_m",
    "piotroski_f",
    "dechow_f",
    "sloan_accruals",
    "montier_c",
    "benford",
    "going_concern",
    "cash_runway",
    "current_ratio",
    "negative_equity",
    "share_growth",
    "splits",
    "shelf",
    "atm",
    "toxic_financing",
    "authorised_headroom",
    "insiders",
    "form_144",
    "ownership_13",
    "delisting",
    "auditor_change",
    "non_reliance",
    "material_weakness",
    "events_8k",
    "comment_letters",
    "suspension",
    "fails_to_deliver",
);

#[cfg(test)]
mod tests {
    #[test]
    fn every_signal_has_its_page() {
        for id in forensics::examine::IDS {
            let page = super::of(id).unwrap_or_else(|| panic!("{id} has no page"));
            assert!(page.starts_with('#') && page.contains(id), "{id}");
        }
    }
}
