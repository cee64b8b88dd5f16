//! A history of keyed registers as the weaker levels look at it: which session read and wrote which version
//! of what, in which order.
//!
//! A *version* is what one write leaves, or what was there at first. Reads must tell which version they saw, so
//! no value that is read may have been written twice to one key. A compare-and-set that succeeded is a read and
//! then a write. Dropped are operations that failed, writes of which nobody knows whether they happened and that
//! nobody saw, and reads that tell nothing.
//!
//! A *session* is what one process does, in order. It ends with an operation that was never answered: its
//! client cannot know what came of it, and goes on as another.

use crate::base::Table;
use crate::check::{ModelName, NilReads, Specification};
use crate::history::{Function, Operation, Outcome, Value};

/// In place of an index: there is none.
pub(super) const NONE: u32 = u32::MAX;

/// A history of keyed registers, session by session.
#[derive(Debug)]
pub(super) struct Accesses<'o> {
    pub(super) operations: &'o [Operation],
    /// The keys, in order of appearance; `None` is the key of a history without any.
    pub(super) keys: Vec<Option<&'o Value>>,
    /// What was there at first, for each key.
    pub(super) initial: Vec<u32>,
    pub(super) versions: Vec<Version>,
    /// In order of invocation, so that those of a session are in its order.
    pub(super) steps: Vec<Step>,
    /// The steps of each session.
    pub(super) sessions: Vec<Vec<u32>>,
    /// Reads of what was never written.
    pub(super) phantoms: Vec<Phantom>,
}

/// What one write leaves on its key, or what was there at first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Version {
    pub(super) key: u32,
    /// The operation that writes it; [`NONE`] for what was there at first.
    pub(super) by: u32,
    /// The step that writes it; [`NONE`] if nothing does, or nothing that is known to have happened.
    pub(super) step: u32,
}

/// A read or a write of one key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Step {
    /// Its operation, of which there may be two steps.
    pub(super) operation: u32,
    pub(super) session: u32,
    pub(super) key: u32,
    /// What it reads or writes.
    pub(super) version: u32,
    pub(super) is_read: bool,
}

/// A read of what no write can have left that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Phantom {
    /// The operation that reads.
    pub(super) operation: u32,
    /// A write of that value that failed; [`NONE`] if there is none.
    pub(super) failed: u32,
}

/// Where a value of a key comes from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// One write, or the beginning.
    Version(u32),
    /// Several operations, of which these are two; [`NONE`] stands for the beginning.
    Several(u32, u32),
    /// Only writes that failed, such as this.
    Failed(u32),
}

/// Values by key: whole numbers apart, which most are.
#[derive(Debug, Default)]
struct Origins<'o> {
    integers: Table<(u32, i64), Origin>,
    others: Table<(u32, &'o Value), Origin>,
}

/// What an operation writes, if it does.
pub(super) fn written(operation: &Operation) -> Option<&Value> {
    match operation.f {
        Function::Write | Function::Put => Some(&operation.input),
        Function::Cas => operation.input.as_pair().map(|(_, new)| new),
        _ => None,
    }
}

/// What an operation that was answered has seen, if anything.
pub(super) fn seen(operation: &Operation) -> Option<&Value> {
    match (&operation.f, operation.outcome) {
        (Function::Read | Function::Get, Outcome::Ok) => Some(&operation.output),
        (Function::Cas, Outcome::Ok) => operation.input.as_pair().map(|(old, _)| old),
        _ => None,
    }
}

impl<'o> Accesses<'o> {
    /// `operations`, which are those of objects as `specification` says.
    ///
    /// # Errors
    /// In a user's words, why the weaker levels cannot be judged: no registers, or values that are read and
    /// were written twice.
    pub(super) fn new(operations: &'o [Operation], specification: &'o Specification) -> Result<Self, String> {
        let mut building = Building::new(operations, specification)?;
        building.find_versions();
        building.find_steps()?;
        Ok(building.accesses)
    }

    /// What wrote `version`, as a reader is told.
    pub(super) fn value(&self, version: u32) -> Option<&'o Value> {
        let by = self.versions[version as usize].by;
        (by != NONE).then(|| written(&self.operations[by as usize])).flatten()
    }
}

struct Building<'o> {
    accesses: Accesses<'o>,
    specification: &'o Specification,
    origins: Origins<'o>,
    key_numbers: Table<Option<&'o Value>, u32>,
    /// The key of each operation.
    key_of: Vec<u32>,
    /// The version that each operation writes, or [`NONE`].
    version_of: Vec<u32>,
}

