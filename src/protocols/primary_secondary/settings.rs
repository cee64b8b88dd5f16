//! The parameters as a scenario says them, and what follows from them.

use super::bugs::Bugs;
use super::config::{AckOn, Config, Form, ReadMode, Transport};
use crate::base::SimDuration;
use crate::base::keys::{KeyProblem, Settings};
use crate::replication::quorum::majority;

/// The kinds of fault under which the forms that lose nothing keep their promise, and go on once they end.
pub const SURVIVES: &[&str] = &[
    "crash",
    "restart",
    "pause",
    "partition",
    "heal",
    "drop",
    "delay",
    "duplicate",
    "admin",
    "step_clock",
    "drift_clock",
    "stop_clock",
    "clog",
    "slow_link",
    "degrade",
    "loss",
    "corrupt",
    "reorder",
    "burst_loss",
    "torn",
    "crash_loop",
    "rolling_restart",
    "replace",
    "slow_node",
    "stall_disk",
    "slow_disk",
    "fail_sync",
    "full_disk",
    "bit_rot",
];

impl Config {
    /// The cluster that a scenario asks for.
    ///
    /// # Errors
    /// The first of its [`problems`](Config::problems).
    pub fn from_settings(settings: &Settings, nodes: u32, bugs: &[String]) -> Result<Self, KeyProblem> {
        let config = Config::read(settings, nodes, bugs);
        config.problems().into_iter().next().map_or(Ok(config), Err)
    }

    /// The cluster that a scenario asks for, whether that makes sense or not.
    pub fn read(settings: &Settings, nodes: u32, bugs: &[String]) -> Self {
        let default = Config::default();
        let duration = |key, or| settings.duration(key).unwrap_or(or);
        let count = |key, or| settings.count(key).unwrap_or(or);
        let small = |key, or: u32| count(key, u64::from(or)) as u32;
        let says = |key, word| settings.text(key).as_deref() == Some(word);
        let supervisors = small("supervisors", default.supervisors);
        let config = Config {
            copies: nodes.saturating_sub(supervisors),
            supervisors,
            form: match settings.text("form").as_deref() {
                Some("asynchronous") => Form::Asynchronous,
                Some("semi-synchronous") => Form::SemiSynchronous,
                _ => Form::InSync,
            },
            transport: if says("transport", "poll") { Transport::Poll } else { Transport::Push },
            poll_min: duration("poll_min", default.poll_min),
            poll_max: duration("poll_max", default.poll_max),
            max_entries: count("max_entries", default.max_entries as u64) as usize,
            max_in_flight: count("max_in_flight", default.max_in_flight),
            push_interval: duration("push_interval", default.push_interval),
            acks: small("acks", default.acks),
            ack_on: if says("ack_on", "memory") { AckOn::Memory } else { AckOn::Disk },
            ack_timeout: duration("ack_timeout", default.ack_timeout),
            falls_back: says("fallback", "asynchronous"),
            follower_timeout: duration("follower_timeout", default.follower_timeout),
            min_in_sync: small("min_in_sync", default.min_in_sync),
            soft_lag: count("soft_lag", default.soft_lag),
            hard_lag: count("hard_lag", default.hard_lag),
            soft_stop: duration("soft_stop", default.soft_stop),
            hard_stop: duration("hard_stop", default.hard_stop),
            heartbeat_interval: duration("heartbeat_interval", default.heartbeat_interval),
            supervision_interval: duration("supervision_interval", default.supervision_interval),
            ok_threshold: duration("ok_threshold", default.ok_threshold),
            grace: duration("grace", default.grace),
            first_grace: duration("first_grace", default.first_grace),
            election_min: duration("supervisor_timeout_min", default.election_min),
            election_max: duration("supervisor_timeout_max", default.election_max),
            snapshot_after: count("snapshot_after", default.snapshot_after),
            log_keep: count("log_keep", default.log_keep),
            snapshot_chunk: small("snapshot_chunk", default.snapshot_chunk),
            max_sessions: small("max_sessions", default.max_sessions),
            reads: ReadMode::Primary,
            bugs: Bugs::named(bugs),
        };
        let usual = if config.unfenced().is_none() { ReadMode::Fenced } else { ReadMode::Primary };
        let reads = match settings.text("reads").as_deref() {
            Some("fenced") => ReadMode::Fenced,
            Some("primary") => ReadMode::Primary,
            Some("in-sync") => ReadMode::InSync,
            Some("any") => ReadMode::Any,
            _ => usual,
        };
        Config { reads, ..config }
    }

