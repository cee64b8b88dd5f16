//! A client with one operation at a time.
//!
//! It sends the operation to the node it believes to lead, follows hints, asks
//! another node when no answer comes, and after the time-out gives the operation up
//! as `info`: it may have happened. Then it goes on under a new process id, as Jepsen
//! does, and so in a new session: the old operation may still take effect, once.
//! Where the protocol has sessions that must be opened, each process opens one with
//! the first operation that needs it.

use super::{Answer, Generator, Operation, WorkloadConfig};
use crate::base::{Draw, NodeId, SimDuration, SimTime};
use crate::history::{self, Kind, Value};
use crate::process::{Client, ClientContext, ClientTimer, Process, RequestId};

/// What a protocol adds: how an operation is asked for, and what an answer means.
pub trait Service<P: Process> {
    /// What the client asks for at `now` where its generator drew `drawn`: that itself, unless the service is
    /// none of keys and values. `number` is one that no other operation of the run has, from 1.
    fn offer(&self, drawn: Operation, number: i64, now: SimTime) -> Operation {
        let _ = (number, now);
        drawn
    }

    /// The request for `operation`, the `sequence`-th of `session`, from 1. A retry
    /// repeats all three. Without sessions to open, a process is its own.
    fn request(&self, session: u32, sequence: u32, operation: Operation) -> P::Request;

    /// What opens a session, if `operation` needs one.
    fn open(&self, operation: Operation) -> Option<P::Request> {
        let _ = operation;
        None
    }

    /// Whether `operation` may be asked of any node, and not only of one that leads.
    fn asks_anyone(&self, operation: Operation) -> bool {
        let _ = operation;
        false
    }

    /// What `response` means.
    fn reply(&self, response: P::Response) -> Reply;
}

/// What a response means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// The operation is done.
    Done(Answer),
    /// The session of this number is open.
    Opened(u32),
    /// Nobody knows what became of it: its session has ended.
    Lost,
    /// Nothing came of it here: ask this node, or whichever.
    Elsewhere(Option<NodeId>),
}

/// A closed-loop client of the service `S`.
#[derive(Clone, Debug)]
pub struct ClosedLoop<S> {
    service: S,
    config: WorkloadConfig,
    nodes: u32,
    generator: Generator,
    /// The next key to read back, of those that are this client's to read.
    back: u32,
    /// Whether the operation that is open reads back.
    is_reading_back: bool,
    /// The current process id; those of one client are `clients` apart.
    process: u32,
    /// How many operations the process has begun.
    sequence: u32,
    /// The session of the process, once one is open.
    session: Option<u32>,
    /// How many operations the client has begun: the id of the latest request.
    requests: u64,
    open: Option<Operation>,
    /// The node to ask.
    server: NodeId,
    /// Where the client looks on its own: it goes on from there, wherever a hint has led it. Two nodes
    /// that are cut off and hint at each other would keep it for ever otherwise.
    turn: NodeId,
    /// The node that it asks for what any node may be asked for.
    home: NodeId,
    /// While it does, the node to ask for everything else.
    leader: NodeId,
    /// Hints followed since the last wait: two nodes may each believe in the other.
    hints: u32,
    /// Whether `server` has been asked and has not answered.
    asked: bool,
}

/// Time for the next operation.
const THINK: ClientTimer = ClientTimer(0);
/// No answer: ask someone else.
const RETRY: ClientTimer = ClientTimer(1);
/// No answer at all: give up.
const TIMEOUT: ClientTimer = ClientTimer(2);

/// More hints than this in a row are a chase: wait before going on.
const MOST_HINTS: u32 = 3;

impl<S> ClosedLoop<S> {
    /// The clients of `config`, for a cluster of `nodes`.
    pub fn all(service: S, config: &WorkloadConfig, nodes: u32) -> Vec<Self>
    where
        S: Clone,
    {
        let client = |(client, generator): (usize, Generator)| ClosedLoop {
            service: service.clone(),
            config: config.clone(),
            nodes,
            generator,
            back: client as u32,
            is_reading_back: false,
            process: client as u32,
            sequence: 0,
            session: None,
            requests: 0,
            open: None,
            server: NodeId(client as u32 % nodes),
            turn: NodeId(client as u32 % nodes),
            home: NodeId(client as u32 % nodes),
            leader: NodeId(client as u32 % nodes),
            hints: 0,
            asked: false,
        };
        Generator::all(config).enumerate().map(client).collect()
    }

    fn begin<P: Process>(&mut self, ctx: &mut ClientContext<P>)
    where
        S: Service<P>,
    {
        let is_over = self.config.until.is_some_and(|until| ctx.now() >= SimTime::ZERO + until);
        if let Some(rest) =
            self.config.until.filter(|_| is_over).and_then(|until| self.rest(until, ctx.now()))
        {
            return ctx.set_timer(THINK, rest);
        }
        let drawn = match (is_over, self.left_to_read()) {
            (false, _) => self.generator.next(&mut ctx.workload()),
            (true, Some(key)) => Operation::Read { key },
            (true, None) => return,
        };
        self.is_reading_back = is_over;
        self.sequence += 1;
        self.requests += 1;
        let operation = self.service.offer(drawn, self.number(), ctx.now());
        self.open = Some(operation);
        self.record(operation, Kind::Invoke, operation.argument(), ctx);
        ctx.set_timer(TIMEOUT, self.config.timeout);
        if self.service.asks_anyone(operation) {
            self.leader = std::mem::replace(&mut self.server, self.home);
        }
        self.ask(operation, ctx);
    }

    /// How long it rests from `now` on, where its work has ended at `until`, before it reads back.
    fn rest(&self, until: SimDuration, now: SimTime) -> Option<SimDuration> {
        let from = SimTime::ZERO + until + self.config.reads_back_after;
        Some(from.since(now)).filter(|rest| self.left_to_read().is_some() && !rest.is_zero())
    }

