#![no_main]

use edgar::fails::{self, Security};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = fails::rows(input, Security::Symbol("TOY"));
    let Ok(text) = fails::unzip(input) else { return };
    let _ = fails::rows(&text, Security::Symbol("TOY"));
});
