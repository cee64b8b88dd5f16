//! What a node waits for, in words: for whoever asks why no operation completes.

use super::node::{MultiPaxos, Role};
use crate::replication::Phase;

impl MultiPaxos {
    /// What the node waits for, if it knows.
    pub(super) fn told_wait(&self) -> Option<String> {
        let applied = self.applied.0;
        match &self.role {
            Role::Stopped => None,
            Role::Follower => Some(match self.leader {
                Some(leader) => format!("follows {leader}, with {applied} slots applied"),
                None => format!("knows no leader and has promised ballot {:?}", self.promised),
            }),
            Role::Candidate(candidacy) => {
                let (known, who) = candidacy.known;
                let (ballot, by) = (candidacy.ballot, candidacy.promises.by);
                let members = self.membership.at(self.applied.next());
                let has_quorum = self.config.is_quorum(Phase::One, members, by);
                Some(match has_quorum && known > self.applied {
                    true => format!(
                        "wants to lead in ballot {ballot:?} and lacks slots {} to {} of {who}",
                        applied + 1,
                        known.0
                    ),
                    false => format!("wants to lead in ballot {ballot:?}, with promises of {by:?}"),
                })
            }
            Role::Leader(leadership) => Some(match leadership.waits_for() {
                None => format!("leads in ballot {:?}, all {applied} slots chosen", leadership.ballot),
                Some(by) => format!(
                    "leads in ballot {:?}, and waits for slot {}, which {by:?} have accepted",
                    leadership.ballot,
                    applied + 1
                ),
            }),
        }
    }
}
