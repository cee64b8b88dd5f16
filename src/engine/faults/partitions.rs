//! Links are blocked and opened.

use super::super::event::Event;
use super::super::observer::{Happening, Observer};
use super::super::world::World;
use crate::base::keys::Target;
use crate::base::{Draw, NodeId, SimDuration, StreamName};
use crate::faults::PartitionShape;
use crate::network::{Connectivity, PartitionId, Pattern};
use crate::process::Process;

impl<P: Process, C> World<P, C> {
    pub(super) fn partition<O: Observer<P>>(
        &mut self,
        fault: u32,
        shape: &PartitionShape,
        targets: &[NodeId],
        lasts: Option<SimDuration>,
        observer: &mut O,
    ) {
        let nodes = self.processes.len() as u32;
        let others: Vec<NodeId> = (0..nodes).map(NodeId).filter(|node| !targets.contains(node)).collect();
        let stays = lasts.is_none();
        let one_way = match shape {
            PartitionShape::OneWay(from, to) => {
                Some([from, to].map(|end| self.resolve(end, fault, &self.all_nodes())))
            }
            _ => None,
        };
        let partitions = &mut self.core.network.partitions;
        let partition = match shape {
            PartitionShape::Groups(groups) => partitions.separate(groups, stays),
            PartitionShape::OneWay(..) => {
                one_way.and_then(|[from, to]| partitions.silence(&from, &to, stays))
            }
            PartitionShape::Isolate(Target::Place { name, .. }) => {
                let clients = self.core.network.clients_by_place(name);
                self.core.network.partitions.cut_off(targets, nodes, &clients, stays)
            }
            PartitionShape::Isolate(_) => partitions.separate(&[targets.to_vec(), others], stays),
            PartitionShape::Bridge(_) => {
                let (left, right) = others.split_at(others.len() / 2);
                partitions.separate(&[left.to_vec(), right.to_vec()], stays)
            }
            PartitionShape::Star(_) if others.len() < 2 => None,
            PartitionShape::Star(_) => partitions.arrange(targets, Pattern::Star, stays),
            PartitionShape::Ring(_) => partitions.arrange(targets, Pattern::Ring, stays),
            PartitionShape::Chain(order) => partitions.arrange(order, Pattern::Chain, stays),
            PartitionShape::Mesh(order) => partitions.arrange(order, Pattern::Mesh, stays),
            PartitionShape::Random(chance) => {
                let lot = self.core.decisions.stream(StreamName::Nemesis(fault)).next_u64();
                partitions.scatter(*chance, lot, stays)
            }
        };
        let Some(partition) = partition else {
            self.core.counters.misses += 1;
            return;
        };
        self.core.counters.partitions += 1;
        if let Some(lasts) = lasts {
            self.core.schedule(self.core.now + lasts, Event::Heal { partition });
        }
        self.tell_connectivity(observer);
    }

    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn heal<O: Observer<P>>(&mut self, partition: PartitionId, observer: &mut O) {
        if self.core.network.partitions.heal(partition) {
            self.core.counters.heals += 1;
            self.core.look_at_the_sky();
            self.tell_connectivity(observer);
        }
    }

    /// Who can reach whom, for those who trace: it costs the square of the nodes.
    pub(super) fn tell_connectivity<O: Observer<P>>(&mut self, observer: &mut O) {
        if observer.traces() {
            let up = |node: NodeId| self.core.nodes[node.index()].is_up();
            let nodes = self.processes.len() as u32;
            let components = Connectivity::new(nodes, up, &self.core.network.partitions).components();
            observer.on_happening(self.core.now, &Happening::Connectivity { components: &components });
        }
    }
}
