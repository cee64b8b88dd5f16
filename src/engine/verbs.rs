//! The message faults in force: which message is the k-th of its kind.

use crate::base::LinkId;
use crate::faults::{MessageEffect, MessageVerb};

/// The `drop`, `delay` and `duplicate` faults that have struck and are not used up.
#[derive(Clone, Default, Debug)]
pub(super) struct Verbs {
    active: Vec<Active>,
}

#[derive(Clone, Debug)]
struct Active {
    /// The entry of the schedule that struck.
    fault: u32,
    verb: MessageVerb,
    /// How many messages it has meant so far.
    seen: u64,
}

impl Verbs {
    /// The entry `fault` strikes: it counts afresh, even if it was not used up.
    pub(super) fn add(&mut self, fault: u32, verb: MessageVerb) {
        self.active.retain(|active| active.fault != fault);
        self.active.push(Active { fault, verb, seen: 0 });
    }

    /// None of them is in force any more.
    pub(super) fn clear(&mut self) {
        self.active.clear();
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    /// What is done to a message of this kind on `link`: by the first verb that means it.
    /// Every verb counts it. What a partition blocks is not asked about, and so not counted.
    pub(super) fn hit(&mut self, link: LinkId, kind: &str) -> Option<MessageEffect> {
        let mut effect = None;
        for Active { verb, seen, .. } in &mut self.active {
            if !matches(verb, link, kind) {
                continue;
            }
            *seen += 1;
            if *seen >= verb.nth {
                effect = effect.or(Some(verb.effect));
            }
        }
        self.active.retain(|Active { verb, seen, .. }| *seen < verb.nth.saturating_add(verb.count - 1));
        effect
    }
}

fn matches(verb: &MessageVerb, link: LinkId, kind: &str) -> bool {
    let names =
        |node: Option<_>, end: crate::base::Address| node.is_none_or(|node| end.as_node() == Some(node));
    names(verb.from, link.from)
        && names(verb.to, link.to)
        && verb.message.as_deref().is_none_or(|message| message == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;

    #[test]
    fn the_kth_of_a_kind_on_a_link_is_hit_and_no_other() {
        let mut verbs = Verbs::default();
        let verb = MessageVerb {
            message: Some("Vote".to_owned()),
            from: Some(NodeId(0)),
            to: None,
            nth: 2,
            count: 2,
            effect: MessageEffect::Drop,
        };
        verbs.add(0, verb);
        let link = |from| LinkId::new(NodeId(from), NodeId(2));
        let hits: Vec<bool> =
            [(0, "Vote"), (1, "Vote"), (0, "Append"), (0, "Vote"), (0, "Vote"), (0, "Vote")]
                .into_iter()
                .map(|(from, kind)| verbs.hit(link(from), kind).is_some())
                .collect();
        assert_eq!(hits, [false, false, false, true, true, false]);
        assert!(verbs.is_empty(), "used up");
    }
}
