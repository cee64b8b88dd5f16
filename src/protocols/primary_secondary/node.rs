//! The nodes of a cluster: some hold a copy, and those behind them supervise.
//!
//! What supervises and what it supervises are put together here, and neither knows the other: a copy is any process of
//! that shape, and so is the supervisors' group, which agrees on one register of a key-value store. A supervisor's
//! part of it lives beside the supervisor and answers every node's questions as a client's.

use std::cell::RefCell;

use super::admin::Admin;
use super::assignment::Assignment;
use super::config::Config;
use super::message::{Message, Record};
use super::supervisor::Supervisor;
use super::timer::Timer;
use crate::base::{ClientId, DiskError, NodeId, Ticket};
use crate::history::Value;
use crate::monitor::CopyEvent;
use crate::process::{Answer, Boot, Context, Payload, Process, RequestId, Scope};
use crate::replication::{KvRequest, KvResponse};

/// A copy.
pub trait Copies:
    Process<
        Config = Config,
        Message = Message,
        Record = Record,
        Request = KvRequest,
        Response = KvResponse,
        Admin = Admin,
        Observation = CopyEvent,
        Timer = Timer,
    >
{
}

impl<R> Copies for R where
    R: Process<
            Config = Config,
            Message = Message,
            Record = Record,
            Request = KvRequest,
            Response = KvResponse,
            Admin = Admin,
            Observation = CopyEvent,
            Timer = Timer,
        >
{
}

/// A member of a group that replicates a key-value store.
pub trait Agrees: Process<Request = KvRequest, Response = KvResponse> {}

impl<G> Agrees for G where G: Process<Request = KvRequest, Response = KvResponse> {}

/// The parameters of a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClusterConfig<C> {
    /// Those of the copies and their supervisors.
    pub copies: Config,
    /// Those of the supervisors' group, which knows its members as nodes 0 and so on.
    pub group: C,
}

/// A node: `R` is a copy, and `G` a member of the supervisors' group.
#[derive(Clone, Debug)]
pub enum PrimarySecondary<R, G> {
    /// It holds a copy.
    Copy {
        /// The copy.
        copy: R,
        /// The nodes that supervise.
        supervisors: Vec<NodeId>,
    },
    /// It supervises.
    Supervisor {
        /// What looks after the copies.
        supervisor: Box<Supervisor>,
        /// What agrees with the other supervisors.
        group: G,
        /// The nodes that supervise.
        supervisors: Vec<NodeId>,
    },
}

/// What nodes send each other, or what disks hold: what is the protocol's own, or the supervisors' group's.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Either<T, M> {
    /// The protocol's own.
    Own(T),
    /// The group's.
    Group(M),
}

/// What nodes send each other.
pub type Wire<M> = Either<Message, M>;

/// What disks hold.
pub type Stored<S> = Either<Record, S>;

/// The timers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Alarm<T> {
    /// The protocol's own.
    Own(Timer),
    /// The group's.
    Group(T),
}

