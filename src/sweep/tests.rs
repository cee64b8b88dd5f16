//! A scenario for the tests of this folder.

use crate::registry;
use crate::scenario::{Scenario, Source, read};

/// Half a second of Raft with a partition.
pub(super) fn scenario() -> Scenario {
    let text = b"protocol = \"raft\"\nnodes = 3\nduration = \"500ms\"\n[network]\nloss = 0.01\n\
        [[faults]]\nkind = \"partition\"\nisolate = \"random\"\nat = \"100ms\"";
    let source = Source { path: "test.toml", name: "test".to_owned(), text };
    read(source, &registry::specs()).unwrap_or_else(|problems| panic!("{problems}"))
}
