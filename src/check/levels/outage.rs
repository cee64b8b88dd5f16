//! How long the service was out: the longest span in which no operation of any client completed.
//!
//! **What is counted.** A span ends when an operation of any client ends `ok`: one that failed, or of which nobody
//! knows, is no service. Spans are counted from the first operation on that ended `ok`, whatever it was, for what a
//! cluster takes to find its feet is no outage; and they are counted to an end that the caller knows, the instant
//! from which on nobody asks any more. What is still missing then counts up to there. Writes, which are all that
//! are no reads, and reads are counted alone as well, between the same two instants: a cluster that still reads
//! but takes no writes is out for those who write.
//!
//! **Limits.** Nobody notices an outage between two questions, so a span is hardly shorter than the pauses of the
//! clients, and few clients that think long see outages where there are none. One client that waits while others
//! are served is no outage.

use crate::base::{SimDuration, SimTime};
use crate::history::{Event, History, Kind};

/// The longest spans of a history in which nothing completed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outage {
    /// In which no operation did.
    pub total: SimDuration,
    /// In which no write did; `None` if nobody asked for one.
    pub writes: Option<SimDuration>,
    /// In which no read did; `None` if nobody asked for one.
    pub reads: Option<SimDuration>,
}

/// Operations of a sort, as they complete.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// When the last did, or counting began.
    since: SimTime,
    longest: SimDuration,
}

impl Span {
    fn new(first: SimTime) -> Self {
        Span { since: first, longest: SimDuration::ZERO }
    }

    fn is_over(&mut self, at: SimTime) {
        self.longest = self.longest.max(at.since(self.since));
        self.since = self.since.max(at);
    }
}

impl Outage {
    /// The longest spans of `history` until `end`, from when on its clients begin nothing more.
    ///
    /// # Errors
    /// In a user's words, why it cannot be told: no times, or no operation that completed before `end`.
    pub fn of(history: &History, end: SimTime) -> Result<Self, String> {
        let mut before = SimTime::ZERO;
        let mut spans: Option<[Span; 3]> = None;
        let mut is_asked = [false; 3];
        for (index, event) in history.events.iter().enumerate() {
            let time = event.time.ok_or_else(|| format!("no times: event {index} has none"))?;
            if time < before {
                return Err(format!("no times: that of event {index} is before that of the one before it"));
            }
            before = time;
            let sorts = [true, !is_read(event), is_read(event)];
            match event.kind {
                Kind::Invoke => is_asked = std::array::from_fn(|i| is_asked[i] || sorts[i]),
                Kind::Ok if time <= end => {
                    let spans = spans.get_or_insert([Span::new(time); 3]);
                    let own = spans.iter_mut().zip(sorts).filter(|(_, is_own)| *is_own);
                    own.for_each(|(span, _)| span.is_over(time));
                }
                _ => {}
            }
        }
        let mut spans = spans.ok_or("no operation completed")?;
        spans.iter_mut().for_each(|span| span.is_over(end));
        let [total, writes, reads] = std::array::from_fn(|i| is_asked[i].then_some(spans[i].longest));
        Ok(Outage { total: total.unwrap_or_default(), writes, reads })
    }
}

fn is_read(event: &Event) -> bool {
    event.f.is_read()
}

#[cfg(test)]
mod tests {
    use quickcheck::{Gen, QuickCheck};

    use super::*;
    use crate::check::levels::short;

    /// Total, writes and reads in nanoseconds.
    fn outage(text: &str, end: u64) -> Result<[Option<u64>; 3], String> {
        let found = Outage::of(&short::history(text), SimTime::from_ns(end))?;
        Ok([Some(found.total), found.writes, found.reads].map(|span| span.map(SimDuration::as_ns)))
    }

    #[test]
    fn spans_lie_between_any_clients_answers() {
        assert_eq!(outage("0: wx1@5-10 rx1@11-12 | 1: wx2@6-40", 40), Ok([28, 30, 28].map(Some)));
        assert_eq!(outage("0: wx1@5-10 rx1@90-95", 100), Ok([85, 90, 85].map(Some)), "to the end");
        assert_eq!(outage("0: wx1@5-10", 100), Ok([Some(90), Some(90), None]), "nobody reads");
        assert_eq!(outage("0: rxnil@5-10 rxnil@11-30", 30), Ok([Some(20), None, Some(20)]), "nobody writes");
    }

    #[test]
    fn only_what_is_ok_is_service() {
        let text = "0: wx1@1-10 wx2!@15-40 | 1: rx1@2-12 wx3?@20-50 | 2: rx1@15-60";
        assert_eq!(outage(text, 60), Ok([48, 50, 48].map(Some)));
        // What was asked for in vain was out all the time.
        assert_eq!(outage("0: wx1?@1-10 | 1: rxnil@2-12 rxnil@13-20", 22), Ok([8, 10, 8].map(Some)));
    }

