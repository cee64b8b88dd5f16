//! `[[faults]]`: one verb a kind of fault, each with the keys it reads.

use super::schedule::{Action, Fault, MessageEffect, MessageVerb, PartitionShape, When};
use crate::base::keys::{Key, KeyKind, KeyProblem, Section, Settings, Target, Vocabulary};
use crate::base::{SimDuration, SimTime};

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
const COUNT_FROM_ONE: KeyKind = KeyKind::Count { min: 1, max: u64::MAX, unit: "messages" };

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
            kind: SOME_TIME,
            default: None,
            doc: "The time from one strike to the next.",
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

const LASTS: Key = Key {
    name: "for",
    kind: SOME_TIME,
    default: None,
    doc: "How long until it is undone: a crashed node restarts, a partition heals, a paused node goes on.",
    since: "0.1",
};

const TARGET: Key = Key {
    name: "target",
    kind: KeyKind::Target,
    default: None,
    doc: "Whom it hits: a node id, a list of them, \"leader\", \"random\", \"minority\", \"next\" (each node in turn) or \"all\".",
    since: "0.1",
};

/// Of a `restart`: who leads is up, so that no leader is one that can be started.
const DOWN: Key = Key {
    name: "target",
    kind: KeyKind::Target,
    default: None,
    doc: "Whom it starts if they are down: a node id, a list of them, \"random\" (of all nodes), \"minority\", \"next\" or \"all\".",
    since: "0.1",
};

const MESSAGE_KEYS: [Key; 5] = [
    Key {
        name: "message",
        kind: KeyKind::Name(Vocabulary::Message),
        default: None,
        doc: "The kind of message, as the trace names it; any if unset.",
        since: "0.1",
    },
    Key {
        name: "from",
        kind: KeyKind::Node,
        default: None,
        doc: "The sender, a node; any node or client if unset.",
        since: "0.1",
    },
    Key {
        name: "to",
        kind: KeyKind::Node,
        default: None,
        doc: "The receiver, a node; any node or client if unset.",
        since: "0.1",
    },
    Key {
        name: "nth",
        kind: COUNT_FROM_ONE,
        default: Some("1"),
        doc: "The first message meant, counted from the strike; what a partition blocks does not count.",
        since: "0.1",
    },
    Key {
        name: "count",
        kind: COUNT_FROM_ONE,
        default: Some("1"),
        doc: "How many in a row are meant.",
        since: "0.1",
    },
];

/// Every verb.
pub const VERBS: &[Verb] = &[
    Verb {
        name: "crash",
        doc: "Stops a node; its memory and a random part of its unsynced writes are gone.",
        keys: &[TARGET, LASTS],
        forms: &[&["target"]],
        untimed: Untimed::Never,
    },
    Verb {
        name: "restart",
        doc: "Starts a node that is down.",
        keys: &[DOWN],
        forms: &[&["target"]],
        untimed: Untimed::Never,
    },
    Verb {
        name: "pause",
        doc: "Freezes a node: messages queue, timers fire late.",
        keys: &[TARGET, LASTS],
        forms: &[&["target", "for"]],
        untimed: Untimed::Never,
    },
    Verb {
        name: "partition",
        doc: "Blocks links between nodes, by exactly one of `groups`, `isolate`, or `one_way_from` with `one_way_to`.",
        keys: &PARTITION_KEYS,
        forms: &[&["groups"], &["isolate"], &["one_way_from", "one_way_to"]],
        untimed: Untimed::Never,
    },
    Verb { name: "heal", doc: "Ends every partition.", keys: &[], forms: &[&[]], untimed: Untimed::Never },
    Verb {
        name: "drop",
        doc: "Loses chosen messages.",
        keys: &MESSAGE_KEYS,
        forms: &[&[]],
        untimed: Untimed::AtOnce,
    },
    Verb {
        name: "delay",
        doc: "Holds chosen messages back by `by`.",
        keys: &{
            let [message, from, to, nth, count] = MESSAGE_KEYS;
            [message, from, to, nth, count, BY]
        },
        forms: &[&["by"]],
        untimed: Untimed::AtOnce,
    },
    Verb {
        name: "duplicate",
        doc: "Delivers chosen messages twice.",
        keys: &MESSAGE_KEYS,
        forms: &[&[]],
        untimed: Untimed::AtOnce,
    },
    Verb {
        name: "admin",
        doc: "Hands an admin command, in the protocol's words, to a node.",
        keys: &[TARGET, COMMAND],
        forms: &[&["target", "command"]],
        untimed: Untimed::Never,
    },
];

