//! Where the first impossible operation could have happened instead, among chains of values.
//!
//! It is a read or a cas, and if a cas, nothing that happened demands the value that it leaves: otherwise
//! it was needed before, and its return changed nothing. Before it all was possible. It could have
//! happened on a value if that value was left by then at the latest, and the chain grown by this operation
//! (and by those that return later and are needed for its sake) is in order and crosses no other.

use super::chain_locator::Forest;
use super::zone_states::{Crossings, earliest};
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::{Entry, NEVER};

/// The values on which `culprit` could have happened, in the order in which they were left.
pub(super) fn possible(forest: &Forest<'_>, entries: &[Entry], culprit: &Entry) -> Vec<StateId> {
    let (call, now) = (culprit.call + 1, culprit.ret + 1);
    let chains = forest.chains(entries, now);
    let crossings = Crossings::new(&chains, call);
    let is_possible = |&value: &StateId| {
        let Some(last_call) = growth(forest, value, culprit) else { return false };
        let root = forest.root[value as usize];
        let chain = &chains[root as usize];
        let last_call = chain.last_call.max(last_call).max(call);
        value != culprit.guard && crossings.is_free(root, chain.first_return.min(now), last_call)
    };
    let possible = (0..forest.links.len() as StateId).filter(is_possible);
    earliest(possible.map(|value| (forest.links[value as usize].call, value)).collect())
}

/// The last call of what would be needed for the sake of `culprit` if it happened on `value`; `None` if
/// it cannot.
fn growth(forest: &Forest<'_>, value: StateId, culprit: &Entry) -> Option<u32> {
    let now = culprit.ret + 1;
    if forest.root[value as usize] == NONE {
        return None;
    }
    let (mut last_call, mut at) = (0, value);
    while at != NONE && forest.needed[at as usize] >= now {
        let link = &forest.links[at as usize];
        if link.call >= now || at == culprit.leaves {
            return None;
        }
        last_call = last_call.max(link.call);
        at = link.before;
    }
    if at == NONE {
        return Some(last_call);
    }
    // What happened on the value that is there already.
    let [replaced, _] = forest.first_two(at);
    let replaced = if replaced < now { replaced } else { NEVER };
    let reads_in_time = at == value && culprit.leaves == NONE && replaced > culprit.call;
    (replaced == NEVER || reads_in_time).then_some(last_call)
}