    #[test]
    fn before_the_first_answer_and_after_the_end_nothing_counts() {
        assert_eq!(outage("0: wx1@5-900 wx2@901-910", 920), Ok([Some(10), Some(10), None]));
        assert_eq!(outage("0: wx1@5-10 wx2@15-80", 20), Ok([Some(10), Some(10), None]), "cut at the end");
    }

    #[test]
    fn what_cannot_be_told_is_none() {
        assert_eq!(outage("0: wx1?@5-10 | 1: wx2!@5-10", 20), Err("no operation completed".to_owned()));
        assert_eq!(outage("0: wx1@5-30", 20), Err("no operation completed".to_owned()));
        let mut timeless = short::history("0: wx1@5-10");
        timeless.events[1].time = None;
        let error = Outage::of(&timeless, SimTime::from_ns(20)).unwrap_err();
        assert_eq!(error, "no times: event 1 has none");
        timeless.events[1].time = Some(SimTime::from_ns(4));
        assert!(Outage::of(&timeless, SimTime::from_ns(20)).unwrap_err().starts_with("no times: that of"));
    }

    /// The longest run of instants at which nothing completes, instant by instant.
    fn slowly(history: &History, end: u64, is_own: fn(&Event) -> bool) -> Option<u64> {
        let ok = |event: &&Event| event.kind == Kind::Ok && event.time <= Some(SimTime::from_ns(end));
        let first = history.events.iter().filter(ok).filter_map(|event| event.time).min()?.as_ns();
        let completes = |at: u64| {
            let mut own = history.events.iter().filter(ok).filter(|event| is_own(event));
            own.any(|event| event.time == Some(SimTime::from_ns(at)))
        };
        let fits = |from: u64, to: u64| to <= end && (from + 1..to).all(|at| !completes(at));
        let longest = |from: u64| (from..=end).take_while(|&to| fits(from, to)).last().map(|to| to - from);
        (first..=end).filter_map(longest).max()
    }

    /// A history that numbers stand for, and where its clients' work ends.
    fn drawn(numbers: &[u8]) -> (History, u64) {
        let mut words = vec![String::new(); 3];
        let mut now = [0_u64; 3];
        for (i, &number) in numbers.iter().enumerate() {
            let process = i % 3;
            let from = now[process] + 1 + u64::from(number % 4) * 3;
            let to = from + 1 + u64::from(number / 4 % 8);
            now[process] = to;
            let what = if number / 32 % 2 == 0 { format!("wx{i}") } else { "rxnil".to_owned() };
            let end = ["", "", "!", "?"][usize::from(number / 64)];
            words[process] += &format!(" {what}{end}@{from}-{to}");
        }
        let all = [0, 1, 2].map(|process| format!("{process}:{}", words[process]));
        let last = now.into_iter().max().unwrap_or(0);
        (short::history(&all.join(" | ")), last * 3 / 4 + u64::from(numbers.first().map_or(0, |n| n % 9)))
    }

    #[test]
    fn the_longest_span_is_that_of_every_instant() {
        use std::cell::Cell;
        thread_local!(static SEEN: Cell<[u32; 4]> = const { Cell::new([0; 4]) });
        fn agrees(numbers: Vec<u8>) -> bool {
            let most = numbers.first().map_or(0, |number| 1 + usize::from(number % 24));
            let numbers: Vec<u8> = numbers.into_iter().take(most).collect();
            let (history, end) = drawn(&numbers);
            let found = Outage::of(&history, SimTime::from_ns(end));
            let asked = |is_own: fn(&Event) -> bool| history.events.iter().any(is_own);
            let is_write = |event: &Event| !is_read(event);
            let mut seen = SEEN.get();
            let agrees = match (found, slowly(&history, end, |_| true)) {
                (Err(_), None) => {
                    seen[0] += 1;
                    true
                }
                (Ok(found), Some(total)) => {
                    let ns = |span: Option<SimDuration>| span.map(SimDuration::as_ns);
                    let slow = |is_own| slowly(&history, end, is_own).filter(|_| asked(is_own));
                    seen[1] += u32::from(total > 0);
                    seen[2] += u32::from(found.writes != found.reads);
                    seen[3] += u32::from(found.writes.is_none());
                    found.total.as_ns() == total
                        && ns(found.writes) == slow(is_write)
                        && ns(found.reads) == slow(is_read)
                }
                _ => false,
            };
            SEEN.set(seen);
            agrees
        }
        let generator = Gen::from_size_and_seed(100, 1);
        QuickCheck::new().rng(generator).tests(500).quickcheck(agrees as fn(Vec<u8>) -> bool);
        assert!(SEEN.get().iter().all(|&times| times >= 5), "{:?}", SEEN.get());
    }
}
