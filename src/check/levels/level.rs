//! The levels by name, and which implies which.

use std::fmt;

use crate::history::nearest;

/// A promise about what clients see. Each but the first is weaker than some other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Level {
    /// There is one legal order of all operations that keeps real time: Herlihy and Wing, *Linearizability: A
    /// Correctness Condition for Concurrent Objects* (1990).
    #[default]
    Linearizable,
    /// There is one legal order of all operations, of all keys, that keeps the order of each session: Lamport,
    /// *How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs* (1979).
    Sequential,
    /// Who sees a write sees whatever caused it, and all agree on one order of the writes: causality and
    /// convergence, Viotti and Vukolić, *Consistency in Non-Transactional Distributed Storage Systems* (2016),
    /// §3.3, called causal+ by Lloyd et al., *Don't Settle for Eventual* (2011), and CCv by Bouajjani et al.,
    /// *On Verifying Causal Consistency* (2017).
    CausalConvergent,
    /// For each session there is one legal order of all writes and its own reads that keeps causes before effects;
    /// writes that know nothing of each other may be seen in different orders: Ahamad, Neiger, Burns, Kohli and
    /// Hutto, *Causal Memory* (1995).
    Causal,
    /// All four guarantees of sessions, each by itself: Terry et al., *Session Guarantees for Weakly Consistent
    /// Replicated Data* (1994).
    Session,
    /// A session sees its own writes, or later ones.
    ReadYourWrites,
    /// A session never sees less than it has seen.
    MonotonicReads,
    /// Who has seen a write of a session sees what that session wrote before it.
    MonotonicWrites,
    /// Who has seen a write of a session sees what that session had seen before it.
    WritesFollowReads,
}

impl Level {
    /// Every level, none before one that implies it.
    pub const ALL: [Level; 9] = [
        Level::Linearizable,
        Level::Sequential,
        Level::CausalConvergent,
        Level::Causal,
        Level::Session,
        Level::ReadYourWrites,
        Level::MonotonicReads,
        Level::MonotonicWrites,
        Level::WritesFollowReads,
    ];
    /// Their names.
    pub const NAMES: [&str; 9] = [
        "linearizable",
        "sequential",
        "causal-convergent",
        "causal",
        "session",
        "read-your-writes",
        "monotonic-reads",
        "monotonic-writes",
        "writes-follow-reads",
    ];
    /// The guarantees of sessions.
    pub const GUARANTEES: [Level; 4] =
        [Level::ReadYourWrites, Level::MonotonicReads, Level::MonotonicWrites, Level::WritesFollowReads];

    /// The name users type.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The level of this name.
    ///
    /// # Errors
    /// The names there are, and the nearest.
    pub fn parse(name: &str) -> Result<Level, String> {
        Level::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| {
            let hint = nearest(name, &Self::NAMES).map(|near| format!("; did you mean `{near}`?"));
            let names = Self::NAMES.join(", ");
            format!("unknown level `{name}`: expected one of {names}{}", hint.unwrap_or_default())
        })
    }

    /// What the level promises, one sentence.
    pub const fn doc(self) -> &'static str {
        match self {
            Level::Linearizable => "One legal order of the operations that keeps real time.",
            Level::Sequential => "One legal order of all operations that keeps the order of each session.",
            Level::CausalConvergent => "Causal, and all sessions agree on one order of the writes.",
            Level::Causal => "Who sees a write sees its causes; each session may have an order of its own.",
            Level::Session => "All four guarantees of sessions, each by itself.",
            Level::ReadYourWrites => "A session sees its own writes, or later ones.",
            Level::MonotonicReads => "A session never sees less than it has seen.",
            Level::MonotonicWrites => {
                "Who has seen a write of a session sees what that session wrote before it."
            }
            Level::WritesFollowReads => {
                "Who has seen a write of a session sees what that session had seen before it."
            }
        }
    }

    /// Whether every history that keeps this level keeps `other`.
    pub fn implies(self, other: Level) -> bool {
        self == other || self.next_below().iter().any(|below| below.implies(other))
    }

    /// The strongest of the levels that are weaker than this one.
    pub const fn next_below(self) -> &'static [Level] {
        match self {
            Level::Linearizable => &[Level::Sequential],
            Level::Sequential => &[Level::CausalConvergent, Level::Causal],
            Level::CausalConvergent | Level::Causal => &[Level::Session],
            Level::Session => &Level::GUARANTEES,
            _ => &[],
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_names() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.name()), Ok(level));
        }
        let error = Level::parse("linearisable").unwrap_err();
        assert!(error.ends_with("did you mean `linearizable`?"), "{error}");
    }

    #[test]
    fn the_stronger_come_first() {
        for (place, level) in Level::ALL.into_iter().enumerate() {
            assert!(Level::Linearizable.implies(level));
            assert!(Level::ALL[place + 1..].iter().all(|weaker| !weaker.implies(level)));
        }
        assert!(!Level::ReadYourWrites.implies(Level::MonotonicReads));
        assert!(Level::Causal.implies(Level::WritesFollowReads));
        assert!(!Level::CausalConvergent.implies(Level::Causal), "neither implies the other");
    }
}
