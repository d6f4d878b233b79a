#![no_main]

use edgar::document::Document;
use edgar::eightk;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(document) = Document::read("d8k.htm", None, input) else { return };
    for tagged in [&[][..], &["3.01".to_owned(), "9.01".to_owned()]] {
        for item in eightk::items(&document, tagged).found {
            assert!(document.text().get(item.text).is_some());
        }
    }
});