    /// The next key that this client has to read back, if it has any left.
    fn left_to_read(&self) -> Option<u32> {
        Some(self.back).filter(|key| self.config.reads_back && *key < self.config.keys)
    }

    /// A number for the latest operation: client c of n has c+1, c+1+n, c+1+2n, …
    fn number(&self) -> i64 {
        let clients = u64::from(self.config.clients);
        ((self.requests - 1) * clients + u64::from(self.process) % clients + 1) as i64
    }

    fn ask<P: Process>(&mut self, operation: Operation, ctx: &mut ClientContext<P>)
    where
        S: Service<P>,
    {
        let request = match self.service.open(operation).filter(|_| self.session.is_none()) {
            Some(open) => open,
            None => {
                let session = self.session.unwrap_or(self.process);
                self.service.request(session, self.sequence, operation)
            }
        };
        ctx.send(self.server, RequestId(self.requests), request);
        self.asked = true;
        ctx.set_timer(RETRY, self.config.retry);
    }

    fn end<P: Process>(&mut self, operation: Operation, answer: Answer, ctx: &mut ClientContext<P>)
    where
        S: Service<P>,
    {
        let (kind, value) = operation.completion(answer);
        if std::mem::take(&mut self.is_reading_back) {
            self.back += self.config.clients;
        }
        match (operation, answer) {
            (Operation::Read { key }, Answer::Value(Some(value))) => self.generator.saw(key, value),
            (Operation::Write { key, value } | Operation::Cas { key, new: value, .. }, Answer::Written) => {
                self.generator.saw(key, value);
            }
            _ => {}
        }
        self.record(operation, kind, value, ctx);
        self.close(operation, ctx);
    }

    /// What became of the operation is not known: goes on as another process.
    fn give_up<P: Process>(&mut self, operation: Operation, ctx: &mut ClientContext<P>)
    where
        S: Service<P>,
    {
        self.record(operation, Kind::Info, operation.argument(), ctx);
        self.process += self.config.clients;
        self.sequence = 0;
        self.session = None;
        self.close(operation, ctx);
    }

    /// The operation is over, one way or another.
    fn close<P: Process>(&mut self, operation: Operation, ctx: &mut ClientContext<P>)
    where
        S: Service<P>,
    {
        self.open = None;
        ctx.cancel_timer(RETRY);
        ctx.cancel_timer(TIMEOUT);
        if self.service.asks_anyone(operation) {
            self.home = std::mem::replace(&mut self.server, self.leader);
        }
        self.think(ctx);
    }

    fn think<P: Process>(&mut self, ctx: &mut ClientContext<P>)
    where
        S: Service<P>,
    {
        let pause = self.config.think.sample(&mut ctx.workload());
        if pause.is_zero() {
            self.begin(ctx);
        } else {
            ctx.set_timer(THINK, pause);
        }
    }

    /// Turns to the next node, after a short wait so that an election can end.
    fn look_elsewhere<P: Process>(&mut self, ctx: &mut ClientContext<P>) {
        self.turn_to_next();
        self.asked = false;
        let retry = self.config.retry.as_ns();
        let wait = ctx.random().between(retry / 8, retry / 4).max(1);
        ctx.set_timer(RETRY, SimDuration::from_ns(wait));
    }

    /// The next node in turn is the one to ask.
    fn turn_to_next(&mut self) {
        self.turn = NodeId((self.turn.0 + 1) % self.nodes);
        self.server = self.turn;
        self.hints = 0;
    }

    fn record<P: Process>(&self, operation: Operation, kind: Kind, value: Value, ctx: &mut ClientContext<P>) {
        ctx.record(history::Event {
            process: u64::from(self.process),
            kind,
            f: operation.function(),
            key: Some(Value::Int(i64::from(operation.key()))),
            value,
            time: Some(ctx.now()),
        });
    }
}

impl<P: Process, S: Service<P>> Client<P> for ClosedLoop<S> {
    fn start(&mut self, ctx: &mut ClientContext<P>) {
        self.think(ctx);
    }

    fn on_response(
        &mut self,
        from: NodeId,
        id: RequestId,
        response: P::Response,
        ctx: &mut ClientContext<P>,
    ) {
        let Some(operation) = self.open else { return };
        if id != RequestId(self.requests) {
            return; // To an operation that was given up.
        }
        match self.service.reply(response) {
            Reply::Done(answer) => {
                (self.server, self.turn) = (from, from);
                self.hints = 0;
                self.end(operation, answer, ctx);
            }
            // The first of those that retries may have opened is as good as any.
            Reply::Opened(session) => {
                if self.session.is_none() {
                    (self.session, self.server, self.turn) = (Some(session), from, from);
                    self.ask(operation, ctx);
                }
            }
            Reply::Lost => self.give_up(operation, ctx),
            // An answer from a node asked before says nothing of the one asked now.
            Reply::Elsewhere(_) if from != self.server => {}
            Reply::Elsewhere(Some(leader)) if leader != from && self.hints < MOST_HINTS => {
                self.hints += 1;
                self.server = leader;
                self.ask(operation, ctx);
            }
            Reply::Elsewhere(_) => self.look_elsewhere(ctx),
        }
    }

    fn on_timer(&mut self, timer: ClientTimer, ctx: &mut ClientContext<P>) {
        match (timer, self.open) {
            (THINK, None) => self.begin(ctx),
            (RETRY, Some(operation)) => {
                if self.asked {
                    self.turn_to_next();
                }
                self.hints = 0;
                self.ask(operation, ctx);
            }
            (TIMEOUT, Some(operation)) => self.give_up(operation, ctx),
            _ => {}
        }
    }
}
