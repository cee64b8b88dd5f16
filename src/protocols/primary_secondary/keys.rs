//! The scenario keys of primary and secondary replication.

use super::settings::SURVIVES;
use crate::base::SimDuration;
use crate::base::keys::Varied::{Count, Duration, With, Word};
use crate::base::keys::{Key, KeyKind, OVERTAKING, Section, Variation, Varied};

const TIME: KeyKind = KeyKind::Duration { min: SimDuration::from_us(1), max: SimDuration::from_secs(3_600) };
const ENTRIES: KeyKind = KeyKind::Count { min: 1, max: 1_000_000, unit: "entries" };
const LAG: KeyKind = KeyKind::Count { min: 0, max: 1_000_000_000, unit: "entries" };
const COPIES: KeyKind = KeyKind::Count { min: 1, max: 100_000, unit: "copies" };

/// `[primary-secondary]`.
pub const SECTION: Section = Section {
    name: "primary-secondary",
    doc: "The parameters of primary and secondary replication: what an acknowledgement promises, and who looks after the copies.",
    keys: &[
        key(
            "supervisors",
            KeyKind::Count { min: 0, max: 1_000, unit: "nodes" },
            "3",
            "How many nodes, the last ones, hold no copy but watch over the others and agree on who is the primary, as ArangoDB's agency does. The nodes before them hold a copy each, and the first begins as the primary. With 0 an operator decides.",
        ),
        key(
            "form",
            KeyKind::Choice(&["in-sync", "semi-synchronous", "asynchronous"]),
            "\"in-sync\"",
            "Who holds a write when it is acknowledged: every copy of an agreed set, `acks` secondaries, or the primary alone, which then may lose it.",
        ),
        key(
            "transport",
            KeyKind::Choice(&["push", "poll"]),
            "\"push\"",
            "How entries come to the secondaries: the primary sends them, or they ask for them, which goes with `form = \"asynchronous\"` only.",
        ),
        key(
            "poll_min",
            TIME,
            "\"1s\"",
            "With `transport = \"poll\"`: the shortest wait of a secondary that has all there is before it asks again (ArangoDB's applier: idleMinWaitTime).",
        ),
        key(
            "poll_max",
            TIME,
            "\"2.5s\"",
            "With `transport = \"poll\"`: the longest wait; each poll in vain doubles it (idleMaxWaitTime).",
        ),
        key("max_entries", ENTRIES, "64", "The most entries in one message."),
        key(
            "max_in_flight",
            ENTRIES,
            "1024",
            "With `transport = \"push\"`: the most entries sent to a secondary that it has not acknowledged.",
        ),
        key(
            "push_interval",
            TIME,
            "\"100ms\"",
            "How often a primary that pushes says that it is there. After so long in vain whoever asks asks again.",
        ),
        key(
            "acks",
            COPIES,
            "1",
            "Semi-synchronous: how many secondaries must hold a write before it is acknowledged.",
        ),
        key(
            "ack_on",
            KeyKind::Choice(&["disk", "memory"]),
            "\"disk\"",
            "Semi-synchronous: where they must hold it. What is in memory only is lost in a crash.",
        ),
        key(
            "ack_timeout",
            TIME,
            "\"10s\"",
            "Semi-synchronous: so long a primary waits for them; what comes then is `fallback`.",
        ),
        key(
            "fallback",
            KeyKind::Choice(&["refuse", "asynchronous"]),
            "\"refuse\"",
            "Semi-synchronous: what a primary does that waits in vain. It refuses the write, or acknowledges alone until enough secondaries have caught up, and may lose what it acknowledges meanwhile.",
        ),
        key(
            "follower_timeout",
            TIME,
            "\"3s\"",
            "In-sync set: a secondary that holds a write back for so long is dropped from the set.",
        ),
        key(
            "min_in_sync",
            COPIES,
            "1",
            "In-sync set: with fewer copies in it, the primary included, writes are refused (ArangoDB's writeConcern).",
        ),
        key(
            "soft_lag",
            LAG,
            "1000",
            "In-sync set: a secondary that lacks no more entries is waited for before it is let in: nothing that it needs is trimmed (ArangoDB's soft lock).",
        ),
        key(
            "hard_lag",
            LAG,
            "64",
            "In-sync set: for a secondary that lacks no more entries no write is begun until it is let in (ArangoDB's hard lock).",
        ),
        key("soft_stop", TIME, "\"10s\"", "In-sync set: how long trimming waits for a secondary at most."),
        key("hard_stop", TIME, "\"1s\"", "In-sync set: how long writes wait for a secondary at most."),
        key("heartbeat_interval", TIME, "\"1s\"", "How often a copy tells the supervisors that it is there."),
        key(
            "supervision_interval",
            TIME,
            "\"1s\"",
            "How often the leading supervisor looks after the copies (ArangoDB's supervision-frequency).",
        ),
        key(
            "ok_threshold",
            TIME,
            "\"5s\"",
            "A copy that was heard within this is good enough to become the primary (ArangoDB's supervision-ok-threshold).",
        ),
        key(
            "grace",
            TIME,
            "\"15s\"",
            "A primary that was not heard for so long, by the leading supervisor's clock, is replaced (ArangoDB's supervision-grace-period: 15s, later 10s).",
        ),
        key(
            "first_grace",
            TIME,
            "\"55s\"",
            "A supervisor that has just been elected waits until it has heard all copies, but no longer than this (ArangoDB: 55s).",
        ),
        key(
            "supervisor_timeout_min",
            TIME,
            "\"1s\"",
            "The shortest time without a leading supervisor after which one stands for election (ArangoDB's agency: 1s).",
        ),
        key(
            "supervisor_timeout_max",
            TIME,
            "\"5s\"",
            "The longest; each wait is drawn anew between the two (ArangoDB's agency: 5s).",
        ),
        key(
            "snapshot_after",
            KeyKind::Count { min: 1, max: 1_000_000_000_000, unit: "entries" },
            "10000",
            "So many entries after the last snapshot a copy takes the next and cuts off its log.",
        ),
        key(
            "log_keep",
            LAG,
            "1000",
            "So many entries that a snapshot covers stay in the log, for secondaries that lag behind.",
        ),
        key(
            "snapshot_chunk",
            KeyKind::Count { min: 1, max: 1_000_000_000, unit: "bytes" },
            "65536",
            "The most of a snapshot that is sent in one message.",
        ),
        key(
            "max_sessions",
            KeyKind::Count { min: 1, max: 1_000_000, unit: "sessions" },
            "4096",
            "The most sessions that clients may have open: with one more, the one that was least recently used ends.",
        ),
        Key {
            default: None,
            ..key(
                "reads",
                KeyKind::Choice(&["fenced", "primary", "in-sync", "any"]),
                "",
                "Who answers reads: the primary once it has made sure that it has not been replaced, the primary for all it knows, any copy that believes to be in sync, or any copy. If it is not said, fenced where that means something, else primary.",
            )
        },
    ],
};

