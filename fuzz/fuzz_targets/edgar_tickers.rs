#![no_main]

use edgar::tickers::{self, Tickers};
use libfuzzer_sys::fuzz_target;

// The quick way never says other than the reading of the whole list.
fuzz_target!(|input: &[u8]| {
    let Ok(list) = Tickers::read(input) else { return };
    for ticker in ["TOY", "A", "BRK-B"] {
        if let Some(quick) = tickers::quick(input, ticker) {
            assert_eq!(Some(&quick), list.find(ticker));
        }
        let _ = list.near(ticker, 3);
    }
    let _ = tickers::asked(&String::from_utf8_lossy(input));
});
