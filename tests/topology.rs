//! Places in whole runs: latencies between them, and the loss of one.

use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use atropos::base::keys::Target;
use atropos::base::{ClientId, DiskError, Latency, NodeId, Probability, Seed, SimDuration, SimTime, Ticket};
use atropos::check::Verdict;
use atropos::engine::{Happening, Loss, Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, PartitionShape, When};
use atropos::network::topology::{Distances, Jitter, Place, Plan, Topology};
use atropos::network::{Effect, LinkConfig, LinkOverride, NetworkConfig};
use atropos::process::{Boot, Context, Process, RequestId};
use atropos::registry;
use atropos::run::Outcome;
use atropos::scenario::{Opened, Reader, Scenario, Source};

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;
const MATRIX: &str = "scenarios/wan/aws-2021-02-13.csv";
const REGIONS: [&str; 5] = ["ap-southeast-1", "ca-central-1", "eu-west-1", "sa-east-1", "us-west-1"];

/// Every millisecond each node sends the time to every other.
#[derive(Clone, Debug)]
struct Gossip {
    nodes: u32,
}

impl Process for Gossip {
    /// How many nodes, and how often.
    type Config = (u32, u64);
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = ();
    type Timer = u64;

    fn start(&(nodes, rounds): &(u32, u64), _: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        ctx.set_timer(rounds, MS(1));
        Gossip { nodes }
    }
    fn on_message(&mut self, _: NodeId, _: u64, _: &mut Context<Self>) {}
    fn on_timer(&mut self, rounds: u64, ctx: &mut Context<Self>) {
        let (own, now) = (ctx.id(), ctx.now().as_ns());
        for to in (0..self.nodes).map(NodeId).filter(|to| *to != own) {
            ctx.send(to, now);
        }
        if rounds > 1 {
            ctx.set_timer(rounds - 1, MS(1));
        }
    }
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// How long messages took, by sender and receiver, and which were lost.
#[derive(Default)]
struct Watch {
    took: Vec<(u32, u32, u64)>,
    blocked: Vec<(SimTime, u32, u32)>,
    crashed: Vec<u32>,
}

impl Observer<Gossip> for Watch {
    fn on_happening(&mut self, at: SimTime, happening: &Happening<Gossip>) {
        match happening {
            Happening::Message { from, to, message } => {
                self.took.push((from.0, to.0, at.as_ns() - **message));
            }
            Happening::Lost { link, why: Loss::Blocked, .. } => {
                let node = |end: atropos::base::Address| end.as_node().unwrap().0;
                self.blocked.push((at, node(link.from), node(link.to)));
            }
            Happening::Crashed { node, .. } => self.crashed.push(node.0),
            _ => {}
        }
    }
    fn on_observation(&mut self, _: SimTime, _: NodeId, (): &()) {}
}

fn open(name: &str, from: &str) -> Result<Opened, String> {
    let path = Path::new(from).parent().unwrap().join(name);
    let text = fs::read(&path).map_err(|error| error.to_string())?;
    Ok(Opened { path: path.to_str().unwrap().to_owned(), text })
}

/// Reads `text` as if it were in the folder of `scenarios/raft`.
fn scenario(text: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/raft/test.toml");
    let source = Source { path: path.to_str().unwrap(), name: "test".to_owned(), text: text.as_bytes() };
    let specs = registry::specs();
    Reader::new(&specs).opener(&open).read(source).unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// The round trips of the file by a reader of the test's own: column 4 is the mean, in ms.
fn measured(from: &str, to: &str) -> f64 {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(MATRIX)).unwrap();
    let row = text.lines().find(|line| line.starts_with(&format!("{from},{to},"))).unwrap();
    row.split(',').nth(3).unwrap().parse().unwrap()
}

fn gossip(network: NetworkConfig, nodes: u32, rounds: u64, faults: Vec<Fault>) -> (World<Gossip>, Watch) {
    let config = WorldConfig { network, faults, ..WorldConfig::new(Seed(3), nodes) };
    let mut world = World::new(config, (nodes, rounds), Vec::new());
    let mut watch = Watch::default();
    assert!(world.run_until(SimTime::ZERO + SimDuration::from_secs(3_600), u64::MAX, &mut watch));
    (world, watch)
}

/// Two nodes in each of five regions: the mean of what each pair was seen to take is within 1 % of
/// half the round trip in the file.
#[test]
fn every_pair_takes_what_the_matrix_says() {
    let nodes = REGIONS.map(|region| format!("\"{region}\"")).join(", ");
    let text = format!(
        "protocol = \"raft\"\nnodes = 10\n[topology]\nnodes = [{nodes}]\nmatrix = \"../wan/aws-2021-02-13.csv\"\n\
         column = \"rtt_ms_avg\"\njitter_share = 0.2\n[raft]\nelection_timeout_min = \"1s\"\nelection_timeout_max = \"2s\""
    );
    let (_, watch) = gossip(scenario(&text).network, 10, 2_000, Vec::new());
    let mut worst = 0f64;
    for from in 0..10 {
        for to in (0..10).filter(|to| *to != from) {
            let took: Vec<u64> =
                watch.took.iter().filter(|(f, t, _)| (*f, *t) == (from, to)).map(|(.., ns)| *ns).collect();
            assert_eq!(took.len(), 2_000);
            let mean_ms = took.iter().sum::<u64>() as f64 / took.len() as f64 / 1e6;
            let asked = measured(REGIONS[from as usize % 5], REGIONS[to as usize % 5]) / 2.0;
            worst = worst.max((mean_ms / asked - 1.0).abs());
        }
    }
    assert!(worst < 0.01, "{worst}");
    println!("90 pairs, 180,000 messages: at most {:.3} % off", worst * 100.0);
}

/// A topology in which every place is `base` from every other.
fn even(base: SimDuration, jitter: Jitter) -> Arc<Topology> {
    let place = |name: &str| Place::parse(name).unwrap();
    let pairs = [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")];
    let matrix = pairs.map(|(from, to)| ((from.to_owned(), to.to_owned()), base));
    let plan = Plan {
        nodes: vec![place("a/1"), place("b")],
        clients: Vec::new(),
        distances: Distances::Matrix(matrix.into()),
        within: [None; 3],
        jitter,
    };
    Arc::new(plan.topology().unwrap())
}

/// Where places say what `[network]` would have said, a run is the same to the last draw: no other
/// stream and no other decision of a message is touched.
#[test]
fn places_touch_no_draw_but_the_latency() {
    let chance = |p| Probability::new(p).unwrap();
    let network = |latency: Latency, topology: Option<Arc<Topology>>| NetworkConfig {
        links: LinkConfig { latency, loss: chance(0.05), duplicate: chance(0.05), ..LinkConfig::default() },
        topology,
        ..NetworkConfig::default()
    };
    let digest = |network: NetworkConfig| gossip(network, 4, 500, Vec::new()).0.digest();
    let other = Latency::Constant(MS(77));
    let constant = network(Latency::Constant(MS(5)), None);
    assert_eq!(digest(constant.clone()), digest(network(other.clone(), Some(even(MS(5), Jitter::None)))));
    let uniform = network(Latency::Uniform { min: MS(4), max: MS(6) }, None);
    let share = Jitter::Share(chance(0.2));
    assert_eq!(digest(uniform.clone()), digest(network(other.clone(), Some(even(MS(5), share)))));
    let added = Jitter::Added(Latency::Uniform { min: MS(1), max: MS(3) });
    assert_eq!(digest(uniform.clone()), digest(network(other.clone(), Some(even(MS(3), added)))));
    assert_ne!(digest(constant), digest(uniform));
    assert_ne!(digest(network(other.clone(), None)), digest(network(other, Some(even(MS(5), Jitter::None)))));
}

#[test]
fn a_link_that_is_set_apart_wins() {
    let special = |from: u32, latency: Option<Latency>| LinkOverride {
        from: vec![NodeId(from)],
        to: vec![],
        latency,
        duplicate: Some(Probability::NEVER),
        ..LinkOverride::default()
    };
    let overrides = vec![special(0, Some(Latency::Constant(MS(20)))), special(1, None)];
    let topology = Some(even(MS(5), Jitter::None));
    let (_, watch) =
        gossip(NetworkConfig { topology, overrides, ..NetworkConfig::default() }, 3, 10, Vec::new());
    let took =
        |from: u32| watch.took.iter().filter(move |(f, ..)| *f == from).map(|(.., ns)| *ns / 1_000_000);
    assert!(took(0).all(|ms| ms == 20) && took(0).count() == 20);
    assert!(took(1).chain(took(2)).all(|ms| ms == 5), "another key leaves the latency alone");
}

/// A copy that a degraded link makes has the same way to go as the message.
#[test]
fn a_copy_is_no_faster_than_its_places_are_apart() {
    let doubled = Action::Links { from: None, to: None, effect: Effect::Duplicate(Probability::ALWAYS) };
    let network = NetworkConfig { topology: Some(even(MS(40), Jitter::None)), ..NetworkConfig::default() };
    let (world, watch) = gossip(network, 2, 100, once(doubled, Some(MS(20))));
    assert!(world.counters().messages_degraded > 0);
    assert!(watch.took.iter().all(|(.., ns)| *ns == MS(40).as_ns()), "{:?}", watch.took);
}

fn place_of(name: &str, nodes: &[u32]) -> Target {
    let nodes = nodes.iter().copied().map(NodeId).collect();
    Target::Place { sort: "region", name: name.to_owned(), nodes }
}

fn once(action: Action, lasts: Option<SimDuration>) -> Vec<Fault> {
    vec![Fault {
        when: When::once(SimTime::ZERO + MS(50)),
        action,
        lasts: lasts.map(Into::into),
        max_down: None,
    }]
}

/// The canary of the loss of a place: whom it hits, and no other.
#[test]
fn a_place_is_lost_as_one() {
    let network = NetworkConfig { topology: Some(even(MS(1), Jitter::None)), ..NetworkConfig::default() };
    let crash = once(Action::Crash(place_of("b", &[1, 3])), None);
    let (world, watch) = gossip(network.clone(), 4, 100, crash);
    assert_eq!(watch.crashed, [1, 3]);
    assert_eq!(world.counters().crashes, 2);

    let isolate = Action::Partition(PartitionShape::Isolate(place_of("b", &[1, 3])));
    let (world, watch) = gossip(network, 4, 100, once(isolate, Some(MS(20))));
    let across = |from: u32, to: u32| from % 2 != to % 2;
    assert!(watch.blocked.iter().all(|(_, from, to)| across(*from, *to)));
    // Eight directed links, a message a millisecond each, for 20 ms; and what was under way.
    let blocked = world.counters().messages_blocked;
    assert_eq!(blocked, watch.blocked.len() as u64);
    assert!((160..=176).contains(&blocked), "{blocked}");
    let during = |at: &SimTime| (MS(50)..=MS(70)).contains(&at.since(SimTime::ZERO));
    assert!(watch.blocked.iter().all(|(at, ..)| during(at)));
}

const CLUSTER: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"20s\"\n[topology]\nnodes = [\"eu/a\", \"eu/b\", \"us/a\"]\n\
    clients = CLIENTS\n[[topology.route]]\nbetween = [\"eu\", \"us\"]\nlatency = \"40ms\"\n\
    [clients]\ncount = 2\ntimeout = \"1s\"\nkeys = 2\nthink = \"10ms\"\n[raft]\nelection_timeout_min = \"300ms\"\n\
    election_timeout_max = \"600ms\"\n[[faults]]\nkind = \"partition\"\nisolate = WHOM\nat = \"5s\"\nfor = \"10s\"\n";

fn cut_off(clients: &str, whom: &str) -> Outcome {
    let text = CLUSTER.replace("CLIENTS", clients).replace("WHOM", whom);
    let outcome = registry::run(&scenario(&text), Seed(11), &mut ());
    assert_eq!(outcome.verdict, Verdict::Valid, "{:?}", outcome.checks);
    outcome
}

/// The canary of clients that are cut off with their place: a client in the minority gets nothing
/// for ten seconds, one elsewhere goes on, and by node ids both go on.
#[test]
fn clients_are_cut_off_with_their_place() {
    // An operation that times out takes a second: about ten of them at most, instead of hundreds.
    let stuck = cut_off("[\"us/b\"]", "\"region:us\"").operations;
    let free = cut_off("[\"eu/c\"]", "\"region:us\"").operations;
    let by_id = cut_off("[\"us/b\"]", "2").operations;
    assert!(stuck.info >= 10, "{stuck:?}");
    assert!(free.info < stuck.info / 2, "{free:?} {stuck:?}");
    assert!(by_id.ok > stuck.ok + stuck.ok / 3, "{by_id:?} {stuck:?}");
    println!("stuck {stuck:?}, free {free:?}, by id {by_id:?}");
}