const fn key(name: &'static str, kind: KeyKind, default: &'static str, doc: &'static str) -> Key {
    Key { name, kind, default: Some(default), doc, since: "0.1" }
}

/// What swarms vary: all that changes how a cluster behaves and nothing that it promises. Asynchronous replication,
/// falling back to it, and acknowledgements out of memory promise less. What means something in one form only is drawn
/// together with that form.
pub const VARIES: &[Variation] = &[
    varied(
        "form",
        &[
            With(&IN_SYNC, &[minimum(2), timeout(500), soft_lag(20), hard_lag(4)]),
            With(&IN_SYNC, &[timeout(300), soft_lag(5), hard_lag(0), soft_stop(1_000), hard_stop(200)]),
            With(&IN_SYNC, &[timeout(1_000), soft_lag(200), hard_lag(200), soft_stop(2_000)]),
            With(&IN_SYNC, &[minimum(2), timeout(700), soft_stop(1_000), hard_stop(500)]),
            With(&SEMI_SYNCHRONOUS, &[ack_timeout(500)]),
            With(&SEMI_SYNCHRONOUS, &[ack_timeout(2_000)]),
            // Two of the secondaries, of which there are enough in any cluster that has four nodes.
            With(&SEMI_SYNCHRONOUS, &[("acks", Count(2)), ("supervisors", Count(1)), ack_timeout(1_000)]),
        ],
    ),
    // With the usual times a run is over before anybody is replaced; and whoever is cut off in the end must be.
    Variation {
        always_with: SURVIVES,
        ..varied("grace", &[times::SHORT, times::EVEN, times::LONG, times::TIGHT])
    },
    varied("snapshot_after", &[Count(20), Count(100), Count(500)]),
    varied("log_keep", &[Count(0), Count(10)]),
    varied("snapshot_chunk", &[Count(100), Count(2_000)]),
    varied("max_sessions", &[Count(20)]),
    varied("push_interval", &[Duration(SimDuration::from_ms(30)), Duration(SimDuration::from_ms(200))]),
    varied("max_in_flight", &[Count(16), Count(64)]),
    // Where messages overtake each other, one after the other must be answered before the next is sent.
    Variation {
        unless: &["reorder", OVERTAKING],
        ..varied(
            "max_entries",
            &[Count(16), With(&Count(2), SOON_COMPACTED), With(&Count(1), SOON_COMPACTED)],
        )
    },
];

