//! Liveness: once faults are over, operations complete.
//!
//! A client waits from the moment it begins an operation until one of its operations completes: one that is
//! given up and begun anew is still waited for. From the end of the last fault on nobody may wait longer
//! than a bound. That is demanded where it can be: if enough nodes take part and hear each other at the end,
//! and the run lasts long enough to tell.

use super::outcome::{CheckResult, LIVENESS};
use crate::base::{SimDuration, SimTime};
use crate::check::Verdict;
use crate::faults::Fault;
use crate::history::{Event, Kind};
use crate::scenario::Scenario;

/// Watches who waits for how long.
#[derive(Debug)]
pub(super) struct Liveness {
    /// From then on nobody may wait longer than `within`; never if `None`.
    from: Option<SimTime>,
    within: SimDuration,
    /// What each client waits for.
    clients: Vec<Option<Wait>>,
    /// The first that waited too long, and was answered after all.
    late: Option<(usize, Wait, SimTime)>,
}

/// An operation that a client waits for.
#[derive(Clone, Debug)]
struct Wait {
    since: SimTime,
    /// The latest attempt.
    operation: Event,
    /// When that began; `None` while the client, which has given it up, thinks.
    begun: Option<SimTime>,
    /// How long those before it took, since faults are over.
    waited: SimDuration,
    /// When it has been too long.
    limit: Option<SimTime>,
}

impl Wait {
    /// The client has waited until `now` without an answer. Its pauses between attempts are its own.
    fn goes_on(&mut self, from: SimTime, within: SimDuration, now: SimTime) {
        let Some(begun) = self.begun.take() else { return };
        let begun = begun.max(from);
        let left = within - self.waited;
        if now.since(begun) > left {
            self.limit.get_or_insert(begun + left);
        }
        self.waited = self.waited + now.since(begun);
    }
}

/// So many times the time after which clients give an operation up must be enough to complete one.
const ATTEMPTS: u64 = 10;

/// A client that asks a node in vain asks the next after `retry`, but at least once in twice that: the last
/// that it asks before it gives up may hear it too late.
const RETRIES: u64 = 2;

impl Liveness {
    /// What `scenario` demands, of a protocol that needs `patience` to find its feet.
    pub(super) fn new(scenario: &Scenario, patience: SimDuration) -> Self {
        let timeout = scenario.clients.timeout.as_ns().saturating_mul(ATTEMPTS);
        let round = scenario.clients.retry.as_ns().saturating_mul(RETRIES * u64::from(scenario.nodes));
        let usual = SimDuration::from_ns(timeout.max(round)).max(patience);
        Liveness {
            from: demanded_from(scenario),
            within: scenario.liveness.within.unwrap_or(usual),
            clients: vec![None; scenario.clients.clients as usize],
            late: None,
        }
    }

    /// A client begins an operation, or hears what became of it.
    #[inline]
    pub(super) fn note(&mut self, event: &Event) {
        let (Some(from), Some(now), false) = (self.from, event.time, self.clients.is_empty()) else { return };
        // A client that gives up goes on under another number; those of one are so far apart.
        let client = (event.process % self.clients.len() as u64) as usize;
        let wait = &mut self.clients[client];
        match (event.kind, wait.as_mut()) {
            (Kind::Invoke, Some(wait)) => (wait.operation, wait.begun) = (event.clone(), Some(now)),
            (Kind::Invoke, None) => {
                let (begun, waited) = (Some(now), SimDuration::ZERO);
                *wait = Some(Wait { since: now, operation: event.clone(), begun, waited, limit: None });
            }
            (_, Some(waiting)) => {
                waiting.goes_on(from, self.within, now);
                if event.kind != Kind::Info {
                    let over = wait.take().filter(|wait| wait.limit.is_some());
                    self.late = self.late.take().or(over.map(|wait| (client, wait, now)));
                }
            }
            (_, None) => {}
        }
    }

    /// What came of it at `end`, if it was demanded and there was time enough to tell. `prospects` says why
    /// nothing could be demanded, if so; `hears` whether the client of that number hears those who could
    /// answer; `waits` what the nodes wait for.
    pub(super) fn conclude(
        mut self,
        end: SimTime,
        prospects: Result<(), String>,
        hears: impl Fn(usize) -> bool,
        waits: impl FnOnce() -> String,
    ) -> Option<CheckResult> {
        let from = self.from.filter(|from| end.since(*from) >= self.within && end >= *from)?;
        let (verdict, at, detail) = if let Err(why) = prospects {
            let why = format!("no operation can complete, so none was demanded: {why}");
            (Verdict::Valid, None, Some(why))
        } else if let Some((client, wait, answered)) = self.late {
            let waited = answered.since(wait.since.max(from));
            let told = told(client, &wait);
            let detail =
                format!("{}; {told} until {answered}, {waited} after faults were over", overdue(self.within));
            (Verdict::Invalid, wait.limit, Some(detail))
        } else {
            self.clients.iter_mut().flatten().for_each(|wait| wait.goes_on(from, self.within, end));
            let is_overdue = |wait: &&Wait| end.since(wait.since.max(from)) > self.within;
            let overdue_ones = || {
                let waiting = self.clients.iter().enumerate();
                let waiting = waiting.filter_map(|(client, wait)| Some((client, wait.as_ref()?)));
                waiting.filter(|(client, wait)| is_overdue(wait) && hears(*client))
            };
            let mut late = overdue_ones().filter(|(_, wait)| wait.limit.is_some());
            match late.next() {
                // Who has thought for most of the time has not waited long enough to tell.
                None if overdue_ones().next().is_some() => return None,
                None => (Verdict::Valid, None, None),
                Some((client, wait)) => {
                    let others = match late.count() {
                        0 => String::new(),
                        others => format!(" (and {others} more)"),
                    };
                    let told = told(client, wait);
                    let detail = format!("{}; {told}{others}; {}", overdue(self.within), waits());
                    (Verdict::Invalid, wait.limit, Some(detail))
                }
            }
        };
        Some(CheckResult { name: LIVENESS, verdict, detail, at })
    }
}

