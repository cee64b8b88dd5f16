//! What a scenario can hold a run's history to.

use super::Level;
use crate::base::keys::CheckSpec;

/// What a run's history can be held to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Promise {
    /// This level of consistency.
    Level(Level),
    /// That writes are linearizable, and reads are of the past: [`LinearizableWrites`](super::LinearizableWrites).
    LinearizableWrites,
    /// That no acknowledged write is lost, and nothing is seen that was rolled back or failed.
    Durability,
    /// That replicas are equal once clients rest.
    Convergence,
}

impl Promise {
    /// The checks of all promises but linearizability, which has been there for longer under a name of its own.
    pub const CHECKS: [CheckSpec; Level::ALL.len() + 2] = {
        let writes = Promise::LinearizableWrites;
        let mut checks = [CheckSpec { name: writes.check(), doc: writes.doc() }; Level::ALL.len() + 2];
        checks[Level::ALL.len()] = CheckSpec { name: "durability", doc: Promise::Durability.doc() };
        checks[Level::ALL.len() + 1] = CheckSpec { name: "convergence", doc: Promise::Convergence.doc() };
        let mut place = 1;
        while place < Level::ALL.len() {
            let level = Level::ALL[place];
            checks[place - 1] = CheckSpec { name: level.name(), doc: level.doc() };
            place += 1;
        }
        checks
    };

    /// The names that users type, in order.
    pub fn names() -> Vec<&'static str> {
        Level::NAMES.into_iter().chain(["linearizable-writes", "durability", "convergence"]).collect()
    }

    /// The promise of this name.
    pub fn named(name: &str) -> Option<Promise> {
        match name {
            "linearizable-writes" => Some(Promise::LinearizableWrites),
            "durability" => Some(Promise::Durability),
            "convergence" => Some(Promise::Convergence),
            name => Level::ALL.into_iter().find(|level| level.name() == name).map(Promise::Level),
        }
    }

    /// The name of its check in the results of a run.
    pub const fn check(self) -> &'static str {
        match self {
            Promise::Level(Level::Linearizable) => "linearizability",
            Promise::Level(level) => level.name(),
            Promise::LinearizableWrites => "linearizable-writes",
            Promise::Durability => "durability",
            Promise::Convergence => "convergence",
        }
    }

    /// What it is, in a sentence.
    pub const fn doc(self) -> &'static str {
        match self {
            Promise::Level(level) => level.doc(),
            Promise::LinearizableWrites => {
                "Writes are linearizable, and each read saw what was there at some instant before it returned."
            }
            Promise::Durability => {
                "No acknowledged write is lost, and no read sees what is rolled back or failed."
            }
            Promise::Convergence => {
                "Once clients rest, all nodes that take part and hear each other hold the same data."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_promise_has_a_check() {
        for name in Promise::names() {
            let promise = Promise::named(name).unwrap();
            let has_check = Promise::CHECKS.iter().any(|check| check.name == promise.check());
            assert_eq!(has_check, promise != Promise::Level(Level::Linearizable), "{name}");
        }
        assert_eq!(Promise::named("linearizability"), None);
    }
}
