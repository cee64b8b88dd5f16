//! Causal memory, of registers whose values are written once.
//!
//! Ahamad, Neiger, Burns, Kohli and Hutto, *Causal Memory* (1995): for each session there is an order of all
//! writes and its own reads that keeps causes before effects and in which each read returns the last write to its
//! key. Causes are what the session did before, and, of a read, the write that it saw.
//!
//! Decided for each session as follows (it comes to the condition CM of Bouajjani, Enea, Guerraoui and Hamza, *On
//! Verifying Causal Consistency*, 2017, §5). Nothing need be done before the first read that it is a cause of: so
//! what happens falls into batches, each ending with a read of the session. But a write to the key of a read must
//! come before the one that this read saw, and with it whatever caused it, if both come before the read: they move
//! to an earlier batch, until nothing moves any more. Then each batch has an order if and only if, of the writes
//! to a key in it, that which a read sees can come last: if causes and that have no circle.

use std::rc::Rc;

use super::accesses::{Accesses, NONE};
use super::convergent::causes;
use super::order::{Agreed, Edge, Why};
use super::past::{Excluded, PORTION};
use super::schedule::Schedule;
use super::story::{Broken, EXAMPLES, Ends, Teller};
use super::{Finding, LATE, Level};
use crate::base::Table;

const ALGORITHM: &str = "causal memory";

/// The most changes of clocks that are kept: some hundreds of megabytes.
const MOST: usize = 40_000_000;

/// Whether the history is causally consistent.
pub(super) fn causal(accesses: &Accesses<'_>, schedule: &Schedule, goes_on: &dyn Fn() -> bool) -> Finding {
    let pasts = match pasts(accesses, schedule, goes_on) {
        Ok(pasts) => pasts,
        Err(why) => return Finding::unknown(Level::Causal, ALGORITHM, why),
    };
    let mut gives_way = vec![false; accesses.steps.len()];
    schedule.impossible.iter().for_each(|&step| gives_way[step as usize] = true);
    let is_agreed = |edge: &Edge| !gives_way[edge.by as usize] || edge.why != Why::ReadFrom;
    let rank = |step: u32| schedule.rank[step as usize];
    let agreed = Agreed::new(causes(accesses).into_iter().filter(is_agreed).collect(), rank);
    let mut batches = Batches::new(accesses);
    let (mut against, mut excluded) = (Vec::new(), Vec::new());
    for reads in &pasts {
        if !goes_on() {
            return Finding::unknown(Level::Causal, ALGORITHM, LATE);
        }
        batches.sort(reads, &mut excluded);
        let own = batches.demands(reads);
        let of_this = agreed.contradictions(&own, rank);
        // What a session demands is needed to tell the first contradictions, and not for others.
        for edge in of_this {
            let demands = if against.len() < EXAMPLES { own.clone() } else { Vec::new() };
            against.push((edge, demands));
        }
        batches.clear();
    }
    let edges: Vec<Edge> = against.iter().map(|(edge, _)| *edge).collect();
    let teller = Teller { accesses, ends: Ends::Steps };
    let broken = Broken { excluded: &excluded, circular: &schedule.circular, against: &edges };
    teller.finding(Level::Causal, ALGORITHM, &broken, |edge| {
        let demands = against.iter().find(|(other, _)| other == edge).map(|(_, demands)| &demands[..]);
        [agreed.edges(), demands.unwrap_or_default()].concat()
    })
}

/// A read, and what is newly among its causes since the read of its session before: of which session, how many
/// steps were known, and how many are.
struct Read {
    step: u32,
    news: Vec<(u32, u32, u32)>,
}

/// The reads of each session.
///
/// # Errors
/// That there is too much to keep, or no time.
fn pasts(
    accesses: &Accesses<'_>,
    schedule: &Schedule,
    goes_on: &dyn Fn() -> bool,
) -> Result<Vec<Vec<Read>>, String> {
    let sessions = accesses.sessions.len();
    let mut readers = vec![0_u32; accesses.versions.len()];
    accesses.steps.iter().filter(|step| step.is_read).for_each(|step| readers[step.version as usize] += 1);
    let mut snapshots: Vec<Option<Rc<[u32]>>> = vec![None; accesses.versions.len()];
    let mut clocks: Vec<Vec<u32>> = vec![Vec::new(); sessions];
    let mut pasts: Vec<Vec<Read>> = (0..sessions).map(|_| Vec::new()).collect();
    let mut told: Vec<u32> = vec![0; sessions];
    let mut kept = 0;
    for (place, &number) in schedule.steps.iter().enumerate() {
        if place % PORTION == 0 && !goes_on() {
            return Err(LATE.to_owned());
        }
        let step = accesses.steps[number as usize];
        let (session, version) = (step.session as usize, step.version as usize);
        let (clock, position) = (&mut clocks[session], schedule.position[number as usize]);
        clock.resize(sessions, 0);
        if step.is_read {
            let mut news = vec![(step.session, std::mem::replace(&mut told[session], position), position)];
            let brought = snapshots[version].clone();
            for (other, (known, &count)) in
                (0..).zip(clock.iter_mut().zip(brought.iter().flat_map(|b| b.iter())))
            {
                if count > *known && other != step.session {
                    news.push((other, *known, count));
                    *known = count;
                }
            }
            kept += news.len();
            pasts[session].push(Read { step: number, news });
            readers[version] -= 1;
            if readers[version] == 0 {
                snapshots[version] = None;
            }
        } else if readers[version] > 0 {
            clock[session] = position + 1;
            snapshots[version] = Some(clock.as_slice().into());
        }
        if position as usize + 1 == accesses.sessions[session].len() {
            clocks[session] = Vec::new();
        }
        if kept > MOST {
            return Err(format!("{sessions} sessions are too many for so many reads"));
        }
    }
    Ok(pasts)
}

