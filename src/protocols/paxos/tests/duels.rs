//! Whole clusters, of which chance delivers, loses and doubles the messages and crashes the nodes.

use super::*;

/// Five nodes, and what is under way between them.
struct Cluster {
    nodes: Vec<Node>,
    wires: Vec<(NodeId, NodeId, Message)>,
    chance: Stream,
    proposed: Vec<i64>,
}

impl Cluster {
    fn new(config: PaxosConfig, seed: u64) -> Self {
        let nodes = (0..config.nodes).map(|id| Node::new(config, id)).collect();
        let chance = Stream::new(Seed(seed), StreamName::Weather);
        Cluster { nodes, wires: Vec::new(), chance, proposed: Vec::new() }
    }

    fn pick(&mut self, count: usize) -> usize {
        self.chance.below(count as u64) as usize
    }

    /// Puts what node `id` has said on the wires.
    fn collect(&mut self, id: usize) {
        let sent = std::mem::take(&mut self.nodes[id].notes.sent);
        self.wires.extend(sent.into_iter().map(|(to, message)| (NodeId(id as u32), to, message)));
    }

    fn ask(&mut self, id: usize, value: i64) {
        self.proposed.push(value);
        self.nodes[id].is_asked(id as u32, value);
        self.collect(id);
    }

    fn fire(&mut self, id: usize) {
        self.nodes[id].fires();
        self.collect(id);
    }

    /// Delivers any message that is under way; a copy of it stays there if it `lasts`.
    fn deliver(&mut self, lasts: bool) {
        if self.wires.is_empty() {
            return;
        }
        let place = self.pick(self.wires.len());
        let (from, to, message) = if lasts { self.wires[place] } else { self.wires.swap_remove(place) };
        self.nodes[to.index()].hears(from.0, message);
        self.collect(to.index());
    }

    fn crash(&mut self, id: usize) {
        let config = self.nodes[id].paxos.config;
        let journal = std::mem::take(&mut self.nodes[id].notes.journal);
        self.nodes[id] = Node::started(config, id as u32, BootKind::Restart, journal);
    }

    fn decided(&self) -> Vec<i64> {
        self.nodes.iter().filter_map(Node::decided).collect()
    }

    /// Chance has its way for so many steps. All that was taken for decided at any time by anybody.
    fn storm(&mut self, steps: usize) -> Vec<i64> {
        let mut decided = Vec::new();
        for step in 0..steps {
            let id = self.pick(5);
            match self.pick(40) {
                0 => self.crash(id),
                1 | 2 => self.ask(id, step as i64),
                3 | 4 => self.fire(id),
                5 if !self.wires.is_empty() => {
                    let place = self.pick(self.wires.len());
                    self.wires.swap_remove(place);
                }
                6 => self.deliver(true),
                _ => self.deliver(false),
            }
            decided.extend(self.decided());
        }
        decided.sort_unstable();
        decided.dedup();
        assert!(decided.iter().all(|value| self.proposed.contains(value)), "who proposed that?");
        decided
    }
}

/// How many of so many storms decide anything, and how many decide twice.
fn storms(config: PaxosConfig, count: u64) -> (usize, usize) {
    let decided: Vec<usize> = (0..count).map(|seed| Cluster::new(config, seed).storm(400).len()).collect();
    let with = |least: usize| decided.iter().filter(|count| **count >= least).count();
    (with(1), with(2))
}

/// Agreement; that somebody proposed what is decided is asserted on the way.
#[test]
fn nobody_decides_otherwise_whatever_happens() {
    for learning in [Learning::All, Learning::Proposer] {
        let (decided, twice) = storms(PaxosConfig { learning, ..five() }, 2_000);
        assert_eq!(twice, 0);
        assert!(decided > 1_000, "{decided}");
    }
}

/// The storm can tell: each mistake lets two values be decided.
#[test]
fn mistakes_show_in_the_storm() {
    for bug in [
        Bug::PromiseNotPersisted,
        Bug::AcceptsBelowPromise,
        Bug::AdoptsFirstValue,
        Bug::MixesBallots,
        Bug::QuorumsDoNotMeet,
    ] {
        assert!(storms(with(bug), 4_000).1 > 0, "{bug:?}");
    }
}

/// All five propose at once and pre-empt each other, but as they wait for times drawn by chance, one is left
/// alone in the end. Time is told by whose timer is next.
#[test]
fn duelling_proposers_decide_in_the_end() {
    let mut longest = 0;
    for seed in 0..50 {
        let mut cluster = Cluster::new(five(), seed);
        let mut due = [0; 5];
        for (id, node) in cluster.nodes.iter_mut().enumerate() {
            node.notes.chance = Stream::new(Seed(seed * 5 + id as u64), StreamName::Weather);
        }
        (0..5).for_each(|id| cluster.ask(id, id as i64));
        let mut rounds = 0;
        while cluster.decided().len() < 5 {
            rounds += 1;
            assert!(rounds < 1_000, "seed {seed}: nothing is decided");
            // As many messages arrive meanwhile as a ballot takes for one of its phases.
            (0..20).for_each(|_| cluster.deliver(false));
            for (id, node) in cluster.nodes.iter_mut().enumerate() {
                // A wait that has begun anew ends so much later.
                if let Some(Timer::Proposal(_)) = node.notes.timers.pop() {
                    due[id] = rounds + node.notes.after.as_ns() / 2_000_000;
                }
            }
            for (id, due) in due.into_iter().enumerate() {
                if due == rounds && cluster.nodes[id].decided().is_none() {
                    cluster.fire(id);
                }
            }
        }
        let decided = cluster.decided();
        assert!(decided.iter().all(|value| *value == decided[0]));
        longest = longest.max(rounds);
    }
    assert!(longest > 1, "they do duel: {longest}");
}
