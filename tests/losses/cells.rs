//! The forms and the faults, as text: the rest is as in `scenarios/primary-secondary/calm.toml`.

use atropos::registry;
use atropos::scenario::{Scenario, Source, read};

/// Each form by name: what is under `[primary-secondary]`. Reads are as usual where nothing is said of them.
pub(crate) const FORMS: [(&str, &str); 8] = [
    ("asynchronous-poll", POLLING),
    ("asynchronous-push", "form = \"asynchronous\"\ntransport = \"push\""),
    ("semi-refuses", "form = \"semi-synchronous\"\nacks = 1\nack_timeout = \"1s\"\nfallback = \"refuse\""),
    (
        "semi-falls-back",
        "form = \"semi-synchronous\"\nacks = 1\nack_timeout = \"1s\"\nfallback = \"asynchronous\"",
    ),
    ("in-sync-fenced", "form = \"in-sync\"\nfollower_timeout = \"1s\"\nreads = \"fenced\""),
    ("in-sync-reads-primary", "form = \"in-sync\"\nfollower_timeout = \"1s\"\nreads = \"primary\""),
    ("in-sync-reads-in-sync", "form = \"in-sync\"\nfollower_timeout = \"1s\"\nreads = \"in-sync\""),
    ("asynchronous-reads-any", POLLING_READ_ANYWHERE),
];

const POLLING: &str =
    "form = \"asynchronous\"\ntransport = \"poll\"\npoll_min = \"100ms\"\npoll_max = \"500ms\"";

const POLLING_READ_ANYWHERE: &str = "form = \"asynchronous\"\ntransport = \"poll\"\npoll_min = \"100ms\"\n\
    poll_max = \"500ms\"\nreads = \"any\"";

/// Each fault by name. Node 0 begins as the primary, 1 and 2 as its secondaries; 3, 4 and 5 supervise.
pub(crate) const FAULTS: [(&str, &str); 11] = [
    ("none", ""),
    ("primary-crashes", CRASH),
    ("primary-crashes-after-losses", LOSSES_THEN_CRASH),
    ("primary-cut-off", PARTITION),
    ("supervisors-lost", SUPERVISORS),
    ("primary-paused", PAUSE),
    ("primary-clock-stops", CLOCK),
    ("secondary-disk-lost", "[[faults]]\nkind = \"replace\"\ntarget = 1\nat = \"5s\"\nfor = \"500ms\"\n"),
    ("primary-disk-lost", "[[faults]]\nkind = \"replace\"\ntarget = 0\nat = \"5s\"\nfor = \"500ms\"\n"),
    ("two-disks-lost", "[[faults]]\nkind = \"replace\"\ntarget = [0, 1]\nat = \"5s\"\nfor = \"500ms\"\n"),
    ("last-disk-lost", LAST_DISK),
];

/// It comes back when another has long taken its place.
const CRASH: &str = "[[faults]]\nkind = \"crash\"\ntarget = 0\nat = \"5s\"\n\
    [[faults]]\nkind = \"restart\"\ntarget = 0\nat = \"12s\"\n";

/// Its links to the secondaries lose every other message for a second before.
const LOSSES_THEN_CRASH: &str = "[[faults]]\nkind = \"degrade\"\nfrom = 0\nto = [1, 2]\nloss = 0.5\n\
    at = \"4s\"\nfor = \"1s\"\n\
    [[faults]]\nkind = \"crash\"\ntarget = 0\nat = \"5s\"\n\
    [[faults]]\nkind = \"restart\"\ntarget = 0\nat = \"12s\"\n";

/// From all nodes, while clients reach it.
const PARTITION: &str = "[[faults]]\nkind = \"partition\"\nisolate = 0\nat = \"5s\"\nfor = \"7s\"\n";

/// Most of them, and then a secondary.
const SUPERVISORS: &str = "[[faults]]\nkind = \"crash\"\ntarget = [3, 4]\nat = \"4s\"\n\
    [[faults]]\nkind = \"crash\"\ntarget = 2\nat = \"7s\"\n\
    [[faults]]\nkind = \"restart\"\ntarget = [2, 3, 4]\nat = \"11s\"\n";

/// For longer than the grace period.
const PAUSE: &str = "[[faults]]\nkind = \"pause\"\ntarget = 0\nat = \"5s\"\nfor = \"5s\"\n";

/// Its heartbeats wait for a timer that does not come; it goes on otherwise.
const CLOCK: &str = "[[faults]]\nkind = \"stop_clock\"\ntarget = 0\nat = \"5s\"\nfor = \"5s\"\n";

/// The secondaries are down, and those of the in-sync set dropped, before the primary loses its disk.
const LAST_DISK: &str = "[[faults]]\nkind = \"crash\"\ntarget = [1, 2]\nat = \"4s\"\n\
    [[faults]]\nkind = \"replace\"\ntarget = 0\nat = \"7s\"\nfor = \"500ms\"\n\
    [[faults]]\nkind = \"restart\"\ntarget = [1, 2]\nat = \"8s\"\n";

/// What they all have, above the form.
const BASE: &str = "protocol = \"primary-secondary\"\nnodes = 6\nduration = \"20s\"\n\
    [network]\nlatency = { uniform = [\"0.5ms\", \"1.5ms\"] }\n\
    [disk]\nsync = { uniform = [\"0.2ms\", \"1ms\"] }\n\
    [primary-secondary]\nheartbeat_interval = \"200ms\"\nsupervision_interval = \"200ms\"\n\
    ok_threshold = \"1s\"\ngrace = \"3s\"\nfirst_grace = \"6s\"\n\
    supervisor_timeout_min = \"300ms\"\nsupervisor_timeout_max = \"600ms\"\n";

/// And below it. Two clients only read: they stay with a primary that answers, while who writes looks for another. No
/// copy is behind any more when they read back. Nothing is expected of the history.
const COMMON: &str = "\n[clients]\ncount = 5\nthink = \"20ms\"\nkeys = 500\nreaders = 2\nuntil = \"15s\"\n\
    read_back = true\nread_back_after = \"1s\"\n\
    [check]\nlevels = [\"linearizable\", \"convergence\"]\nmeasure = [\"durability\", \"staleness\", \"outage\"]\n\
    [[expect]]\ncheck = \"election-safety\"\nverdict = \"valid\"\n";

/// A scenario of what is under `[primary-secondary]`, and faults.
pub(crate) fn scenario(form: &str, fault: &str) -> Scenario {
    scenario_with("", form, fault)
}

/// The same, with what is above all sections.
pub(crate) fn scenario_with(head: &str, form: &str, fault: &str) -> Scenario {
    let text = format!("{head}{BASE}{form}{COMMON}{fault}");
    let source = Source { path: "cell.toml", name: "cell".to_owned(), text: text.as_bytes() };
    read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)))
}
