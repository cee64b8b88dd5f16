//! What many runs came to: verdicts counted, medians, and the share of runs that felt each fault.

use std::collections::BTreeMap;
use std::fmt;

use super::Bite;
use crate::check::Verdict;

/// How often each value was seen: exact medians, in memory that does not grow with the number of
/// runs but with that of different values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    seen: BTreeMap<u64, u64>,
    total: u64,
}

/// What many runs came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Statistics {
    /// Runs by verdict.
    pub valid: u64,
    /// Runs with a violation.
    pub invalid: u64,
    /// Runs of which nothing is known.
    pub unknown: u64,
    work: Vec<(&'static str, Tally)>,
    faults: Vec<(&'static str, Tally)>,
}

impl Tally {
    /// Takes note of `value`.
    pub fn add(&mut self, value: u64) {
        *self.seen.entry(value).or_insert(0) += 1;
        self.total += 1;
    }

    /// The value in the middle, the lower of two.
    pub fn median(&self) -> Option<u64> {
        let mut before = 0;
        self.seen.iter().find_map(|(&value, &times)| {
            before += times;
            (before * 2 >= self.total).then_some(value)
        })
    }

    /// The share, from 0 to 1, of values other than zero.
    pub fn share_above_zero(&self) -> f64 {
        let zeros = self.seen.get(&0).copied().unwrap_or(0);
        share(self.total - zeros, self.total)
    }
}

impl Statistics {
    /// Takes note of a run: its verdict, and by name the work it did and the faults it felt. The
    /// names are the same for every run.
    pub fn add(
        &mut self,
        verdict: Verdict,
        work: impl IntoIterator<Item = (&'static str, u64)>,
        faults: impl IntoIterator<Item = (&'static str, u64)>,
    ) {
        match verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid => self.invalid += 1,
            Verdict::Unknown => self.unknown += 1,
        }
        tally(&mut self.work, work);
        tally(&mut self.faults, faults);
    }

    /// How many runs there were.
    pub fn runs(&self) -> u64 {
        self.valid + self.invalid + self.unknown
    }

    /// The share, from 0 to 1, of valid runs.
    pub fn share_valid(&self) -> f64 {
        share(self.valid, self.runs())
    }

    /// Of the faults that were asked for, those that too few runs felt: "no violation" says
    /// nothing about them.
    pub fn toothless(&self, asked: &[Bite]) -> Vec<Bite> {
        let felt = |bite: &Bite| {
            let tally = self.faults.iter().find(|(name, _)| *name == bite.counter);
            tally.map_or(0.0, |(_, tally)| tally.share_above_zero())
        };
        asked.iter().filter(|bite| felt(bite) < Bite::LEAST_SHARE).copied().collect()
    }
}

fn tally(tallies: &mut Vec<(&'static str, Tally)>, values: impl IntoIterator<Item = (&'static str, u64)>) {
    for (i, (name, value)) in values.into_iter().enumerate() {
        if i == tallies.len() {
            tallies.push((name, Tally::default()));
        }
        debug_assert_eq!(tallies[i].0, name);
        tallies[i].1.add(value);
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |part| 100.0 * share(part, self.runs());
        writeln!(
            f,
            "{} seeds: {} valid ({:.1} %), {} invalid ({:.1} %), {} unknown ({:.1} %)\n",
            self.runs(),
            self.valid,
            percent(self.valid),
            self.invalid,
            percent(self.invalid),
            self.unknown,
            percent(self.unknown),
        )?;
        let median = |tally: &Tally| tally.median().unwrap_or(0);
        writeln!(f, "{:<22}{:>10}", "a run", "median")?;
        for (name, tally) in &self.work {
            writeln!(f, "  {:<20}{:>10}", name.replace('_', " "), median(tally))?;
        }
        writeln!(f, "{:<22}{:>10}{:>14}", "effective faults", "median", "in runs")?;
        for (name, tally) in &self.faults {
            let felt = 100.0 * tally.share_above_zero();
            writeln!(f, "  {:<20}{:>10}{felt:>12.1} %", name.replace('_', " "), median(tally))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_shares_are_exact() {
        let mut tally = Tally::default();
        assert_eq!((tally.median(), tally.share_above_zero()), (None, 0.0));
        for value in [9, 0, 4, 4, 7, 0] {
            tally.add(value);
        }
        assert_eq!(tally.median(), Some(4));
        assert_eq!(tally.share_above_zero(), 4.0 / 6.0);
    }

    #[test]
    fn a_fault_that_few_runs_felt_is_toothless() {
        let mut statistics = Statistics::default();
        for run in 0..100 {
            statistics.add(Verdict::Valid, [], [("crashes", u64::from(run < 4)), ("pauses", 1)]);
        }
        let bite = |counter| Bite { kind: "any", counter };
        let toothless = statistics.toothless(&[bite("crashes"), bite("pauses")]);
        assert_eq!(toothless, [bite("crashes")]);
    }
}
