//! A run told line by line, whatever the protocol.

use crate::base::SimTime;
use crate::engine::{DiskTrouble, Happening, Loss};
use crate::process::{Payload, Process};

/// One line of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceLine {
    /// The number of the event it belongs to, from 1.
    pub event: u64,
    /// When.
    pub time: SimTime,
    /// What kind of thing: `message`, `crash`, …
    pub kind: &'static str,
    /// Where: a node, a client, or a link as `n0 -> n1`.
    pub place: String,
    /// What exactly.
    pub text: String,
}

impl TraceLine {
    /// The line that tells `happening`.
    pub(super) fn new<P: Process>(event: u64, time: SimTime, happening: &Happening<P>) -> Self {
        let (kind, place, text) = match happening {
            Happening::Started { node, incarnation } => {
                ("start", node.to_string(), format!("incarnation {incarnation}"))
            }
            Happening::Message { from, to, message } => {
                ("message", format!("{from} -> {to}"), format!("{message:?}"))
            }
            Happening::Request { client, to, id, request } => {
                ("request", format!("{client} -> {to}"), format!("#{} {request:?}", id.0))
            }
            Happening::Response { from, client, id, response } => {
                ("response", format!("{from} -> {client}"), format!("#{} {response:?}", id.0))
            }
            Happening::Lost { link, kind, why } => {
                ("lost", format!("{} -> {}", link.from, link.to), format!("{kind}: {}", reason(*why)))
            }
            Happening::Timer { node, timer } => ("timer", node.to_string(), format!("{timer:?}")),
            Happening::ClientTimer { client, timer } => {
                ("timer", client.to_string(), format!("client timer {}", timer.0))
            }
            Happening::Durable { node, writes } => ("durable", node.to_string(), format!("{writes} writes")),
            Happening::Admin { node, command } => ("admin", node.to_string(), command.kind().to_owned()),
            Happening::Fault { action, targets, lasts } => {
                let lasts = lasts.map_or_else(String::new, |lasts| format!(", for {lasts}"));
                ("fault", format!("{targets:?}"), format!("{action}{lasts}"))
            }
            Happening::Over { action, targets } => ("over", format!("{targets:?}"), action.to_string()),
            Happening::Crashed { node, writes_lost } => {
                ("crash", node.to_string(), format!("{writes_lost} unsynced writes lost"))
            }
            Happening::Paused { node, lasts } => ("pause", node.to_string(), format!("for {lasts}")),
            Happening::Disk { node, trouble } => ("disk", node.to_string(), told(*trouble)),
            Happening::Settled { core } => ("settle", format!("{core:?}"), "all faults end".to_owned()),
            Happening::Connectivity { components } => {
                ("connectivity", String::new(), format!("{components:?}"))
            }
        };
        TraceLine { event, time, kind, place, text }
    }
}

fn told(trouble: DiskTrouble) -> String {
    match trouble {
        DiskTrouble::Stalled { until } => format!("a sync stalls until {until}"),
        DiskTrouble::Failed { writes } => format!("a sync fails, and {writes} writes with it"),
        DiskTrouble::Refused { writes } => format!("full: {writes} writes refused"),
        DiskTrouble::Forgot { writes } => format!("{writes} writes lost that it said to be durable"),
        DiskTrouble::Rotted => "a durable record rots".to_owned(),
        DiskTrouble::Lost => "lost with all that was on it".to_owned(),
    }
}

fn reason(why: Loss) -> &'static str {
    match why {
        Loss::Chance => "lost by chance",
        Loss::Blocked => "the link is blocked",
        Loss::Down => "the receiver is down",
        Loss::Dropped => "dropped by a fault",
        Loss::Burst => "lost in a burst",
        Loss::Overflow => "the buffer of the link is full",
        Loss::Corrupted => "corrupted, and dropped for its checksum",
        Loss::Degraded => "the link is degraded",
    }
}
