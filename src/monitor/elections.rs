//! How long a cluster is without a leader, and how it comes by the next one.
//!
//! ```text
//!  the leader crashes                          n2 is elected     all that are up follow it
//!  |   n1 and n2 stand in term 4: split        |                 |
//!  |---|-----------------|---------------------|-----------------|----> time
//!  since                 n2 stands in term 5   elected           followed
//! ```
//!
//! A run tells of one [`Election`]: that after the first crash of a leader, or, where no leader crashes,
//! the first of all. Left out: elections that a partition, a pause or an operator brought about. When
//! these begin depends on whom one asks.

use super::{LogEvent, Role};
use crate::base::{NodeId, SimDuration, SimTime};

/// How a cluster came by a leader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Election {
    /// Whether a leader's crash made it necessary, and not the beginning of the run.
    pub after_crash: bool,
    /// Since when there was no leader.
    pub since: SimTime,
    /// Who was elected.
    pub leader: Option<NodeId>,
    /// How long it took until a node was elected: a majority had voted for it, and it knew.
    pub elected: Option<SimDuration>,
    /// How long it took until all other nodes that were up followed one leader: they had its first message.
    pub followed: Option<SimDuration>,
    /// Whether the first term in which a node stood elected nobody: votes were split, or lost. `None` if
    /// nobody stood, or the run ended before that was known.
    pub split: Option<bool>,
}

impl Election {
    fn since(since: SimTime, after_crash: bool) -> Self {
        Election { after_crash, since, leader: None, elected: None, followed: None, split: None }
    }
}

/// Takes note of it.
#[derive(Clone, Debug)]
pub(super) struct ElectionWatch {
    election: Election,
    /// The first term in which a node stood since then.
    first_term: Option<u64>,
    /// The latest leader and its term.
    leader: Option<(NodeId, u64)>,
    nodes: Vec<Member>,
}

/// What is known of a node.
#[derive(Clone, Copy, Debug)]
struct Member {
    is_up: bool,
    /// The latest leader that it has followed, and that leader's term.
    follows: Option<(NodeId, u64)>,
}

impl ElectionWatch {
    /// That many nodes, none of which leads.
    pub(super) fn new(nodes: u32) -> Self {
        let member = Member { is_up: true, follows: None };
        ElectionWatch {
            election: Election::since(SimTime::ZERO, false),
            first_term: None,
            leader: None,
            nodes: vec![member; nodes as usize],
        }
    }

    /// What came of it so far.
    pub(super) fn election(&self) -> Election {
        self.election
    }

    /// Takes note of what `node` says.
    pub(super) fn note(&mut self, at: SimTime, node: NodeId, event: &LogEvent) {
        match *event {
            LogEvent::Recovered => self.nodes[node.index()].is_up = true,
            LogEvent::Role { role: Role::Candidate, term } => self.stands(term),
            LogEvent::Role { role: Role::Leader, term } => self.leads(at, node, term),
            LogEvent::Role { role: Role::Stopped, .. } => self.leaves(at, node),
            LogEvent::Follows { leader, term } => {
                self.nodes[node.index()].follows = Some((leader, term));
                self.look_who_follows(at);
            }
            _ => {}
        }
    }

    /// Takes note that `node` crashes.
    pub(super) fn crashed(&mut self, at: SimTime, node: NodeId) {
        let led = self.leader.is_some_and(|(leader, _)| leader == node);
        if led && !self.election.after_crash {
            self.election = Election::since(at, true);
            self.first_term = None;
        }
        self.leaves(at, node);
    }

    fn leaves(&mut self, at: SimTime, node: NodeId) {
        self.nodes[node.index()].is_up = false;
        self.look_who_follows(at);
    }

    fn stands(&mut self, term: u64) {
        if self.leader.is_some_and(|(_, latest)| term <= latest) {
            return; // It has not heard yet that this term is over.
        }
        let first = *self.first_term.get_or_insert(term);
        if self.election.elected.is_none() && term > first {
            self.election.split = Some(true);
        }
    }

    fn leads(&mut self, at: SimTime, node: NodeId, term: u64) {
        if self.leader.is_some_and(|(_, latest)| term <= latest) {
            return;
        }
        self.leader = Some((node, term));
        let Election { since, elected, .. } = self.election;
        if elected.is_none() {
            self.election.leader = Some(node);
            self.election.elected = Some(at.since(since));
            self.election.split = Some(self.first_term.is_some_and(|first| term > first));
        }
        self.look_who_follows(at);
    }

