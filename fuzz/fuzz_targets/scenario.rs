//! Any bytes through the reader of scenarios: there is a scenario, or problems that can be shown.
//! A line `%%%` parts the file from one that it extends, and that from values that are set.
//!
//! `cargo +nightly fuzz run scenario -- -max_len=8192 scenarios/raft scenarios/canary`
#![no_main]

use atropos::registry;
use atropos::scenario::{Opened, Reader, Source};
use libfuzzer_sys::fuzz_target;

const PART: &[u8] = b"\n%%%\n";

fuzz_target!(|bytes: &[u8]| {
    let (text, rest) = parted(bytes);
    let (base, set) = parted(rest);
    let set = String::from_utf8_lossy(set);
    let set: Vec<String> = set.lines().map(str::to_owned).collect();
    let open = |_: &str, _: &str| Ok(Opened { path: "base.toml".to_owned(), text: base.to_vec() });
    let specs = registry::specs();
    let reader = Reader::new(&specs).set(&set).opener(&open);
    if let Err(diagnostics) = reader.read(Source { path: "fuzz.toml", name: "fuzz".to_owned(), text }) {
        assert!(!diagnostics.problems().is_empty());
        assert!(!diagnostics.render(true).is_empty());
    }
});

/// What comes before the first `%%%` and what comes behind it.
fn parted(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.windows(PART.len()).position(|window| window == PART) {
        Some(at) => (&bytes[..at], &bytes[at + PART.len()..]),
        None => (bytes, b""),
    }
}
