#![no_main]

use edgar::facts::{Basis, Facts};
use libfuzzer_sys::fuzz_target;

// What is read is in order and every fact has its filing; a view of a day shows nothing that was filed later.
fuzz_target!(|input: &[u8]| {
    let Ok(facts) = Facts::read(input) else { return };
    for (tag, reported) in facts.concepts() {
        assert!(reported.is_sorted_by_key(|fact| (fact.end, fact.start)), "{tag}");
        assert!(reported.iter().all(|fact| fact.value.is_finite() && facts.filing(fact).is_some()));
        assert!(reported.iter().all(|fact| fact.start.is_none_or(|start| start <= fact.end)));
    }
    for day in [jiff::civil::date(2018, 6, 1), jiff::civil::date(9999, 12, 31)] {
        let view = facts.as_of(day);
        let years = view.fiscal_years();
        assert!(years.iter().all(|year| year.filed <= day && year.start < year.end));
        let _ = (view.transition_periods(&years), view.latest_balance_sheet(), view.doubts());
        for (tag, reported) in facts.concepts() {
            assert!(view.of(tag).all(|fact| fact.filed <= day));
            let Some(fact) = reported.first() else { continue };
            let _ = view.instant(tag, facts.unit(fact), fact.end, Basis::Restated);
            let _ = view.versions(tag, facts.unit(fact), fact.start, fact.end);
        }
    }
});