    /// Whether all follow the latest leader by now.
    fn look_who_follows(&mut self, at: SimTime) {
        let Election { since, elected, followed, .. } = self.election;
        let Some((leader, _)) = self.leader.filter(|_| elected.is_some() && followed.is_none()) else {
            return;
        };
        let is_followed_by = |(i, member): (usize, &Member)| {
            !member.is_up || i == leader.index() || member.follows == self.leader
        };
        if self.nodes[leader.index()].is_up && self.nodes.iter().enumerate().all(is_followed_by) {
            self.election.followed = Some(at.since(since));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Step {
        Crash,
        Says(LogEvent),
    }
    use Step::{Crash, Says};

    fn is(role: Role, term: u64) -> Step {
        Says(LogEvent::Role { role, term })
    }

    fn follows(leader: u32, term: u64) -> Step {
        Says(LogEvent::Follows { leader: NodeId(leader), term })
    }

    /// What three nodes come to, of which one does something each nanosecond.
    fn of(steps: Vec<(u32, Step)>) -> Election {
        let mut watch = ElectionWatch::new(3);
        for ((node, step), at) in steps.into_iter().zip(1..) {
            let at = SimTime::from_ns(at);
            match step {
                Crash => watch.crashed(at, NodeId(node)),
                Says(event) => watch.note(at, NodeId(node), &event),
            }
        }
        watch.election()
    }

    fn told(election: Election) -> (u64, Option<u64>, Option<u64>, Option<bool>) {
        let ns = SimDuration::as_ns;
        (election.since.as_ns(), election.elected.map(ns), election.followed.map(ns), election.split)
    }

    #[test]
    fn the_first_election_counts_from_the_start() {
        assert_eq!(told(of(vec![])), (0, None, None, None));
        assert_eq!(told(of(vec![(0, is(Role::Candidate, 1))])), (0, None, None, None));
        let elected = || vec![(0, is(Role::Candidate, 1)), (0, is(Role::Leader, 1)), (1, follows(0, 1))];
        assert_eq!(told(of(elected())), (0, Some(2), None, Some(false)), "n2 does not follow yet");
        let mut steps = elected();
        steps.push((2, follows(0, 1)));
        steps.extend([(1, is(Role::Candidate, 2)), (1, is(Role::Leader, 2)), (2, follows(1, 2))]);
        assert_eq!(told(of(steps)), (0, Some(2), Some(4), Some(false)), "and what comes later is another");
    }

    #[test]
    fn a_term_without_a_leader_is_a_split_first_term() {
        let stand = || vec![(0, is(Role::Candidate, 1)), (1, is(Role::Candidate, 1))];
        let again = || stand().into_iter().chain([(1, is(Role::Candidate, 2))]).collect::<Vec<_>>();
        assert_eq!(told(of(stand())), (0, None, None, None));
        assert_eq!(told(of(again())), (0, None, None, Some(true)));
        let with = |leader| again().into_iter().chain([leader]).collect();
        assert_eq!(told(of(with((1, is(Role::Leader, 2))))), (0, Some(4), None, Some(true)));
        // The votes of the first term come after all.
        assert_eq!(told(of(with((0, is(Role::Leader, 1))))), (0, Some(4), None, Some(false)));
    }

    #[test]
    fn a_crash_of_the_leader_begins_anew_and_only_the_first_one() {
        let steps = || {
            vec![
                (0, is(Role::Leader, 1)),
                (1, Crash),
                (0, Crash),
                (1, Says(LogEvent::Recovered)),
                (1, is(Role::Candidate, 1)),
                (1, is(Role::Candidate, 2)),
                (1, is(Role::Leader, 2)),
                (2, follows(1, 2)),
            ]
        };
        let expected = (3, Some(4), Some(5), Some(false));
        let election = of(steps());
        assert_eq!(
            (told(election), election.after_crash, election.leader),
            (expected, true, Some(NodeId(1)))
        );
        let again = steps().into_iter().chain([(1, Crash), (2, is(Role::Leader, 3))]).collect();
        assert_eq!(told(of(again)), expected);
    }

    #[test]
    fn only_those_that_are_up_need_to_follow() {
        let steps = vec![(2, Crash), (0, is(Role::Leader, 1)), (1, follows(0, 1))];
        assert_eq!(told(of(steps)), (0, Some(2), Some(3), Some(false)));
        let steps = vec![(0, is(Role::Leader, 1)), (1, follows(0, 1)), (2, is(Role::Stopped, 1))];
        assert_eq!(told(of(steps)), (0, Some(1), Some(3), Some(false)));
        // Whom they follow matters, and that it leads still.
        let steps = vec![(0, is(Role::Leader, 2)), (1, follows(2, 1)), (2, follows(0, 2))];
        assert_eq!(told(of(steps)), (0, Some(1), None, Some(false)));
    }
}
