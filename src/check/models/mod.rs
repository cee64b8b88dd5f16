//! The models by name, each a small pure function in a file of its own with its source.

mod consensus;
mod counter;
mod fenced_lock;
mod fifo_queue;
mod kv;
mod multi_register;
mod mutex;
mod register;
mod sequence;
mod set;
mod stack;

use std::fmt;

pub use consensus::Consensus;
pub use counter::Counter;
pub use fenced_lock::{Fence, FencedLock};
pub use fifo_queue::FifoQueue;
pub use kv::{Held, Kv};
pub use multi_register::{MultiRegister, Registers};
pub use mutex::{Lock, Mutex};
pub use register::Register;
pub use sequence::Sequence;
pub use set::Set;
pub use stack::Stack;

use super::erased::Erased;
use super::{Case, Online};
use crate::history::{History, HistoryError, Operation, Value, nearest};

/// The models by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ModelName {
    /// `read` and `write`.
    Register,
    /// `read`, `write` and `cas`.
    #[default]
    CasRegister,
    /// `get`, `put` and `append` on strings, and those of the cas-register.
    Kv,
    /// Transactions of reads and writes.
    MultiRegister,
    /// `add` and `read`.
    Counter,
    /// `add` and `read` of a list.
    Set,
    /// `enqueue` and `dequeue`.
    FifoQueue,
    /// `push` and `pop`.
    Stack,
    /// `acquire` and `release`.
    Mutex,
    /// `acquire`, which answers a token, and `release`.
    FencedLock,
    /// `propose`, which answers the decision.
    Consensus,
}

/// What a read means that returned nil.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NilReads {
    /// There was no value: the state was nil.
    Absent,
    /// The value is not known: always legal.
    Unknown,
}

/// Models of transactions. They are refused by name until there are judges for them.
const TRANSACTIONAL: [&str; 8] =
    ["list-append", "rw-register", "bank", "long-fork", "sequential", "comments", "causal", "causal-reverse"];

impl ModelName {
    /// Every model.
    pub const ALL: [ModelName; 11] = [
        ModelName::Register,
        ModelName::CasRegister,
        ModelName::Kv,
        ModelName::MultiRegister,
        ModelName::Counter,
        ModelName::Set,
        ModelName::FifoQueue,
        ModelName::Stack,
        ModelName::Mutex,
        ModelName::FencedLock,
        ModelName::Consensus,
    ];
    /// Their names.
    pub const NAMES: [&str; 11] = [
        "register",
        "cas-register",
        "kv",
        "multi-register",
        "counter",
        "set",
        "fifo-queue",
        "stack",
        "mutex",
        "fenced-lock",
        "consensus",
    ];

    /// The name users type.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The model of this name.
    ///
    /// # Errors
    /// The names there are, the nearest first in line.
    pub fn parse(name: &str) -> Result<ModelName, String> {
        let names = Self::NAMES.join(", ");
        if TRANSACTIONAL.contains(&name) {
            return Err(format!(
                "the model `{name}` is about transactions, whose judges come later: expected one of {names}"
            ));
        }
        ModelName::ALL.into_iter().find(|model| model.name() == name).ok_or_else(|| {
            let hint = nearest(name, &Self::NAMES).map(|n| format!("; did you mean `{n}`?"));
            format!("unknown model `{name}`: expected one of {names}{}", hint.unwrap_or_default())
        })
    }

