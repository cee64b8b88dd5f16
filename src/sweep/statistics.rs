//! What many runs came to: verdicts counted, medians, and the share of runs that felt each fault.

use std::collections::BTreeMap;

use super::{Bite, Elections, MeasureStatistics, Record};
use crate::check::Verdict;
use crate::report::Table;
use crate::report::palette::{self, paint};

/// How often each value was seen: exact medians, in memory that does not grow with the number of
/// runs but with that of different values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    seen: BTreeMap<u64, u64>,
    total: u64,
}

/// How many binary digits of a rounded value are kept.
const DIGITS: u32 = 12;

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
    events: Vec<(&'static str, Tally)>,
    faults: Vec<(&'static str, Tally)>,
    /// How clusters came by a leader.
    pub elections: Elections,
    /// What was measured of them.
    pub measures: MeasureStatistics,
}

impl Tally {
    /// Takes note of `value`.
    pub fn add(&mut self, value: u64) {
        *self.seen.entry(value).or_insert(0) += 1;
        self.total += 1;
    }

    /// Takes note of `value` to a quarter of a thousandth, rounded down: of values that are all different, not many
    /// are kept.
    pub fn add_rounded(&mut self, value: u64) {
        let cut = (u64::BITS - value.leading_zeros()).saturating_sub(DIGITS);
        self.add(value >> cut << cut);
    }

    /// How many values there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The value in the middle, the lower of two.
    pub fn median(&self) -> Option<u64> {
        self.quantile(500)
    }

    /// The smallest value that so many thousandths of all do not exceed (the nearest-rank method).
    pub fn quantile(&self, per_mille: u64) -> Option<u64> {
        self.quantile_of(per_mille, self.total)
    }

    /// The same of `total` values, of which those that are not known are the largest. `None` if it is one
    /// of these.
    pub fn quantile_of(&self, per_mille: u64, total: u64) -> Option<u64> {
        let rank = (u128::from(total) * u128::from(per_mille)).div_ceil(1_000).max(1);
        let mut before = 0;
        self.seen.iter().find_map(|(&value, &times)| {
            before += u128::from(times);
            (before >= rank).then_some(value)
        })
    }

    /// How many values are other than zero.
    pub fn above_zero(&self) -> u64 {
        self.total - self.seen.get(&0).copied().unwrap_or(0)
    }

    /// Their share, from 0 to 1.
    pub fn share_above_zero(&self) -> f64 {
        share(self.above_zero(), self.total)
    }
}

impl Statistics {
    /// Takes note of a run: its verdict, and by name the work it did, what its protocol met, and the
    /// faults it felt. The
    /// names are the same for every run.
    pub fn add(
        &mut self,
        verdict: Verdict,
        work: &[(&'static str, u64)],
        events: &[(&'static str, u64)],
        faults: &[(&'static str, u64)],
    ) {
        match verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid => self.invalid += 1,
            Verdict::Unknown => self.unknown += 1,
        }
        tally(&mut self.work, work);
        tally(&mut self.events, events);
        tally(&mut self.faults, faults);
    }

    /// Takes note of what was measured of a run.
    pub fn add_measures(&mut self, record: &Record) {
        self.measures.add(&record.measures);
    }

    /// How many runs there were.
    pub fn runs(&self) -> u64 {
        self.valid + self.invalid + self.unknown
    }

    /// The share, from 0 to 1, of valid runs.
    pub fn share_valid(&self) -> f64 {
        share(self.valid, self.runs())
    }

    /// Every number by name: its median, and in how many runs it was above zero.
    pub fn coverage(&self) -> impl Iterator<Item = (&'static str, u64, u64)> {
        let all = self.work.iter().chain(&self.events).chain(&self.faults);
        all.map(|(name, tally)| (*name, tally.median().unwrap_or(0), tally.above_zero()))
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

fn tally(tallies: &mut Vec<(&'static str, Tally)>, values: &[(&'static str, u64)]) {
    for (i, &(name, value)) in values.iter().enumerate() {
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

impl Statistics {
    /// The statistics for people. A fault that no run felt has a row only if it was asked for, or
    /// if `everything` is to be told.
    pub fn text(&self, asked: &[Bite], everything: bool) -> String {
        let part = |verdict: Verdict, count: u64| {
            let text = format!("{count} {verdict} ({:.1} %)", 100.0 * share(count, self.runs()));
            if count == 0 { text } else { paint(palette::of(verdict), text) }
        };
        let verdicts = [
            part(Verdict::Valid, self.valid),
            part(Verdict::Invalid, self.invalid),
            part(Verdict::Unknown, self.unknown),
        ];
        let (verdicts, table) = (verdicts.join(", "), self.table(asked, everything));
        format!("{} seeds: {verdicts}\n\n{table}{}", self.runs(), self.elections.table())
    }

    fn table(&self, asked: &[Bite], everything: bool) -> Table {
        let label = |name: &str| format!("  {}", name.replace('_', " "));
        let median = |tally: &Tally| tally.median().unwrap_or(0).to_string();
        let mut table = Table::default();
        table.heading("a run", ["median"]);
        for (name, tally) in &self.work {
            table.row(&label(name), [median(tally)]);
        }
        let in_runs = |tally: &Tally| format!("{:.1} %", 100.0 * tally.share_above_zero());
        table.heading("protocol events", ["median", "in runs"]);
        for (name, tally) in &self.events {
            table.row(&label(name), [median(tally), in_runs(tally)]);
        }
        table.heading("effective faults", ["median", "in runs"]);
        let mut felt_any = false;
        for (name, tally) in &self.faults {
            if tally.above_zero() > 0 || everything || asked.iter().any(|bite| bite.counter == *name) {
                table.row(&label(name), [median(tally), in_runs(tally)]);
                felt_any = true;
            }
        }
        if !felt_any {
            table.row("  none", []);
        }
        table
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
        assert_eq!([0, 333, 334, 834, 999].map(|rank| tally.quantile(rank)), [0, 0, 4, 9, 9].map(Some));
        assert_eq!(tally.share_above_zero(), 4.0 / 6.0);
    }

    #[test]
    fn a_fault_that_few_runs_felt_is_toothless() {
        let mut statistics = Statistics::default();
        for run in 0..100 {
            statistics.add(Verdict::Valid, &[], &[], &[("crashes", u64::from(run < 4)), ("pauses", 1)]);
        }
        let bite = |counter| Bite { kind: "any", counter };
        let toothless = statistics.toothless(&[bite("crashes"), bite("pauses")]);
        assert_eq!(toothless, [bite("crashes")]);
    }
}
