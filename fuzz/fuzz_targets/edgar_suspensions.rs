#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = edgar::suspensions::normal_name(&String::from_utf8_lossy(input));
    let Ok(list) = edgar::suspensions::read(input, 0) else { return };
    for order in &list.orders {
        let _ = order.names("Toy, Inc.");
    }
});