impl<'o> Building<'o> {
    fn new(operations: &'o [Operation], specification: &'o Specification) -> Result<Self, String> {
        let name = specification.model;
        if !matches!(name, ModelName::Register | ModelName::CasRegister | ModelName::Kv) {
            return Err(format!("this is about registers by key, which a {name} has none of"));
        }
        if let Some(append) = operations.iter().find(|operation| operation.f == Function::Append) {
            let process = append.process;
            return Err(format!(
                "process {process} appends to a value: only reads, writes and cas tell which version they see"
            ));
        }
        let accesses = Accesses {
            operations,
            keys: Vec::new(),
            initial: Vec::new(),
            versions: Vec::new(),
            steps: Vec::with_capacity(operations.len()),
            sessions: Vec::new(),
            phantoms: Vec::new(),
        };
        Ok(Building {
            accesses,
            specification,
            origins: Origins::default(),
            key_numbers: Table::new(),
            key_of: Vec::with_capacity(operations.len()),
            version_of: vec![NONE; operations.len()],
        })
    }

    /// Numbers the keys and what was written to each.
    fn find_versions(&mut self) {
        let operations = self.accesses.operations;
        for (index, operation) in (0..).zip(operations) {
            let key = self.key(operation.key.as_ref());
            self.key_of.push(key);
            let Some(value) = written(operation) else { continue };
            if operation.outcome == Outcome::Fail {
                self.origins.entry(key, value, Origin::Failed(index));
                continue;
            }
            let version = self.add_version(key, index);
            self.version_of[index as usize] = version;
            let origin = self.origins.entry(key, self.canonical(value), Origin::Version(version));
            *origin = match *origin {
                Origin::Version(same) if same == version => continue,
                Origin::Version(other) => Origin::Several(self.accesses.versions[other as usize].by, index),
                Origin::Several(..) => continue,
                Origin::Failed(_) => Origin::Version(version),
            };
        }
    }

    /// Lines up who reads and writes what.
    fn find_steps(&mut self) -> Result<(), String> {
        let operations = self.accesses.operations;
        let origins = (0..).zip(operations).map(|(index, operation)| self.origin(index, operation));
        let read = origins.collect::<Result<Vec<_>, _>>()?;
        let mut is_seen = vec![false; self.accesses.versions.len()];
        for origin in read.iter().flatten() {
            if let Origin::Version(version) = origin {
                is_seen[*version as usize] = true;
            }
        }
        let mut current = Table::new();
        for (index, operation) in (0..).zip(operations) {
            let version = self.version_of[index as usize];
            let happened = match operation.outcome {
                Outcome::Ok => true,
                Outcome::Info => version != NONE && is_seen[version as usize],
                Outcome::Fail => false,
            };
            if happened {
                let sessions = &mut self.accesses.sessions;
                let session = *current.get_or_insert_with(operation.process, || {
                    sessions.push(Vec::new());
                    sessions.len() as u32 - 1
                });
                match read[index as usize] {
                    Some(Origin::Version(version)) => self.add_step(index, session, version, true),
                    Some(Origin::Failed(failed)) => {
                        self.accesses.phantoms.push(Phantom { operation: index, failed });
                    }
                    Some(Origin::Several(..)) | None => {}
                }
                if version != NONE {
                    self.add_step(index, session, version, false);
                }
            }
            if operation.outcome == Outcome::Info {
                current.remove(&operation.process);
            }
        }
        Ok(())
    }

    /// Where that comes from which `operation` read, if it read anything.
    fn origin(&self, index: u32, operation: &'o Operation) -> Result<Option<Origin>, String> {
        let Some(value) = seen(operation) else { return Ok(None) };
        if value.is_nil() && self.specification.nil_reads == NilReads::Unknown {
            return Ok(None);
        }
        let key = self.key_of[index as usize];
        match self.origins.get(key, self.canonical(value)) {
            Some(Origin::Several(first, second)) => {
                let of = |index: u32| match self.accesses.operations.get(index as usize) {
                    Some(operation) => format!("process {}", operation.process),
                    None => "the beginning".to_owned(),
                };
                let place = operation.key.as_ref().map_or(String::new(), |key| format!(" of key {key}"));
                Err(format!(
                    "the value {value}{place} is read, and both {} and {} wrote it: the weaker levels need \
                     values that are written once",
                    of(first),
                    of(second)
                ))
            }
            Some(origin) => Ok(Some(origin)),
            None => Ok(Some(Origin::Failed(NONE))),
        }
    }

