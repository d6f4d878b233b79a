#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&kind, bytes)) = input.split_first() else { return };
    let (name, content_type) = [
        ("a.htm", None),
        ("a.txt", None),
        ("a", Some("text/html; charset=windows-1252")),
        ("0000000007-24-000001.txt", None),
    ][usize::from(kind % 4)];
    fuzz::check_document(name, content_type, bytes);
});
