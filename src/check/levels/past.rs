//! What of the past each session has seen, and which versions must come before which for its sake.
//!
//! Each session has a clock: of how many steps of each other session it has seen the effect. A read of a version
//! brings what the level says that this implies. What was then written to the key before that point must come
//! before what is read, and is an [`Edge`]. Only what cannot be derived from other edges is kept, so that there
//! are about as many edges as steps.

use std::rc::Rc;

use super::accesses::{Accesses, NONE, Step};
use super::order::{Edge, Why};
use super::schedule::Schedule;

/// What a session has seen of others when it has seen one of their writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Past {
    /// What the same session wrote before.
    Writes,
    /// What the same session had read before, and so on, as far as that goes.
    Reads,
    /// All that it had done and seen.
    All,
}

/// A read of a version that something known to be later excludes: that cannot be undone by any order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Excluded {
    /// The step that reads.
    pub(super) read: u32,
    /// What comes later than what it read.
    pub(super) later: u32,
    pub(super) why: Why,
}

/// What the clocks say.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) edges: Vec<Edge>,
    /// Reads of what was there at first.
    pub(super) excluded: Vec<Excluded>,
}

/// What comes with a version that is read.
enum Brought {
    Nothing,
    /// So many steps of this session.
    Steps(u32, u32),
    /// So many of each.
    Clock(Rc<[u32]>),
}

/// The clock of a session.
#[derive(Clone, Debug, Default)]
struct Clock {
    /// Of how many steps of each session it has seen the effect.
    seen: Vec<u32>,
    /// At which of its own steps it saw the last of them.
    since: Vec<u32>,
    /// The last of all of these.
    latest: u32,
}

struct Walk<'a> {
    accesses: &'a Accesses<'a>,
    schedule: &'a Schedule,
    past: Past,
    clocks: Vec<Clock>,
    /// At which of its own steps, counted from 1, a session read that key last, and at which it read or wrote
    /// it; by spot.
    read_at: Vec<u32>,
    touched_at: Vec<u32>,
    /// What was seen where a version was written.
    snapshots: Vec<Option<Rc<[u32]>>>,
    /// How many reads of each version are still to come.
    readers: Vec<u32>,
    lists: Lists,
    seen: Seen,
}

/// The steps that matter to others, by spot: their places in their session and their versions.
struct Lists {
    begin: Vec<u32>,
    entries: Vec<(u32, u32)>,
}

impl Lists {
    fn new(accesses: &Accesses<'_>, schedule: &Schedule, reads: bool) -> Self {
        let kept = || (0..).zip(&accesses.steps).filter(|(_, step)| step.is_read == reads);
        let mut begin = vec![0; schedule.spots + 1];
        kept().for_each(|(at, _): (usize, _)| begin[schedule.spot[at] as usize + 1] += 1);
        for spot in 0..schedule.spots {
            begin[spot + 1] += begin[spot];
        }
        let mut ends = begin.clone();
        let mut entries = vec![(0, 0); begin[schedule.spots] as usize];
        for (at, step) in kept() {
            let end = &mut ends[schedule.spot[at] as usize];
            entries[*end as usize] = (schedule.position[at], step.version);
            *end += 1;
        }
        Lists { begin, entries }
    }

    /// The version of the last of the first `count` steps of a session that is in the list of `spot`.
    fn last_of(&self, spot: usize, count: u32) -> Option<u32> {
        let entries = &self.entries[self.begin[spot] as usize..self.begin[spot + 1] as usize];
        let place = entries.partition_point(|&(position, _)| position < count);
        Some(entries[place.checked_sub(1)?].1)
    }
}

/// Between so many steps somebody asks whether to go on.
pub(super) const PORTION: usize = 256;

/// What must come before what for the sake of what each session has seen, with `past`; `None` if `goes_on` said no,
/// which is asked now and then.
pub(super) fn seen(
    accesses: &Accesses<'_>,
    schedule: &Schedule,
    past: Past,
    goes_on: &dyn Fn() -> bool,
) -> Option<Seen> {
    let mut readers = vec![0; accesses.versions.len()];
    accesses.steps.iter().filter(|step| step.is_read).for_each(|step| readers[step.version as usize] += 1);
    let mut walk = Walk {
        accesses,
        schedule,
        past,
        clocks: vec![Clock::default(); accesses.sessions.len()],
        read_at: vec![0; schedule.spots],
        touched_at: vec![0; schedule.spots],
        snapshots: vec![None; accesses.versions.len()],
        readers,
        lists: Lists::new(accesses, schedule, past == Past::Reads),
        seen: Seen::default(),
    };
    let mut impossible = vec![false; accesses.steps.len()];
    schedule.impossible.iter().for_each(|&step| impossible[step as usize] = true);
    for portion in schedule.steps.chunks(PORTION) {
        if !goes_on() {
            return None;
        }
        portion.iter().for_each(|&step| walk.take(step, impossible[step as usize]));
    }
    Some(walk.seen)
}

