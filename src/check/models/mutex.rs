//! A lock: acquired when free, released when held, by whomever. Knossos' `mutex`.

use std::fmt;

use super::ModelName;
use crate::check::model::{Effect, Model, lacks};
use crate::history::Operation;

/// A lock, free at first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mutex;

/// Whether somebody has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lock {
    /// Nobody.
    Free,
    /// Somebody.
    Held,
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Lock::Free { "free" } else { "held" })
    }
}

impl Model for Mutex {
    type State = Lock;

    fn initial(&self) -> Lock {
        Lock::Free
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Lock>, String> {
        match operation.f.name() {
            "acquire" => Ok(Effect::Assign { guard: Some(Lock::Free), leaves: Some(Lock::Held) }),
            "release" => Ok(Effect::Assign { guard: Some(Lock::Held), leaves: Some(Lock::Free) }),
            _ => Err(lacks(ModelName::Mutex.name(), ModelName::Mutex.functions(), operation)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;
    use crate::history::{Outcome, Value};

    #[test]
    fn a_lock_is_held_once() {
        let acquire = operation("acquire", Value::Nil, Value::Nil, Outcome::Ok);
        assert_eq!(after(&Mutex, &acquire, &Lock::Free), Some(Lock::Held));
        assert_eq!(after(&Mutex, &acquire, &Lock::Held), None);
        let release = operation("release", Value::Nil, Value::Nil, Outcome::Info);
        assert_eq!(after(&Mutex, &release, &Lock::Held), Some(Lock::Free));
        assert_eq!(after(&Mutex, &release, &Lock::Free), None);
    }
}
