//! A run at a glance: its throughput as a sparkline, beneath it the faults that struck and where it
//! went wrong, all on one axis of simulated time.

use super::palette::{BAD, DOUBTFUL, FAINT, HEADING, paint};
use crate::base::{SimDuration, SimTime};
use crate::run::Strike;

/// What a timeline shows.
#[derive(Clone, Debug)]
pub struct Timeline<'a> {
    /// When the run ended.
    pub ended: SimTime,
    /// When each operation that succeeded did, in any order.
    pub completed: Vec<SimTime>,
    /// The faults that struck, in the order of time.
    pub strikes: &'a [Strike],
    /// When a check failed.
    pub violation: Option<SimTime>,
}

/// More columns would not fit beside the labels on a terminal of 80.
const MOST_COLUMNS: u64 = 60;
/// From few operations to as many as in the best column.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// No operation at all.
const NONE: char = '·';
/// A fault was in force for at least half of the column.
const SPAN: char = '━';
/// A fault struck, and was in force for less.
const TICK: char = '╹';
const CUT: char = '✗';

/// The timeline as text; nothing of a run that lasted no time.
pub fn timeline(timeline: &Timeline<'_>) -> String {
    let Some(axis) = Axis::new(timeline.ended) else {
        return String::new();
    };
    let counts = axis.count(&timeline.completed);
    let peak = counts.iter().copied().max().unwrap_or(0);
    let mut text = format!("{}{}\n", paint(HEADING, format!("{:<14}", "timeline")), scale(&axis, peak));
    text += &row("throughput", &counts.iter().map(|&count| block(count, peak)).collect::<String>());
    let mut kinds: Vec<&str> = Vec::new();
    for strike in timeline.strikes {
        if !kinds.contains(&strike.kind) {
            kinds.push(strike.kind);
        }
    }
    for kind in kinds {
        let marks = axis.marks(timeline.strikes.iter().filter(|strike| strike.kind == kind));
        text += &row(kind, &paint(DOUBTFUL, marks.trim_end()));
    }
    if let Some(at) = timeline.violation {
        text += &row("violation", &paint(BAD, format!("{}{CUT}", " ".repeat(axis.column(at)))));
    }
    if timeline.strikes.len() >= Strike::MOST {
        text += &row("", &paint(FAINT, format!("only the first {} strikes are drawn", Strike::MOST)));
    }
    text + &row("", &paint(FAINT, axis.ends()))
}

fn row(label: &str, marks: &str) -> String {
    format!("  {label:<12}{marks}\n")
}

/// What a column and the highest block stand for.
fn scale(axis: &Axis, peak: u64) -> String {
    let width = SimDuration::from_ns(axis.width);
    if peak == 0 {
        return format!("a column is {width}; no operation succeeded");
    }
    let rate = peak as f64 / width.as_secs_f64();
    let decimals = usize::from(rate < 10.0);
    format!("a column is {width}; {} is {rate:.decimals$} operations a second", BLOCKS[7])
}

/// The block for `count` operations. Any operation shows.
fn block(count: u64, peak: u64) -> char {
    match count {
        0 => NONE,
        _ => BLOCKS[((u128::from(count) * 8).div_ceil(u128::from(peak)) as usize).clamp(1, 8) - 1],
    }
}

/// Columns of simulated time.
struct Axis {
    ended: u64,
    /// The time of one column in nanoseconds: 1, 2 or 5 times a power of ten.
    width: u64,
    columns: usize,
}

impl Axis {
    /// The most columns that fit, for a run of any length but none.
    fn new(ended: SimTime) -> Option<Self> {
        let ended = ended.as_ns();
        if ended == 0 {
            return None;
        }
        let round = (0..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
        let width = round.into_iter().find(|width| ended.div_ceil(*width) <= MOST_COLUMNS);
        // Longer than 300 years: any width will do.
        let width = width.unwrap_or(ended.div_ceil(MOST_COLUMNS));
        Some(Axis { ended, width, columns: ended.div_ceil(width) as usize })
    }

    /// The column of an instant; the end belongs to the last.
    fn column(&self, at: SimTime) -> usize {
        ((at.as_ns() / self.width) as usize).min(self.columns - 1)
    }

    /// From when to when a column is; the last may be shorter than the others.
    fn span(&self, column: usize) -> (SimTime, SimTime) {
        let begins = column as u64 * self.width;
        let ends = begins.saturating_add(self.width).min(self.ended);
        (SimTime::from_ns(begins), SimTime::from_ns(ends))
    }

    fn count(&self, instants: &[SimTime]) -> Vec<u64> {
        let mut counts = vec![0; self.columns];
        for &at in instants {
            counts[self.column(at)] += 1;
        }
        counts
    }

    fn marks<'a>(&self, strikes: impl Iterator<Item = &'a Strike>) -> String {
        let mut marks = vec![' '; self.columns];
        for strike in strikes {
            let until = strike.until.min(SimTime::from_ns(self.ended));
            let first = self.column(strike.at);
            for (column, mark) in marks.iter_mut().enumerate().take(self.column(until) + 1).skip(first) {
                let (begins, ends) = self.span(column);
                let covered = until.min(ends).since(strike.at.max(begins)).as_ns();
                if covered >= ends.since(begins).as_ns().div_ceil(2) {
                    *mark = SPAN;
                } else if column == first && *mark != SPAN {
                    *mark = TICK;
                }
            }
        }
        marks.into_iter().collect()
    }

