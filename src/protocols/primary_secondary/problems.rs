//! What makes no sense of the parameters.

use super::assignment::Assignment;
use super::config::{Config, Form, ReadMode, Transport};
use crate::base::SimDuration;
use crate::base::keys::{KeyProblem, Settings, exact};

impl Config {
    /// What makes no sense, wherever the cluster is.
    pub fn problems(&self) -> Vec<KeyProblem> {
        if self.copies == 0 {
            let message = format!(
                "at least one node must hold a copy, and none is left beside {} that supervise",
                self.supervisors
            );
            return vec![KeyProblem::new("supervisors", message).against("nodes")];
        }
        let mut problems = Vec::new();
        if self.copies > Assignment::MOST_COPIES {
            let message = format!(
                "{} copies are too many: with {} supervisors {} nodes are the most",
                self.copies,
                self.supervisors,
                Assignment::MOST_COPIES + self.supervisors
            );
            problems.push(KeyProblem::new("nodes", message).against("supervisors"));
        }
        problems.extend(self.form_problems());
        problems.extend(self.read_problem());
        problems.extend(self.order_problems());
        problems
    }

    /// What does not go with the form.
    fn form_problems(&self) -> Vec<KeyProblem> {
        let Config { copies, form, .. } = *self;
        let mut problems = Vec::new();
        if form == Form::InSync && self.supervisors == 0 {
            let message = "without supervisors there is nobody to agree on who is in sync";
            problems.push(KeyProblem::new("supervisors", message).against("form"));
        }
        if self.transport == Transport::Poll && form != Form::Asynchronous {
            let message =
                "secondaries that poll are not waited for: that goes with `form = \"asynchronous\"` only";
            problems.push(KeyProblem::new("transport", message).against("form"));
        }
        if form == Form::SemiSynchronous && self.acks >= copies {
            let message = format!(
                "{} secondaries cannot hold a write: of {copies} copies one is the primary's",
                self.acks
            );
            problems.push(KeyProblem::new("acks", message).against("nodes"));
        }
        if form == Form::InSync && self.min_in_sync > copies {
            let message = format!("there are {copies} copies, so {} are never in sync", self.min_in_sync);
            problems.push(KeyProblem::new("min_in_sync", message).against("nodes"));
        }
        problems
    }

    /// Why reads cannot be answered like that.
    fn read_problem(&self) -> Option<KeyProblem> {
        match self.reads {
            ReadMode::Fenced => {
                let (against, why) = self.unfenced()?;
                let message = format!("a primary cannot make sure that it has not been replaced: {why}");
                Some(KeyProblem::new("reads", message).against(against))
            }
            ReadMode::InSync if self.form != Form::InSync => {
                let message = "nobody is in sync: a set is agreed on with `form = \"in-sync\"` only";
                Some(KeyProblem::new("reads", message).against("form"))
            }
            ReadMode::InSync | ReadMode::Primary | ReadMode::Any => None,
        }
    }

