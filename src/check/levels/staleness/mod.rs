//! How stale reads are: how many versions and how much time behind, and how far the whole is from atomic.
//!
//! **What is counted.** A version is *settled* from the first return on that proves its write: that of the write
//! itself, if it was acknowledged, or of a read of it (see [`registers`](super::registers)). A read of a version
//! has missed those versions of its key that were invoked after that one was settled, and were settled before
//! the read was invoked: they certainly came between, in every order that keeps real time. So a count is a lower
//! bound of what the object did, and no read of a linearizable history has missed anything. *Versions behind*
//! and *time behind* are the version and time staleness of Bailis et al., *Probabilistically Bounded Staleness
//! for Practical Partial Quorums* (2012), for one read and for certain; the time is that from when the first of
//! the missed versions was settled until the read was invoked.
//!
//! **k-atomicity.** The least `k` with which there is an order of all operations that keeps real time in which
//! each read returns one of the `k` latest versions: Aiyer, Alvisi and Bazzi, *On the Availability of
//! Non-strict Quorum Systems* (2005); 1 is linearizable. Golab, Li and Shah, *Analyzing Consistency Properties for
//! Fun and Profit* (2011), and Golab, Hurwitz and Li, *On the k-Atomicity-Verification Problem* (2013), decide 1
//! and 2; nothing fast is known beyond. We prove a lower bound, one more than the most versions that a read is
//! behind and 2 if the history is not linearizable, and an upper bound by several orders.
//!
//! **Δ-atomicity.** The least Δ, in nanoseconds, with which the history would be linearizable if every read had
//! been invoked earlier by Δ: Golab, Li and Shah (2011). It is exact.
//!
//! **What is left out.** Writes that failed; writes that were never answered and that nobody read, for such may
//! never happen; reads that tell nothing. A compare-and-set is a read and a write of its own: both may lie
//! anywhere between its invocation and its return, in this order or not, and Δ moves only the read. So with
//! compare-and-sets, `k = 1` and `Δ = 0` are necessary for linearizability, but do not suffice.

mod atomicity;
#[cfg(test)]
mod brute_force;
mod lags;

use std::fmt;

use self::lags::Lag;
use super::accesses::Accesses;
use super::registers::{Moment, Register, Registers};
use crate::base::{SimDuration, SimTime};
use crate::check::Specification;
use crate::history::{History, Operation};

/// How stale the reads of a history are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Staleness {
    /// How many reads tell which version they saw, those of compare-and-sets among them.
    pub reads: u64,
    /// How many of these certainly missed a version.
    pub stale: u64,
    /// How many reads are so many versions behind: ascending, each number of versions that occurs, with how
    /// many reads.
    pub versions_behind: Vec<(u64, u64)>,
    /// How much time the reads are behind; `None` if the history has no times.
    pub time_behind: Option<Quantiles>,
    /// The read that missed the most versions, of those the one the most time behind, of those the first.
    pub worst: Option<StaleRead>,
    /// How many reads returned what nobody wrote, or nobody had invoked the write of yet. They are not among
    /// `reads`, and no `k` and no Δ explains them.
    pub impossible: u64,
    /// The least `k` with which the history is k-atomic; `None` if there is none.
    pub k: Option<Bounds>,
    /// The least Δ with which the history is Δ-atomic; `None` if there is none, or the history has no times.
    pub delta: Option<SimDuration>,
    /// What a reader should know, such as why there are no times.
    pub note: Option<String>,
}

/// How much time the reads of a history are behind: so much or less so many of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quantiles {
    /// Half of them.
    pub p50: SimDuration,
    /// 90 in 100.
    pub p90: SimDuration,
    /// 99 in 100.
    pub p99: SimDuration,
    /// All.
    pub max: SimDuration,
}

/// A read that certainly missed a version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaleRead {
    /// Its index among the operations of the history.
    pub operation: usize,
    /// How many versions it missed.
    pub versions: u64,
    /// For how long its version had certainly been overwritten; `None` if the history has no times.
    pub time: Option<SimDuration>,
    /// The write that overwrote its version first, by its index among the operations.
    pub overwritten_by: usize,
    /// All that in words.
    pub story: String,
}

/// Between which numbers, both possible, something is known to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// It is no less.
    pub least: u64,
    /// It is no more.
    pub most: u64,
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Bounds { least, most } if least == most => write!(f, "{least}"),
            Bounds { least, most } => write!(f, "between {least} and {most}"),
        }
    }
}

impl Staleness {
    /// The staleness of `operations`, which are those of `history`, on objects as `specification` says.
    ///
    /// # Errors
    /// In a user's words, why it cannot be told: no registers, or values that are read and were written twice.
    pub fn of(
        history: &History,
        operations: &[Operation],
        specification: &Specification,
    ) -> Result<Self, String> {
        let accesses = Accesses::new(operations, specification)?;
        Ok(Staleness::new(history, &accesses, &Registers::new(&accesses)))
    }

