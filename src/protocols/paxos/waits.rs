//! What a node waits for, in words: for whoever asks why no operation completes.

use super::node::Paxos;
use super::proposer::Stage;

impl Paxos {
    /// What the node waits for, if for anything: of several proposals, in the first.
    pub(super) fn told_wait(&self) -> Option<String> {
        let (instance, proposal) = self.proposals.first_key_value()?;
        let told = match proposal.stage {
            Stage::Preparing { ballot, promised, .. } => {
                format!("asks for promises in ballot {ballot:?} and has those of {promised:?}")
            }
            Stage::Accepting { ballot, .. } => {
                let voters = self.voters(*instance, ballot);
                format!("proposes in ballot {ballot:?}, which {voters:?} have accepted")
            }
            Stage::BackingOff => format!("leaves the field to ballot {:?} for a time", proposal.seen),
        };
        let more = match self.proposals.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} proposals more)"),
        };
        Some(format!("{told} for instance {instance}{more}"))
    }
}
