//! A history made ready for judging at the levels below linearizability.

use super::accesses::Accesses;
use super::causal::causal;
use super::convergent::convergent;
use super::schedule::Schedule;
use super::sessions::{self, Shown, shown};
use super::{Finding, Level};
use crate::check::{Case, Specification};
use crate::history::Operation;

/// A history made ready for judging at the levels from causality down, which takes near-linear time.
#[derive(Debug)]
pub struct Weaker<'o>(Result<Ready<'o>, String>);

#[derive(Debug)]
struct Ready<'o> {
    accesses: Accesses<'o>,
    schedule: Schedule,
    shown: Shown,
}

impl<'o> Weaker<'o> {
    /// The history of `case`, whose objects are as `specification` says.
    pub fn new(case: &'o Case, specification: &'o Specification) -> Self {
        Weaker::of(&case.operations, specification)
    }

    /// The history of `operations`.
    pub(in crate::check) fn of(operations: &'o [Operation], specification: &'o Specification) -> Self {
        Weaker(Accesses::new(operations, specification).map(|accesses| {
            let schedule = Schedule::new(&accesses);
            let shown = shown(&accesses, &schedule);
            Ready { accesses, schedule, shown }
        }))
    }

    /// What the history keeps of `level`; of sequential consistency and above nothing is known here.
    pub fn finding(&self, level: Level) -> Finding {
        self.finding_while(level, &|| true)
    }

    /// The same for as long as `goes_on` says so, which is asked now and then.
    pub fn finding_while(&self, level: Level, goes_on: &dyn Fn() -> bool) -> Finding {
        let Ready { accesses, schedule, shown } = match &self.0 {
            Ok(ready) => ready,
            Err(why) => return Finding::unknown(level, "none", why.clone()),
        };
        if accesses.operations.is_empty() {
            return Finding::unknown(level, "none", "nothing to judge");
        }
        match level {
            Level::Linearizable | Level::Sequential => {
                Finding::unknown(level, "none", "another judge knows of that")
            }
            Level::CausalConvergent => convergent(accesses, schedule, shown, goes_on),
            Level::Causal => causal(accesses, schedule, goes_on),
            Level::Session => sessions::session(&sessions::guarantees(accesses, schedule, shown, goes_on)),
            _ => sessions::guarantee(level, accesses, schedule, shown, goes_on),
        }
    }
}
