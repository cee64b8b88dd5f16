//! Supervisors on Raft look after copies that only say that they are there.

use atropos::base::keys::Target;
use atropos::base::{ClientId, DiskError, NodeId, Seed, SimDuration, SimTime, Ticket};
use atropos::engine::{Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, When};
use atropos::monitor::CopyEvent;
use atropos::process::{Boot, Client, ClientContext, ClientTimer, Context, Process, RequestId};
use atropos::protocols::primary_secondary::admin::Admin;
use atropos::protocols::primary_secondary::assignment::{Assignment, Epoch};
use atropos::protocols::primary_secondary::bugs::{Bug, Bugs};
use atropos::protocols::primary_secondary::config::{Config, Form};
use atropos::protocols::primary_secondary::log::Position;
use atropos::protocols::primary_secondary::message::{Message, Record, Status};
use atropos::protocols::primary_secondary::node::{ClusterConfig, PrimarySecondary};
use atropos::protocols::primary_secondary::timer::Timer;
use atropos::protocols::raft::{Raft, RaftConfig};
use atropos::replication::{KvAnswer, KvCommand, KvOp, KvRequest, KvResponse, SessionId};

/// A copy without anything to copy: it says that it is there.
#[derive(Clone, Debug)]
struct Toy {
    config: Config,
    assignment: Assignment,
    /// Whether it tells nobody that it is there.
    is_silent: bool,
    /// Whom it has dropped from the set, and the session for that.
    drops: Option<(NodeId, SessionId)>,
}

impl Toy {
    /// How far each is: the second of the others is the freshest, the third the longest.
    fn last(id: NodeId) -> Position {
        let (epoch, index) = [(1, 5), (1, 4), (2, 3), (1, 9)][id.index()];
        Position { epoch: Epoch(epoch), index }
    }

    fn ask(&self, question: u64, request: KvRequest, ctx: &mut Context<Self>) {
        for supervisor in self.config.supervisors() {
            ctx.send(supervisor, Message::Ask { question, request });
        }
    }
}

impl Process for Toy {
    type Config = Config;
    type Message = Message;
    type Record = Record;
    type Request = KvRequest;
    type Response = KvResponse;
    type Admin = Admin;
    type Observation = CopyEvent;
    type Timer = Timer;

    fn start(config: &Config, _: Boot<Record>, ctx: &mut Context<Self>) -> Self {
        // The first is the last to be heard.
        let share = u64::from(config.copies - ctx.id().0);
        let first = config.heartbeat_interval.as_ns() * share / u64::from(config.copies);
        ctx.set_timer(Timer::Heartbeat, SimDuration::from_ns(first));
        let assignment = Assignment::first(config.copies);
        Toy { config: *config, assignment, is_silent: false, drops: None }
    }

    fn on_message(&mut self, _: NodeId, message: Message, ctx: &mut Context<Self>) {
        match message {
            Message::Assigned(assignment) if assignment.revision > self.assignment.revision => {
                self.assignment = assignment;
            }
            Message::Told { question: 1, response: KvResponse::Opened(session) } => {
                let Some((node, _)) = self.drops else { return };
                self.drops = Some((node, session));
                let op = KvOp::Create { key: 0, value: self.assignment.pack() };
                self.ask(2, KvRequest::Propose(KvCommand { session, sequence: 1, op }), ctx);
            }
            Message::Told { question: 2, response: KvResponse::Done(_) } => {
                let Some((node, session)) = self.drops else { return };
                let next = self.assignment.with(Some(ctx.id()), self.assignment.in_sync.without(node));
                let op = KvOp::Cas { key: 0, old: self.assignment.pack(), new: next.pack() };
                self.ask(3, KvRequest::Propose(KvCommand { session, sequence: 2, op }), ctx);
            }
            Message::Told { question: 3, response: KvResponse::Done(answer) } => {
                assert_eq!(answer, KvAnswer::Written);
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, _: Timer, ctx: &mut Context<Self>) {
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat_interval);
        if self.is_silent {
            return;
        }
        let status = Status { epoch: self.assignment.epoch, last: Toy::last(ctx.id()), is_whole: true };
        for supervisor in self.config.supervisors() {
            ctx.send(supervisor, Message::Heartbeat(status));
        }
    }

    fn on_request(&mut self, _: ClientId, _: RequestId, _: KvRequest, ctx: &mut Context<Self>) {
        ctx.observe(CopyEvent::Whole(true));
    }

    /// It drops the named one from the set; or it falls silent.
    fn on_admin(&mut self, command: Admin, ctx: &mut Context<Self>) {
        match command {
            Admin::Failover(Some(node)) => {
                self.drops = Some((node, SessionId(0)));
                self.ask(1, KvRequest::OpenSession, ctx);
            }
            _ => self.is_silent = true,
        }
    }

    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

type Node = PrimarySecondary<Toy, Raft>;

/// What supervisors say, in milliseconds.
#[derive(Default)]
struct Ear(Vec<(u64, CopyEvent)>);

impl Observer<Node> for Ear {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, at: SimTime, _: NodeId, event: &CopyEvent) {
        self.0.push((at.as_ns() / 1_000_000, *event));
    }
}

impl Ear {
    /// Who was agreed on as the primary, and when it was first known.
    fn primaries(&self) -> Vec<(u64, Option<u32>)> {
        let mut primaries: Vec<(u64, Option<u32>)> = Vec::new();
        for (at, event) in &self.0 {
            let CopyEvent::Assigned { primary, .. } = event else { continue };
            let primary = primary.map(|node| node.0);
            if primaries.last().is_none_or(|(_, before)| *before != primary) {
                primaries.push((*at, primary));
            }
        }
        primaries
    }