fn overdue(within: SimDuration) -> String {
    format!("no answer within {within} once faults were over")
}

fn told(client: usize, wait: &Wait) -> String {
    let Event { f, key, value, .. } = &wait.operation;
    let key = key.as_ref().map_or(String::new(), |key| format!(" of key {key}"));
    format!("client {client} waits since {} for its {f}{key} ({value})", wait.since)
}

/// When everything that was broken has been mended, or at least nothing breaks any more. `None` if that is
/// never, or nothing ever breaks.
fn demanded_from(scenario: &Scenario) -> Option<SimTime> {
    if let Some(healing) = scenario.liveness.healing {
        return Some(healing.at);
    }
    let over = |fault: &Fault| fault.over(scenario.nodes, scenario.disk.sync.most());
    let last =
        scenario.faults.iter().map(over).try_fold(SimTime::ZERO, |last, over| Some(last.max(over?)))?;
    let is_written = scenario.liveness.within.is_some();
    let is_foul = scenario.network.is_foul() || scenario.disk.is_unsound();
    let can_demand = !scenario.faults.is_empty() && !is_foul;
    (is_written || can_demand).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Function, Value};

    fn at(secs: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(secs)
    }

    fn watch(events: &[(u64, u64, Kind)]) -> Liveness {
        let mut liveness = Liveness {
            from: Some(at(10)),
            within: SimDuration::from_secs(5),
            clients: vec![None; 2],
            late: None,
        };
        for &(secs, process, kind) in events {
            liveness.note(&Event {
                process,
                kind,
                f: Function::Read,
                key: None,
                value: Value::Nil,
                time: Some(at(secs)),
            });
        }
        liveness
    }

    fn verdict(events: &[(u64, u64, Kind)], end: u64) -> Option<(Verdict, Option<SimTime>)> {
        let check = watch(events).conclude(at(end), Ok(()), |_| true, || "n0 is idle".to_owned());
        check.map(|check| (check.verdict, check.at))
    }

    #[test]
    fn who_waits_too_long_after_the_last_fault_is_found() {
        use Kind::{Fail, Info, Invoke, Ok};
        let valid = Some((Verdict::Valid, None));
        let invalid = |secs| Some((Verdict::Invalid, Some(at(secs))));
        // What was waited for before the last fault was over does not count.
        assert_eq!(verdict(&[(1, 0, Invoke), (9, 0, Ok), (9, 0, Invoke), (14, 0, Ok)], 20), valid);
        assert_eq!(verdict(&[(1, 0, Invoke), (16, 0, Ok)], 20), invalid(15));
        assert_eq!(verdict(&[(1, 0, Invoke)], 20), invalid(15));
        assert_eq!(verdict(&[(17, 1, Invoke)], 22), valid);
        assert_eq!(verdict(&[(17, 1, Invoke)], 23), invalid(22));
        // Giving up is no answer, a refusal is one.
        let gives_up = [(11, 0, Invoke), (13, 0, Info), (13, 2, Invoke), (15, 2, Info), (15, 4, Invoke)];
        assert_eq!(verdict(&gives_up, 17), invalid(16));
        assert_eq!(verdict(&[(11, 0, Invoke), (13, 0, Fail), (14, 0, Invoke)], 19), valid);
        // Who thinks waits for nobody: of ten seconds three, and nobody can tell; then six.
        let thinks = [(10, 0, Invoke), (12, 0, Info), (19, 2, Invoke), (20, 2, Info)];
        assert_eq!(verdict(&thinks, 20), None);
        assert_eq!(verdict(&[&thinks[..], &[(27, 4, Invoke), (29, 4, Ok)]].concat(), 29), valid);
        assert_eq!(verdict(&[&thinks[..], &[(27, 4, Invoke), (30, 4, Info)]].concat(), 40), invalid(29));
        // Too short to tell.
        assert_eq!(verdict(&[(1, 0, Invoke)], 14), None);
        assert_eq!(verdict(&[], 15), valid);
    }

    #[test]
    fn who_hears_nobody_that_could_answer_is_not_waited_for() {
        let judge = |deaf: usize| {
            let check = watch(&[(11, 1, Kind::Invoke)]).conclude(
                at(30),
                Ok(()),
                |client| client != deaf,
                String::new,
            );
            check.unwrap().verdict
        };
        assert_eq!([judge(0), judge(1)], [Verdict::Invalid, Verdict::Valid]);
    }

    #[test]
    fn the_verdict_names_who_waits_for_what() {
        let check =
            watch(&[(11, 3, Kind::Invoke)]).conclude(at(30), Ok(()), |_| true, || "n0 is idle".to_owned());
        let detail = check.unwrap().detail.unwrap();
        assert_eq!(
            detail,
            "no answer within 5s once faults were over; client 1 waits since 11.000000000s for its read (null); n0 is idle"
        );
        let nobody = || unreachable!("nobody can be blamed");
        let check = watch(&[(11, 3, Kind::Invoke)]).conclude(
            at(30),
            Err("all are down".to_owned()),
            |_| true,
            nobody,
        );
        let check = check.unwrap();
        assert_eq!(check.verdict, Verdict::Valid);
        assert!(check.detail.unwrap().ends_with("so none was demanded: all are down"));
    }
}
