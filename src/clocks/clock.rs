//! A clock as a straight line: what it shows, and when it will show something.

use crate::base::{SimDuration, SimTime};

/// How much faster than time a clock runs, in parts per billion; slower if negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Rate(pub i64);

/// What a fault does to the rate of a clock while it lasts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bend {
    /// It runs so much faster or slower, on top of all else.
    Drift(Rate),
    /// It stands still.
    Stop,
}

/// A node's clock.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The latest instant at which the line was bent.
    since: SimTime,
    /// What it showed then.
    shown: SimTime,
    /// What its oscillator is wrong by.
    oscillator: Rate,
    /// What the discipline does about it.
    correction: Rate,
    /// The faults in force, each under a number of its own.
    bends: Vec<(u64, Bend)>,
    begun: u64,
    /// Whether it was put back or stood still: only then is it behind by more than its rate accounts for.
    is_astray: bool,
    /// The rates that all of it together may come to.
    slowest: i64,
    fastest: i64,
}

const BILLION: i64 = 1_000_000_000;
/// However many faults add up, a clock that runs at all runs at a rate between a thousandth and
/// a thousand times that of time.
const SLOWEST: i64 = BILLION / 1_000;
const FASTEST: i64 = BILLION * 1_000;
/// No run is so long, but the queue can still reckon with it: 36 years.
const NEVER_IN_A_RUN: u64 = 1 << 60;

impl Clock {
    /// A clock that is `ahead` at the beginning, and wrong by `oscillator` from then on.
    pub fn new(ahead: SimDuration, oscillator: Rate) -> Self {
        Clock {
            since: SimTime::ZERO,
            shown: SimTime::ZERO + ahead,
            oscillator,
            correction: Rate(0),
            bends: Vec::new(),
            begun: 0,
            is_astray: false,
            slowest: SLOWEST,
            fastest: FASTEST,
        }
    }

    /// One that is never wrong by more than so many parts per million while it runs.
    pub fn within(self, most: Option<u64>) -> Self {
        let Some(most) = most.map(|ppm| ppm as i64 * 1_000) else { return self };
        Clock { slowest: (BILLION - most).max(SLOWEST), fastest: (BILLION + most).min(FASTEST), ..self }
    }

    /// What it shows at the true time `now`, which is not before it was last bent.
    pub fn show(&self, now: SimTime) -> SimTime {
        let passed = u128::from(now.since(self.since).as_ns());
        self.shown + duration(passed * self.rate() / BILLION as u128)
    }

    /// The first true instant at which it will show `reading` or later, if nothing bends it; far
    /// beyond any run if it stands still.
    pub fn when_shows(&self, reading: SimTime) -> SimTime {
        let missing = u128::from(reading.since(self.shown).as_ns());
        let never = SimTime::from_ns(NEVER_IN_A_RUN);
        match self.rate() {
            0 => never,
            rate => (self.since + duration((missing * BILLION as u128).div_ceil(rate))).min(never),
        }
    }

    /// Whether it stands still.
    pub fn is_stopped(&self) -> bool {
        self.bends.iter().any(|(_, bend)| *bend == Bend::Stop)
    }

    /// Puts it forward.
    pub fn step_ahead(&mut self, now: SimTime, by: SimDuration) {
        self.mark(now);
        self.shown += by;
    }

    /// Puts it back; not behind the beginning of time.
    pub fn step_back(&mut self, now: SimTime, by: SimDuration) {
        self.mark(now);
        self.is_astray = true;
        self.shown = SimTime::from_ns(self.shown.as_ns().saturating_sub(by.as_ns()));
    }

    /// From `now` on `bend` is in force. The number under which [`straighten`](Clock::straighten) ends it.
    pub fn bend(&mut self, now: SimTime, bend: Bend) -> u64 {
        self.mark(now);
        self.is_astray |= bend == Bend::Stop;
        self.begun += 1;
        self.bends.push((self.begun, bend));
        self.begun
    }

    /// Ends the bend with that number, and tells what it was.
    pub fn straighten(&mut self, now: SimTime, number: u64) -> Option<Bend> {
        self.mark(now);
        let place = self.bends.iter().position(|(bend, _)| *bend == number)?;
        Some(self.bends.remove(place).1)
    }

    /// Whether it needs to be [`set_right`](Clock::set_right).
    pub fn is_wrong(&self, now: SimTime) -> bool {
        !self.bends.is_empty() || (self.is_astray && self.show(now) < now)
    }

