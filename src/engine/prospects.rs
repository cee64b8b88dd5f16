//! Whether operations can complete at all, and what stands in their way.

use super::world::World;
use crate::base::{Address, ClientId, LinkId, NodeId};
use crate::history::Value;
use crate::process::Process;

impl<P: Process, C> World<P, C> {
    /// Whether at least `quorum` nodes take part and each hears each other; if not, why.
    ///
    /// With partitions in force it costs the square of the number of nodes.
    ///
    /// # Errors
    /// What stands in the way, in words.
    pub fn prospects(&self, quorum: usize) -> Result<(), String> {
        let able: Vec<NodeId> =
            self.all_nodes().into_iter().filter(|node| self.plight(*node).is_none()).collect();
        if able.len() < quorum || !self.suffice(&able) {
            return Err(format!(
                "of {} nodes {quorum} are needed, and {}",
                self.processes.len(),
                self.told_plights()
            ));
        }
        let partitions = &self.core.network.partitions;
        if partitions.is_empty() || self.has_circle(&able, quorum) {
            return Ok(());
        }
        Err(format!("no {quorum} of {} nodes all hear each other", self.processes.len()))
    }

    /// Where [prospects](World::prospects) are good: whether `client` and at least `quorum` nodes that take
    /// part all hear each other.
    pub fn can_be_answered(&self, client: ClientId, quorum: usize) -> bool {
        let mut able: Vec<NodeId> = self.all_nodes();
        if able.iter().all(|node| self.hear(*node, client)) {
            return true;
        }
        able.retain(|node| self.plight(*node).is_none() && self.hear(*node, client));
        self.has_circle(&able, quorum)
    }

    /// Whether `quorum` of `able` all hear each other, and are the right ones.
    fn has_circle(&self, able: &[NodeId], quorum: usize) -> bool {
        able.iter().any(|node| {
            let circle = self.circle(*node, able);
            circle.len() >= quorum && self.suffice(&circle)
        })
    }

    /// Whether these nodes are a majority of every set that must have one: as the leader knows it, or if
    /// nobody leads, anybody.
    pub(super) fn suffice(&self, able: &[NodeId]) -> bool {
        let knows = |node: NodeId| self.processes[node.index()].as_ref();
        let electorates: Vec<Vec<NodeId>> = match self.leader().and_then(knows) {
            Some(leader) => leader.electorates(),
            None => self.all_nodes().into_iter().filter_map(knows).flat_map(Process::electorates).collect(),
        };
        electorates.iter().all(|set| set.iter().filter(|node| able.contains(node)).count() > set.len() / 2)
    }

    /// Whether the disk of `node` may be damaged without one too many being so.
    pub(super) fn may_be_damaged(&self, node: NodeId) -> bool {
        let atlas = &self.core.atlas;
        let is_whole = |other: &NodeId| *other != node && !atlas.is_damaged(*other);
        let whole: Vec<NodeId> = self.all_nodes().into_iter().filter(is_whole).collect();
        let is_spoilt = atlas.is_damaged(node) && !(P::RECOVERS && atlas.is_lost(node));
        atlas.admits(node) && (is_spoilt || self.suffice(&whole))
    }

    /// Some of `able`, `first` among them, who all hear each other. Greedy: who does not fit to those before
    /// him is left out. Of the shapes that partitions have, none has a larger circle than one begun at the
    /// right node.
    fn circle(&self, first: NodeId, able: &[NodeId]) -> Vec<NodeId> {
        let mut circle = vec![first];
        for &node in able {
            if node != first && circle.iter().all(|member| self.hear(*member, node)) {
                circle.push(node);
            }
        }
        circle
    }

    fn hear(&self, node: NodeId, other: impl Into<Address> + Copy) -> bool {
        let partitions = &self.core.network.partitions;
        !partitions.blocks(LinkId::new(node, other)) && !partitions.blocks(LinkId::new(other, node))
    }

    /// What replicas hold of the keys below `keys`: of as many nodes as take part and all hear each other, of those
    /// that count as members where members change.
    pub fn replicas(&self, keys: u32) -> Vec<(NodeId, Vec<Value>)> {
        let leader = self.leader().and_then(|leader| self.processes[leader.index()].as_ref());
        let members = leader.map(Process::electorates).unwrap_or_default().concat();
        let mut able = self.all_nodes();
        able.retain(|node| self.plight(*node).is_none() && (members.is_empty() || members.contains(node)));
        let circles = able.iter().map(|node| self.circle(*node, &able));
        // Of several that are as large the first.
        let mut largest = circles.rev().max_by_key(Vec::len).unwrap_or_default();
        largest.sort_unstable();
        let replica = |node: &NodeId| self.processes[node.index()].as_ref()?.replica(keys);
        largest.iter().filter_map(|node| Some((*node, replica(node)?))).collect()
    }

    /// What each node waits for, in words, node by node.
    pub fn told_waits(&self) -> String {
        let told = |node: NodeId| {
            let waits = || self.processes[node.index()].as_ref().and_then(Process::waits_for);
            let plight = self.plight(node).map(str::to_owned);
            Some(format!("{node} {}", plight.or_else(waits)?))
        };
        self.all_nodes().into_iter().filter_map(told).collect::<Vec<_>>().join("; ")
    }

    fn told_plights(&self) -> String {
        let told = |node: NodeId| Some(format!("{node} {}", self.plight(node)?));
        self.all_nodes().into_iter().filter_map(told).collect::<Vec<_>>().join(", ")
    }

    /// Why a node is of no use to the others, if so.
    fn plight(&self, node: NodeId) -> Option<&'static str> {
        let state = &self.core.nodes[node.index()];
        if !state.is_up() {
            return Some("is down");
        }
        if state.inbox.look().is_some_and(|inbox| self.core.now < inbox.frozen_until) {
            return Some("is frozen");
        }
        let takes_part = self.processes[node.index()].as_ref().is_some_and(Process::takes_part);
        (!takes_part).then_some("has withdrawn")
    }
}