    /// When somebody began to supervise.
    fn reigns(&self) -> Vec<u64> {
        let begins =
            |(at, event): &(u64, CopyEvent)| matches!(event, CopyEvent::Supervises { .. }).then_some(*at);
        self.0.iter().filter_map(begins).collect()
    }

    /// When a primary was found to have failed.
    fn deposed(&self) -> Vec<u64> {
        let deposes =
            |(at, event): &(u64, CopyEvent)| matches!(event, CopyEvent::Deposes { .. }).then_some(*at);
        self.0.iter().filter_map(deposes).collect()
    }
}

/// Four copies and three supervisors.
fn config(form: Form) -> Config {
    Config { copies: 4, form, ..Config::default() }
}

/// These nodes crash at that second, and come back at the other if there is one.
fn crash(nodes: &[u32], at: u64, until: Option<u64>) -> Fault {
    let target = Target::Nodes(nodes.iter().copied().map(NodeId).collect());
    let lasts = until.map(|until| SimDuration::from_secs(until - at).into());
    let when = When::once(SimTime::ZERO + SimDuration::from_secs(at));
    Fault { when, action: Action::Crash(target), lasts, max_down: None }
}

fn world(seed: u64, copies: Config, faults: Vec<Fault>) -> World<Node> {
    let group = RaftConfig { nodes: 3, voters: 3, ..RaftConfig::default() };
    let world = WorldConfig { faults, ..WorldConfig::new(Seed(seed), copies.nodes()) };
    World::new(world, ClusterConfig { copies, group }, Vec::new())
}

/// What is said in so many seconds, in which node 0 is commanded at some milliseconds.
fn hear(seed: u64, copies: Config, faults: Vec<Fault>, commands: &[(u64, Admin)], seconds: u64) -> Ear {
    let mut world = world(seed, copies, faults);
    let mut ear = Ear::default();
    for (at, command) in commands {
        world.run_until(SimTime::ZERO + SimDuration::from_ms(*at), u64::MAX, &mut ear);
        world.admin(NodeId(0), *command);
    }
    world.run_until(SimTime::ZERO + SimDuration::from_secs(seconds), u64::MAX, &mut ear);
    ear
}

/// Who follows the primary that stops at 20 s, and when.
fn follows(copies: Config) -> (u64, Option<u32>) {
    let ear = hear(1, copies, vec![crash(&[0], 20, None)], &[], 45);
    let primaries = ear.primaries();
    assert_eq!(primaries[0].1, Some(0));
    primaries[1]
}

#[test]
fn a_primary_that_stops_is_replaced_by_the_freshest_within_its_grace() {
    for form in [Form::InSync, Form::Asynchronous] {
        let (at, primary) = follows(config(form));
        assert!((34_000..=38_000).contains(&at), "{at}");
        assert_eq!(primary, Some(2));
    }
    let with = |bug| Config { bugs: Bugs::only(bug), ..config(Form::InSync) };
    assert_eq!(follows(with(Bug::TakesAnyone)).1, Some(1));
    assert_eq!(follows(with(Bug::ComparesLengthOnly)).1, Some(3));
}

#[test]
fn a_primary_that_was_never_heard_has_its_first_grace() {
    let ear = hear(1, config(Form::InSync), vec![crash(&[0], 0, None)], &[], 60);
    let since = ear.reigns()[0];
    assert!((since + 55_000..=since + 58_000).contains(&ear.primaries()[1].0), "{:?}", ear.primaries());
}

#[test]
fn who_has_just_been_elected_waits_until_he_has_heard_everyone() {
    let copies = Config {
        heartbeat_interval: SimDuration::from_secs(3),
        supervision_interval: SimDuration::from_ms(500),
        ..config(Form::InSync)
    };
    let hasty = Config { bugs: Bugs::only(Bug::SupervisesAtOnce), ..copies };
    let mut too_early = 0;
    for seed in 0..4 {
        let faults = || vec![crash(&[4], 12, Some(15)), crash(&[5], 18, Some(21)), crash(&[6], 24, Some(27))];
        let ear = hear(seed, copies, faults(), &[], 30);
        assert!(ear.reigns().len() > 1 && ear.deposed().is_empty(), "{:?}", ear.deposed());
        too_early += hear(seed, hasty, faults(), &[], 30).deposed().len();
    }
    assert!(too_early > 0);
}

#[test]
fn the_freshest_is_found_among_enough_that_are_fenced() {
    let copies = Config { acks: 1, ..config(Form::SemiSynchronous) };
    let faults = || vec![crash(&[0], 20, None), crash(&[1], 20, Some(60))];
    let primaries = hear(1, copies, faults(), &[], 70).primaries();
    let [(_, Some(0)), (fenced, None), (found, Some(2))] = primaries[..] else { panic!("{primaries:?}") };
    assert!((34_000..=38_000).contains(&fenced) && (60_000..=64_000).contains(&found), "{primaries:?}");
    let hasty = Config { bugs: Bugs::only(Bug::TakesAnyone), ..copies };
    let primaries = hear(1, hasty, faults(), &[], 70).primaries();
    assert!(matches!(primaries[..], [_, _, (..40_000, Some(2))]), "{primaries:?}");
}

#[test]
fn who_has_just_been_dropped_from_the_set_does_not_become_the_primary() {
    let copies = config(Form::InSync);
    let silent = (20_000, Admin::ForceFailover);
    let at = hear(1, copies, Vec::new(), &[silent], 45).deposed()[0];
    let commands = [silent, (at - 500, Admin::Failover(Some(NodeId(2))))];
    let ear = hear(1, copies, Vec::new(), &commands, 45);
    assert_eq!(ear.deposed()[0], at);
    assert_eq!(ear.primaries()[1].1, Some(3), "the freshest of those left");
    let hasty = Config { bugs: Bugs::only(Bug::FailsOverUnconditionally), ..copies };
    assert_eq!(hear(1, hasty, Vec::new(), &commands, 45).primaries()[1].1, Some(2));
}

#[test]
fn nobody_follows_where_nobody_else_is_in_sync() {
    let drop = |at, node| (at, Admin::Failover(Some(NodeId(node))));
    let ear = hear(1, Config { copies: 2, ..config(Form::InSync) }, Vec::new(), &[drop(9_000, 1)], 12);
    let in_sync = ear.0.iter().rev().find_map(|(_, event)| match event {
        CopyEvent::Assigned { in_sync, .. } => Some(*in_sync),
        _ => None,
    });
    assert_eq!(in_sync, Some(1));
    let commands = [drop(9_000, 1), (10_000, Admin::ForceFailover)];
    let ear = hear(1, Config { copies: 2, ..config(Form::InSync) }, Vec::new(), &commands, 60);
    assert_eq!((ear.primaries().len(), ear.deposed().len()), (1, 0));
}

/// Asks each supervisor in turn, until one of them names the primary, and then that.
struct Visitor(u32);

impl Client<Node> for Visitor {
    fn start(&mut self, ctx: &mut ClientContext<Node>) {
        ctx.set_timer(ClientTimer(0), SimDuration::from_secs(10));
    }
    fn on_response(&mut self, _: NodeId, _: RequestId, told: KvResponse, ctx: &mut ClientContext<Node>) {
        let KvResponse::NotLeader { leader } = told else { panic!("{told:?}") };
        let next = leader.unwrap_or(NodeId(self.0));
        self.0 += 1;
        ctx.send(next, RequestId(u64::from(self.0)), KvRequest::Read { key: 0 });
    }
    fn on_timer(&mut self, _: ClientTimer, ctx: &mut ClientContext<Node>) {
        self.0 += 1;
        ctx.send(NodeId(self.0 - 1), RequestId(0), KvRequest::Read { key: 0 });
    }
}

#[test]
fn a_client_that_asks_a_supervisor_is_sent_to_the_primary() {
    let copies = config(Form::InSync);
    let group = RaftConfig { nodes: 3, voters: 3, ..RaftConfig::default() };
    let world = WorldConfig::new(Seed(1), copies.nodes());
    let mut world: World<Node, _> = World::new(world, ClusterConfig { copies, group }, vec![Visitor(4)]);
    let mut ear = Ear::default();
    world.run_until(SimTime::ZERO + SimDuration::from_secs(11), u64::MAX, &mut ear);
    let reached = ear.0.iter().filter(|(at, event)| *event == CopyEvent::Whole(true) && *at > 10_000);
    assert_eq!(reached.count(), 1);
}
