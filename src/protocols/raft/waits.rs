//! What a node waits for, in words: for whoever asks why no operation completes.

use super::node::{Raft, Role};
use crate::base::NodeId;
use crate::replication::quorum::majority;

impl Raft {
    /// What the node waits for, if it knows.
    pub(super) fn told_wait(&self) -> Option<String> {
        let term = self.term.0;
        match &self.role {
            Role::Stopped => None,
            Role::Follower => Some(match self.leader {
                Some(leader) => format!("follows {leader} in term {term}"),
                None => format!("knows no leader in term {term}"),
            }),
            Role::PreCandidate { votes } => {
                Some(format!("asks whether it would be elected after term {term}, with {votes:?} for it"))
            }
            Role::Candidate { votes, .. } => {
                let voters = self.membership.active().voters.len(self.config.nodes);
                let missing = majority(voters).saturating_sub(votes.len());
                Some(format!(
                    "stands for election in term {term} with {votes:?} and waits for {missing} more"
                ))
            }
            Role::Leader(leadership) => {
                let last = self.log.last_index();
                let behind = |node: &NodeId| leadership.progress[node.index()].matched < last;
                let behind: Vec<NodeId> = self.peers().filter(behind).collect();
                let (commit, last) = (self.commit.0, last.0);
                Some(match behind.is_empty() || commit == last {
                    true => format!("leads in term {term}, all {commit} entries committed"),
                    false => format!(
                        "leads in term {term}, {commit} of {last} entries committed, and waits for {behind:?}"
                    ),
                })
            }
        }
    }
}