    /// The beginning and the end of the run, beneath their columns.
    fn ends(&self) -> String {
        let ended = SimDuration::from_ns(self.ended).to_string();
        let between = self.columns.saturating_sub("0s".len() + ended.len()).max(2);
        format!("0s{}{ended}", " ".repeat(between))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> SimTime {
        SimTime::from_ns(ms * 1_000_000)
    }

    fn drawn(ended: SimTime, completed: Vec<SimTime>, strikes: &[Strike], cut: Option<SimTime>) -> String {
        let text = timeline(&Timeline { ended, completed, strikes, violation: cut });
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn operations_faults_and_the_violation_share_an_axis() {
        let mut completed: Vec<SimTime> = (0..10_000).map(|i| SimTime::from_ns(i * 100_000)).collect();
        completed.retain(|at| *at < ms(300) || *at >= ms(700));
        completed.extend([ms(650), ms(1_000)]);
        let strike = |kind, at, until| Strike { kind, at: ms(at), until: ms(until) };
        let stays = Strike { until: SimTime::MAX, ..strike("crash", 940, 0) };
        let strikes = [
            strike("partition", 300, 700),
            strike("pause", 320, 321),
            strike("pause", 500, 510),
            strike("pause", 538, 542),
            strike("admin", 700, 700),
            stays,
        ];
        let expected = "\
timeline      a column is 20ms; █ is 10050 operations a second
  throughput  ███████████████·················▁··███████████████
  partition                  ━━━━━━━━━━━━━━━━━━━━
  pause                       ╹        ━╹
  admin                                          ╹
  crash                                                      ━━━
  violation                                                  ✗
              0s                                              1s
";
        assert_eq!(drawn(ms(1_000), completed, &strikes, Some(ms(945))), expected);
    }

    #[test]
    fn a_run_of_no_time_has_no_timeline() {
        assert_eq!(drawn(SimTime::ZERO, vec![SimTime::ZERO], &[], None), "");
    }

    #[test]
    fn a_run_shorter_than_the_columns_has_fewer() {
        let strikes = [Strike { kind: "heal", at: SimTime::from_ns(2), until: SimTime::from_ns(2) }];
        let expected = "\
timeline      a column is 1ns; █ is 2000000000 operations a second
  throughput  ▄·█
  heal          ╹
              0s  3ns
";
        let completed = [0, 2, 3].map(SimTime::from_ns).to_vec();
        assert_eq!(drawn(SimTime::from_ns(3), completed, &strikes, None), expected);
    }

    #[test]
    fn without_operations_nothing_is_divided_by_their_number() {
        let text = drawn(ms(60_000), Vec::new(), &[], None);
        assert!(text.starts_with("timeline      a column is 1s; no operation succeeded\n"), "{text}");
        assert_eq!(text.matches(NONE).count(), 60, "{text}");
    }

    #[test]
    fn a_run_cut_short_ends_where_it_was_cut() {
        let cut = SimTime::from_ns(3_100_646_183);
        let text = drawn(cut, vec![ms(10), cut], &[], Some(cut));
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows[0], "timeline      a column is 100ms; █ is 10 operations a second");
        assert_eq!(rows[1].chars().count(), 14 + 32);
        assert_eq!(rows[2].chars().count(), rows[1].chars().count(), "{text}");
        assert!(rows[3].ends_with(" 3.1s"), "{text}");
    }

    #[test]
    fn no_length_overflows() {
        for ended in [1, 59, 60, 61, u64::MAX / 2, u64::MAX] {
            let axis = Axis::new(SimTime::from_ns(ended)).unwrap();
            assert!(axis.columns <= 60 && axis.column(SimTime::MAX) == axis.columns - 1, "{ended}");
        }
    }
}