impl<T: Payload, M: Payload> Payload for Either<T, M> {
    fn size(&self) -> u32 {
        match self {
            Either::Own(own) => own.size(),
            Either::Group(inner) => inner.size(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Either::Own(own) => own.kind(),
            Either::Group(inner) => inner.kind(),
        }
    }

    fn corrupt(&self, word: u64) -> Option<Self> {
        match self {
            Either::Own(own) => own.corrupt(word).map(Either::Own),
            Either::Group(inner) => inner.corrupt(word).map(Either::Group),
        }
    }
}

/// How a copy, or a supervisor without its group, is written.
struct Own;

impl<R: Copies, G: Agrees> Scope<PrimarySecondary<R, G>, R> for Own {
    fn message(&self, inner: Message) -> Wire<G::Message> {
        Either::Own(inner)
    }
    fn record(&self, inner: Record) -> Stored<G::Record> {
        Either::Own(inner)
    }
    fn timer(&self, inner: Timer) -> Alarm<G::Timer> {
        Alarm::Own(inner)
    }
    fn response(&self, inner: KvResponse) -> KvResponse {
        inner
    }
    fn observation(&self, inner: CopyEvent) -> Option<CopyEvent> {
        Some(inner)
    }
}

/// How a member of the supervisors' group is written.
struct Member {
    /// The node itself.
    id: NodeId,
    /// The group's first node.
    first: u32,
    /// What it has answered the node itself. That does not travel: a link would lose it. Nor does it wait for the
    /// disk, but all that comes of it does.
    own: RefCell<Vec<(u64, KvResponse)>>,
}

impl Member {
    fn new(supervisors: &[NodeId], id: NodeId) -> Self {
        Member { id, first: supervisors.first().map_or(0, |first| first.0), own: RefCell::default() }
    }
}

impl<R: Copies, G: Agrees> Scope<PrimarySecondary<R, G>, G> for Member {
    fn message(&self, inner: G::Message) -> Wire<G::Message> {
        Either::Group(inner)
    }
    fn record(&self, inner: G::Record) -> Stored<G::Record> {
        Either::Group(inner)
    }
    fn timer(&self, inner: G::Timer) -> Alarm<G::Timer> {
        Alarm::Group(inner)
    }
    fn response(&self, inner: KvResponse) -> KvResponse {
        inner
    }
    fn observation(&self, _: G::Observation) -> Option<CopyEvent> {
        None
    }
    fn is_heard(&self) -> bool {
        false
    }
    fn node(&self, inner: NodeId) -> NodeId {
        NodeId(inner.0 + self.first)
    }
    fn inner_node(&self, outer: NodeId) -> NodeId {
        NodeId(outer.0 - self.first)
    }
    fn answer(
        &self,
        client: ClientId,
        id: RequestId,
        response: KvResponse,
    ) -> Answer<PrimarySecondary<R, G>> {
        let (node, question) = (NodeId(client.0), id.0);
        if node == self.id {
            self.own.borrow_mut().push((question, response));
            return Answer::Nobody;
        }
        Answer::Node(node, Either::Own(Message::Told { question, response }))
    }
}

impl<R: Copies, G: Agrees> Process for PrimarySecondary<R, G> {
    type Config = ClusterConfig<G::Config>;
    type Message = Wire<G::Message>;
    type Record = Stored<G::Record>;
    type Request = KvRequest;
    type Response = KvResponse;
    type Admin = Admin;
    type Observation = CopyEvent;
    type Timer = Alarm<G::Timer>;

    const RECOVERS: bool = true;

    fn start(config: &Self::Config, boot: Boot<Self::Record>, ctx: &mut Context<Self>) -> Self {
        let supervisors: Vec<NodeId> = config.copies.supervisors().collect();
        if config.copies.is_copy(ctx.id()) {
            let own = boot.scope(Some, |record| match record {
                Either::Own(own) => Some(own.clone()),
                Either::Group(_) => None,
            });
            let copy = ctx.scope(&Own, |ctx| R::start(&config.copies, own, ctx));
            return PrimarySecondary::Copy { copy, supervisors };
        }
        let inner = boot.scope(Some, |record| match record {
            Either::Own(_) => None,
            Either::Group(inner) => Some(inner.clone()),
        });
        let supervisor =
            ctx.scope(&Own, |ctx: &mut Context<R>| Supervisor::start(&config.copies, boot.incarnation, ctx));
        let member = Member::new(&supervisors, ctx.id());
        let group = ctx.scope(&member, |ctx| G::start(&config.group, inner, ctx));
        let mut node = PrimarySecondary::Supervisor { supervisor: Box::new(supervisor), group, supervisors };
        node.settle(&member, ctx);
        node
    }

    fn on_message(&mut self, from: NodeId, message: Self::Message, ctx: &mut Context<Self>) {
        match (self, message) {
            (PrimarySecondary::Copy { copy, .. }, Either::Own(message)) => {
                ctx.scope(&Own, |ctx| copy.on_message(from, message, ctx));
            }
            (PrimarySecondary::Copy { .. }, Either::Group(_)) => {}
            (node, Either::Group(message)) => {
                let from = NodeId(from.0 - node.first_supervisor());
                node.agree(ctx, |group, ctx| group.on_message(from, message, ctx));
            }
            (node, Either::Own(Message::Ask { question, request })) => {
                let (client, id) = (ClientId(from.0), RequestId(question));
                node.agree(ctx, |group, ctx| group.on_request(client, id, request, ctx));
            }
            (node, Either::Own(message)) => {
                node.supervise(ctx, |supervisor, ctx| supervisor.on_message(from, &message, ctx));
            }
        }
    }

    fn on_timer(&mut self, timer: Self::Timer, ctx: &mut Context<Self>) {
        match (self, timer) {
            (PrimarySecondary::Copy { copy, .. }, Alarm::Own(timer)) => {
                ctx.scope(&Own, |ctx| copy.on_timer(timer, ctx));
            }
            (PrimarySecondary::Copy { .. }, Alarm::Group(_)) => {}
            (node, Alarm::Own(timer)) => {
                node.supervise(ctx, |supervisor, ctx| supervisor.on_timer(timer, ctx));
            }
            (node, Alarm::Group(timer)) => {
                node.agree(ctx, |group, ctx| group.on_timer(timer, ctx));
            }
        }
    }

