//! Any bytes through the reader of histories and, if they are one, through the judge.
//!
//! `cargo +nightly fuzz run history -- -max_len=4096`
#![no_main]

use atropos::check::{Budget, ModelName, Register, check};
use atropos::history::{Value, read_jsonl};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(history) = read_jsonl(bytes) else { return };
    for name in [ModelName::Register, ModelName::CasRegister] {
        let model = Register::new(name, Value::Nil);
        if let Ok(report) = check(&history, &model, &mut Budget::new(10_000, 1 << 20)) {
            assert!(!report.explain().is_empty());
        }
    }
});
