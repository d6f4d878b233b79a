#![no_main]

use libfuzzer_sys::fuzz_target;
use llm::dialect::Dialect;

fuzz_target!(|input: &[u8]| fuzz::check_dialect(Dialect::GeminiGenerate, input));