    fn on_request(&mut self, client: ClientId, id: RequestId, request: KvRequest, ctx: &mut Context<Self>) {
        match self {
            PrimarySecondary::Copy { copy, .. } => {
                ctx.scope(&Own, |ctx| copy.on_request(client, id, request, ctx));
            }
            PrimarySecondary::Supervisor { supervisor, .. } => {
                ctx.scope(&Own, |ctx: &mut Context<R>| supervisor.on_request(client, id, ctx));
            }
        }
    }

    /// Supervisors take no commands.
    fn on_admin(&mut self, command: Admin, ctx: &mut Context<Self>) {
        if let PrimarySecondary::Copy { copy, .. } = self {
            ctx.scope(&Own, |ctx| copy.on_admin(command, ctx));
        }
    }

    /// Of a supervisor only the group writes.
    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        match self {
            PrimarySecondary::Copy { copy, .. } => {
                ctx.scope(&Own, |ctx| copy.on_durable(write, result, ctx));
            }
            node => node.agree(ctx, |group, ctx| group.on_durable(write, result, ctx)),
        }
    }

    fn leads(&self) -> Option<u64> {
        match self {
            PrimarySecondary::Copy { copy, .. } => copy.leads(),
            PrimarySecondary::Supervisor { .. } => None,
        }
    }

    fn takes_part(&self) -> bool {
        match self {
            PrimarySecondary::Copy { copy, .. } => copy.takes_part(),
            PrimarySecondary::Supervisor { group, .. } => group.takes_part(),
        }
    }

    fn electorates(&self) -> Vec<Vec<NodeId>> {
        let (mut sets, supervisors) = match self {
            PrimarySecondary::Copy { copy, supervisors } => (copy.electorates(), supervisors),
            // What it has been told may be old: what its member of the group has applied is as new as can be.
            PrimarySecondary::Supervisor { supervisors, supervisor, group } => {
                let agreed = group.replica(1).unwrap_or_default().into_iter().next();
                let Some(Value::Int(packed)) = agreed else { return vec![supervisors.clone()] };
                (supervisor.electorates(Assignment::unpack(packed)), supervisors)
            }
        };
        if !supervisors.is_empty() {
            sets.push(supervisors.clone());
        }
        sets
    }

    fn replica(&self, keys: u32) -> Option<Vec<Value>> {
        match self {
            PrimarySecondary::Copy { copy, .. } => copy.replica(keys),
            PrimarySecondary::Supervisor { .. } => None,
        }
    }

    fn waits_for(&self) -> Option<String> {
        match self {
            PrimarySecondary::Copy { copy, .. } => copy.waits_for(),
            PrimarySecondary::Supervisor { group, .. } => group.waits_for(),
        }
    }
}

impl<R: Copies, G: Agrees> PrimarySecondary<R, G> {
    /// The first node that supervises.
    fn first_supervisor(&self) -> u32 {
        let (PrimarySecondary::Copy { supervisors, .. } | PrimarySecondary::Supervisor { supervisors, .. }) =
            self;
        supervisors.first().map_or(0, |first| first.0)
    }

    /// Lets the supervisor do something, with all that follows from it.
    fn supervise(&mut self, ctx: &mut Context<Self>, act: impl FnOnce(&mut Supervisor, &mut Context<R>)) {
        let PrimarySecondary::Supervisor { supervisor, supervisors, .. } = self else { return };
        let member = Member::new(supervisors, ctx.id());
        ctx.scope(&Own, |ctx| act(supervisor, ctx));
        self.settle(&member, ctx);
    }

    /// Lets the supervisor's member of the group do something, with all that follows from it.
    fn agree(&mut self, ctx: &mut Context<Self>, act: impl FnOnce(&mut G, &mut Context<G>)) {
        let PrimarySecondary::Supervisor { group, supervisors, .. } = self else { return };
        let member = Member::new(supervisors, ctx.id());
        ctx.scope(&member, |ctx| act(group, ctx));
        self.settle(&member, ctx);
    }

    /// Lets a supervisor and its member of the group tell each other what there is to tell, until there is no more.
    fn settle(&mut self, member: &Member, ctx: &mut Context<Self>) {
        let PrimarySecondary::Supervisor { supervisor, group, .. } = self else { return };
        let own = ClientId(ctx.id().0);
        loop {
            let answers = member.own.take();
            ctx.scope(&Own, |ctx: &mut Context<R>| {
                supervisor.note(group.leads(), ctx);
                for (question, response) in answers {
                    supervisor.on_told(question, response, ctx);
                }
            });
            let Some((question, request)) = supervisor.take_question() else { return };
            ctx.scope(member, |ctx| group.on_request(own, RequestId(question), request, ctx));
        }
    }
}
