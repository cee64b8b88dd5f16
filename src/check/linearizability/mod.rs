//! Linearizability (Herlihy & Wing 1990): can the operations be put in an order that is legal for
//! the object and keeps every operation between its invocation and its return?
//!
//! The search is that of Wing & Gong (1993) with Lowe's memo (2017): depth first, it takes an
//! operation that may come next, and never enters the same configuration twice. Decided is the whole
//! history; only when it is impossible, shorter and shorter prefixes are, until the first operation
//! is found that nothing explains.
//!
//! * `judging`: verdict, first impossible operation, and what would have been possible instead.
//! * `assignments/`: the search where all operations are guarded assignments, with its prunings.
//! * `steps/`: the search for any model.
//! * `just_in_time`: the configurations that explain a history that is not at its end.
//! * `chronology`: operations in order of return.
//! * `open_list`: Lowe's doubly linked list of calls and returns.
//! * `memo`: the configurations that led nowhere.
//!
//! Where the history allows a near-linear judge (see `special`), there is no search.

mod assignments;
mod chronology;
mod judging;
mod just_in_time;
mod memo;
mod open_list;
mod steps;

pub(in crate::check) use assignments::{Assignments, STATES_MAX};
pub(in crate::check) use chronology::Chronology;
pub(in crate::check) use judging::{Problem, Searching};
pub(in crate::check) use just_in_time::JustInTime;
pub(in crate::check) use open_list::OpenList;
pub(in crate::check) use steps::Steps;

/// What a search found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::check) enum Found {
    /// A linearization.
    Way,
    /// That there is none.
    NoWay,
    /// That it has no steps left. It goes on when run again.
    OutOfSteps,
    /// That it has no memory left.
    OutOfMemory,
}
