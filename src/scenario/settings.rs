//! Every value of a scenario, written or default, under the header that it belongs to: what a run
//! shows of itself, and what tells one scenario from another of the same name.

use std::hash::Hasher;

use crate::base::Digest;
use crate::base::keys::Settings;

/// The values of one table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// As it is written: `[network]`, `[[faults]]`; empty for the top of the file.
    pub header: String,
    /// Its values, defaults included.
    pub settings: Settings,
}

/// Keys of the top that say nothing of what happens in a run, or that each run may have its own of.
const BESIDE: [&str; 4] = ["description", "extends", "preset", "seed"];

/// The fingerprint of all that decides, besides the seed, what happens in a run of these tables.
/// What is expected of it does not.
pub(super) fn fingerprint(tables: &[Table]) -> Digest {
    let mut digest = Digest::new();
    for table in tables.iter().filter(|table| !table.header.contains("[expect]")) {
        digest.write(table.header.as_bytes());
        for (key, value) in table.settings.iter() {
            if !(table.header.is_empty() && BESIDE.contains(&key)) {
                digest.write(format!("{key} = {value}").as_bytes());
                // Of a file its name says nothing.
                if let Some(content) = value.content() {
                    digest.write_u64(content.value());
                }
            }
        }
    }
    digest
}