    fn key(&mut self, key: Option<&'o Value>) -> u32 {
        let next = self.accesses.keys.len() as u32;
        let number = *self.key_numbers.get_or_insert_with(key, || next);
        if number == next {
            self.accesses.keys.push(key);
            let version = self.add_version(number, NONE);
            self.accesses.initial.push(version);
            let first = self.canonical(&self.specification.initial);
            self.origins.entry(number, first, Origin::Version(version));
        }
        number
    }

    fn add_version(&mut self, key: u32, by: u32) -> u32 {
        self.accesses.versions.push(Version { key, by, step: NONE });
        self.accesses.versions.len() as u32 - 1
    }

    fn add_step(&mut self, operation: u32, session: u32, version: u32, is_read: bool) {
        let Accesses { versions, steps, sessions, .. } = &mut self.accesses;
        let number = steps.len() as u32;
        let key = versions[version as usize].key;
        steps.push(Step { operation, session, key, version, is_read });
        sessions[session as usize].push(number);
        if !is_read {
            versions[version as usize].step = number;
        }
    }

    /// Of two names of one value, one.
    fn canonical(&self, value: &'o Value) -> &'o Value {
        const NIL: &Value = &Value::Nil;
        match value {
            Value::Text(text) if self.specification.model == ModelName::Kv && text.is_empty() => NIL,
            value => value,
        }
    }
}

impl<'o> Origins<'o> {
    /// What is known of `value`, after taking note of `origin` if that is nothing.
    fn entry(&mut self, key: u32, value: &'o Value, origin: Origin) -> &mut Origin {
        match value {
            Value::Int(integer) => self.integers.get_or_insert_with((key, *integer), || origin),
            value => self.others.get_or_insert_with((key, value), || origin),
        }
    }

    fn get(&self, key: u32, value: &'o Value) -> Option<Origin> {
        match value {
            Value::Int(integer) => self.integers.get(&(key, *integer)),
            value => self.others.get(&(key, value)),
        }
        .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::levels::short::history;

    fn register() -> Specification {
        Specification::new(ModelName::CasRegister, Value::Nil)
    }

    /// Steps as `session:r or w:key:version`.
    fn told(text: &str) -> Result<String, String> {
        let operations = history(text).operations().unwrap();
        let specification = register();
        let accesses = Accesses::new(&operations, &specification)?;
        let step = |step: &Step| {
            let (act, value) = (if step.is_read { 'r' } else { 'w' }, accesses.value(step.version));
            let value = value.map_or("nil".to_owned(), ToString::to_string);
            format!("{}{act}{}{value}", step.session, accesses.keys[step.key as usize].unwrap())
        };
        let mut told: Vec<String> = accesses.steps.iter().map(step).collect();
        told.extend(accesses.phantoms.iter().map(|phantom| {
            format!("phantom {}{}", phantom.operation, if phantom.failed == NONE { "" } else { " failed" })
        }));
        Ok(told.join(" ").replace('"', ""))
    }

    #[test]
    fn steps_are_those_that_happened() {
        assert_eq!(told("0: wx1 rx1 | 1: rxnil").unwrap(), "0wx1 0rx1 1rxnil");
        assert_eq!(told("0: wx1! wx2? | 1: rxnil").unwrap(), "0rxnil", "failed, or seen by nobody");
        assert_eq!(told("0: wx2? rx2 | 1: rxnil").unwrap(), "0wx2 1rx2 2rxnil", "a session ends");
        assert_eq!(told("0: wx1 cx1,2").unwrap(), "0wx1 0rx1 0wx2");
    }

    #[test]
    fn what_was_never_written_is_a_phantom() {
        assert_eq!(told("0: wx1! | 1: rx1 rx7").unwrap(), "phantom 1 failed phantom 2");
    }

    #[test]
    fn what_was_written_twice_must_not_be_read() {
        assert_eq!(told("0: wx1 wx1 rxnil").unwrap(), "0wx1 0wx1 0rxnil");
        let error = told("0: wx1 | 1: wx1 | 2: rx1").unwrap_err();
        assert!(error.starts_with("the value 1 of key \"x\" is read, and both process 0 and"), "{error}");
        assert_eq!(told("0: wx1! | 1: wx1 | 2: rx1").unwrap(), "0wx1 1rx1", "one of both failed");
    }

    #[test]
    fn only_registers_have_sessions() {
        let operations = history("0: wx1").operations().unwrap();
        let specification = Specification::new(ModelName::Counter, Value::Nil);
        let error = Accesses::new(&operations, &specification).unwrap_err();
        assert_eq!(error, "this is about registers by key, which a counter has none of");
    }
}
