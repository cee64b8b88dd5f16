//! What was measured of many runs: how often something was lost, read dirty or read late, and how long services
//! were out.

use serde_json::{Map, Value, json};

use super::Tally;
use crate::base::SimDuration;
use crate::check::Measure;
use crate::report::Table;
use crate::run::{Measured, Measures};

/// A number of a measure.
#[derive(Clone, Copy, Debug)]
struct Column {
    measure: Measure,
    /// In `sweep.csv`.
    name: &'static str,
    /// In `sweep.json`.
    json: &'static str,
    /// For people.
    label: &'static str,
    sort: Sort,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    /// Operations: those of all runs add up.
    Operations,
    /// The worst of a run, of which there is no sum.
    Worst,
    /// A duration in nanoseconds, the worst of a run.
    Longest,
    /// A duration in nanoseconds, a loss of each run: those of all add up.
    Span,
}

const fn column(
    measure: Measure,
    name: &'static str,
    json: &'static str,
    label: &'static str,
    sort: Sort,
) -> Column {
    Column { measure, name, json, label, sort }
}

/// How many numbers there are.
pub(super) const COUNT: usize = 14;

const COLUMNS: [Column; COUNT] = {
    use Measure::{Durability, Outage, Staleness};
    use Sort::{Longest, Operations, Span, Worst};
    [
        column(Durability, "acknowledged", "acknowledged", "acknowledged writes", Operations),
        column(Durability, "lost", "lost", "lost", Operations),
        column(Durability, "unread", "unread", "never looked for", Operations),
        column(Durability, "dirty_reads", "dirty_reads", "dirty reads", Operations),
        column(Durability, "resurrected", "resurrected", "resurrected", Operations),
        column(Durability, "failed_seen", "failed_seen", "failed and seen", Operations),
        column(Staleness, "reads", "reads", "reads", Operations),
        column(Staleness, "stale_reads", "stale", "stale reads", Operations),
        column(Staleness, "time_behind_ns", "time_behind_ms", "worst time behind, ms", Longest),
        column(Staleness, "versions_behind", "versions_behind", "worst versions behind", Worst),
        column(Staleness, "delta_ns", "delta_ms", "Δ, ms", Longest),
        column(Outage, "outage_ns", "total_ms", "nothing completed, ms", Span),
        column(Outage, "write_outage_ns", "writes_ms", "no write completed, ms", Span),
        column(Outage, "read_outage_ns", "reads_ms", "no read completed, ms", Span),
    ]
};

/// What a sweep keeps of the measures of a run: a number for each column, where it is known.
pub(super) type Cells = [Option<u64>; COUNT];

/// The names of the columns.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|column| column.name)
}

/// What is kept of `measures`.
pub(super) fn cells(measures: &Measures) -> Cells {
    fn found<T: Copy>(measured: Option<&Measured<T>>) -> Option<T> {
        measured.and_then(|measured| measured.found)
    }
    let losses = found(measures.durability.as_ref());
    let lags = found(measures.staleness.as_ref());
    let outage = found(measures.outage.as_ref());
    let ns = |span: Option<SimDuration>| span.map(SimDuration::as_ns);
    [
        losses.map(|losses| losses.acknowledged),
        losses.map(|losses| losses.lost),
        losses.map(|losses| losses.unread),
        losses.map(|losses| losses.dirty_reads),
        losses.map(|losses| losses.resurrected),
        losses.map(|losses| losses.failed_seen),
        lags.map(|lags| lags.reads),
        lags.map(|lags| lags.stale),
        ns(lags.and_then(|lags| lags.time_behind)),
        lags.map(|lags| lags.versions_behind),
        ns(lags.and_then(|lags| lags.delta)),
        ns(outage.map(|outage| outage.total)),
        ns(outage.and_then(|outage| outage.writes)),
        ns(outage.and_then(|outage| outage.reads)),
    ]
}

/// The end of a row: a comma and a field for each; fields are empty where nothing is known.
pub(super) fn fields(cells: &Cells) -> String {
    let mut text = String::new();
    for cell in cells {
        text.push(',');
        text.extend(cell.map(|number| number.to_string()));
    }
    text
}

/// What is before the end of a row, and the cells that its end tells of; `None` if it is none of ours.
pub(super) fn parse(row: &str) -> Option<(&str, Cells)> {
    let mut fields = row.rsplitn(COUNT + 1, ',');
    let mut cells = [None; COUNT];
    for cell in cells.iter_mut().rev() {
        *cell = match fields.next()? {
            "" => None,
            number => Some(number.parse().ok()?),
        };
    }
    Some((fields.next()?, cells))
}

/// What was measured of many runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MeasureStatistics {
    runs: u64,
    numbers: [Numbers; COUNT],
}

/// The numbers of a column.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Numbers {
    tally: Tally,
    sum: u128,
    max: u64,
}

impl Numbers {
    fn add(&mut self, number: u64, sort: Sort) {
        match sort {
            Sort::Operations | Sort::Worst => self.tally.add(number),
            Sort::Longest | Sort::Span => self.tally.add_rounded(number),
        }
        self.sum += u128::from(number);
        self.max = self.max.max(number);
    }

    /// The median, what 99 of 100 runs do not exceed, and the most.
    fn quantiles(&self) -> Option<[u64; 3]> {
        Some([self.tally.median()?, self.tally.quantile(990)?, self.max])
    }
}

impl Sort {
    fn is_time(self) -> bool {
        matches!(self, Sort::Longest | Sort::Span)
    }

    fn adds_up(self) -> bool {
        matches!(self, Sort::Operations | Sort::Span)
    }