    /// What must be less than something else, and is not.
    fn order_problems(&self) -> Vec<KeyProblem> {
        let mut problems = Vec::new();
        let mut above = |(key, value): (&'static str, SimDuration),
                         (limit, most): (&'static str, SimDuration)| {
            if value > most {
                let message = format!("`{key}` ({}) is above `{limit}` ({})", exact(value), exact(most));
                problems.push(KeyProblem::new(key, message).against(limit));
            }
        };
        if self.transport == Transport::Poll {
            above(("poll_min", self.poll_min), ("poll_max", self.poll_max));
        }
        if self.supervisors > 0 {
            above(
                ("supervisor_timeout_min", self.election_min),
                ("supervisor_timeout_max", self.election_max),
            );
            above(("ok_threshold", self.ok_threshold), ("grace", self.grace));
        }
        if self.supervisors > 0 && self.heartbeat_interval >= self.grace {
            let message = format!(
                "a heartbeat must come before supervisors lose patience: `heartbeat_interval` ({}) is not below `grace` ({})",
                exact(self.heartbeat_interval),
                exact(self.grace)
            );
            problems.push(KeyProblem::new("heartbeat_interval", message).against("grace"));
        }
        if self.form == Form::InSync && self.hard_lag > self.soft_lag {
            let message = format!("`hard_lag` ({}) is above `soft_lag` ({})", self.hard_lag, self.soft_lag);
            problems.push(KeyProblem::new("hard_lag", message).against("soft_lag"));
        }
        problems
    }

    /// The keys that somebody wrote and that mean nothing here, each with the key that makes it so.
    pub fn strangers(&self, settings: &Settings) -> Vec<KeyProblem> {
        let is = |form| self.form == form;
        let lots = [
            (self.transport == Transport::Poll, POLL_KEYS, "transport", "secondaries do not poll"),
            (self.transport == Transport::Push, PUSH_KEYS, "transport", "the primary does not push"),
            (is(Form::SemiSynchronous), ACK_KEYS, "form", "acknowledgements of secondaries are not counted"),
            (is(Form::InSync), SET_KEYS, "form", "there is no in-sync set"),
            (self.supervisors > 0, SUPERVISION_KEYS, "supervisors", "there are no supervisors"),
        ];
        let mut problems = Vec::new();
        for (_, keys, against, why) in lots.into_iter().filter(|(means_something, ..)| !means_something) {
            for key in keys.iter().filter(|key| settings.is_written(key)) {
                let message = format!("`{key}` means nothing here: {why}");
                problems.push(KeyProblem::new(key, message).against(against));
            }
        }
        problems
    }

    /// Why nothing works where every message is lost, if anybody must be heard.
    pub fn can_hear(&self) -> Option<KeyProblem> {
        let message = if self.supervisors > 1 {
            "no supervisor can ever be elected: every message between nodes is lost"
        } else if self.copies > 1 {
            "no secondary ever gets an entry: every message between nodes is lost"
        } else {
            return None;
        };
        Some(KeyProblem::new("loss", message))
    }

    /// Whether a supervisor that stands for election can hear from another before it gives up, where a vote takes at
    /// least `round_trip`. `culprit` is the key behind most of that.
    ///
    /// # Errors
    /// If not.
    pub fn can_elect(&self, round_trip: SimDuration, culprit: &'static str) -> Result<(), KeyProblem> {
        if self.supervisors < 2 || round_trip < self.election_max {
            return Ok(());
        }
        let message = format!(
            "no supervisor can ever be elected: a vote takes at least {} to ask for, write down and grant, \
             and a candidate waits at most {} (`supervisor_timeout_max`)",
            exact(round_trip),
            exact(self.election_max)
        );
        Err(KeyProblem::new("supervisor_timeout_max", message).against(culprit))
    }

    /// Whether any supervisor stands for election in a run that lasts `duration`. (That nobody is ever replaced in it
    /// may be meant.)
    ///
    /// # Errors
    /// If not.
    pub fn has_time(&self, duration: SimDuration) -> Result<(), KeyProblem> {
        if self.supervisors == 0 || self.election_min < duration {
            return Ok(());
        }
        let message = format!("no supervisor can ever be elected: the run ends after {}", exact(duration));
        Err(KeyProblem::new("supervisor_timeout_min", message).against("duration"))
    }
}

/// The keys that mean something only to secondaries that poll, …
const POLL_KEYS: &[&str] = &["poll_min", "poll_max"];
/// … to a primary that pushes, …
const PUSH_KEYS: &[&str] = &["max_in_flight"];
/// … where acknowledgements are counted, …
const ACK_KEYS: &[&str] = &["acks", "ack_on", "ack_timeout", "fallback"];
/// … where there is an in-sync set, …
const SET_KEYS: &[&str] =
    &["follower_timeout", "min_in_sync", "soft_lag", "hard_lag", "soft_stop", "hard_stop"];
/// … and where there are supervisors.
const SUPERVISION_KEYS: &[&str] = &[
    "heartbeat_interval",
    "supervision_interval",
    "ok_threshold",
    "grace",
    "first_grace",
    "supervisor_timeout_min",
    "supervisor_timeout_max",
];

#[cfg(test)]
mod tests {
    use super::super::settings::tests::{ASYNCHRONOUS, SEMI, read, settings};
    use super::*;
    use crate::base::keys::KeyValue;

