#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(form) = edgar::ownership::read(input) else { return };
    for transaction in &form.transactions {
        assert!(transaction.amount().is_none_or(f64::is_finite));
        assert!(transaction.share_of_holding().is_none_or(f64::is_finite));
        let _ = form.footnotes_of(transaction).count();
    }
});
