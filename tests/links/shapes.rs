//! Who hears whom in each shape of partition, and how partitions come and go.

use std::collections::BTreeSet;

use super::*;
use atropos::base::keys::Target;
use atropos::faults::PartitionShape;

/// Every node sends its number to every other each millisecond.
#[derive(Clone, Debug)]
struct Crier {
    nodes: u32,
}

impl Process for Crier {
    type Config = u32;
    type Message = u64;
    type Record = Infallible;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = ();
    type Timer = ();

    fn start(nodes: &u32, _: Boot<Infallible>, ctx: &mut Context<Self>) -> Self {
        ctx.set_timer((), MS(1));
        Crier { nodes: *nodes }
    }
    fn on_timer(&mut self, (): (), ctx: &mut Context<Self>) {
        let own = ctx.id();
        (0..self.nodes).map(NodeId).filter(|to| *to != own).for_each(|to| ctx.send(to, 0));
        ctx.set_timer((), MS(1));
    }
    fn on_message(&mut self, _: NodeId, _: u64, _: &mut Context<Self>) {}
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// When who heard whom.
#[derive(Default)]
struct Heard(Vec<(SimTime, u32, u32)>);

impl Observer<Crier> for Heard {
    fn on_happening(&mut self, now: SimTime, happening: &Happening<Crier>) {
        if let Happening::Message { from, to, .. } = happening {
            self.0.push((now, from.0, to.0));
        }
    }
}

fn hear(nodes: u32, seed: u64, faults: Vec<Fault>, until: SimDuration) -> (Heard, Counters) {
    let network = NetworkConfig { links: constant(0), ..NetworkConfig::default() };
    let config = WorldConfig { network, faults, ..WorldConfig::new(Seed(seed), nodes) };
    let mut world: World<Crier> = World::new(config, nodes, Vec::new());
    let mut heard = Heard::default();
    assert!(world.run_until(at(until), u64::MAX, &mut heard));
    (heard, *world.counters())
}

/// The links that are open under a partition of this shape, as (from, to).
fn open(nodes: u32, seed: u64, shape: PartitionShape) -> BTreeSet<(u32, u32)> {
    let fault = Fault {
        when: When::once(at(US(4_500))),
        action: Action::Partition(shape),
        lasts: None,
        max_down: None,
    };
    let (heard, counters) = hear(nodes, seed, vec![fault], MS(9));
    let total = u64::from(nodes * (nodes - 1));
    let open: BTreeSet<(u32, u32)> =
        heard.0.iter().filter(|(now, ..)| *now > at(MS(5))).map(|(_, from, to)| (*from, *to)).collect();
    assert_eq!(counters.partitions, 1);
    assert_eq!(counters.messages_blocked, 5 * (total - open.len() as u64), "at 5, 6, 7, 8 and 9 ms");
    open
}

/// These links, both ways.
fn both(links: &[(u32, u32)]) -> BTreeSet<(u32, u32)> {
    links.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect()
}

const ALL_OF_FIVE: [(u32, u32); 10] =
    [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)];

fn nodes(ids: &[u32]) -> Vec<NodeId> {
    ids.iter().copied().map(NodeId).collect()
}

#[test]
fn a_bridge_sees_both_sides() {
    let shape = PartitionShape::Bridge(Target::Nodes(nodes(&[1])));
    assert_eq!(open(5, 1, shape), both(&[(0, 2), (3, 4), (1, 0), (1, 2), (1, 3), (1, 4)]));
}

#[test]
fn in_a_ring_each_hears_a_majority_and_no_two_the_same() {
    for count in 3..12 {
        let open = open(count, 1, PartitionShape::Ring(Target::All));
        let hears = |node: u32| -> BTreeSet<u32> {
            open.iter().filter(|(_, to)| *to == node).map(|(from, _)| *from).chain([node]).collect()
        };
        let all: BTreeSet<BTreeSet<u32>> = (0..count).map(hears).collect();
        assert_eq!(all.len() as u32, count, "no two the same");
        assert!(all.iter().all(|heard| heard.len() as u32 == count / 2 + 1), "each a majority");
    }
    let five = open(5, 1, PartitionShape::Ring(Target::Nodes(nodes(&[0, 2, 4, 1, 3]))));
    assert_eq!(five, both(&[(0, 2), (2, 4), (4, 1), (1, 3), (3, 0)]), "neighbours in the list");
}

#[test]
fn in_a_one_way_partition_the_way_back_stays_open() {
    let open =
        open(4, 1, PartitionShape::OneWay(Target::Nodes(nodes(&[0, 1])), Target::Nodes(nodes(&[1, 2]))));
    let blocked = [(0, 1), (0, 2), (1, 2)];
    assert_eq!(open.len(), 12 - blocked.len());
    assert!(blocked.iter().all(|link| !open.contains(link)), "{open:?}");
}

#[test]
fn groups_hear_their_own_and_who_is_in_none_hears_all() {
    let shape = PartitionShape::Groups(vec![nodes(&[0, 3]), nodes(&[1, 2])]);
    let across = both(&[(0, 1), (0, 2), (3, 1), (3, 2)]);
    assert_eq!(open(5, 1, shape), &both(&ALL_OF_FIVE) - &across);
}