/// Into which batch each step falls, for one session at a time.
struct Batches<'a> {
    accesses: &'a Accesses<'a>,
    /// The batch of each step, [`NONE`] if it need never be done.
    of: Vec<u32>,
    /// The steps that have one.
    done: Vec<u32>,
    /// The writes to each key that have one.
    writes: Vec<Vec<u32>>,
    /// The step before each step in its session.
    before: Vec<u32>,
}

impl<'a> Batches<'a> {
    fn new(accesses: &'a Accesses<'a>) -> Self {
        let mut before = vec![NONE; accesses.steps.len()];
        for steps in &accesses.sessions {
            steps.iter().skip(1).zip(steps).for_each(|(&step, &earlier)| before[step as usize] = earlier);
        }
        let (of, writes) = (vec![NONE; accesses.steps.len()], vec![Vec::new(); accesses.keys.len()]);
        Batches { accesses, of, done: Vec::new(), writes, before }
    }

    /// Sorts what are causes of the reads of a session into batches, which end with a read each.
    fn sort(&mut self, reads: &[Read], excluded: &mut Vec<Excluded>) {
        for (batch, read) in (0..).zip(reads) {
            for &(other, known, count) in &read.news {
                for &step in &self.accesses.sessions[other as usize][known as usize..count as usize] {
                    self.of[step as usize] = batch;
                    self.done.push(step);
                    let access = self.accesses.steps[step as usize];
                    if !access.is_read {
                        self.writes[access.key as usize].push(step);
                    }
                }
            }
        }
        while self.move_back(reads) {
            // In the order in which they are looked through.
            let of = &self.of;
            self.writes.iter_mut().for_each(|writes| writes.sort_by_key(|&step| of[step as usize]));
        }
        for (batch, read) in (0..).zip(reads) {
            let access = self.accesses.steps[read.step as usize];
            let first = self.writes[access.key as usize].first().copied();
            let later = first.filter(|&first| self.of[first as usize] <= batch);
            if let Some(later) = later.filter(|_| self.write_of(read) == NONE) {
                let step = self.accesses.steps[later as usize];
                let why = Why::InThePast(step.session);
                excluded.push(Excluded { read: read.step, later: step.version, why });
            }
        }
    }

    /// Moves writes, with their causes, to where they come before what a read sees. Whether any moved.
    fn move_back(&mut self, reads: &[Read]) -> bool {
        let mut has_moved = false;
        for (batch, read) in (0..).zip(reads) {
            let write = self.write_of(read);
            if write == NONE || self.of[write as usize] == NONE {
                continue;
            }
            let (least, key) =
                (self.of[write as usize], self.accesses.steps[read.step as usize].key as usize);
            let end = self.writes[key].partition_point(|&other| self.of[other as usize] <= batch);
            let begin = self.writes[key].partition_point(|&other| self.of[other as usize] <= least);
            // While they move, the list is out of order; what moves further is looked at again.
            for other in self.writes[key].get(begin..end).unwrap_or_default().to_vec() {
                has_moved |= self.lower(other, least);
            }
            if has_moved {
                return true;
            }
        }
        false
    }

    /// Moves a step and its causes to `batch` at the latest. Whether it did.
    fn lower(&mut self, step: u32, batch: u32) -> bool {
        let mut open = vec![step];
        let mut has_moved = false;
        while let Some(step) = open.pop() {
            if self.of[step as usize] <= batch {
                continue;
            }
            self.of[step as usize] = batch;
            has_moved = true;
            let access = self.accesses.steps[step as usize];
            let write =
                if access.is_read { self.accesses.versions[access.version as usize].step } else { NONE };
            // What is no cause of any read of the session need not be done; causes of what is are.
            let causes = [self.before[step as usize], write];
            open.extend(causes.into_iter().filter(|&cause| cause != NONE && self.of[cause as usize] != NONE));
        }
        has_moved
    }

    /// That of the writes to a key in one batch that comes last which a read sees.
    fn demands(&self, reads: &[Read]) -> Vec<Edge> {
        let mut demands = Vec::new();
        let mut met = Table::new();
        for read in reads {
            let to = self.write_of(read);
            if to == NONE || self.of[to as usize] == NONE || met.insert(to, ()).is_some() {
                continue;
            }
            let access = self.accesses.steps[read.step as usize];
            let (writes, batch) = (&self.writes[access.key as usize], self.of[to as usize]);
            let begin = writes.partition_point(|&other| self.of[other as usize] < batch);
            let same = writes[begin..].iter().take_while(|&&other| self.of[other as usize] == batch);
            demands.extend(same.filter(|&&from| from != to).map(|&from| {
                let why = Why::InThePast(self.accesses.steps[from as usize].session);
                Edge { from, to, by: read.step, why }
            }));
        }
        demands
    }

    /// The write that a read sees.
    fn write_of(&self, read: &Read) -> u32 {
        self.accesses.versions[self.accesses.steps[read.step as usize].version as usize].step
    }

    fn clear(&mut self) {
        for step in self.done.drain(..) {
            self.of[step as usize] = NONE;
            self.writes[self.accesses.steps[step as usize].key as usize].clear();
        }
    }
}
