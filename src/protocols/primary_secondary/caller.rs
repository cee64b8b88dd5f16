//! stub
use super::assignment::Assignment;
use super::message::Message;
use super::timer::Timer;
use crate::base::{NodeId, SimDuration};
use crate::process::{Context, Process};
use crate::replication::KvResponse;

#[derive(Clone, Debug)]
pub(super) struct Caller {}
impl Caller {
    pub(super) fn new(_: Vec<NodeId>, _: SimDuration, _: u64, _: u32) -> Self {
        Caller {}
    }
    pub(super) fn read<P: Process<Message = Message, Timer = Timer>>(&mut self, _: &mut Context<P>) {}
    pub(super) fn change<P: Process<Message = Message, Timer = Timer>>(
        &mut self,
        _: Assignment,
        _: Assignment,
        _: &mut Context<P>,
    ) {
    }
    pub(super) fn is_changing(&self) -> bool {
        false
    }
    pub(super) fn changing(&self) -> Option<Assignment> {
        None
    }
    pub(super) fn on_told<P: Process<Message = Message, Timer = Timer>>(
        &mut self,
        _: u64,
        _: KvResponse,
        _: &mut Context<P>,
    ) -> Option<Assignment> {
        None
    }
    pub(super) fn on_timer<P: Process<Message = Message, Timer = Timer>>(&mut self, _: &mut Context<P>) {}
}