const IN_SYNC: Varied = Word("in-sync");
const SEMI_SYNCHRONOUS: Varied = Word("semi-synchronous");

/// Entries that travel one by one take long where there are many: who lags far behind gets a snapshot.
const SOON_COMPACTED: &[(&str, Varied)] =
    &[("snapshot_after", Count(20)), ("log_keep", Count(0)), ("snapshot_chunk", Count(2_000))];

const fn varied(key: &'static str, values: &'static [Varied]) -> Variation {
    Variation { key, values, unless: &[], always_with: &[], never_with: &[] }
}

const fn minimum(copies: u64) -> (&'static str, Varied) {
    ("min_in_sync", Count(copies))
}

const fn soft_lag(entries: u64) -> (&'static str, Varied) {
    ("soft_lag", Count(entries))
}

const fn hard_lag(entries: u64) -> (&'static str, Varied) {
    ("hard_lag", Count(entries))
}

const fn timeout(ms: u64) -> (&'static str, Varied) {
    time("follower_timeout", ms)
}

const fn soft_stop(ms: u64) -> (&'static str, Varied) {
    time("soft_stop", ms)
}

const fn hard_stop(ms: u64) -> (&'static str, Varied) {
    time("hard_stop", ms)
}

const fn ack_timeout(ms: u64) -> (&'static str, Varied) {
    time("ack_timeout", ms)
}

const fn time(key: &'static str, ms: u64) -> (&'static str, Varied) {
    (key, Duration(SimDuration::from_ms(ms)))
}

/// How soon supervisors lose patience, with each other and with copies: in a run of twenty seconds now and then.
mod times {
    use super::*;

    pub(super) const SHORT: Varied = With(&grace(1_000), &of([100, 100, 500, 2_000, 250, 600]));
    pub(super) const EVEN: Varied = With(&grace(2_000), &of([200, 300, 1_000, 3_000, 300, 600]));
    /// Supervisors stand at about the same time, and votes are split.
    pub(super) const LONG: Varied = With(&grace(3_000), &of([300, 200, 2_000, 4_000, 250, 300]));
    /// A copy that misses one heartbeat is not good enough.
    pub(super) const TIGHT: Varied = With(&grace(1_000), &of([300, 100, 400, 2_000, 400, 600]));

    const fn grace(ms: u64) -> Varied {
        Duration(SimDuration::from_ms(ms))
    }