const PARTITION_KEYS: [Key; 5] = [
    Key {
        name: "groups",
        kind: KeyKind::NodeGroups,
        default: None,
        doc: "Nodes that still hear each other; one in no group keeps all its links.",
        since: "0.1",
    },
    Key {
        name: "isolate",
        kind: KeyKind::Target,
        default: None,
        doc: "Who is cut off from all others.",
        since: "0.1",
    },
    Key {
        name: "one_way_from",
        kind: KeyKind::Nodes,
        default: None,
        doc: "Whose messages are lost on the way to `one_way_to`.",
        since: "0.1",
    },
    Key {
        name: "one_way_to",
        kind: KeyKind::Nodes,
        default: None,
        doc: "Who no longer hears `one_way_from`.",
        since: "0.1",
    },
    LASTS,
];

const BY: Key =
    Key { name: "by", kind: SOME_TIME, default: None, doc: "How much longer they travel.", since: "0.1" };

const COMMAND: Key = Key {
    name: "command",
    kind: KeyKind::Name(Vocabulary::Command),
    default: None,
    doc: "The command.",
    since: "0.1",
};

impl Fault {
    /// The fault that one `[[faults]]` table with the verb `kind` asks for.
    pub fn from_settings(kind: &str, table: &Settings) -> Result<Self, KeyProblem> {
        let lasts = table.duration("for");
        let action = action(kind, table)?;
        if matches!(action, Action::Pause(_)) && lasts.is_none() {
            return Err(missing("for", kind));
        }
        Ok(Fault { when: when(kind, table)?, action, lasts })
    }

    /// Why it can never have an effect among `nodes` nodes, if so.
    pub fn is_idle_among(&self, nodes: u32) -> Option<KeyProblem> {
        match &self.action {
            Action::Partition(PartitionShape::Isolate(target)) if nodes == 1 || target.is_everyone(nodes) => {
                let problem = KeyProblem::new("isolate", "this leaves nobody to be isolated from");
                Some(if nodes == 1 { problem.against("nodes") } else { problem })
            }
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
                let key = if action.verb() == "partition" { "isolate" } else { "target" };
                Some(KeyProblem::new(key, message).against("nodes"))
            }
            Action::Partition(PartitionShape::OneWay(from, to)) => {
                let cuts = from.iter().any(|from| to.iter().any(|to| from != to));
                let message = "this cuts no link: it names only who is in `one_way_from`";
                (!cuts).then(|| KeyProblem::new("one_way_to", message).against("one_way_from"))
            }
            _ => None,
        }
    }
}

fn when(kind: &str, table: &Settings) -> Result<When, KeyProblem> {
    let (at, every, until) = (table.duration("at"), table.duration("every"), table.duration("until"));
    let at_once = VERBS.iter().any(|verb| verb.name == kind && verb.untimed == Untimed::AtOnce);
    let first = match at.or(every) {
        Some(first) => SimTime::ZERO + first,
        None if at_once => SimTime::ZERO,
        None => {
            return Err(KeyProblem::new(
                "at",
                format!("`{kind}` needs `at` or `every`: when does it strike?"),
            ));
        }
    };
    let until = until.map_or(SimTime::MAX, |until| SimTime::ZERO + until);
    if until <= first {
        let problem = KeyProblem::new("until", "this is not after the first strike, so it never strikes");
        return Err(problem.against(if at.is_some() { "at" } else { "every" }));
    }
    Ok(When { first, every, until })
}