impl Walk<'_> {
    fn take(&mut self, number: u32, is_impossible: bool) {
        let step = self.accesses.steps[number as usize];
        let position = self.schedule.position[number as usize];
        if step.is_read {
            self.read(number, step, position, is_impossible);
        } else {
            self.write(number, step, position);
        }
        if position as usize + 1 == self.accesses.sessions[step.session as usize].len() {
            self.clocks[step.session as usize] = Clock::default();
        }
    }

    fn read(&mut self, number: u32, step: Step, position: u32, is_impossible: bool) {
        let spot = self.schedule.spot[number as usize] as usize;
        let version = step.version as usize;
        let is_needed = self.past == Past::Writes || !is_impossible;
        let brought = if !is_needed { Brought::Nothing } else { self.brought(step) };
        let covered = match self.past {
            Past::All => self.touched_at[spot],
            Past::Writes | Past::Reads => self.read_at[spot],
        };
        self.demand(number, step, covered, &brought);
        self.clocks[step.session as usize].take_up(&brought, position + 1);
        self.read_at[spot] = position + 1;
        self.touched_at[spot] = position + 1;
        self.readers[version] -= 1;
        if self.readers[version] == 0 {
            self.snapshots[version] = None;
        }
    }

    fn write(&mut self, number: u32, step: Step, position: u32) {
        let spot = self.schedule.spot[number as usize] as usize;
        if self.past == Past::Reads {
            // What is seen comes before what is then written.
            self.demand(number, step, self.touched_at[spot], &Brought::Nothing);
        }
        self.touched_at[spot] = position + 1;
        if self.readers[step.version as usize] > 0 && self.past != Past::Writes {
            self.snapshots[step.version as usize] = Some(self.snapshot(step.session, position));
        }
    }

    /// What a session has seen that writes in this place, and what it has done itself.
    fn snapshot(&self, session: u32, position: u32) -> Rc<[u32]> {
        let clock = &self.clocks[session as usize];
        let own = position + u32::from(self.past == Past::All);
        let mut seen = clock.seen.clone();
        seen.resize(self.accesses.sessions.len().max(1), 0);
        seen[session as usize] = own;
        seen.into()
    }

    /// What comes with the version that `step` reads.
    fn brought(&self, step: Step) -> Brought {
        if self.past != Past::Writes {
            let snapshot = self.snapshots[step.version as usize].clone();
            return snapshot.map_or(Brought::Nothing, Brought::Clock);
        }
        let write = self.accesses.versions[step.version as usize].step;
        let Some(writer) = self.accesses.steps.get(write as usize) else { return Brought::Nothing };
        Brought::Steps(writer.session, self.schedule.position[write as usize] + 1)
    }

    /// That what is seen of the key of `step` comes before its version: what was seen after the session's own step
    /// `covered`, and does not come with the version anyhow.
    fn demand(&mut self, number: u32, step: Step, covered: u32, brought: &Brought) {
        let clock = &self.clocks[step.session as usize];
        if clock.latest <= covered {
            return;
        }
        for (session, (&count, &since)) in (0..).zip(clock.seen.iter().zip(&clock.since)) {
            // What a session has done itself comes first anyhow, but for its writes where only the writers' own
            // count: it has seen no more of them than it has read.
            let is_known = session == step.session && self.past != Past::Writes;
            if since <= covered || count <= brought.of(session) || is_known {
                continue;
            }
            let Some(spot) = self.schedule.spot_of(session, step.key) else { continue };
            let Some(earlier) = self.lists.last_of(spot, count) else { continue };
            let why = match self.past {
                Past::Writes => Why::SawLater(session),
                Past::Reads if step.is_read => Why::SawAfterRead(session),
                Past::Reads => Why::WroteAfterRead(session),
                Past::All => Why::InThePast(session),
            };
            self.seen.add(self.accesses, earlier, step.version, number, why);
        }
    }
}

impl Seen {
    /// That a step shows `from` to come before `to`.
    pub(super) fn add(&mut self, accesses: &Accesses<'_>, from: u32, to: u32, by: u32, why: Why) {
        let is_first = |version: u32| accesses.versions[version as usize].by == NONE;
        if from == to || is_first(from) {
            return;
        }
        if is_first(to) {
            self.excluded.push(Excluded { read: by, later: from, why });
        } else {
            self.edges.push(Edge { from, to, by, why });
        }
    }
}

impl Brought {
    /// How many steps of `session` are in it.
    fn of(&self, session: u32) -> u32 {
        match self {
            Brought::Steps(whose, count) if *whose == session => *count,
            Brought::Clock(clock) => clock.get(session as usize).copied().unwrap_or(0),
            Brought::Steps(..) | Brought::Nothing => 0,
        }
    }
}

impl Clock {
    /// Takes up what a read has brought, at the session's own step `now`.
    fn take_up(&mut self, brought: &Brought, now: u32) {
        let needed = match brought {
            Brought::Nothing => return,
            Brought::Steps(session, _) => *session as usize + 1,
            Brought::Clock(clock) => clock.len(),
        };
        if self.seen.len() < needed {
            self.seen.resize(needed, 0);
            self.since.resize(needed, 0);
        }
        match brought {
            Brought::Nothing => {}
            Brought::Steps(session, count) => self.raise(*session as usize, *count, now),
            Brought::Clock(clock) => self.merge(clock, now),
        }
    }

    fn raise(&mut self, session: usize, count: u32, now: u32) {
        if count > self.seen[session] {
            (self.seen[session], self.since[session], self.latest) = (count, now, now);
        }
    }

    fn merge(&mut self, brought: &[u32], now: u32) {
        let mut has_more = false;
        for ((seen, since), &brought) in self.seen.iter_mut().zip(&mut self.since).zip(brought) {
            let is_more = brought > *seen;
            *seen = if is_more { brought } else { *seen };
            *since = if is_more { now } else { *since };
            has_more |= is_more;
        }
        if has_more {
            self.latest = now;
        }
    }
}
