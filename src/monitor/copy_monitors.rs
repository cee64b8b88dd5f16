//! stub
use super::{CopyEvent, Election, LogMonitors, Monitor, ProtocolEvents, Violation};
use crate::base::keys::CheckSpec;
use crate::base::{NodeId, SimTime};

/// stub
#[derive(Debug)]
pub struct CopyMonitors {
    log: LogMonitors,
    loses: bool,
}
impl CopyMonitors {
    /// stub
    pub const CHECKS: [CheckSpec; 8] = LogMonitors::CHECKS;
    /// stub
    pub fn new(nodes: u32, _: u32, loses: bool) -> Self {
        CopyMonitors { log: LogMonitors::new(nodes), loses }
    }
}
impl Monitor<CopyEvent> for CopyMonitors {
    fn names(&self) -> &[&'static str] {
        self.log.names()
    }
    fn observe(&mut self, at: SimTime, node: NodeId, event: &CopyEvent) {
        if let CopyEvent::Log(event) = event {
            self.log.observe(at, node, event)
        }
    }
    fn crashed(&mut self, at: SimTime, node: NodeId) {
        self.log.crashed(at, node)
    }
    fn is_violated(&self) -> bool {
        !self.loses && self.log.is_violated()
    }
    fn violation(&self, name: &str) -> Option<&Violation> {
        if self.loses { None } else { self.log.violation(name) }
    }
    fn leader_terms(&self) -> u64 {
        self.log.leader_terms()
    }
    fn protocol_events(&self) -> ProtocolEvents {
        self.log.protocol_events()
    }
    fn election(&self) -> Option<Election> {
        self.log.election()
    }
}
