//! What an object ought to do, one operation at a time.
//!
//! A model says what each operation demands of the state and what it leaves behind. Where both are
//! known beforehand, the operation is a guarded assignment ([`Effect::Assign`]), and the judges use
//! all that follows from it. Where the next state is computed from the last (queues, counters), it is
//! [`Effect::Compute`], and they ask [`Model::step`].

use std::fmt;
use std::hash::Hash;

use crate::history::{Operation, Value, nearest};

/// What one operation demands and leaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<S> {
    /// A guarded assignment. Had nobody seen its answer, it would leave the same, or, if it leaves the
    /// state as it was, be [`Effect::NOTHING`].
    Assign {
        /// The only state it can happen in; `None` for any.
        guard: Option<S>,
        /// The state afterwards; `None` if it stays as it was.
        leaves: Option<S>,
    },
    /// [`Model::step`] says, for each state.
    Compute,
    /// [`Model::step`] says in which states it is possible. It changes none of them.
    Inspect,
}

impl<S> Effect<S> {
    /// Demands nothing and changes nothing.
    pub const NOTHING: Effect<S> = Effect::Assign { guard: None, leaves: None };

    /// The effect, whatever the states are.
    pub fn shape(self) -> Effect<()> {
        match self {
            Effect::Assign { guard, leaves } => {
                Effect::Assign { guard: guard.map(drop), leaves: leaves.map(drop) }
            }
            Effect::Compute => Effect::Compute,
            Effect::Inspect => Effect::Inspect,
        }
    }

    /// Demands `state` and leaves it.
    pub const fn demand(state: S) -> Self {
        Effect::Assign { guard: Some(state), leaves: None }
    }

    /// Leaves `state`, whatever was before.
    pub const fn assign(state: S) -> Self {
        Effect::Assign { guard: None, leaves: Some(state) }
    }
}

/// What judges may know of a model, to take a shorter way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Structure {
    /// Nothing.
    Other,
    /// A [`Read`](crate::history::Function::Read) of a whole number demands that, a
    /// [`Write`](crate::history::Function::Write) of one leaves it, and [`Operation::key`] is the object:
    /// these are sorted without asking.
    Register,
    /// A set, empty at first. What is computed adds its input, and all else demands the set that the
    /// list of its output has the elements of.
    GrowingSet,
    /// A queue, first in, first out, empty at first. An `enqueue` adds its input, and all else
    /// takes what it answers, nil if there is nothing.
    Queue,
    /// A string, empty at first. An `append` adds its input at the end, a `put` or `write` leaves it, a `get`
    /// or `read` that says something demands its output; nil is the empty string.
    String,
    /// A stack, last in, first out, empty at first. A `push` adds its input, and all else takes what it
    /// answers, nil if there is nothing.
    Stack,
}

/// The sequential behaviour of an object.
///
/// A model of one's own needs a state, the state at first, and for each operation its effect:
///
/// ```
/// use atropos::check::{Budget, Effect, Model, Verdict, check};
/// use atropos::history::{Operation, Outcome, Value, read_jsonl};
///
/// /// Keeps the greatest number that it was told.
/// #[derive(Clone)]
/// struct Maximum;
///
/// impl Model for Maximum {
///     type State = Value;
///
///     fn initial(&self) -> Value {
///         Value::Int(0)
///     }
///     fn effect(&self, operation: &Operation) -> Result<Effect<Value>, String> {
///         match operation.f.name() {
///             "offer" => Ok(Effect::Compute),
///             "read" if operation.outcome == Outcome::Ok => Ok(Effect::demand(operation.output.clone())),
///             "read" => Ok(Effect::NOTHING),
///             other => Err(format!("a maximum has no `{other}`: expected one of offer, read")),
///         }
///     }
///     fn step(&self, state: &Value, operation: &Operation) -> Option<Value> {
///         Some(state.clone().max(operation.input.clone()))
///     }
/// }
///
/// let history = read_jsonl(
///     br#"{"process":0,"type":"invoke","f":"offer","value":3}
///         {"process":0,"type":"ok","f":"offer","value":3}
///         {"process":0,"type":"invoke","f":"offer","value":2}
///         {"process":0,"type":"ok","f":"offer","value":2}
///         {"process":0,"type":"invoke","f":"read","value":null}
///         {"process":0,"type":"ok","f":"read","value":2}"#,
/// )?;
/// let report = check(&history, &Maximum, &mut Budget::UNLIMITED.clone())?;
/// assert_eq!(report.verdict, Verdict::Invalid);
/// # Ok::<(), atropos::history::HistoryError>(())
/// ```
pub trait Model: Clone + Send + Sync + 'static {
    /// What the object remembers.
    type State: Clone + Eq + Hash + fmt::Display + Send + Sync;

    /// The state before the first operation.
    fn initial(&self) -> Self::State;

    /// What `operation` demands and leaves. Nobody saw the output of an operation that did not end
    /// [`Ok`](crate::history::Outcome::Ok): it must demand nothing for its sake.
    ///
    /// # Errors
    /// In a user's words, why the model has no such operation.
    fn effect(&self, operation: &Operation) -> Result<Effect<Self::State>, String>;

    /// [`Model::effect`], whatever the states are: asked where nobody needs them.
    ///
    /// # Errors
    /// In a user's words, why the model has no such operation.
    fn shape(&self, operation: &Operation) -> Result<Effect<()>, String> {
        Ok(self.effect(operation)?.shape())
    }

    /// The state after `operation`, whose effect is not [`Effect::Assign`], happens in `state`; `None`
    /// if it cannot. Nothing but its function, input, output and outcome may matter.
    fn step(&self, _state: &Self::State, _operation: &Operation) -> Option<Self::State> {
        None
    }

    /// The object that `operation` concerns: the operations of each are judged on their own.
    fn part<'o>(&self, operation: &'o Operation) -> Option<&'o Value> {
        operation.key.as_ref()
    }

    /// The model for these operations, all those of one object. It may take states for one that no
    /// further operation among these can tell apart.
    fn specialised(&self, _operations: &mut dyn Iterator<Item = &Operation>) -> Self {
        self.clone()
    }

    /// What the judges may take for granted.
    fn structure(&self) -> Structure {
        Structure::Other
    }

    /// The bytes that the memory of `state` takes, about, kept twice: searches keep all states that they
    /// meet, and give up where that is too much.
    fn bytes(_state: &Self::State) -> usize {
        2 * size_of::<Self::State>() + 32
    }

    /// The integer that `state` is, if it is one: such states are looked up faster.
    fn integer(_state: &Self::State) -> Option<i64> {
        None
    }
}

/// Why a model has no such operation: the names it expected, and the nearest.
pub(super) fn lacks(model: &str, names: &[&str], operation: &Operation) -> String {
    let wrong = operation.f.name();
    let hint = nearest(wrong, names).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    format!("the model `{model}` has no `{wrong}`: expected one of {}{hint}", names.join(", "))
}
