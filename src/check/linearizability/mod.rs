//! Linearizability (Herlihy & Wing 1990): can the operations be put in an order that is legal for
//! the object and keeps every operation between its invocation and its return?
//!
//! The search is that of Wing & Gong (1993) with Lowe's memo (2017): depth first, it takes an
//! operation that may come next, and never enters the same configuration twice. Decided is the whole
//! history; only when it is impossible, shorter and shorter prefixes are, until the first operation
//! is found that nothing explains.
//!
//! * `compiled`: operations as guarded assignments between numbered values.
//! * `plan`: what a search over a prefix must and may linearize.
//! * `open_list`: Lowe's doubly linked list of calls and returns.
//! * `memo`: the configurations that led nowhere.
//! * `search`: the search, and the prunings that make it practical, each with its proof.
//! * `planted`: mistakes in the prunings, for the tests that must notice them.
//! * `judging`: verdict, first impossible operation, and what would have been possible instead.
//!
//! What it leaves out: models that are no guarded assignments (see [`super::Model`]).

mod compiled;
mod judging;
mod memo;
mod open_list;
mod plan;
mod planted;
mod search;
#[cfg(test)]
mod tests;

pub use judging::{Impossible, Judgement, Judging, Progress};