    /// Why a primary can make sure of nothing before it answers a read, and the key behind that.
    pub(super) fn unfenced(&self) -> Option<(&'static str, &'static str)> {
        match self.form {
            Form::Asynchronous => Some(("form", "nobody is asked before a write is acknowledged")),
            Form::SemiSynchronous if self.falls_back => {
                Some(("fallback", "a primary that falls back asks nobody before it acknowledges"))
            }
            Form::SemiSynchronous if self.supervisors == 0 => {
                Some(("supervisors", "without supervisors it is replaced by whoever an operator reaches"))
            }
            Form::SemiSynchronous | Form::InSync => None,
        }
    }

    /// After so long without faults a primary is found and its secondaries are up to date, but for bad luck: ten
    /// elections among the supervisors, the longer of their two waits, and then what a primary waits for.
    pub fn patience(&self) -> SimDuration {
        let supervision =
            self.supervision_interval + self.heartbeat_interval + self.first_grace.max(self.grace);
        let elections = SimDuration::from_ns(self.election_max.as_ns().saturating_mul(10));
        let found = if self.supervisors == 0 { SimDuration::ZERO } else { supervision + elections };
        let transport = match self.transport {
            Transport::Poll => self.poll_max,
            Transport::Push => self.push_interval,
        };
        let caught_up = match self.form {
            Form::Asynchronous => SimDuration::ZERO,
            Form::SemiSynchronous => self.ack_timeout,
            Form::InSync => self.follower_timeout + self.soft_stop + self.hard_stop,
        };
        found + transport + caught_up
    }

    /// Of how many nodes the disks may be damaged or lost at once: a minority of the set, which `Process::electorates`
    /// sees to; where acknowledgements are counted, so few that somebody holds what was acknowledged and the freshest
    /// can be told.
    pub fn damaged_most(&self) -> u32 {
        match self.form {
            Form::InSync => self.copies.saturating_sub(1) / 2,
            Form::SemiSynchronous => self.acks.min(self.copies.saturating_sub(self.acks + 1)),
            Form::Asynchronous => 0,
        }
    }