    /// The staleness of `accesses`, which are those of `history` and of `registers`.
    pub(super) fn new(history: &History, accesses: &Accesses<'_>, registers: &Registers<'_>) -> Self {
        let (clock, note) = match Clock::new(history) {
            Ok(clock) => (clock, None),
            Err(why) => (Clock { times: None }, Some(why)),
        };
        let mut all = Gathering { history: &clock, registers, lags: Vec::new(), delta: 0 };
        let orders: Vec<Vec<u32>> = registers.each.iter().map(atomicity::by_settled).collect();
        for (key, order) in orders.iter().enumerate() {
            all.add(key, order);
        }
        let reads = registers.each.iter().map(|register| register.reads.len() as u64).sum();
        let impossible = (accesses.phantoms.len() + registers.foreseen.len()) as u64;
        let lag = all.lags.iter().map(|(_, lag, _)| lag.versions).max().unwrap_or(0);
        // A lag is of clusters that must each come before the other.
        let least = if all.delta > 0 { (lag + 1).max(2) } else { 1 };
        let k = (impossible == 0).then(|| Bounds { least, most: most_versions(registers, &orders, least) });
        let has_times = clock.times.is_some();
        Staleness {
            reads,
            stale: all.lags.len() as u64,
            versions_behind: all.versions_behind(reads),
            time_behind: has_times.then(|| all.time_behind(reads)),
            worst: all.worst(),
            impossible,
            k,
            delta: (has_times && impossible == 0).then(|| SimDuration::from_ns(all.delta)),
            note,
        }
    }
}

/// The `k` that suffices for all registers; none is tried for less than `least`.
fn most_versions(registers: &Registers<'_>, orders: &[Vec<u32>], least: u64) -> u64 {
    if least == 1 {
        return 1;
    }
    let most = |(register, order): (&Register, &Vec<u32>)| atomicity::most_versions(register, order, least);
    registers.each.iter().zip(orders).map(most).fold(least, u64::max)
}

/// When the events of a history happened.
struct Clock<'h> {
    /// The events; `None` if it has no times.
    times: Option<&'h History>,
}

impl<'h> Clock<'h> {
    /// # Errors
    /// Why the times of the events cannot be used.
    fn new(history: &'h History) -> Result<Self, String> {
        let mut before = SimTime::ZERO;
        for (index, event) in history.events.iter().enumerate() {
            match event.time {
                None => return Err(format!("no times: event {index} has none")),
                Some(time) if time < before => {
                    return Err(format!(
                        "no times: that of event {index} is before that of the one before it"
                    ));
                }
                Some(time) => before = time,
            }
        }
        Ok(Clock { times: Some(history) })
    }

    /// How much earlier a call at `call` has to be in order not to come after a return at `ret`; 0 if it does
    /// not. Without times, 1 for any.
    fn lag(&self, call: Moment, ret: Moment) -> u64 {
        if call < ret {
            return 0;
        }
        self.since(call, ret).map_or(1, |time| time.as_ns().max(1))
    }

    /// How long after `earlier` `later` is, if there are times.
    fn since(&self, later: Moment, earlier: Moment) -> Option<SimDuration> {
        let history = self.times?;
        let at = |moment: Moment| history.events[moment as usize - 1].time.unwrap_or_default();
        Some(at(later).since(at(earlier)))
    }
}

/// What the registers together come to.
struct Gathering<'a> {
    history: &'a Clock<'a>,
    registers: &'a Registers<'a>,
    /// With the place of the register, and the time behind in nanoseconds.
    lags: Vec<(usize, Lag, u64)>,
    delta: u64,
}

impl Gathering<'_> {
    fn add(&mut self, key: usize, by_settled: &[u32]) {
        let register = &self.registers.each[key];
        for lag in lags::lags(register, by_settled) {
            let since = register.versions[lag.overwritten_by as usize].settled;
            let time = self.history.since(register.reads[lag.read as usize].invoked, since);
            self.lags.push((key, lag, time.map_or(0, SimDuration::as_ns)));
        }
        let lag = |call, ret| self.history.lag(call, ret);
        self.delta = atomicity::delta(register, by_settled, self.delta, &lag);
    }

    fn versions_behind(&self, reads: u64) -> Vec<(u64, u64)> {
        let mut all: Vec<u64> = self.lags.iter().map(|(_, lag, _)| lag.versions).collect();
        all.sort_unstable();
        let fresh = reads - all.len() as u64;
        let mut counts = if fresh > 0 { vec![(0, fresh)] } else { Vec::new() };
        counts.extend(all.chunk_by(u64::eq).map(|same| (same[0], same.len() as u64)));
        counts
    }

    fn time_behind(&self, reads: u64) -> Quantiles {
        let mut all: Vec<u64> = self.lags.iter().map(|&(_, _, time)| time).collect();
        all.sort_unstable();
        // The rest are not behind.
        let fresh = reads - all.len() as u64;
        let quantile = |hundredths: u64| {
            let rank = (reads * hundredths).div_ceil(100);
            let behind = rank.checked_sub(fresh + 1).map_or(0, |place| all[place as usize]);
            SimDuration::from_ns(behind)
        };
        Quantiles { p50: quantile(50), p90: quantile(90), p99: quantile(99), max: quantile(100) }
    }

    fn worst(&self) -> Option<StaleRead> {
        let operation =
            |&(key, lag, _): &(usize, Lag, u64)| self.registers.each[key].reads[lag.read as usize].operation;
        let worst = self.lags.iter().min_by_key(|all| {
            let (_, lag, time) = all;
            (u64::MAX - lag.versions, u64::MAX - time, operation(all))
        })?;
        let (key, lag, time) = *worst;
        let register = &self.registers.each[key];
        let overwritten_by = &register.versions[lag.overwritten_by as usize];
        let time = self.history.times.map(|_| SimDuration::from_ns(time));
        let versions =
            if lag.versions == 1 { "1 version".into() } else { format!("{} versions", lag.versions) };
        let story = format!(
            "{}, is {versions}{} behind: {}, had overwritten it by event {}",
            self.registers.told(operation(worst)),
            time.map_or(String::new(), |time| format!(" and {time}")),
            self.registers.told(overwritten_by.operation),
            overwritten_by.settled - 1,
        );
        Some(StaleRead {
            operation: operation(worst) as usize,
            versions: lag.versions,
            time,
            overwritten_by: overwritten_by.operation as usize,
            story,
        })
    }
}
