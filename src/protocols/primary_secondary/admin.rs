//! What operators can ask.

use crate::base::NodeId;
use crate::process::Payload;

/// What operators can ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Admin {
    /// The primary hands over: to this copy, or to whichever is furthest, once that holds everything.
    Failover(Option<NodeId>),
    /// Whoever is asked makes the freshest secondary that it reaches the primary, whatever the primary is doing.
    ForceFailover,
}

impl Payload for Admin {
    fn size(&self) -> u32 {
        5
    }
}
