#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    for name in ["a.htm", "primary_doc.xml"] {
        let Ok(schedule) = edgar::schedule13::read(name, input) else { continue };
        assert!(schedule.percent().is_none_or(f64::is_finite) && schedule.shares().is_none_or(f64::is_finite));
    }
});
