//! A caller whose host notes what it asks, and many before a group that answers late, twice, or not at all.

use std::convert::Infallible;

use quickcheck::{Arbitrary, Gen};

use super::super::message::Record;
use super::*;
use crate::base::{ClientId, DiskError, JournalId, SimTime, Ticket};
use crate::process::{Boot, Host, RequestId, When};
use crate::replication::{KvMachine, NodeSet, Session};

/// A node that does nothing but call.
struct Asker;

impl Process for Asker {
    type Config = ();
    type Message = Message;
    type Record = Record;
    type Request = KvRequest;
    type Response = KvResponse;
    type Admin = Infallible;
    type Observation = ();
    type Timer = Timer;

    fn start(_: &(), _: Boot<Record>, _: &mut Context<Self>) -> Self {
        Asker
    }
    fn on_message(&mut self, _: NodeId, _: Message, _: &mut Context<Self>) {}
    fn on_timer(&mut self, _: Timer, _: &mut Context<Self>) {}
    fn on_request(&mut self, _: ClientId, _: RequestId, _: KvRequest, _: &mut Context<Self>) {}
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// What the node did: whom it asked what under which number, and whether its timer is set.
#[derive(Default)]
struct Notes {
    asked: Vec<(u32, u64, KvRequest)>,
    is_armed: bool,
}

impl Host<Asker> for Notes {
    fn now(&self) -> SimTime {
        SimTime::ZERO
    }
    fn id(&self) -> NodeId {
        NodeId(0)
    }
    fn send(&mut self, to: NodeId, message: Message, _: When) {
        let Message::Ask { question, request } = message else { panic!("{message:?}") };
        self.asked.push((to.0, question, request));
    }
    fn reply(&mut self, _: ClientId, _: RequestId, _: KvResponse) {}
    fn write(&mut self, _: JournalId, _: Record, _: bool) -> Ticket {
        Ticket(0)
    }
    fn compact(&mut self, _: JournalId, _: Vec<Record>) -> Ticket {
        Ticket(0)
    }
    fn set_timer(&mut self, _: Timer, _: SimDuration) {
        self.is_armed = true;
    }
    fn cancel_timer(&mut self, _: Timer) {
        self.is_armed = false;
    }
    fn random(&mut self) -> u64 {
        0
    }
    fn observing(&self) -> bool {
        false
    }
    fn observe(&mut self, (): ()) {}
}

/// A caller and its host.
struct Node {
    caller: Caller,
    notes: Notes,
}

const READ: KvRequest = KvRequest::Read { key: REGISTER };

fn first() -> Assignment {
    Assignment::first(3)
}

impl Node {
    /// One that starts for the second time and may ask nodes 3, 4 and 5.
    fn new() -> Node {
        let supervisors = (3..6).map(NodeId).collect();
        Node { caller: Caller::new(supervisors, SimDuration::from_ms(500), 1, 3), notes: Notes::default() }
    }

    fn does<T>(&mut self, what: impl FnOnce(&mut Caller, &mut Context<Asker>) -> T) -> T {
        what(&mut self.caller, &mut Context::new(&mut self.notes))
    }

    /// What it asked last.
    fn last(&self) -> (u32, u64, KvRequest) {
        *self.notes.asked.last().expect("it has asked")
    }

    /// It is answered what it asked last.
    fn is_told(&mut self, response: KvResponse) -> Option<Assignment> {
        let question = self.last().1;
        self.does(|caller, ctx| caller.on_told(question, response, ctx))
    }

