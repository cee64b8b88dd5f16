//! A lock that answers a token with each acquisition, greater than all before it, so that what a
//! former holder still sends can be told apart. Kleppmann, *How to do distributed locking* (2016);
//! Jepsen's Hazelcast `fenced-lock`.

use std::fmt;

use super::ModelName;
use crate::check::model::{Effect, Model, lacks};
use crate::history::{Operation, Outcome, Value};

/// A fenced lock, free at first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FencedLock;

/// Whether somebody has the lock, and the least that the last token can have been.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fence {
    held: bool,
    token: i64,
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.held { "held" } else { "free" })?;
        if self.token == i64::MIN { Ok(()) } else { write!(f, " after token {}", self.token) }
    }
}

impl Model for FencedLock {
    type State = Fence;

    fn initial(&self) -> Fence {
        Fence { held: false, token: i64::MIN }
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Fence>, String> {
        match (operation.f.name(), &operation.output) {
            ("acquire", Value::Nil | Value::Int(_)) | ("release", _) => Ok(Effect::Compute),
            ("acquire", other) => Err(format!("a token is a whole number, not {other}")),
            _ => Err(lacks(ModelName::FencedLock.name(), ModelName::FencedLock.functions(), operation)),
        }
    }

    fn step(&self, state: &Fence, operation: &Operation) -> Option<Fence> {
        if operation.f.name() == "release" {
            return state.held.then_some(Fence { held: false, ..*state });
        }
        // A token that nobody saw was at least the next: what that allows, a greater one allows less.
        let token = match operation.output {
            Value::Int(token) if operation.outcome == Outcome::Ok => token,
            _ => state.token.saturating_add(1),
        };
        (!state.held && token > state.token).then_some(Fence { held: true, token })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    #[test]
    fn tokens_grow() {
        let acquire = |token: i64| operation("acquire", Value::Nil, token.into(), Outcome::Ok);
        let free = |token| Fence { held: false, token };
        assert_eq!(after(&FencedLock, &acquire(5), &free(4)), Some(Fence { held: true, token: 5 }));
        assert_eq!(after(&FencedLock, &acquire(4), &free(4)), None);
        assert_eq!(after(&FencedLock, &acquire(5), &Fence { held: true, token: 4 }), None);
        let unseen = operation("acquire", Value::Nil, Value::Nil, Outcome::Info);
        assert_eq!(after(&FencedLock, &unseen, &free(4)), Some(Fence { held: true, token: 5 }));
    }
}