fn action(kind: &str, table: &Settings) -> Result<Action, KeyProblem> {
    let target = || table.target("target").ok_or_else(|| missing("target", kind));
    Ok(match kind {
        "crash" => Action::Crash(target()?),
        "restart" => Action::Restart(target()?),
        "pause" => Action::Pause(target()?),
        "partition" => Action::Partition(shape(table)?),
        "heal" => Action::Heal,
        "drop" => message_verb(table, MessageEffect::Drop),
        "delay" => {
            let by = table.duration("by").ok_or_else(|| missing("by", kind))?;
            message_verb(table, MessageEffect::Delay(by))
        }
        "duplicate" => message_verb(table, MessageEffect::Duplicate),
        "admin" => {
            let command = table.text("command").ok_or_else(|| missing("command", kind))?;
            Action::Admin { command, target: target()? }
        }
        other => return Err(KeyProblem::new("kind", format!("unknown fault `{other}`"))),
    })
}

fn shape(table: &Settings) -> Result<PartitionShape, KeyProblem> {
    let groups = table.node_groups("groups").map(PartitionShape::Groups);
    let isolate = table.target("isolate").map(PartitionShape::Isolate);
    let one_way = match (table.nodes("one_way_from"), table.nodes("one_way_to")) {
        (Some(from), Some(to)) => Some(PartitionShape::OneWay(from, to)),
        (None, None) => None,
        (Some(_), None) => return Err(KeyProblem::new("one_way_from", "`one_way_from` needs `one_way_to`")),
        (None, Some(_)) => return Err(KeyProblem::new("one_way_to", "`one_way_to` needs `one_way_from`")),
    };
    let shapes = [("groups", groups), ("isolate", isolate), ("one_way_from", one_way)];
    let mut shapes = shapes.into_iter().filter_map(|(key, shape)| Some((key, shape?)));
    let one = "a partition needs exactly one of `groups`, `isolate`, or `one_way_from` with `one_way_to`";
    match (shapes.next(), shapes.next()) {
        (Some((_, shape)), None) => Ok(shape),
        (Some((first, _)), Some((second, _))) => Err(KeyProblem::new(second, one).against(first)),
        (None, _) => Err(KeyProblem::new("isolate", one)),
    }
}

fn message_verb(table: &Settings, effect: MessageEffect) -> Action {
    let node = |key| table.nodes(key).and_then(|nodes| nodes.first().copied());
    Action::Messages(MessageVerb {
        message: table.text("message"),
        from: node("from"),
        to: node("to"),
        nth: table.count("nth").unwrap_or(1),
        count: table.count("count").unwrap_or(1),
        effect,
    })
}

fn missing(key: &'static str, kind: &str) -> KeyProblem {
    KeyProblem::new(key, format!("`{kind}` needs `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;
    use crate::base::keys::KeyValue;

    /// The settings of a fault at 1 s with these keys.
    fn table(keys: &[&'static str]) -> Settings {
        let mut table = Settings::default();
        table.set("at", KeyValue::Duration(SimDuration::from_secs(1)));
        for &key in keys {
            let nodes = vec![NodeId(0)];
            table.set(
                key,
                match key {
                    "target" | "isolate" => KeyValue::Target(Target::All),
                    "groups" => KeyValue::NodeGroups(vec![nodes, vec![NodeId(1)]]),
                    "one_way_from" | "one_way_to" => KeyValue::Nodes(nodes),
                    "command" => KeyValue::Text("any".to_owned()),
                    _ => KeyValue::Duration(SimDuration::from_secs(1)),
                },
            );
        }
        table
    }

    #[test]
    fn a_fault_needs_the_keys_of_exactly_one_of_its_forms() {
        for verb in VERBS {
            for form in verb.forms {
                assert!(Fault::from_settings(verb.name, &table(form)).is_ok(), "{} {form:?}", verb.name);
                for left_out in 0..form.len() {
                    let mut keys = form.to_vec();
                    keys.remove(left_out);
                    assert!(
                        Fault::from_settings(verb.name, &table(&keys)).is_err(),
                        "{} {keys:?}",
                        verb.name
                    );
                }
            }
            if verb.forms.len() > 1 {
                let all = verb.forms.concat();
                assert!(Fault::from_settings(verb.name, &table(&all)).is_err(), "{} {all:?}", verb.name);
            }
        }
    }
}