    /// What it asked last, a command, asks for.
    fn op(&self) -> KvOp {
        let KvRequest::Propose(command) = self.last().2 else { panic!("{:?}", self.last()) };
        command.op
    }
}

fn value(agreed: Assignment) -> KvResponse {
    KvResponse::Done(KvAnswer::Value(Some(agreed.pack())))
}

#[test]
fn what_was_never_written_is_the_first_assignment() {
    let mut node = Node::new();
    node.does(Caller::read);
    assert_eq!(node.last(), (3, 1 << 32 | 1, READ));
    assert!(node.notes.is_armed);
    assert_eq!(node.is_told(KvResponse::Done(KvAnswer::Value(None))), Some(first()));
    assert!(!node.notes.is_armed && !node.caller.is_reading());
    assert_eq!(node.is_told(value(first())), None, "the same answer once more");
}

#[test]
fn a_read_that_was_begun_before_is_followed_by_another() {
    let mut node = Node::new();
    node.does(Caller::read);
    node.does(Caller::read);
    assert_eq!(node.notes.asked.len(), 1);
    assert_eq!(node.is_told(value(first())), None);
    let later = first().with(None, first().in_sync);
    assert_eq!((node.notes.asked.len(), node.is_told(value(later))), (2, Some(later)));
}

#[test]
fn the_first_change_is_behind_the_creation_of_what_it_changes() {
    let mut node = Node::new();
    let (second, third) =
        (first().led_by(Some(NodeId(1)), first().in_sync), first().led_by(None, NodeSet::NOBODY));
    node.does(|caller, ctx| caller.change(first(), second, ctx));
    node.does(|caller, ctx| caller.change(first(), third, ctx));
    assert_eq!(node.last().2, KvRequest::OpenSession);
    node.is_told(KvResponse::Opened(SessionId(7)));
    assert_eq!(node.op(), KvOp::Create { key: REGISTER, value: first().pack() });
    node.is_told(KvResponse::Done(KvAnswer::CasFailed));
    assert_eq!(node.op(), KvOp::Cas { key: REGISTER, old: first().pack(), new: second.pack() });
    assert_eq!(node.caller.changing(), Some(second), "the other came too late");
    assert_eq!(node.is_told(KvResponse::Done(KvAnswer::Written)), Some(second));
    assert!(!node.caller.is_changing());
    // Later changes need no session, and nothing to be created.
    node.does(|caller, ctx| caller.change(second, second.with(None, first().in_sync), ctx));
    let KvRequest::Propose(command) = node.last().2 else { panic!("{:?}", node.last()) };
    assert_eq!((command.session, command.sequence), (SessionId(7), 3));
}

#[test]
fn the_same_is_asked_of_the_next() {
    let mut node = Node::new();
    node.does(Caller::read);
    let (_, question, request) = node.last();
    for supervisor in [4, 5, 3] {
        node.does(Caller::on_timer);
        assert_eq!(node.last(), (supervisor, question, request));
    }
}

#[test]
fn one_hint_is_followed_at_once_and_the_next_after_a_pause() {
    let mut node = Node::new();
    let not_me = |leader: u32| KvResponse::NotLeader { leader: Some(NodeId(leader)) };
    node.does(Caller::read);
    node.is_told(not_me(2));
    assert_eq!(node.last().0, 5);
    node.is_told(not_me(0));
    assert_eq!(node.notes.asked.len(), 2, "not in turns for as long as they name each other");
    node.does(Caller::on_timer);
    assert_eq!(node.last().0, 3);
    node.is_told(KvResponse::NotLeader { leader: None });
    node.is_told(not_me(9));
    assert_eq!(node.notes.asked.len(), 3);
    node.does(Caller::on_timer);
    assert_eq!(node.last().0, 4);
}

#[test]
fn who_does_not_know_what_came_of_a_change_reads() {
    for response in [KvResponse::SessionEnded, KvResponse::Done(KvAnswer::CasFailed)] {
        let mut node = Node::new();
        let from = first().with(None, first().in_sync);
        let to = from.led_by(Some(NodeId(1)), from.in_sync);
        node.does(|caller, ctx| caller.change(from, to, ctx));
        node.is_told(KvResponse::Opened(SessionId(7)));
        assert_eq!(node.is_told(response), None);
        assert!(node.caller.is_changing());
        assert_eq!(node.last().2, READ);
        assert_eq!(node.is_told(value(to)), Some(to));
        assert!(!node.caller.is_changing());
    }
}

#[test]
fn what_was_given_up_is_not_answered_any_more() {
    let mut node = Node::new();
    node.does(|caller, ctx| caller.change(first(), first().with(None, first().in_sync), ctx));
    node.does(Caller::give_up);
    assert!(!node.caller.is_changing() && !node.notes.is_armed);
    assert_eq!(node.is_told(KvResponse::Opened(SessionId(7))), None);
    node.does(Caller::on_timer);
    assert_eq!(node.notes.asked.len(), 1);
}

#[test]
fn a_question_to_oneself_does_not_travel() {
    let mut caller = Caller::new(vec![NodeId(0)], SimDuration::from_ms(500), 0, 3);
    let mut notes = Notes::default();
    caller.read(&mut Context::<Asker>::new(&mut notes));
    assert_eq!((caller.take_own(), caller.take_own()), (Some((1, READ)), None));
    assert!(notes.asked.is_empty());
}

/// What happens next, by numbers that choose among what can.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The group is told a question, which may be an old one, and answers.
    Asked(u8),
    /// An answer arrives, which may be an old one.
    Told(u8),
    /// A caller's timer fires.
    Fires(u8),
    /// A caller wants to know.
    Reads(u8),
    /// A caller that knows wants a change.
    Changes(u8),
    /// All sessions end.
    Forgets,
}

