//! `[[faults]]`: one verb a kind of fault, each with the keys it reads and the counter that shows
//! its effect; a file for each thing that can break.

mod clocks;
mod disks;
mod links;
mod messages;
mod nodes;
mod partitions;

use super::schedule::{Action, Fault, MessageVerb, When};
use crate::base::keys::{Key, KeyKind, KeyProblem, Section, Settings, Target, Vocabulary};
use crate::base::{Latency, SimDuration, SimTime};

/// A word for `kind` and the keys that go with it.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// The word.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Its keys, besides those of [`SECTION`].
    pub keys: &'static [Key],
    /// Which of its keys must be there: exactly one of these sets.
    pub forms: &'static [&'static [&'static str]],
    /// When it strikes if it has neither `at` nor `every`.
    pub untimed: Untimed,
    /// The counter of a run that shows its effect, if one does.
    pub counter: Option<&'static str>,
    /// Reads the action out of its keys.
    pub read: fn(&Settings) -> Result<Action, KeyProblem>,
}

/// What it means that a fault has neither `at` nor `every`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Untimed {
    /// It never strikes, which is a mistake.
    Never,
    /// It strikes at the beginning.
    AtOnce,
}

const ANY_TIME: KeyKind =
    KeyKind::Duration { min: SimDuration::ZERO, max: SimDuration::from_secs(31_536_000) };
const SOME_TIME: KeyKind =
    KeyKind::Duration { min: SimDuration::from_ns(1), max: SimDuration::from_secs(31_536_000) };

/// The keys that every fault has.
pub const SECTION: Section = Section {
    name: "faults",
    doc: "The fault schedule: one table a fault, each with the moments it strikes.",
    keys: &[
        Key {
            name: "kind",
            kind: KeyKind::Name(Vocabulary::Fault),
            default: None,
            doc: "What it does: one of the verbs below.",
            since: "0.1",
        },
        Key {
            name: "at",
            kind: ANY_TIME,
            default: None,
            doc: "The first strike, counted from the beginning; with `every` alone, one period in.",
            since: "0.1",
        },
        Key {
            name: "every",
            kind: SOME_SPAN,
            default: None,
            doc: "The time from one strike to the next; drawn anew for each where it is a distribution.",
            since: "0.1",
        },
        Key {
            name: "until",
            kind: SOME_TIME,
            default: None,
            doc: "No strike at or after this instant.",
            since: "0.1",
        },
    ],
};

/// How long something lasts, or lies apart: the same each time, or drawn anew.
const SOME_SPAN: KeyKind =
    KeyKind::Spans { min: SimDuration::from_ns(1), max: SimDuration::from_secs(31_536_000) };

const LASTS: Key = Key {
    name: "for",
    kind: SOME_SPAN,
    default: None,
    doc: "How long until it is undone: a crashed node restarts, a partition heals, a paused node goes on. Drawn anew at each strike where it is a distribution.",
    since: "0.1",
};

const TARGET: Key = Key {
    name: "target",
    kind: KeyKind::Target,
    default: None,
    doc: "Whom it hits: a node id, a list of them, \"leader\", \"random\", `{ random = 2 }`, \"minority\", \"next\" (each node in turn), \"all\", or all nodes in a place: \"region:eu-west-1\", \"zone:eu-west-1/a\", \"rack:eu-west-1/a/r1\".",
    since: "0.1",
};

const MAX_DOWN: Key = Key {
    name: "max_down",
    kind: KeyKind::Quota,
    default: None,
    doc: "It leaves alone whom it would hit beyond so many nodes that are down, frozen or withdrawn at once: a number, or \"minority\", as many as can fail while a majority is left. Any number if unset.",
    since: "0.1",
};

/// Every verb, in the order in which they are explained.
pub const VERBS: &[Verb] = &[
    nodes::CRASH,
    nodes::RESTART,
    nodes::PAUSE,
    nodes::CRASH_LOOP,
    nodes::ROLLING_RESTART,
    nodes::REPLACE,
    nodes::SLOW_NODE,
    disks::STALL_DISK,
    disks::SLOW_DISK,
    disks::FAIL_SYNC,
    disks::FULL_DISK,
    disks::BIT_ROT,
    disks::LYING_DISK,
    partitions::PARTITION,
    partitions::HEAL,
    messages::DROP,
    messages::DELAY,
    messages::DUPLICATE,
    links::CLOG,
    links::SLOW_LINK,
    links::DEGRADE,
    clocks::STEP,
    clocks::DRIFT,
    clocks::STOP,
    nodes::ADMIN,
];

impl Fault {
    /// The fault that one `[[faults]]` table with the verb `kind` asks for.
    pub fn from_settings(kind: &str, table: &Settings) -> Result<Self, KeyProblem> {
        let Some(verb) = VERBS.iter().find(|verb| verb.name == kind) else {
            return Err(KeyProblem::new("kind", format!("unknown fault `{kind}`")));
        };
        let action = (verb.read)(table)?;
        let max_down = table.count("max_down").map(|most| most as u32);
        Ok(Fault { when: when(verb, table)?, action, lasts: table.latency("for"), max_down })
    }