#[test]
fn who_is_isolated_neither_hears_nor_is_heard() {
    let shape = PartitionShape::Isolate(Target::Nodes(nodes(&[1, 4])));
    assert_eq!(open(5, 1, shape), both(&[(0, 2), (0, 3), (2, 3), (1, 4)]));
}

/// Two that would stay and one that would last longer: all are over at once, and counted.
#[test]
fn a_heal_ends_every_partition_at_once() {
    let partition = |lasts, shape| Fault {
        when: When::once(at(US(4_500))),
        action: Action::Partition(shape),
        lasts,
        max_down: None,
    };
    let isolate = |node| PartitionShape::Isolate(Target::Nodes(nodes(&[node])));
    let heal = Fault { when: When::once(at(US(9_500))), action: Action::Heal, lasts: None, max_down: None };
    let faults = vec![
        partition(None, isolate(0)),
        partition(None, PartitionShape::OneWay(Target::Nodes(nodes(&[1])), Target::Nodes(nodes(&[2])))),
        partition(Some(MS(50).into()), isolate(2)),
        heal,
    ];
    let (heard, counters) = hear(3, 1, faults, MS(20));
    assert_eq!((counters.partitions, counters.heals, counters.heals_struck), (3, 3, 3));
    assert!(!heard.0.iter().any(|(now, ..)| *now > at(MS(4)) && *now < at(MS(10))), "nobody hears anybody");
    let after = heard.0.iter().filter(|(now, ..)| *now >= at(MS(10))).count();
    assert_eq!(after, 11 * 6, "from 10 to 20 ms each hears both others");
}

#[test]
fn in_a_star_all_hear_the_hub_alone() {
    let shape = PartitionShape::Star(Target::Nodes(nodes(&[3])));
    assert_eq!(open(5, 1, shape), both(&[(3, 0), (3, 1), (3, 2), (3, 4)]));
}

#[test]
fn in_a_chain_each_hears_its_neighbours() {
    assert_eq!(open(3, 1, PartitionShape::Chain(nodes(&[2, 0, 1]))), both(&[(2, 0), (0, 1)]));
    let with_others = open(4, 1, PartitionShape::Chain(nodes(&[2, 0, 1])));
    assert_eq!(with_others, both(&[(2, 0), (0, 1), (3, 0), (3, 1), (3, 2)]), "who is not named keeps all");
}

/// "Raft does not guarantee liveness in the face of network faults" (decentralizedthoughts, 2020-12-12):
/// nodes 1, 2 and 3 hear one another, 4 hears 2, and 5 hears 3.
#[test]
fn in_the_mesh_two_hang_on_one_each() {
    let mesh = both(&[(0, 1), (1, 2), (0, 2), (3, 1), (4, 2)]);
    assert_eq!(open(5, 1, PartitionShape::Mesh(nodes(&[0, 1, 2, 3, 4]))), mesh);
}

#[test]
fn a_random_partition_blocks_each_directed_link_with_its_probability() {
    let count = |seed| 40 * 39 - open(40, seed, PartitionShape::Random(chance(0.3))).len() as u64;
    assert_binomial("blocked links", (1..30).map(count).sum(), 29.0 * 40.0 * 39.0, 0.3);
    let first = open(20, 1, PartitionShape::Random(chance(0.5)));
    assert!(first.iter().any(|(from, to)| !first.contains(&(*to, *from))), "each way has its own chance");
    assert_ne!(first, open(20, 2, PartitionShape::Random(chance(0.5))), "another seed, other links");
}

#[test]
fn a_partition_that_comes_back_flaps() {
    let when = When { first: Some(at(US(10_500))), every: Some(MS(20).into()), until: at(MS(100)) };
    let shape = PartitionShape::Groups(vec![nodes(&[0]), nodes(&[1])]);
    let flapping =
        Fault { when, action: Action::Partition(shape), lasts: Some(MS(5).into()), max_down: None };
    let (heard, counters) = hear(2, 1, vec![flapping], MS(200));
    let silent = |ms: &u64| (0..5).any(|strike| (11 + 20 * strike..16 + 20 * strike).contains(ms));
    let expected: BTreeSet<u64> = (1..=200).filter(|ms| !silent(ms)).collect();
    let instants: BTreeSet<u64> = heard.0.iter().map(|(now, ..)| now.as_ns() / 1_000_000).collect();
    assert_eq!(instants, expected);
    assert_eq!((counters.partitions, counters.heals, counters.messages_blocked), (5, 5, 50));
}

#[test]
fn a_random_partition_that_comes_back_blocks_others() {
    let when = When { first: Some(at(US(10_500))), every: Some(MS(10).into()), until: at(MS(50)) };
    let action = Action::Partition(PartitionShape::Random(chance(0.5)));
    let (heard, _) =
        hear(10, 1, vec![Fault { when, action, lasts: Some(MS(10).into()), max_down: None }], MS(50));
    let during = |from: u64| -> BTreeSet<(u32, u32)> {
        let within = |now: SimTime| now > at(MS(from)) && now <= at(MS(from + 9));
        heard.0.iter().filter(|(now, ..)| within(*now)).map(|(_, from, to)| (*from, *to)).collect()
    };
    assert_ne!(during(11), during(21));
    assert_ne!(during(21), during(31));
}