impl Arbitrary for Event {
    fn arbitrary(g: &mut Gen) -> Event {
        let which = u8::arbitrary(g);
        match u8::arbitrary(g) % 16 {
            0..=5 => Event::Asked(which),
            6..=11 => Event::Told(which),
            12 => Event::Fires(which),
            13 => Event::Reads(which),
            14 => Event::Changes(which),
            _ if which < 64 => Event::Forgets,
            _ => Event::Changes(which),
        }
    }
}

/// Three callers, and a group that is told everything in any order, and any number of times.
struct Bazaar {
    nodes: [Node; 3],
    /// What each node knows, and how many changes had been made when its read was wanted.
    known: [Assignment; 3],
    wanted_at: [Option<usize>; 3],
    group: KvMachine,
    /// All that was ever agreed on, in order.
    agreed: Vec<Assignment>,
    /// Everything on its way, for ever: who, its question, the answer.
    answers: Vec<(usize, u64, KvResponse)>,
    /// Changes and reads of which the outcome was told.
    told: usize,
}

impl Bazaar {
    fn new() -> Self {
        Bazaar {
            nodes: [Node::new(), Node::new(), Node::new()],
            known: [first(); 3],
            wanted_at: [None; 3],
            group: KvMachine::new(4, true),
            agreed: vec![first()],
            answers: Vec::new(),
            told: 0,
        }
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Asked(which) => {
                let who = usize::from(which) % 3;
                let asked = &self.nodes[who].notes.asked;
                // Mostly what was asked lately.
                let back = (usize::from(which) / 3 % 8).saturating_sub(5);
                if let Some(place) = asked.len().checked_sub(back + 1) {
                    let (_, question, request) = asked[place];
                    if let Some(answer) = self.answer(request) {
                        self.answers.push((who, question, answer));
                    }
                }
            }
            Event::Told(which) => {
                if let Some(place) =
                    self.answers.len().checked_sub((usize::from(which) % 8).saturating_sub(4) + 1)
                {
                    self.tell(place);
                }
            }
            Event::Fires(which) => {
                self.nodes[usize::from(which) % 3].does(Caller::on_timer);
            }
            Event::Reads(which) => {
                let who = usize::from(which) % 3;
                self.wanted_at[who] = Some(self.agreed.len());
                self.nodes[who].does(Caller::read);
            }
            Event::Changes(which) => {
                let who = usize::from(which) % 3;
                let from = self.known[who];
                let to = from.led_by(Some(NodeId(who as u32)), from.in_sync);
                self.nodes[who].does(|caller, ctx| caller.change(from, to, ctx));
            }
            Event::Forgets => {
                for _ in 0..4 {
                    self.group.open_session();
                }
            }
        }
    }

    fn answer(&mut self, request: KvRequest) -> Option<KvResponse> {
        let answer = match request {
            KvRequest::OpenSession => KvResponse::Opened(self.group.open_session()),
            KvRequest::Read { key } => KvResponse::Done(self.group.read(key)),
            KvRequest::Propose(command) => match self.group.apply(&command) {
                Session::Answer(answer) => KvResponse::Done(answer),
                Session::Ended => KvResponse::SessionEnded,
                Session::GoneOn => return None,
            },
        };
        if let KvAnswer::Value(Some(value)) = self.group.read(REGISTER) {
            let now = Assignment::unpack(value);
            if self.agreed.last() != Some(&now) {
                self.agreed.push(now);
            }
        }
        Some(answer)
    }

    fn tell(&mut self, place: usize) {
        let (who, question, response) = self.answers[place];
        let was_read = matches!(response, KvResponse::Done(KvAnswer::Value(_)));
        let changing = self.nodes[who].caller.changing();
        let Some(agreed) = self.nodes[who].does(|caller, ctx| caller.on_told(question, response, ctx)) else {
            return;
        };
        self.told += 1;
        let since = self.agreed.iter().position(|one| *one == agreed).expect("it was agreed on");
        if was_read {
            let wanted = self.wanted_at[who].take().unwrap_or(0);
            assert!(since + 1 >= wanted, "fresh enough");
        } else {
            assert_eq!(changing, Some(agreed));
        }
        self.known[who] = agreed;
    }
}

#[test]
fn answers_that_are_late_or_doubled_do_no_harm() {
    let mut chance = Gen::from_size_and_seed(400, 1);
    let (mut told, mut changes) = (0, 0);
    for _ in 0..1_000 {
        let mut bazaar = Bazaar::new();
        for event in Vec::<Event>::arbitrary(&mut chance) {
            bazaar.on(event);
        }
        let next = bazaar.agreed.windows(2).all(|two| two[1].revision == two[0].revision + 1);
        assert!(next, "each from the one before: {:?}", bazaar.agreed);
        told += bazaar.told;
        changes += bazaar.agreed.len() - 1;
    }
    assert!(told > 1_000 && changes > 500, "{told} outcomes were told, {changes} changes made");
}