    /// The keys that do not fit, each with the one that it does not fit.
    fn problems(nodes: u32, values: &[(&'static str, &str)]) -> Vec<(&'static str, &'static str)> {
        let problems = read(nodes, values).problems();
        problems.into_iter().map(|problem| (problem.key, problem.against.unwrap_or_default())).collect()
    }

    #[test]
    fn what_makes_no_sense_is_told_with_the_key_behind_it() {
        let fenced = ("reads", "fenced");
        for (nodes, values, key, against) in [
            (3, &[][..], "supervisors", "nodes"),
            (2, &[], "supervisors", "nodes"),
            (28, &[], "nodes", "supervisors"),
            (25, &[("supervisors", "0"), ASYNCHRONOUS], "nodes", "supervisors"),
            (6, &[("supervisors", "0")], "supervisors", "form"),
            (6, &[("transport", "poll")], "transport", "form"),
            (6, &[("transport", "poll"), SEMI], "transport", "form"),
            (6, &[ASYNCHRONOUS, ("transport", "poll"), ("poll_max", "999ms")], "poll_min", "poll_max"),
            (6, &[("supervisor_timeout_max", "999ms")], "supervisor_timeout_min", "supervisor_timeout_max"),
            (6, &[SEMI, ("acks", "3")], "acks", "nodes"),
            (6, &[("min_in_sync", "4")], "min_in_sync", "nodes"),
            (6, &[("heartbeat_interval", "15000ms")], "heartbeat_interval", "grace"),
            (6, &[("ok_threshold", "15001ms")], "ok_threshold", "grace"),
            (6, &[("soft_lag", "63")], "hard_lag", "soft_lag"),
            (6, &[ASYNCHRONOUS, fenced], "reads", "form"),
            (6, &[SEMI, ("fallback", "asynchronous"), fenced], "reads", "fallback"),
            (6, &[SEMI, ("supervisors", "0"), fenced], "reads", "supervisors"),
            (6, &[SEMI, ("reads", "in-sync")], "reads", "form"),
        ] {
            assert_eq!(problems(nodes, values), [(key, against)], "{nodes} {values:?}");
            assert!(Config::from_settings(&settings(values), nodes, &[]).is_err());
        }
    }

    #[test]
    fn what_is_just_within_bounds_makes_sense() {
        for (nodes, values) in [
            (4, &[][..]),
            (27, &[]),
            (6, &[SEMI, ("acks", "2")]),
            (6, &[("min_in_sync", "3"), ("soft_lag", "64")]),
            (6, &[("heartbeat_interval", "14999ms"), ("ok_threshold", "15000ms")]),
            // A supervisor's patience is nothing to who has none, nor a poll's to who is sent what there is.
            (1, &[("supervisors", "0"), ASYNCHRONOUS, ("grace", "1ms"), ("poll_max", "1ms")]),
        ] {
            assert_eq!(problems(nodes, values), [], "{values:?}");
        }
    }

    #[test]
    fn keys_that_mean_nothing_are_told_and_defaults_are_not() {
        let all = [POLL_KEYS, PUSH_KEYS, ACK_KEYS, SET_KEYS, SUPERVISION_KEYS].concat();
        let strangers = |values: &[(&'static str, &str)], written: bool| {
            let mut given = settings(values);
            let config = Config::read(&given, 6, &[]);
            for key in &all {
                let value = KeyValue::Count(1);
                if written { given.set(key, value) } else { given.set_default(key, value) }
            }
            let found = config.strangers(&given).into_iter();
            found.map(|problem| (problem.key, problem.against.unwrap())).collect::<Vec<_>>()
        };
        let of =
            |keys: &[&'static str], against| keys.iter().map(move |key| (*key, against)).collect::<Vec<_>>();
        assert_eq!(strangers(&[], true), [of(POLL_KEYS, "transport"), of(ACK_KEYS, "form")].concat());
        assert_eq!(strangers(&[SEMI], true), [of(POLL_KEYS, "transport"), of(SET_KEYS, "form")].concat());
        let bare = [ASYNCHRONOUS, ("transport", "poll"), ("supervisors", "0")];
        let expected = [
            of(PUSH_KEYS, "transport"),
            of(ACK_KEYS, "form"),
            of(SET_KEYS, "form"),
            of(SUPERVISION_KEYS, "supervisors"),
        ];
        assert_eq!(strangers(&bare, true), expected.concat());
        assert_eq!(strangers(&bare, false), []);
    }

    #[test]
    fn elections_take_time_and_messages_where_there_is_more_than_one_supervisor() {
        let (secs, lone) = (SimDuration::from_secs, read(6, &[("supervisors", "1")]));
        assert!(read(6, &[]).can_elect(secs(4), "latency").is_ok());
        let problem = read(6, &[]).can_elect(secs(5), "latency").unwrap_err();
        assert_eq!((problem.key, problem.against), ("supervisor_timeout_max", Some("latency")));
        assert!(lone.can_elect(secs(5), "latency").is_ok());
        assert!(lone.has_time(secs(1)).is_err() && lone.has_time(secs(2)).is_ok());
        assert!(read(6, &[("supervisors", "0"), ASYNCHRONOUS]).has_time(secs(1)).is_ok());
        assert!(read(6, &[]).can_hear().is_some() && lone.can_hear().is_some());
        assert!(read(2, &[("supervisors", "1")]).can_hear().is_none());
    }
}
