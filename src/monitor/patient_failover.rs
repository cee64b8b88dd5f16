//! Patient failover: a supervisor has a primary replaced only if, by its own clock, it has not heard it for its grace;
//! or, where it has never heard it, has looked after the copies for its first grace; or if the primary itself has said
//! last that it is not whole.
//!
//! Left out: whether the primary was alive. One that nobody hears is replaced, and rightly so.

use super::CopyEvent;
use crate::base::{NodeId, SimDuration, SimTime};

/// Remembers whom each supervisor has heard since it began.
#[derive(Clone, Debug)]
pub struct PatientFailover {
    /// Of each node, if it looks after the copies.
    watches: Vec<Option<Watch>>,
    nodes: usize,
}

/// What a supervisor has seen, by its own clock.
#[derive(Clone, Debug)]
struct Watch {
    since: SimTime,
    first_grace: SimDuration,
    /// Of each node when it was heard last, and whether it was whole.
    heard: Vec<Option<(SimTime, bool)>>,
}

impl PatientFailover {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "patient-failover";

    /// Nobody supervises yet, of that many nodes.
    pub fn new(nodes: u32) -> Self {
        PatientFailover { watches: vec![None; nodes as usize], nodes: nodes as usize }
    }

    /// Checks what `node` says.
    pub fn check(&mut self, node: NodeId, event: &CopyEvent) -> Result<(), String> {
        let watch = &mut self.watches[node.index()];
        match *event {
            CopyEvent::Supervises { clock, first_grace } => {
                *watch = Some(Watch { since: clock, first_grace, heard: vec![None; self.nodes] });
                Ok(())
            }
            CopyEvent::Heard { node, clock, is_whole } => {
                if let Some(watch) = watch {
                    watch.heard[node.index()] = Some((clock, is_whole));
                }
                Ok(())
            }
            CopyEvent::Deposes { node: primary, clock, grace } => match watch {
                Some(watch) => watch.may_depose(primary, clock, grace).map_err(|why| format!("{node} {why}")),
                None => Err(format!("{node} wants {primary} replaced and does not look after the copies")),
            },
            CopyEvent::Log(_) | CopyEvent::Assigned { .. } | CopyEvent::Whole(_) => Ok(()),
        }
    }

    /// `node` crashes, and has heard nobody since.
    pub fn crashed(&mut self, node: NodeId) {
        self.watches[node.index()] = None;
    }
}

impl Watch {
    fn may_depose(&self, primary: NodeId, clock: SimTime, grace: SimDuration) -> Result<(), String> {
        let wants = |why: String| Err(format!("wants {primary} replaced {why}"));
        match self.heard[primary.index()] {
            Some((_, false)) => Ok(()),
            Some((at, true)) if clock.since(at) < grace => {
                wants(format!("{} after it has heard it, and has to wait for {grace}", clock.since(at)))
            }
            None if clock.since(self.since) < self.first_grace => wants(format!(
                "{} after it began to look after the copies, and has to wait for {} to hear it",
                clock.since(self.since),
                self.first_grace
            )),
            Some((_, true)) | None => Ok(()),
        }
    }
}
