//! What the elections of many runs came to: how long they took, and how often the first term elected nobody.

use serde_json::{Value, json};

use super::Tally;
use crate::base::{NodeId, SimDuration, SimTime};
use crate::monitor::Election;
use crate::report::Table;

/// The columns that tell of a run's election.
pub(super) const COLUMNS: [&str; 6] =
    ["election_after", "election_since_ns", "leader", "elected_ns", "followed_ns", "split"];

/// The fields of `election`; they are empty where nothing is known.
pub(super) fn fields(election: Option<&Election>) -> [String; COLUMNS.len()] {
    let Some(election) = election else { return Default::default() };
    let after = if election.after_crash { "crash" } else { "start" };
    let number = |known: Option<u64>| known.map_or(String::new(), |number| number.to_string());
    let ns = |span: Option<SimDuration>| number(span.map(SimDuration::as_ns));
    [
        after.to_owned(),
        election.since.as_ns().to_string(),
        number(election.leader.map(|leader| u64::from(leader.0))),
        ns(election.elected),
        ns(election.followed),
        number(election.split.map(u64::from)),
    ]
}

/// The election that `fields` tell of; `None` if they are none of ours.
pub(super) fn parse(fields: [&str; COLUMNS.len()]) -> Option<Option<Election>> {
    let [after, since, leader, elected, followed, split] = fields;
    let after_crash = match after {
        "" => return fields.iter().all(|field| field.is_empty()).then_some(None),
        "crash" => true,
        "start" => false,
        _ => return None,
    };
    let number = |field: &str| -> Option<Option<u64>> {
        if field.is_empty() { Some(None) } else { field.parse().ok().map(Some) }
    };
    let leader = match number(leader)? {
        Some(leader) => Some(NodeId(u32::try_from(leader).ok()?)),
        None => None,
    };
    Some(Some(Election {
        after_crash,
        since: SimTime::from_ns(number(since)??),
        leader,
        elected: number(elected)?.map(SimDuration::from_ns),
        followed: number(followed)?.map(SimDuration::from_ns),
        split: number(split)?.map(|split| split == 1),
    }))
}

/// The elections of many runs: those after the beginning, and those after a leader's crash.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Elections {
    start: Group,
    crash: Group,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Group {
    runs: u64,
    elected: Times,
    followed: Times,
    /// Of how many runs it is known whether the first term elected somebody, and in how many it did not.
    first_terms: u64,
    splits: u64,
}

/// How long it took where it came to that: the mean exactly, the quantiles to a quarter of a thousandth, so that what is kept does
/// not grow with the number of runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Times {
    tally: Tally,
    count: u64,
    sum: u128,
    squares: u128,
    max: u64,
}

/// How many standard deviations to each side hold 95 % of a normal distribution.
const SIGMAS_95: f64 = 1.959_963_984_540_054;

impl Times {
    fn add(&mut self, span: SimDuration) {
        let ns = span.as_ns();
        self.tally.add_rounded(ns);
        self.count += 1;
        self.sum += u128::from(ns);
        // Saturates where a million runs take thirty years each.
        self.squares = self.squares.saturating_add(u128::from(ns).pow(2));
        self.max = self.max.max(ns);
    }

    fn mean(&self) -> f64 {
        self.sum as f64 / self.count as f64
    }

    /// How far the true mean is from the mean, at most, 95 times out of a hundred.
    fn margin(&self) -> f64 {
        let n = self.count as f64;
        let variance = (self.squares as f64 - n * self.mean().powi(2)).max(0.0) / (n - 1.0).max(1.0);
        SIGMAS_95 * (variance / n).sqrt()
    }

    /// The quantiles that are told and the longest, of so many runs: `None` where it did not come to that
    /// within the run. The mean is of those that it did come to.
    fn quantiles(&self, runs: u64) -> [Option<u64>; 3] {
        let quantile = |per_mille| self.tally.quantile_of(per_mille, runs);
        [quantile(500), quantile(999), (self.count == runs).then_some(self.max)]
    }

    /// In milliseconds; null if there are none.
    fn json(&self, runs: u64) -> Value {
        if self.count == 0 {
            return Value::Null;
        }
        let (mean, margin) = (self.mean() / 1e6, self.margin() / 1e6);
        let [p50, p999, max] = self.quantiles(runs).map(|ns| ns.map(|ns| ns as f64 / 1e6));
        json!({ "mean": mean, "margin_95": margin, "p50": p50, "p999": p999, "max": max })
    }

    fn tell(&self, label: &str, runs: u64, table: &mut Table) {
        let ms = |ns: f64| format!("{:.3}", ns / 1e6);
        let mut figures = vec![self.count.to_string()];
        if self.count > 0 {
            figures.extend([ms(self.mean()), ms(self.margin())]);
            let told = |ns: Option<u64>| ns.map_or("longer".to_owned(), |ns| ms(ns as f64));
            figures.extend(self.quantiles(runs).map(told));
        }
        table.row(label, figures);
    }
}

impl Group {
    fn add(&mut self, election: &Election) {
        self.runs += 1;
        if let Some(elected) = election.elected {
            self.elected.add(elected);
        }
        if let Some(followed) = election.followed {
            self.followed.add(followed);
        }
        if let Some(split) = election.split {
            self.first_terms += 1;
            self.splits += u64::from(split);
        }
    }

