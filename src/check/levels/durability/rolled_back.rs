//! What became of the writes of one register.

use super::super::Violation;
use super::super::accesses::NONE;
use super::super::registers::{Moment, NEVER, Register, Registers, Version, completed};
use super::{Durability, EXAMPLES};

/// Adds to `found` what became of the writes of `register`, which is one of `registers`.
pub(super) fn judge(registers: &Registers<'_>, register: &Register, found: &mut Durability) {
    let acknowledged = || register.versions.iter().filter(|version| version.is_acknowledged());
    found.acknowledged += acknowledged().count() as u64;
    found.reads += register.reads.len() as u64;
    let Some(last) = register.reads.last() else {
        found.unread.extend(acknowledged().map(|version| version.operation as usize));
        return;
    };
    let survivor = survivor(register);
    let is_rolled_back =
        |version: &Version| version.invoked > survivor.settled && version.settled < last.invoked;
    for version in acknowledged() {
        let write = version.operation as usize;
        if version.acknowledged > last.invoked {
            if version.last_read == 0 {
                found.unread.push(write);
            }
        } else if is_rolled_back(version) {
            found.lost.push(write);
            if found.lost.len() <= EXAMPLES {
                let story = format!(
                    "{}, was acknowledged by event {} and is lost: {}, came later and saw what was there before",
                    registers.told(version.operation),
                    version.acknowledged - 1,
                    registers.told(last.operation)
                );
                found.examples.push(Violation { story, operations: vec![write, last.operation as usize] });
            }
        }
    }
    for read in &register.reads {
        if is_rolled_back(&register.versions[read.version as usize]) {
            found.dirty.push(read.operation as usize);
            if found.dirty.len() <= EXAMPLES {
                let story = format!(
                    "{}, saw what was rolled back: {}, saw what was there before",
                    registers.told(read.operation),
                    registers.told(last.operation)
                );
                let operations = vec![read.operation as usize, last.operation as usize];
                found.examples.push(Violation { story, operations });
            }
        }
    }
    add_recovered(registers, register, found);
}

/// Of what the last reads show, the version that was settled last.
fn survivor(register: &Register) -> &Version {
    let last = register.reads.last().map_or(0, |read| read.invoked);
    let deciding = register.reads.iter().filter(|read| read.returned > last);
    let shown = deciding.map(|read| &register.versions[read.version as usize]);
    shown.max_by_key(|version| version.settled).expect("the last read shows one")
}

/// A question for a read that showed a version as absent.
struct Question {
    version: u32,
    /// It was invoked after this.
    after: Moment,
    /// It returned before this.
    before: Moment,
    /// Whether the version had been seen before it.
    is_again: bool,
}

/// Adds the writes that were never acknowledged, and were seen.
fn add_recovered(registers: &Registers<'_>, register: &Register, found: &mut Durability) {
    let mut first_read = vec![NEVER; register.versions.len()];
    for read in &register.reads {
        let first = &mut first_read[read.version as usize];
        *first = read.invoked.min(*first);
    }
    let mut questions = Vec::new();
    for (place, version) in (0..).zip(&register.versions) {
        let is_seen = version.last_read > 0 && version.operation != NONE;
        if !is_seen || version.is_acknowledged() {
            continue;
        }
        found.recovered.push(version.operation as usize);
        let told = completed(&registers.operations[version.operation as usize]);
        let mut ask = |after: Moment, before, is_again| {
            if after < before {
                questions.push(Question { version: place, after, before, is_again });
            }
        };
        ask(told, first_read[place as usize], false);
        ask(told.max(version.settled), version.last_read, true);
    }
    for (question, read) in absences(register, questions) {
        let write = register.versions[question.version as usize].operation;
        let (write_index, read_index) = (write as usize, register.reads[read as usize].operation);
        let list = if question.is_again { &mut found.resurrected } else { &mut found.late };
        list.push(write_index);
        if question.is_again && list.len() <= EXAMPLES {
            let (write, read) = (registers.told(write), registers.told(read_index));
            let story =
                format!("{write}, was never acknowledged, was seen, was gone when {read}, and came back");
            let operations = vec![write_index, read_index as usize];
            found.examples.push(Violation { story, operations });
        }
    }
}

/// Those of `questions` to which there is an answer: the place of a read that showed a version which was settled
/// before that of the question was invoked. Of several it is one of what was settled first.
fn absences(register: &Register, mut questions: Vec<Question>) -> Vec<(Question, u32)> {
    if questions.is_empty() {
        return Vec::new();
    }
    questions.sort_by_key(|question| (question.before, question.version, question.is_again));
    let reads = &register.reads;
    let mut by_return: Vec<(Moment, u32)> =
        (0..).zip(reads).map(|(place, read)| (read.returned, place)).collect();
    by_return.sort_unstable();
    let mut returned = by_return.into_iter().peekable();
    let mut oldest = Oldest { tree: vec![(NEVER, NONE); reads.len() + 1] };
    let mut answered = Vec::new();
    for question in questions {
        while let Some((_, place)) = returned.next_if(|&(moment, _)| moment < question.before) {
            let shown = reads[place as usize].version;
            oldest.add(place, (register.versions[shown as usize].settled, place));
        }
        let from = reads.partition_point(|read| read.invoked <= question.after);
        let (settled, read) = oldest.from(from);
        if settled < register.versions[question.version as usize].invoked {
            answered.push((question, read));
        }
    }
    answered
}

/// The least of what was added at the places from one on: Fenwick's tree (1994), from behind.
struct Oldest {
    tree: Vec<(Moment, u32)>,
}

impl Oldest {
    fn add(&mut self, place: u32, what: (Moment, u32)) {
        let mut at = self.tree.len() - 1 - place as usize;
        while at < self.tree.len() {
            self.tree[at] = self.tree[at].min(what);
            at += at & at.wrapping_neg();
        }
    }

    fn from(&self, place: usize) -> (Moment, u32) {
        let (mut least, mut at) = ((NEVER, NONE), self.tree.len() - 1 - place);
        while at > 0 {
            least = least.min(self.tree[at]);
            at &= at - 1;
        }
        least
    }
}