    fn json(self, number: u128) -> Value {
        match (self.is_time(), u64::try_from(number)) {
            (false, Ok(number)) => number.into(),
            (false, Err(_)) => (number as f64).into(),
            (true, _) => (number as f64 / 1e6).into(),
        }
    }

    fn tell(self, number: u128) -> String {
        if self.is_time() { format!("{:.3}", number as f64 / 1e6) } else { number.to_string() }
    }
}

impl MeasureStatistics {
    /// Takes note of a run.
    pub(super) fn add(&mut self, cells: &Cells) {
        self.runs += 1;
        let all = self.numbers.iter_mut().zip(cells).zip(COLUMNS);
        for ((numbers, cell), column) in all {
            if let Some(cell) = *cell {
                numbers.add(cell, column.sort);
            }
        }
    }

    fn of(&self, measure: Measure) -> impl Iterator<Item = (&Column, &Numbers)> {
        COLUMNS.iter().zip(&self.numbers).filter(move |(column, _)| column.measure == measure)
    }

    /// Of each of `asked` its numbers: in how many runs it is known, in how many of them above zero, and what these
    /// come to.
    pub fn json(&self, asked: &[Measure]) -> Value {
        let mut all = Map::new();
        for &measure in asked {
            let mut numbers = Map::new();
            for (Column { json, sort, .. }, found) in self.of(measure) {
                let Numbers { tally, sum, .. } = found;
                let [p50, p99, max] = match found.quantiles() {
                    Some(quantiles) => quantiles.map(|number| sort.json(number.into())),
                    None => [const { Value::Null }; 3],
                };
                let mut entry = json!({ "known": tally.total(), "runs": tally.above_zero(), "p50": p50, "p99": p99, "max": max });
                if sort.adds_up() {
                    entry["total"] = if tally.total() > 0 { sort.json(*sum) } else { Value::Null };
                }
                numbers.insert((*json).to_owned(), entry);
            }
            all.insert(measure.name().to_owned(), numbers.into());
        }
        all.into()
    }

    /// The same for people; empty if nothing was asked for.
    pub fn table(&self, asked: &[Measure]) -> Table {
        let mut table = Table::default();
        for &measure in asked {
            let known = self.of(measure).map(|(_, numbers)| numbers.tally.total()).max().unwrap_or(0);
            let heading = format!("{}, known of {known} of {} runs", measure.name(), self.runs);
            table.heading(&heading, ["in runs", "p50", "p99", "max", "total"]);
            for (Column { label, sort, .. }, numbers) in self.of(measure) {
                let Some(quantiles) = numbers.quantiles() else {
                    table.row(&format!("  {label}"), ["-".to_owned()]);
                    continue;
                };
                let mut figures = vec![numbers.tally.above_zero().to_string()];
                figures.extend(quantiles.map(|number| sort.tell(number.into())));
                figures.extend(sort.adds_up().then(|| sort.tell(numbers.sum)));
                table.row(&format!("  {label}"), figures);
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a run that lost so much, whose worst read was so late, and of which nothing else is known.
    fn run(lost: Option<u64>, behind: Option<u64>) -> Cells {
        let mut cells = [None; COUNT];
        let place = |name: &str| COLUMNS.iter().position(|column| column.name == name).unwrap();
        (cells[place("lost")], cells[place("time_behind_ns")]) = (lost, behind);
        cells
    }

    #[test]
    fn what_is_not_known_counts_nowhere() {
        let mut statistics = MeasureStatistics::default();
        for lost in [Some(0), Some(5), None, Some(7), Some(0), Some(0)] {
            statistics.add(&run(lost, None));
        }
        let json = statistics.json(&Measure::ALL);
        let expected = json!({ "known": 5, "runs": 2, "p50": 0, "p99": 7, "max": 7, "total": 12 });
        assert_eq!(json["durability"]["lost"], expected);
        let nothing = json!({ "known": 0, "runs": 0, "p50": null, "p99": null, "max": null, "total": null });
        assert_eq!(json["outage"]["total_ms"], nothing);
        assert!(json["staleness"]["time_behind_ms"].get("total").is_none(), "the worst do not add up");
        let table =
            anstream::adapter::strip_str(&statistics.table(&[Measure::Durability]).to_string()).to_string();
        let words = |line: usize| table.lines().nth(line).unwrap().split_whitespace().collect::<Vec<_>>();
        assert_eq!(words(0)[..6], ["durability,", "known", "of", "5", "of", "6"]);
        assert_eq!(words(2), ["lost", "2", "0", "7", "7", "12"]);
        assert_eq!(words(1), ["acknowledged", "writes", "-"]);
        assert_eq!(statistics.table(&[]).to_string(), "");
    }

    #[test]
    fn durations_are_kept_to_a_quarter_of_a_thousandth_and_the_longest_exactly() {
        let mut statistics = MeasureStatistics::default();
        let longest = 1_234_567_891;
        for behind in [1_000_000_007, longest] {
            statistics.add(&run(None, Some(behind)));
        }
        let json = statistics.json(&[Measure::Staleness]);
        let found = &json["staleness"]["time_behind_ms"];
        assert_eq!(found["max"], 1_234.567_891);
        let p50 = found["p50"].as_f64().unwrap();
        assert!(p50 <= 1_000.000_007 && p50 > 999.75, "{p50}");
    }

    #[test]
    fn the_end_of_a_row_is_read_as_it_was_written() {
        let cells = run(Some(3), Some(u64::MAX));
        let row = format!("why, it is \"said\"{}", fields(&cells));
        assert_eq!(parse(&row), Some(("why, it is \"said\"", cells)));
        assert_eq!(parse(&row[4..].replace('3', "x")), None);
        assert_eq!(parse(&fields(&cells)[1..]), None, "a field too few");
    }
}