    /// Ends all bends. Where it was put back or stood still, puts it forward if it is behind: what timers wait for
    /// would come that much later. One that was only slow stays behind: a step would break what protocols may rely
    /// on where clocks drift. And one that is ahead stays so: to put it back would delay timers.
    pub fn set_right(&mut self, now: SimTime) {
        self.mark(now);
        self.bends.clear();
        if std::mem::take(&mut self.is_astray) {
            self.shown = self.shown.max(now);
        }
    }

    /// From `now` on the discipline corrects the rate by so much.
    pub(super) fn correct(&mut self, now: SimTime, correction: Rate) {
        self.mark(now);
        self.correction = correction;
    }

    /// Begins a new line at `now`.
    fn mark(&mut self, now: SimTime) {
        (self.shown, self.since) = (self.show(now), now);
    }

    /// Billionths of a second that it counts in a second.
    fn rate(&self) -> u128 {
        if self.is_stopped() {
            return 0;
        }
        let drifts = self.bends.iter().map(|(_, bend)| match bend {
            Bend::Drift(rate) => rate.0,
            Bend::Stop => 0,
        });
        let all = drifts.chain([self.oscillator.0, self.correction.0]);
        let rate = all.fold(BILLION, i64::saturating_add);
        rate.clamp(self.slowest, self.fastest) as u128
    }
}

fn duration(ns: u128) -> SimDuration {
    SimDuration::from_ns(u64::try_from(ns).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PPM: i64 = 1_000;

    fn at(ms: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_ms(ms)
    }

    #[test]
    fn a_fast_clock_gains_what_it_is_told_to() {
        let clock = Clock::new(SimDuration::from_ms(5), Rate(200 * PPM));
        assert_eq!(clock.show(at(0)), at(5));
        // 200 µs in a second.
        assert_eq!(clock.show(at(10_000)), at(10_005) + SimDuration::from_us(2_000));
    }

    #[test]
    fn faults_that_add_up_keep_within_what_was_allowed() {
        let shown = |most| {
            let mut clock = Clock::new(SimDuration::ZERO, Rate(0)).within(most);
            clock.bend(at(0), Bend::Drift(Rate(-300_000 * PPM)));
            clock.bend(at(0), Bend::Drift(Rate(-300_000 * PPM)));
            clock.show(at(1_000))
        };
        assert_eq!((shown(None), shown(Some(500_000))), (at(400), at(500)));
    }

    /// Whatever was done to it: it shows a reading at the first instant that `when_shows` tells,
    /// and not a nanosecond before.
    #[test]
    fn when_it_shows_something_is_the_first_instant_at_which_it_does() {
        let inverse = |oscillator: i16, changes: Vec<(u8, u16, i16)>, wait: u32| {
            let mut clock = Clock::new(SimDuration::ZERO, Rate(i64::from(oscillator) * PPM));
            let mut now = SimTime::ZERO;
            for (change, after, amount) in changes {
                now += SimDuration::from_us(u64::from(after));
                let by = SimDuration::from_us(u64::from(amount.unsigned_abs()));
                match change % 4 {
                    0 => clock.step_ahead(now, by),
                    1 => clock.step_back(now, by),
                    2 => drop(clock.bend(now, Bend::Drift(Rate(i64::from(amount) * 10 * PPM)))),
                    _ => clock.correct(now, Rate(i64::from(amount))),
                }
            }
            let reading = clock.show(now) + SimDuration::from_ns(u64::from(wait));
            let then = clock.when_shows(reading);
            let before = SimTime::from_ns(then.as_ns().saturating_sub(1));
            then >= now
                && clock.show(then) >= reading
                && (then == now || before < now || clock.show(before) < reading)
        };
        quickcheck::QuickCheck::new()
            .tests(20_000)
            .quickcheck(inverse as fn(i16, Vec<(u8, u16, i16)>, u32) -> bool);
    }

    #[test]
    fn a_stopped_clock_shows_nothing_new_until_it_goes_on() {
        let mut clock = Clock::new(SimDuration::ZERO, Rate(0));
        let stop = clock.bend(at(10), Bend::Stop);
        assert!(clock.is_stopped());
        assert_eq!(clock.show(at(500)), at(10));
        assert_eq!(clock.when_shows(at(11)).as_ns(), NEVER_IN_A_RUN);
        clock.straighten(at(500), stop);
        assert_eq!(clock.show(at(501)), at(11));
        assert_eq!(clock.when_shows(at(12)), at(502));
    }

    #[test]
    fn a_clock_is_not_put_back_behind_the_beginning() {
        let mut clock = Clock::new(SimDuration::ZERO, Rate(0));
        clock.step_back(at(10), SimDuration::from_ms(500));
        assert_eq!(clock.show(at(10)), at(0));
        assert_eq!(clock.show(at(12)), at(2));
    }
}
