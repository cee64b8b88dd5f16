//! Contradictions in words.

use super::accesses::{Accesses, NONE, Phantom};
use super::order::{Edge, Ways, Why};
use super::past::Excluded;
use super::{Finding, Level, Violation};

/// So many examples are told.
pub(super) const EXAMPLES: usize = 3;

/// What the ends of edges are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ends {
    Versions,
    Steps,
}

/// All that breaks a level.
pub(super) struct Broken<'b> {
    /// Reads of the first version though there was a later one.
    pub(super) excluded: &'b [Excluded],
    /// Reads of what was only written in consequence of them.
    pub(super) circular: &'b [u32],
    /// What reads demand, and cannot be.
    pub(super) against: &'b [Edge],
}

/// Tells stories of one history.
pub(super) struct Teller<'a> {
    pub(super) accesses: &'a Accesses<'a>,
    pub(super) ends: Ends,
}

impl Teller<'_> {
    /// What comes of `level`, with the first of what breaks it; `around` are the edges that one of `against`
    /// contradicts.
    pub(super) fn finding(
        &self,
        level: Level,
        algorithm: &'static str,
        broken: &Broken<'_>,
        around: impl Fn(&Edge) -> Vec<Edge>,
    ) -> Finding {
        let Broken { excluded, circular, against } = broken;
        let phantoms = &self.accesses.phantoms;
        let mut culprits: Vec<u32> = against.iter().map(|edge| edge.by).collect();
        culprits.extend(excluded.iter().map(|excluded| excluded.read));
        culprits.extend(*circular);
        culprits.sort_unstable();
        culprits.dedup();
        let violations = culprits.len() + phantoms.len();
        if violations == 0 {
            return Finding::valid(level, algorithm);
        }
        let mut examples: Vec<Violation> = Vec::new();
        examples.extend(phantoms.iter().take(EXAMPLES).map(|one| self.phantom(one)));
        examples.extend(excluded.iter().take(EXAMPLES).map(|one| self.excluded(one)));
        examples.extend(circular.iter().take(EXAMPLES).map(|&read| self.impossible(read)));
        examples.truncate(EXAMPLES);
        for edge in against.iter().take(EXAMPLES - examples.len()) {
            examples.push(self.contradiction(edge, &Ways::new(&around(edge))));
        }
        Finding::invalid(level, algorithm, violations as u64, examples)
    }

    /// That `edge` cannot be, as `ways` lead back.
    fn contradiction(&self, edge: &Edge, ways: &Ways<'_>) -> Violation {
        let back = ways.between(edge.to, edge.from);
        let (from, to) = (self.version(edge.from), self.version(edge.to));
        let mut story = self.sentence(edge);
        if edge.why != Why::ReadFrom {
            story += &format!(", so {} comes before {}", self.named(from), self.value(to));
        }
        let sentences: Vec<String> =
            back.iter().filter(|edge| edge.why != Why::ReadFrom).map(|edge| self.sentence(edge)).collect();
        if !sentences.is_empty() {
            story += &format!("; but {}", sentences.join(", and "));
        }
        let mut operations: Vec<usize> = back
            .iter()
            .flat_map(|edge| [self.writer(edge.from), Some(self.operation(edge.by))])
            .flatten()
            .collect();
        operations.extend(self.writer(edge.from));
        self.violation(story, operations, self.operation(edge.by))
    }

    /// That a read saw the first version though there was a later one.
    fn excluded(&self, excluded: &Excluded) -> Violation {
        let Excluded { read, later, why } = *excluded;
        let step = self.accesses.steps[read as usize];
        let edge = Edge { from: self.end(later), to: self.end(step.version), by: read, why };
        let story = format!("{}, though that was there before all else", self.sentence(&edge));
        self.violation(story, self.writer(edge.from).into_iter().collect(), self.operation(read))
    }

    /// That a read saw what was never written.
    fn phantom(&self, phantom: &Phantom) -> Violation {
        let operation = &self.accesses.operations[phantom.operation as usize];
        let value = super::accesses::seen(operation).map_or("nil".to_owned(), ToString::to_string);
        let key = operation.key.as_ref().map_or(String::new(), |key| format!(" of key {key}"));
        let process = operation.process;
        let failed = self.accesses.operations.get(phantom.failed as usize);
        let (why, earlier) = match failed {
            Some(failed) => {
                let why = format!("whose write by process {} failed", failed.process);
                (why, vec![phantom.failed as usize])
            }
            None => ("which nobody wrote".to_owned(), Vec::new()),
        };
        let story = format!("process {process} read {value}{key}, {why}");
        self.violation(story, earlier, phantom.operation as usize)
    }

    /// That a read saw what was only written in consequence of it.
    fn impossible(&self, read: u32) -> Violation {
        let step = self.accesses.steps[read as usize];
        let story = format!(
            "process {} read {}, which was only written in consequence of that",
            self.process(read),
            self.named(step.version)
        );
        self.violation(story, self.writer(self.end(step.version)).into_iter().collect(), self.operation(read))
    }

    fn violation(&self, story: String, mut operations: Vec<usize>, culprit: usize) -> Violation {
        operations.retain(|&operation| operation != culprit);
        let mut seen = Vec::new();
        operations.retain(|operation| {
            let is_new = !seen.contains(operation);
            seen.push(*operation);
            is_new
        });
        operations.push(culprit);
        Violation { story, operations }
    }

    fn sentence(&self, edge: &Edge) -> String {
        let process = self.process(edge.by);
        let (from, to) = (self.version(edge.from), self.version(edge.to));
        let (from, to) = (self.named(from), self.named(to));
        let of = |session: u32| {
            let first = self.accesses.sessions[session as usize][0];
            format!("process {}", self.process(first))
        };
        match edge.why {
            Why::WroteBoth => format!("process {process} wrote {from} before {to}"),
            Why::ReadThenWrote => format!("process {process} read {from} before it wrote {to}"),
            Why::OwnWrite => format!("process {process} read {to} after it had written {from}"),
            Why::ReadBefore => format!("process {process} read {to} after it had read {from}"),
            Why::SawLater(other) => {
                format!("process {process} read {to} after it had seen what {} wrote after {from}", of(other))
            }
            Why::SawAfterRead(other) => format!(
                "process {process} read {to} after it had seen what was written after {} had read {from}",
                of(other)
            ),
            Why::WroteAfterRead(other) => format!(
                "process {process} wrote {to} after it had seen what was written after {} had read {from}",
                of(other)
            ),
            Why::InThePast(other) => {
                format!("process {process} read {to} when {from}, by {}, was in its past", of(other))
            }
            Why::SameSession => {
                let act = |end: u32| if self.accesses.steps[end as usize].is_read { "read" } else { "wrote" };
                let (first, second) = (act(edge.from), act(edge.to));
                format!("process {process} {first} {from} and then {second} {to}")
            }
            Why::ReadFrom => format!("process {process} read {to}"),
        }
    }

    fn version(&self, end: u32) -> u32 {
        match self.ends {
            Ends::Versions => end,
            Ends::Steps => self.accesses.steps[end as usize].version,
        }
    }

    fn end(&self, version: u32) -> u32 {
        match self.ends {
            Ends::Versions => version,
            // What was there at first has no step: any will do that has the version.
            Ends::Steps => match self.accesses.versions[version as usize].step {
                NONE => {
                    let of = |step: &super::accesses::Step| step.version == version;
                    self.accesses.steps.iter().position(of).unwrap_or(0) as u32
                }
                step => step,
            },
        }
    }

    /// The operation that wrote the version of an end.
    fn writer(&self, end: u32) -> Option<usize> {
        let by = self.accesses.versions[self.version(end) as usize].by;
        (by != NONE).then_some(by as usize)
    }

    fn operation(&self, step: u32) -> usize {
        self.accesses.steps[step as usize].operation as usize
    }

    fn process(&self, step: u32) -> u64 {
        self.accesses.operations[self.operation(step)].process
    }

    fn value(&self, version: u32) -> String {
        match self.accesses.value(version) {
            Some(value) => value.to_string(),
            None => "what was there at first".to_owned(),
        }
    }

    /// The value with its key.
    fn named(&self, version: u32) -> String {
        let key = self.accesses.keys[self.accesses.versions[version as usize].key as usize];
        key.map_or(self.value(version), |key| format!("{} of key {key}", self.value(version)))
    }
}
