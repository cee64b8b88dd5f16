//! Any bytes through the readers of histories and, if they are one, through both writers and back, and
//! through the judge. The first byte tells how the others are to be read.
//!
//! `cargo +nightly fuzz run history -- -max_len=4096`
#![no_main]

use atropos::check::{Budget, ModelName, Register, check};
use atropos::history::{Format, ReadOptions, Value, read, write_edn, write_jsonl};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else { return };
    let options = ReadOptions { independent: how & 0x80 != 0 };
    let format = Format::ALL.get(usize::from(how & 0x7f) % (Format::ALL.len() + 1)).copied();
    let Ok(history) = read(bytes, format, options) else { return };
    let (mut lines, mut edn) = (Vec::new(), Vec::new());
    write_jsonl(&history, &mut lines).expect("memory is a file");
    write_edn(&history, &mut edn).expect("memory is a file");
    for (written, format) in [(lines, Format::Jsonl), (edn, Format::Edn)] {
        let again = read(&written, Some(format), ReadOptions::default()).expect("what was written");
        assert_eq!(again.events, history.events);
    }
    for name in [ModelName::Register, ModelName::CasRegister] {
        let model = Register::new(name, Value::Nil);
        if let Ok(report) = check(&history, &model, &mut Budget::new(10_000, 1 << 20)) {
            assert!(!report.explain().is_empty());
        }
    }
});
