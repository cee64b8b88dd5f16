//! Keyed registers in real time: when each version began, and from when on it certainly had.
//!
//! A version is *settled* from the first return on that proves that its write took effect: of the write itself,
//! if it was acknowledged, or of a read of it. So a version `a` certainly comes before `b` if it was settled
//! before `b` was invoked, in whatever order the object took the writes that keeps real time. A write that was
//! never answered is settled by those who read it alone.
//!
//! A compare-and-set that succeeded is a read and a write of its own, each somewhere between its invocation and
//! its return: that nothing comes between the two is not looked at here.

use super::accesses::{Accesses, NONE, Step, seen, written};
use crate::history::{Operation, Outcome, Value};

/// A moment: the index of an event plus one, so that all began at 0.
pub(super) type Moment = u32;

/// No moment of the history.
pub(super) const NEVER: Moment = u32::MAX;

/// All registers of a history.
#[derive(Debug)]
pub(super) struct Registers<'a> {
    pub(super) operations: &'a [Operation],
    /// Those of [`Accesses::keys`].
    pub(super) each: Vec<Register>,
    /// Reads that returned before that was written which they read.
    pub(super) foreseen: Vec<u32>,
}

/// What happened on one key.
#[derive(Default, Debug)]
pub(super) struct Register {
    /// In order of invocation; the first is what was there at first.
    pub(super) versions: Vec<Version>,
    /// In order of invocation; without those of what nobody wrote, or had written yet.
    pub(super) reads: Vec<Read>,
}

/// A version, and when it was written and read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version {
    /// Who writes it; [`NONE`] for what was there at first.
    pub(super) operation: u32,
    pub(super) invoked: Moment,
    /// When its write returned; [`NEVER`] if it was not acknowledged.
    pub(super) acknowledged: Moment,
    /// When it was first certain to be written; [`NEVER`] if it was neither acknowledged nor read.
    pub(super) settled: Moment,
    /// When the last read of it was invoked; 0 if there is none.
    pub(super) last_read: Moment,
}

/// A read of a version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) operation: u32,
    /// The place of its version in [`Register::versions`].
    pub(super) version: u32,
    pub(super) invoked: Moment,
    pub(super) returned: Moment,
}

/// When `operation` was invoked.
pub(super) fn invoked(operation: &Operation) -> Moment {
    operation.invoked as Moment + 1
}

/// When its client was told what became of `operation`, even if that was that nobody knows.
pub(super) fn completed(operation: &Operation) -> Moment {
    operation.returned.map_or(NEVER, |index| index as Moment + 1)
}

impl<'a> Registers<'a> {
    pub(super) fn new(accesses: &Accesses<'a>) -> Self {
        let operations = accesses.operations;
        let mut registers = Registers { operations, each: Vec::new(), foreseen: Vec::new() };
        registers.each.resize_with(accesses.keys.len(), Register::default);
        let mut places = vec![NONE; accesses.versions.len()];
        for (place, version) in places.iter_mut().zip(&accesses.versions) {
            if version.by == NONE || version.step != NONE {
                let versions = &mut registers.each[version.key as usize].versions;
                *place = versions.len() as u32;
                versions.push(Version::new(operations, version.by));
            }
        }
        for step in accesses.steps.iter().filter(|step| step.is_read) {
            registers.add_read(step, places[step.version as usize]);
        }
        registers
    }

    fn add_read(&mut self, step: &Step, version: u32) {
        let operation = &self.operations[step.operation as usize];
        let (invoked, returned) = (invoked(operation), completed(operation));
        let register = &mut self.each[step.key as usize];
        let seen = &mut register.versions[version as usize];
        if returned < seen.invoked {
            self.foreseen.push(step.operation);
            return;
        }
        seen.settled = seen.settled.min(returned);
        seen.last_read = seen.last_read.max(invoked);
        register.reads.push(Read { operation: step.operation, version, invoked, returned });
    }

    /// What `operation` does, for a story.
    pub(super) fn told(&self, operation: u32) -> String {
        told(&self.operations[operation as usize])
    }
}

impl Version {
    fn new(operations: &[Operation], by: u32) -> Version {
        let Some(operation) = operations.get(by as usize) else {
            return Version { operation: NONE, invoked: 0, acknowledged: 0, settled: 0, last_read: 0 };
        };
        let acknowledged = if operation.outcome == Outcome::Ok { completed(operation) } else { NEVER };
        Version {
            operation: by,
            invoked: invoked(operation),
            acknowledged,
            settled: acknowledged,
            last_read: 0,
        }
    }

    /// Whether an acknowledged write left it.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.operation != NONE && self.acknowledged != NEVER
    }
}

/// What `operation` does, for a story.
pub(super) fn told(operation: &Operation) -> String {
    let Operation { process, f, invoked, .. } = operation;
    let key = operation.key.as_ref().map_or(String::new(), |key: &Value| format!(" on key {key}"));
    let value = match (seen(operation), written(operation)) {
        // It may be long.
        (Some(Value::List(list)), None) => format!("of {} elements", list.len()),
        (Some(seen), None) => seen.to_string(),
        _ => operation.input.to_string(),
    };
    format!("{f} {value}{key} by process {process}, invoked by event {invoked}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::levels::short::history;
    use crate::check::{ModelName, Specification};

    /// Versions as `value:invoked-settled`, reads as `r` and the place of their version.
    fn told(text: &str) -> String {
        let operations = history(text).operations().unwrap();
        let specification = Specification::new(ModelName::CasRegister, Value::Nil);
        let accesses = Accesses::new(&operations, &specification).unwrap();
        let registers = Registers::new(&accesses);
        let register = &registers.each[0];
        let version = |version: &Version| {
            let value =
                operations.get(version.operation as usize).map(|operation| written(operation).unwrap());
            let value = value.map_or("first".to_owned(), ToString::to_string);
            format!("{value}:{}-{}", version.invoked, version.settled)
        };
        let mut all: Vec<String> = register.versions.iter().map(version).collect();
        all.extend(register.reads.iter().map(|read| format!("r{}", read.version)));
        all.extend(registers.foreseen.iter().map(|read| format!("foreseen {read}")));
        all.join(" ")
    }

    #[test]
    fn versions_are_settled_by_the_first_return() {
        assert_eq!(told("0: wx1 rx1"), "first:0-0 1:1-2 r1");
        assert_eq!(told("0: wx1@1-9 | 1: rx1@2-3"), "first:0-0 1:1-3 r1", "by a read before the write");
        assert_eq!(told("0: wx1?@1-2 | 1: rx1@3-4 rx1@5-6"), "first:0-0 1:1-4 r1 r1", "by the first");
        assert_eq!(told("0: wx1?@1-2 wx2!@3-4"), "first:0-0", "seen by nobody, or failed");
        assert_eq!(told("0: cx1,2@2-5 | 1: wx1@1-9"), "first:0-0 1:1-3 2:2-3 r1", "both by a cas");
    }

    #[test]
    fn what_is_read_before_it_is_written_settles_nothing() {
        assert_eq!(told("0: rx1@1-2 | 1: wx1@3-4"), "first:0-0 1:3-4 foreseen 0");
        assert_eq!(told("0: rx1@1-2 | 1: wx1?@3-4"), format!("first:0-0 1:3-{NEVER} foreseen 0"));
    }
}