    /// What the object is, one sentence.
    pub const fn doc(self) -> &'static str {
        match self {
            ModelName::Register => "A register, or one for each key: a read returns the last value written.",
            ModelName::CasRegister => {
                "A register with compare-and-set, which writes only where the old value is as told."
            }
            ModelName::Kv => "Strings by key: get, put and append, and the operations of a cas-register.",
            ModelName::MultiRegister => "Several registers, read and written by transactions.",
            ModelName::Counter => "A counter: a read returns the sum of what was added.",
            ModelName::Set => "A set that grows: a read returns a list of what was added.",
            ModelName::FifoQueue => "A queue, first in, first out; an empty one answers null.",
            ModelName::Stack => "A stack, last in, first out; an empty one answers null.",
            ModelName::Mutex => "A lock: acquired when free, released when held.",
            ModelName::FencedLock => "A lock whose acquisitions answer tokens that grow.",
            ModelName::Consensus => "A decision: every propose answers the first proposal.",
        }
    }

    /// The functions it has.
    pub const fn functions(self) -> &'static [&'static str] {
        match self {
            ModelName::Register => &["read", "write"],
            ModelName::CasRegister => &["read", "write", "cas"],
            ModelName::Kv => &["get", "put", "append", "read", "write", "cas"],
            ModelName::MultiRegister => &["txn"],
            ModelName::Counter | ModelName::Set => &["add", "read"],
            ModelName::FifoQueue => &["enqueue", "dequeue"],
            ModelName::Stack => &["push", "pop"],
            ModelName::Mutex | ModelName::FencedLock => &["acquire", "release"],
            ModelName::Consensus => &["propose"],
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl NilReads {
    /// Their names: `absent`, `unknown`.
    pub const NAMES: [&str; 2] = ["absent", "unknown"];

    /// What they mean where nothing else is said. Where the first value is nil, a read of nil saw no
    /// value; where it is not, nil was never there to be seen, and such a read tells nothing.
    pub fn of(initial: &Value) -> NilReads {
        if initial.is_nil() { NilReads::Absent } else { NilReads::Unknown }
    }

    /// The meaning of this name.
    ///
    /// # Errors
    /// The names there are.
    pub fn parse(name: &str) -> Result<NilReads, String> {
        let place = NilReads::NAMES.iter().position(|&other| other == name);
        place.map(|at| [NilReads::Absent, NilReads::Unknown][at]).ok_or_else(|| {
            format!("unknown meaning `{name}` of a nil read: expected one of {}", NilReads::NAMES.join(", "))
        })
    }
}

/// A model as a user names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Specification {
    /// Which.
    pub model: ModelName,
    /// The state at first; nil for the model's own.
    pub initial: Value,
    /// What a read of nil means, where the model has such reads.
    pub nil_reads: NilReads,
}

impl Specification {
    /// `model` beginning with `initial`, with [`NilReads::of`] that.
    pub fn new(model: ModelName, initial: Value) -> Self {
        Specification { model, nil_reads: NilReads::of(&initial), initial }
    }

    /// Whether `initial` is a state of the model.
    ///
    /// # Errors
    /// In a user's words, why it is not.
    pub fn validate(&self) -> Result<(), String> {
        let Specification { model, initial, .. } = self;
        match (model, initial) {
            (ModelName::Counter, Value::Nil | Value::Int(_)) => Ok(()),
            (ModelName::Counter, other) => Err(format!("a counter is a whole number, not {other}")),
            (ModelName::Set, _) => Set::new(initial).map(drop),
            (ModelName::FifoQueue, _) => FifoQueue::new(initial).map(drop),
            (ModelName::Stack, _) => Stack::new(initial).map(drop),
            (ModelName::Mutex | ModelName::FencedLock, Value::Nil) => Ok(()),
            (ModelName::Mutex | ModelName::FencedLock, other) => {
                Err(format!("a lock is free at first: it cannot begin with {other}"))
            }
            _ => Ok(()),
        }
    }

    /// `operations`, those of `history`, made ready for judging.
    ///
    /// # Errors
    /// An operation that the model does not have, or an initial value that is none of its states.
    pub fn case(&self, history: &History, operations: Vec<Operation>) -> Result<Case, HistoryError> {
        self.case_while(history, operations, &|| true)
    }

    /// The same for as long as `goes_on` says so, which is asked now and then. Afterwards the case has no
    /// partitions, and the verdict on it is unknown.
    ///
    /// # Errors
    /// As [`Specification::case`].
    pub fn case_while(
        &self,
        history: &History,
        operations: Vec<Operation>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Case, HistoryError> {
        let model = self.erased().map_err(|message| HistoryError { line: 1, column: None, message })?;
        Case::erased(history, operations, model, goes_on)
    }

    /// A judge of such objects, one for each key, that takes events as they happen and gives up when more
    /// than so many configurations must be looked at, as [`Online::within`] does.
    ///
    /// # Errors
    /// In a user's words, why the initial value is none of its states.
    pub fn online(&self, configurations: usize) -> Result<Online, String> {
        Ok(Online::erased(self.erased()?, configurations))
    }

    /// The model itself.
    ///
    /// # Errors
    /// In a user's words, why the initial value is none of its states.
    fn erased(&self) -> Result<Box<dyn Erased>, String> {
        let &Specification { model: name, ref initial, nil_reads } = self;
        let initial = initial.clone();
        Ok(match name {
            ModelName::Register | ModelName::CasRegister => Box::new(Register { name, initial, nil_reads }),
            ModelName::Kv => Box::new(Kv::new(&initial, nil_reads)),
            ModelName::MultiRegister => Box::new(MultiRegister { initial, nil_reads }),
            ModelName::Counter => {
                self.validate()?;
                Box::new(Counter { initial: if let Value::Int(sum) = initial { sum } else { 0 } })
            }
            ModelName::Set => Box::new(Set::new(&initial)?),
            ModelName::FifoQueue => Box::new(FifoQueue::new(&initial)?),
            ModelName::Stack => Box::new(Stack::new(&initial)?),
            ModelName::Mutex => Box::new(Mutex),
            ModelName::FencedLock => Box::new(FencedLock),
            ModelName::Consensus => Box::new(Consensus { initial }),
        })
    }
}

/// The bytes that a state takes which is `value`, about.
fn bytes(value: &Value) -> usize {
    let content = match value {
        Value::Text(text) => text.len(),
        Value::List(list) => list.len() * size_of::<Value>(),
        Value::Map(map) => 2 * map.len() * size_of::<Value>(),
        Value::Nil | Value::Bool(_) | Value::Int(_) => return 64,
    };
    // The value itself, twice, what is around the content, and the content.
    128 + content
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::model::{Effect, Model};
    use crate::history::{Function, Outcome};

    pub(super) fn operation(f: &str, input: Value, output: Value, outcome: Outcome) -> Operation {
        let f = Function::parse(f);
        Operation { process: 0, f, key: None, input, output, invoked: 0, returned: Some(1), outcome }
    }

    /// The state after `operation` happens in `state`.
    pub(super) fn after<M: Model>(model: &M, operation: &Operation, state: &M::State) -> Option<M::State> {
        match model.effect(operation).unwrap() {
            Effect::Assign { guard, .. } if guard.as_ref().is_some_and(|guard| guard != state) => None,
            Effect::Assign { leaves, .. } => Some(leaves.unwrap_or_else(|| state.clone())),
            Effect::Compute | Effect::Inspect => model.step(state, operation),
        }
    }

    #[test]
    fn models_have_names() {
        for model in ModelName::ALL {
            assert_eq!(ModelName::parse(model.name()), Ok(model));
        }
        let error = ModelName::parse("casregister").unwrap_err();
        assert!(error.ends_with("did you mean `cas-register`?"), "{error}");
        let error = ModelName::parse("list-append").unwrap_err();
        assert!(error.starts_with("the model `list-append` is about transactions"), "{error}");
        assert_eq!(NilReads::parse("unknown"), Ok(NilReads::Unknown));
        assert!(NilReads::parse("never").is_err());
    }

    #[test]
    fn a_first_value_must_be_a_state() {
        let validate = |model, initial: Value| Specification::new(model, initial).validate();
        assert_eq!(validate(ModelName::Counter, 3.into()), Ok(()));
        assert!(validate(ModelName::Counter, "x".into()).is_err());
        assert!(validate(ModelName::Set, 3.into()).is_err());
        assert!(validate(ModelName::Mutex, 3.into()).is_err());
        assert_eq!(validate(ModelName::Consensus, 3.into()), Ok(()));
    }
}
