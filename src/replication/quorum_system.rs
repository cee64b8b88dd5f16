//! Quorum systems: who must answer in each phase of Paxos (Howard, Malkhi and Spiegelman, *Flexible Paxos*,
//! 2016): only quorums of different phases need to have a node in common.

use super::NodeSet;
use super::quorum::majority;
use crate::base::NodeId;

/// What makes a quorum of the members of a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum QuorumSystem {
    /// A majority, in both phases.
    #[default]
    Majority,
    /// So many members, whichever they are.
    Sizes {
        /// Of the first phase, in which a proposer learns what may be chosen.
        phase1: u32,
        /// Of the second, in which a value is chosen.
        phase2: u32,
    },
    /// The members, in order, stand in rows of equal length: all of a row in the first phase, all of a
    /// column in the second.
    Grid {
        /// How many rows.
        rows: u32,
    },
}

/// The two phases of Paxos.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    /// Prepare and promise.
    One,
    /// Accept and accepted.
    Two,
}

impl QuorumSystem {
    /// Whether `answered` holds a quorum of `members` in `phase`.
    #[inline]
    pub fn is_quorum(self, phase: Phase, members: NodeSet, answered: NodeSet) -> bool {
        let answered = answered.within(members);
        match self.size(phase, members.len(NodeSet::MOST)) {
            Some(size) => answered.len(NodeSet::MOST) >= size,
            None => self.fills_a_line(phase, members, answered),
        }
    }

    /// How many of `count` members make a quorum, if it does not matter which.
    #[inline]
    pub const fn size(self, phase: Phase, count: usize) -> Option<usize> {
        match (self, phase) {
            (QuorumSystem::Majority, _) => Some(majority(count)),
            (QuorumSystem::Sizes { phase1, .. }, Phase::One) => Some(phase1 as usize),
            (QuorumSystem::Sizes { phase2, .. }, Phase::Two) => Some(phase2 as usize),
            (QuorumSystem::Grid { .. }, _) => None,
        }
    }

    /// The fewest of `count` members that make a quorum.
    pub fn least(self, phase: Phase, count: usize) -> usize {
        match (self, phase) {
            (QuorumSystem::Grid { rows }, Phase::One) => count / rows.max(1) as usize,
            (QuorumSystem::Grid { rows }, Phase::Two) => rows as usize,
            (sizes, phase) => sizes.size(phase, count).unwrap_or(count),
        }
    }

    /// Of `count` members, so many can be missing, whichever they are, and both phases have quorums.
    pub fn survives(self, count: usize) -> usize {
        match self {
            // In a grid a node in each row, or one in each column, is missed by every row or column.
            QuorumSystem::Grid { rows } => {
                (rows as usize).min(count / rows.max(1) as usize).saturating_sub(1)
            }
            sizes => count.saturating_sub(sizes.least(Phase::One, count).max(sizes.least(Phase::Two, count))),
        }
    }

    /// Why quorums of different phases among `count` members may have nobody in common, or there are none.
    pub fn flaw(self, count: usize) -> Option<String> {
        match self {
            QuorumSystem::Majority => None,
            QuorumSystem::Sizes { phase1, phase2 } => {
                let (one, two) = (phase1 as usize, phase2 as usize);
                if one == 0 || two == 0 || one > count || two > count {
                    return Some(format!("of {count} members {one} and {two} make no quorums"));
                }
                (one + two <= count).then(|| {
                    format!(
                        "quorums of {one} and of {two} among {count} members may have nobody in common: \
                         together they must be more than {count}"
                    )
                })
            }
            QuorumSystem::Grid { rows } => {
                let fits = rows > 0 && count.is_multiple_of(rows as usize);
                (!fits).then(|| format!("{count} members do not stand in {rows} rows of equal length"))
            }
        }
    }

    fn fills_a_line(self, phase: Phase, members: NodeSet, answered: NodeSet) -> bool {
        let QuorumSystem::Grid { rows } = self else { return false };
        let (rows, count) = (rows as usize, members.len(NodeSet::MOST));
        let columns = count / rows.max(1);
        let nodes: Vec<NodeId> = members.iter(NodeSet::MOST).collect();
        let has = |place: usize| nodes.get(place).is_some_and(|node| answered.contains(*node));
        match phase {
            Phase::One => (0..rows).any(|row| (0..columns).all(|column| has(row * columns + column))),
            Phase::Two => (0..columns).any(|column| (0..rows).all(|row| has(row * columns + column))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever answers in one phase and whoever answers in the other have a node in common.
    #[test]
    fn quorums_of_different_phases_meet() {
        fn meet(system: u8, count: u8, answered: u16) -> bool {
            let count = usize::from(count % 12) + 1;
            let half = count as u32 / 2;
            let system = match system % 4 {
                0 => QuorumSystem::Majority,
                1 => QuorumSystem::Sizes { phase1: count as u32, phase2: 1 },
                2 => QuorumSystem::Sizes { phase1: count as u32 - half, phase2: half + 1 },
                _ => QuorumSystem::Grid {
                    rows: (1..=3).rev().find(|rows| count.is_multiple_of(*rows)).unwrap() as u32,
                },
            };
            let members = NodeSet::first(count as u32);
            let yes: NodeSet = members.iter(64).filter(|node| answered >> node.0 & 1 == 1).collect();
            let no: NodeSet = members.iter(64).filter(|node| answered >> node.0 & 1 == 0).collect();
            system.flaw(count).is_none()
                && !(system.is_quorum(Phase::One, members, yes) && system.is_quorum(Phase::Two, members, no))
                && system.is_quorum(Phase::One, members, members)
                && system.is_quorum(Phase::Two, members, members)
        }
        quickcheck::QuickCheck::new().tests(5_000).quickcheck(meet as fn(u8, u8, u16) -> bool);
    }

    /// Oracle: every set of so many missing nodes.
    #[test]
    fn so_many_can_be_missing_and_no_more() {
        for (system, count) in [
            (QuorumSystem::Majority, 5),
            (QuorumSystem::Majority, 4),
            (QuorumSystem::Sizes { phase1: 4, phase2: 2 }, 5),
            (QuorumSystem::Sizes { phase1: 2, phase2: 5 }, 6),
            (QuorumSystem::Grid { rows: 2 }, 6),
            (QuorumSystem::Grid { rows: 3 }, 9),
            (QuorumSystem::Grid { rows: 1 }, 3),
        ] {
            let members = NodeSet::first(count);
            let works = |missing: u32| {
                let left: NodeSet = members.iter(64).filter(|node| missing >> node.0 & 1 == 0).collect();
                system.is_quorum(Phase::One, members, left) && system.is_quorum(Phase::Two, members, left)
            };
            let all_of = |k: u32| (0..1u32 << count).filter(|set| set.count_ones() == k).all(works);
            let most = (0..count).take_while(|k| all_of(*k)).last().unwrap_or(0);
            assert_eq!(system.survives(count as usize), most as usize, "{system:?} of {count}");
        }
    }

    #[test]
    fn quorums_that_need_not_meet_are_refused() {
        let flaw = |phase1, phase2| QuorumSystem::Sizes { phase1, phase2 }.flaw(5);
        assert_eq!((flaw(4, 2), flaw(1, 5), flaw(3, 3)), (None, None, None));
        assert!(flaw(2, 3).unwrap().contains("nobody in common"));
        assert!(flaw(0, 5).is_some() && flaw(6, 1).is_some());
        assert!(QuorumSystem::Grid { rows: 2 }.flaw(5).unwrap().contains("rows of equal length"));
        assert_eq!(QuorumSystem::Grid { rows: 2 }.flaw(6), None);
    }
}