    /// Why it can never have an effect among `nodes` nodes, if so.
    pub fn is_idle_among(&self, nodes: u32) -> Option<KeyProblem> {
        if let Action::Partition(shape) = &self.action
            && let Some(problem) = partitions::is_idle_among(shape, nodes)
        {
            return Some(problem);
        }
        match &self.action {
            Action::Restart(Target::Leader) => {
                let message = "`restart` starts a node that is down, and a leader is up";
                Some(KeyProblem::new("target", message))
            }
            Action::Messages(MessageVerb { from: Some(from), to: Some(to), .. }) if from == to => {
                let message = "no link leads from a node to itself, so no message is ever meant";
                Some(KeyProblem::new("to", message).against("from"))
            }
            action if nodes <= 2 && action.target() == Some(&Target::Minority) => {
                let message =
                    format!("of {nodes} nodes none can fail while a majority is left: this is nobody");
                let key = if let Action::Partition(shape) = action { shape.key() } else { "target" };
                Some(KeyProblem::new(key, message).against("nodes"))
            }
            Action::Links { from, to, .. } if nodes == 1 || is_no_link(from.as_ref(), to.as_ref()) => {
                let message = "no link leads from a node to itself, so this is no link at all";
                let problem = KeyProblem::new("to", message);
                Some(problem.against(if nodes == 1 { "nodes" } else { "from" }))
            }
            _ => None,
        }
    }
}

/// Whether no link leads from one of `from` to another of `to`.
fn is_no_link(from: Option<&Target>, to: Option<&Target>) -> bool {
    match (from, to) {
        (Some(Target::Nodes(from)), Some(Target::Nodes(to))) => {
            !from.iter().any(|from| to.iter().any(|to| from != to))
        }
        _ => false,
    }
}

fn when(verb: &Verb, table: &Settings) -> Result<When, KeyProblem> {
    let (at, every, until) = (table.duration("at"), table.latency("every"), table.duration("until"));
    let (kind, at_once) = (verb.name, verb.untimed == Untimed::AtOnce);
    let first = match (at, &every) {
        (Some(at), _) => Some(SimTime::ZERO + at),
        (None, Some(Latency::Constant(every))) => Some(SimTime::ZERO + *every),
        (None, Some(_)) => None,
        (None, None) if at_once => Some(SimTime::ZERO),
        (None, None) => {
            return Err(KeyProblem::new(
                "at",
                format!("`{kind}` needs `at` or `every`: when does it strike?"),
            ));
        }
    };
    let until = until.map_or(SimTime::MAX, |until| SimTime::ZERO + until);
    let when = When { first, every, until };
    if until <= when.earliest() {
        let problem = KeyProblem::new("until", "this is not after the first strike, so it never strikes");
        return Err(problem.against(if at.is_some() { "at" } else { "every" }));
    }
    Ok(when)
}

/// Whom a fault of nodes hits.
fn target(kind: &str, table: &Settings) -> Result<Target, KeyProblem> {
    table.target("target").ok_or_else(|| missing("target", kind))
}

fn missing(key: &'static str, kind: &str) -> KeyProblem {
    KeyProblem::new(key, format!("`{kind}` needs `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::keys::KeyValue;
    use crate::base::{NodeId, Probability};

    /// The settings of a fault at 1 s with these keys of `verb`.
    fn table(verb: &Verb, keys: &[&'static str]) -> Settings {
        let mut table = Settings::default();
        table.set("at", KeyValue::Duration(SimDuration::from_secs(1)));
        for &name in keys {
            let key = verb.keys.iter().find(|key| key.name == name).unwrap();
            let nodes = vec![NodeId(0)];
            let value = match key.kind {
                KeyKind::Target => KeyValue::Target(Target::All),
                KeyKind::NodeGroups => KeyValue::NodeGroups(vec![nodes, vec![NodeId(1)]]),
                KeyKind::Nodes if ["chain", "mesh"].contains(&name) => {
                    KeyValue::Nodes((0..5).map(NodeId).collect())
                }
                KeyKind::Nodes => KeyValue::Nodes(nodes),
                KeyKind::Name(_) => KeyValue::Text("any".to_owned()),
                KeyKind::Count { min, .. } => KeyValue::Count(min),
                KeyKind::Probability => KeyValue::Probability(Probability::ALWAYS),
                KeyKind::Spans { .. } => KeyValue::Latency(SimDuration::from_secs(1).into()),
                KeyKind::Quota => KeyValue::Count(1),
                _ => KeyValue::Duration(SimDuration::from_secs(1)),
            };
            table.set(name, value);
        }
        table
    }

    #[test]
    fn a_fault_needs_the_keys_of_exactly_one_of_its_forms() {
        for verb in VERBS {
            for form in verb.forms {
                assert!(
                    Fault::from_settings(verb.name, &table(verb, form)).is_ok(),
                    "{} {form:?}",
                    verb.name
                );
                for left_out in 0..form.len() {
                    let mut keys = form.to_vec();
                    keys.remove(left_out);
                    assert!(
                        Fault::from_settings(verb.name, &table(verb, &keys)).is_err(),
                        "{} {keys:?}",
                        verb.name
                    );
                }
            }
            if verb.forms.len() > 1 {
                let all = verb.forms.concat();
                assert!(
                    Fault::from_settings(verb.name, &table(verb, &all)).is_err(),
                    "{} {all:?}",
                    verb.name
                );
            }
        }
    }
}