    /// So many nodes are enough for writes to be acknowledged, whichever they are; in sync, if those of the set are
    /// among them (`Process::electorates`). Without supervisors nobody takes the place of the primary.
    pub fn enough(&self) -> usize {
        let spare_supervisors = self.supervisors.saturating_sub(1) / 2;
        if self.form == Form::InSync && self.min_in_sync as usize <= majority(self.copies as usize) {
            return (self.supervisors - spare_supervisors + 1) as usize;
        }
        let spare_copies = match self.form {
            Form::InSync => 0,
            Form::SemiSynchronous => self.acks.min(self.copies.saturating_sub(self.acks + 1)),
            Form::Asynchronous => self.copies.saturating_sub(self.fenced_copies().max(1)),
        };
        (self.nodes() - spare_supervisors.min(spare_copies)) as usize
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::keys::KeyValue;

    pub(in super::super) fn settings(values: &[(&'static str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (key, text) in values {
            let value = match (text.strip_suffix("ms"), text.parse()) {
                (Some(ms), _) => KeyValue::Duration(SimDuration::from_ms(ms.parse().unwrap())),
                (None, Ok(count)) => KeyValue::Count(count),
                (None, Err(_)) => KeyValue::Text((*text).to_owned()),
            };
            settings.set(key, value);
        }
        settings
    }

    pub(in super::super) fn read(nodes: u32, values: &[(&'static str, &str)]) -> Config {
        Config::read(&settings(values), nodes, &[])
    }

    pub(in super::super) const ASYNCHRONOUS: (&str, &str) = ("form", "asynchronous");
    pub(in super::super) const SEMI: (&str, &str) = ("form", "semi-synchronous");

    #[test]
    fn what_is_not_said_is_as_usual() {
        assert_eq!(read(6, &[]), Config::default());
        assert_eq!(Config::from_settings(&settings(&[]), 6, &[]), Ok(Config::default()));
    }

    #[test]
    fn what_is_said_holds() {
        let config =
            read(9, &[("supervisors", "2"), SEMI, ("acks", "3"), ("ack_on", "memory"), ("grace", "7ms")]);
        assert_eq!((config.copies, config.supervisors, config.acks), (7, 2, 3));
        assert_eq!(
            (config.form, config.ack_on, config.falls_back),
            (Form::SemiSynchronous, AckOn::Memory, false)
        );
        assert_eq!(config.grace, SimDuration::from_ms(7));
        let config = read(6, &[ASYNCHRONOUS, ("transport", "poll"), ("fallback", "asynchronous")]);
        assert_eq!(
            (config.form, config.transport, config.falls_back),
            (Form::Asynchronous, Transport::Poll, true)
        );
        let config = read(6, &[("supervisor_timeout_min", "8ms"), ("supervisor_timeout_max", "9ms")]);
        assert_eq!((config.election_min.as_ns(), config.election_max.as_ns()), (8_000_000, 9_000_000));
    }

    #[test]
    fn reads_are_fenced_where_that_means_something() {
        for (reads, values) in [
            (ReadMode::Fenced, &[][..]),
            (ReadMode::Fenced, &[SEMI]),
            (ReadMode::Primary, &[ASYNCHRONOUS]),
            (ReadMode::Primary, &[SEMI, ("fallback", "asynchronous")]),
            (ReadMode::Primary, &[SEMI, ("supervisors", "0")]),
            (ReadMode::Any, &[("reads", "any")]),
            (ReadMode::InSync, &[("reads", "in-sync")]),
        ] {
            assert_eq!(read(6, values).reads, reads, "{values:?}");
            assert_eq!(read(6, values).problems(), [], "{values:?}");
        }
    }

    #[test]
    fn enough_nodes_are_those_without_whom_a_write_may_be_lost_or_wait() {
        for (enough, nodes, values) in [
            (3, 6, &[][..]),
            (5, 6, &[SEMI]),
            (6, 6, &[SEMI, ("acks", "2")]),
            (7, 8, &[SEMI, ("acks", "2")]),
            (8, 10, &[SEMI, ("acks", "2"), ("supervisors", "5")]),
            (4, 4, &[SEMI, ("supervisors", "1")]),
            (3, 3, &[SEMI, ("supervisors", "0")]),
            (5, 6, &[ASYNCHRONOUS]),
        ] {
            assert_eq!(read(nodes, values).enough(), enough, "{nodes} {values:?}");
        }
    }

    #[test]
    fn patience_covers_the_supervisors_and_what_a_primary_waits_for() {
        let patience = |values: &[(&'static str, &str)]| read(6, values).patience().as_ns() / 1_000_000;
        assert_eq!(patience(&[]), 1_000 + 1_000 + 55_000 + 50_000 + 100 + 14_000);
        assert_eq!(patience(&[SEMI, ("first_grace", "1ms")]), 1_000 + 1_000 + 15_000 + 50_000 + 100 + 10_000);
        assert_eq!(patience(&[ASYNCHRONOUS, ("transport", "poll"), ("supervisors", "0")]), 2_500);
    }
}
