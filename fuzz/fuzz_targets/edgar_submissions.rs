#![no_main]

use edgar::submissions::Submissions;
use libfuzzer_sys::fuzz_target;

// Each filing once, newest first; what may not stand in an address is no page.
fuzz_target!(|input: &[u8]| {
    let _ = edgar::fulltext::read(input);
    let Ok(mut submissions) = Submissions::read(input) else { return };
    let _ = submissions.add("CIK0000000007-submissions-001.json", input);
    assert!(submissions.filings.is_sorted_by(|one, other| one.filed >= other.filed));
    let mut seen = std::collections::HashSet::new();
    assert!(submissions.filings.iter().all(|filing| seen.insert(filing.accession.clone())));
    assert!(submissions.pages.iter().all(|page| !page.name.contains(['/', '\\', '%'])));
    if let Some(found) = edgar::succession::succession(&submissions.filings) {
        assert!(found.since <= found.filing.filed);
    }
});