    fn json(&self) -> Value {
        if self.runs == 0 {
            return Value::Null;
        }
        let split = (self.first_terms > 0).then(|| {
            let (share, [from, to]) = (self.share(), interval_95(self.splits, self.first_terms));
            json!({ "runs": self.splits, "of": self.first_terms, "share": share, "interval_95": [from, to] })
        });
        json!({
            "runs": self.runs,
            "elected": self.elected.count,
            "elected_ms": self.elected.json(self.runs),
            "followed": self.followed.count,
            "followed_ms": self.followed.json(self.runs),
            "split": split,
        })
    }

    fn share(&self) -> f64 {
        self.splits as f64 / self.first_terms as f64
    }
}

/// Where the true share is, 95 times out of a hundred, if `hits` of `all` were seen (Wilson 1927).
fn interval_95(hits: u64, all: u64) -> [f64; 2] {
    let (n, z) = (all as f64, SIGMAS_95);
    let share = hits as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    [middle - reach, middle + reach].map(|bound| (bound / (1.0 + z * z / n)).clamp(0.0, 1.0))
}

impl Elections {
    /// Takes note of the election of a run.
    pub fn add(&mut self, election: &Election) {
        let group = if election.after_crash { &mut self.crash } else { &mut self.start };
        group.add(election);
    }

    /// The elections `after` the beginning (`start`), and those after a leader's crash (`crash`).
    pub fn json(&self) -> Value {
        json!({ "start": self.start.json(), "crash": self.crash.json() })
    }

    /// The same for people; empty if there were none.
    pub fn table(&self) -> Table {
        let mut table = Table::default();
        let groups = [("after the start", &self.start), ("after a leader's crash", &self.crash)];
        for (label, group) in groups.into_iter().filter(|(_, group)| group.runs > 0) {
            let label = format!("election {label}, ms");
            table.heading(&label, ["runs", "mean", "± 95 %", "p50", "p99.9", "max"]);
            group.elected.tell("  until a leader is elected", group.runs, &mut table);
            group.followed.tell("  until all follow it", group.runs, &mut table);
            if group.first_terms > 0 {
                let [from, to] = interval_95(group.splits, group.first_terms);
                let figures = [group.share(), from, to].map(|share| format!("{:.2} %", 100.0 * share));
                table.heading("first term that elects nobody", ["runs", "of", "share", "95 %", "to"]);
                let counts = [group.splits, group.first_terms].map(|count| count.to_string());
                table.row("  split votes", counts.into_iter().chain(figures));
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn election(elected: Option<u64>, split: Option<bool>) -> Election {
        Election {
            after_crash: false,
            since: SimTime::ZERO,
            leader: elected.map(|_| NodeId(1)),
            elected: elected.map(SimDuration::from_ns),
            followed: None,
            split,
        }
    }

    #[test]
    fn means_margins_and_shares_are_those_of_the_books() {
        let mut elections = Elections::default();
        for ms in [2, 4, 4, 4, 5, 5, 7, 9] {
            elections.add(&election(Some(ms * 1_000_000), Some(ms == 9)));
        }
        elections.add(&election(None, None));
        let json = elections.json();
        assert_eq!(json["crash"], Value::Null);
        let start = &json["start"];
        assert_eq!(
            (&start["runs"], &start["elected"], &start["followed"]),
            (&9.into(), &8.into(), &0.into())
        );
        let elected = |key: &str| start["elected_ms"][key].as_f64().unwrap();
        assert_eq!(elected("mean"), 5.0);
        // The sample variance is 32/7.
        assert!((elected("margin_95") - 1.959_964 * (32.0f64 / 56.0).sqrt()).abs() < 1e-6);
        // The run that elects nobody may have needed any time: 5 of 9 are not above 5, and no more is known.
        assert!((elected("p50") - 5.0).abs() < 0.002);
        assert_eq!((&start["elected_ms"]["p999"], &start["elected_ms"]["max"]), (&Value::Null, &Value::Null));
        assert_eq!((&start["split"]["runs"], &start["split"]["of"]), (&1.into(), &8.into()));
        // Wilson's interval of 1 in 8.
        let [from, to] = interval_95(1, 8);
        assert!((from - 0.022_4).abs() < 1e-4 && (to - 0.470_9).abs() < 1e-4, "{from} {to}");
        assert_eq!(interval_95(0, 10)[0], 0.0);
    }

    #[test]
    fn a_field_that_is_damaged_is_no_election() {
        let whole = fields(Some(&election(Some(7), Some(true))));
        let whole: [&str; COLUMNS.len()] = std::array::from_fn(|i| &*whole[i]);
        assert_eq!(parse(whole), Some(Some(election(Some(7), Some(true)))));
        assert_eq!(parse([""; COLUMNS.len()]), Some(None));
        for (i, bad) in [(0, ""), (0, "stop"), (1, ""), (1, "x"), (2, "4294967296"), (3, "-1"), (5, "yes")] {
            let mut damaged = whole;
            damaged[i] = bad;
            assert_eq!(parse(damaged), None, "{bad:?} as {}", COLUMNS[i]);
        }
    }
}