    const fn of(ms: [u64; 6]) -> [(&'static str, Varied); 6] {
        [
            time("heartbeat_interval", ms[0]),
            time("supervision_interval", ms[1]),
            time("ok_threshold", ms[2]),
            time("first_grace", ms[3]),
            time("supervisor_timeout_min", ms[4]),
            time("supervisor_timeout_max", ms[5]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::*;
    use crate::base::keys::{KeyValue, Settings, exact};

    #[test]
    fn defaults_are_those_of_the_configuration() {
        let config = Config::default();
        let time = |time| format!("\"{}\"", exact(time));
        let word = |word| format!("{word:?}");
        for (key, value) in [
            ("supervisors", config.supervisors.to_string()),
            ("form", word("in-sync")),
            ("transport", word("push")),
            ("poll_min", time(config.poll_min)),
            ("poll_max", time(config.poll_max)),
            ("max_entries", config.max_entries.to_string()),
            ("max_in_flight", config.max_in_flight.to_string()),
            ("push_interval", time(config.push_interval)),
            ("acks", config.acks.to_string()),
            ("ack_on", word("disk")),
            ("ack_timeout", time(config.ack_timeout)),
            ("fallback", word("refuse")),
            ("follower_timeout", time(config.follower_timeout)),
            ("min_in_sync", config.min_in_sync.to_string()),
            ("soft_lag", config.soft_lag.to_string()),
            ("hard_lag", config.hard_lag.to_string()),
            ("soft_stop", time(config.soft_stop)),
            ("hard_stop", time(config.hard_stop)),
            ("heartbeat_interval", time(config.heartbeat_interval)),
            ("supervision_interval", time(config.supervision_interval)),
            ("ok_threshold", time(config.ok_threshold)),
            ("grace", time(config.grace)),
            ("first_grace", time(config.first_grace)),
            ("supervisor_timeout_min", time(config.election_min)),
            ("supervisor_timeout_max", time(config.election_max)),
            ("snapshot_after", config.snapshot_after.to_string()),
            ("log_keep", config.log_keep.to_string()),
            ("snapshot_chunk", config.snapshot_chunk.to_string()),
            ("max_sessions", config.max_sessions.to_string()),
        ] {
            let said = SECTION.keys.iter().find(|said| said.name == key).and_then(|said| said.default);
            assert_eq!(said, Some(value.as_str()), "{key}");
        }
        assert_eq!(SECTION.keys.iter().filter(|key| key.default.is_some()).count(), 29);
    }

    /// The scenarios that swarms make of nothing: each variation as usual or as one of its values.
    fn mixtures() -> Vec<Settings> {
        let mut mixtures = vec![Settings::default()];
        for variation in VARIES {
            let laid = |under: &Settings, value: &Varied| {
                let mut settings = under.clone();
                value.lay(variation.key, &mut settings);
                settings
            };
            // Of the mixtures so far a share each, so that there are not too many of them.
            let places = mixtures.len().div_ceil(400);
            let all = mixtures.iter().step_by(places);
            let more: Vec<_> =
                all.flat_map(|under| variation.values.iter().map(move |value| laid(under, value))).collect();
            mixtures.extend(more);
        }
        mixtures
    }

    #[test]
    fn any_mixture_makes_sense_among_any_nodes_and_loses_nothing() {
        let mixtures = mixtures();
        assert!(mixtures.len() > 2_000);
        for settings in &mixtures {
            let usual = Settings::default();
            for nodes in [5, 6, 9] {
                let config = Config::from_settings(settings, nodes, &[]);
                let config = config.unwrap_or_else(|problem| panic!("{settings:?}: {}", problem.message));
                assert!(!config.loses(), "{settings:?}");
                assert_eq!(config.strangers(settings), [], "{settings:?}");
                assert_eq!(config.reads, Config::read(&usual, nodes, &[]).reads);
            }
        }
    }

    #[test]
    fn what_is_varied_is_a_key_within_its_bounds() {
        for (name, value) in mixtures().iter().flat_map(Settings::iter) {
            let key = SECTION.keys.iter().find(|key| key.name == name).unwrap();
            match (key.kind, value) {
                (KeyKind::Duration { min, max }, KeyValue::Duration(time)) => {
                    assert!((min..=max).contains(time));
                }
                (KeyKind::Count { min, max, .. }, KeyValue::Count(count)) => {
                    assert!((min..=max).contains(count));
                }
                (KeyKind::Choice(words), KeyValue::Text(word)) => assert!(words.contains(&word.as_str())),
                (kind, value) => panic!("{name} is {kind:?} and not {value}"),
            }
        }
    }
}
