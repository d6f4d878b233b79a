#![no_main]

use libfuzzer_sys::fuzz_target;
use llm::dialect::decode_error;

fuzz_target!(|input: &[u8]| {
    let [high, low, wait, body @ ..] = input else { return };
    let status = u16::from_be_bytes([*high, *low]);
    // The bytes serve as a header as well: dates and numbers are parsed from them.
    let header = &body[..body.len().min(usize::from(*wait))];
    let headers = [("retry-after".to_owned(), String::from_utf8_lossy(header).into_owned())];
    let error = decode_error(status, &headers, body, 784_111_777);
    assert!(!error.message.is_empty());
    assert!(!error.message.chars().any(char::is_control));
    assert_eq!(error, decode_error(status, &headers, body, 784_111_777));
});
