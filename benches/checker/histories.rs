//! Histories of any size, from clients that act on one object for each key at an instant between
//! call and return: linearizable by construction, or with one stale read.

use atropos::history::{Event, Function, History, Kind, Value};

/// What the clients do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Workload {
    /// Reads, and writes of a value that nobody wrote before.
    UniqueWrites,
    /// Reads, writes and compare-and-sets of five values.
    FewValues,
}

/// What a history is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// What the clients do.
    pub(crate) workload: Workload,
    /// How many operations.
    pub(crate) operations: usize,
    /// How many at once.
    pub(crate) clients: usize,
    /// On how many keys.
    pub(crate) keys: usize,
    /// Of a thousand writes, how many crash; half of these take effect.
    pub(crate) crashes: u64,
    /// Whether a read in the second half sees what was certainly replaced before it began.
    pub(crate) stale: bool,
}

/// A client between call and return: when it does what, for each of the three instants.
#[derive(Clone)]
struct Client {
    process: u64,
    operation: Option<Event>,
    effect: u64,
    end: u64,
    acted: bool,
}

/// The history of this shape; always the same.
pub(crate) fn history(shape: Shape) -> History {
    let mut world = Clients {
        shape,
        random: 0x2a,
        state: vec![vec![Value::Nil]; shape.keys],
        given: 0,
        events: Vec::new(),
    };
    let mut clients: Vec<Client> = (0..shape.clients as u64)
        .map(|process| Client { process, operation: None, effect: 0, end: process, acted: false })
        .collect();
    let mut left = shape.operations;
    loop {
        let next = |client: &&mut Client| {
            if client.acted || client.operation.is_none() { client.end } else { client.effect }
        };
        let some = clients.iter_mut().filter(|client| left > 0 || client.operation.is_some());
        let Some(client) = some.min_by_key(next) else { return History::new(world.events) };
        if client.operation.is_none() {
            left -= 1;
            world.invoke(client);
        } else if client.acted {
            world.complete(client);
        } else {
            world.act(client);
        }
    }
}

struct Clients {
    shape: Shape,
    random: u64,
    /// The values that each key has had.
    state: Vec<Vec<Value>>,
    given: i64,
    events: Vec<Event>,
}

impl Clients {
    fn below(&mut self, limit: u64) -> u64 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.random ^ (self.random >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        (mixed >> 33) % limit
    }

    fn value(&mut self) -> Value {
        self.given += 1;
        match self.shape.workload {
            Workload::UniqueWrites => Value::Int(self.given),
            Workload::FewValues => Value::Int(self.below(5) as i64),
        }
    }

    fn invoke(&mut self, client: &mut Client) {
        let few = self.shape.workload == Workload::FewValues;
        let (f, value) = match self.below(4) {
            0 | 1 => (Function::Read, Value::Nil),
            2 if few => (Function::Cas, Value::pair(self.value(), self.value())),
            _ => (Function::Write, self.value()),
        };
        let key = (self.shape.keys > 1).then(|| Value::Int(self.below(self.shape.keys as u64) as i64));
        let event = Event { process: client.process, kind: Kind::Invoke, f, key, value, time: None };
        self.events.push(event.clone());
        // The sum of two is a crude bell: long operations are rare.
        let length = 2 + self.below(1_000_000) + self.below(1_000_000);
        client.effect = client.end + 1 + self.below(length - 1);
        client.end += length;
        (client.operation, client.acted) = (Some(event), false);
    }

    fn act(&mut self, client: &mut Client) {
        let crashes = self.below(1_000) < self.shape.crashes;
        let takes_effect = !crashes || self.below(2) == 0;
        let Some(event) = &mut client.operation else { return };
        let key = if let Some(Value::Int(key)) = event.key { key as usize } else { 0 };
        let state = &mut self.state[key];
        let now = state[state.len() - 1].clone();
        event.kind = Kind::Ok;
        match (&event.f, event.value.as_pair()) {
            (Function::Read, _) => {
                // Twice the clients back is certainly replaced: each has had a turn since, mostly.
                let far = state.len().checked_sub(3 * self.shape.clients + 3);
                let late = self.events.len() > self.shape.operations;
                event.value = match far.filter(|_| self.shape.stale && late) {
                    Some(far) => {
                        self.shape.stale = false;
                        state[far].clone()
                    }
                    None => now,
                };
            }
            (Function::Cas, Some((old, _))) if *old != now => event.kind = Kind::Fail,
            (Function::Cas, Some((_, new))) if takes_effect => state.push(new.clone()),
            (Function::Cas, _) => {}
            _ if takes_effect => state.push(event.value.clone()),
            _ => {}
        }
        if crashes && event.f != Function::Read && event.kind == Kind::Ok {
            event.kind = Kind::Info;
        }
        client.acted = true;
    }

    fn complete(&mut self, client: &mut Client) {
        let Some(event) = client.operation.take() else { return };
        if event.kind == Kind::Info {
            client.process += self.shape.clients as u64;
        }
        self.events.push(event);
        client.end += 1;
    }
}
