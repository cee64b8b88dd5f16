//! The first impossible operation by halving, where a judge can say of any prefix whether it is possible.
//!
//! Every prefix of a possible one is possible. The judge may be unsure of some prefixes; then a search
//! has to decide between the longest that is certainly possible and the shortest that certainly is not.

use super::Ruling;
use crate::check::judgement::{Impossible, Question};
use crate::check::linearizability::Chronology;
use crate::check::partition::{Entry, NEVER};

/// The horizon of the whole: what returned is before it, what never did is not.
pub(super) const WHOLE: u32 = NEVER - 1;

/// What is known of the prefix up to a horizon: what returned by then has happened, what was called by
/// then may have, and nobody saw its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Possible,
    Impossible,
    Unknown,
}

impl Answer {
    /// Possible unless `violated`.
    pub(super) fn unless(violated: bool) -> Self {
        if violated { Answer::Impossible } else { Answer::Possible }
    }
}

/// The ruling on `entries`, of whose prefixes `judge` tells by their horizons.
pub(super) fn rule(entries: &[Entry], question: Question, judge: &dyn Fn(u32) -> Answer) -> Ruling {
    match judge(WHOLE) {
        Answer::Possible => Ruling::Possible,
        Answer::Unknown => Ruling::Silent,
        Answer::Impossible if question == Question::Verdict => {
            Ruling::Between { possible: 0, impossible: entries.len() }
        }
        Answer::Impossible => locate(entries, judge),
    }
}

fn locate(entries: &[Entry], judge: &dyn Fn(u32) -> Answer) -> Ruling {
    let returned = entries.iter().filter(|entry| entry.ret != NEVER);
    let end = returned.map(|entry| entry.ret + 1).max().unwrap_or(0);
    let done = Chronology::new(entries, end).done;
    let (mut possible, mut impossible) = (0, done.len());
    // The shortest that is certainly impossible.
    let mut unsure = 0;
    while possible.max(unsure) + 1 < impossible {
        let length = usize::midpoint(possible.max(unsure), impossible);
        match judge(done[length - 1].ret) {
            Answer::Possible => possible = length,
            Answer::Unknown => unsure = length,
            Answer::Impossible => impossible = length,
        }
    }
    // The longest that is certainly possible.
    let mut unsure = impossible;
    while possible + 1 < unsure {
        let length = usize::midpoint(possible, unsure);
        match judge(done[length - 1].ret) {
            Answer::Possible => possible = length,
            Answer::Unknown | Answer::Impossible => unsure = length,
        }
    }
    if possible + 1 < impossible {
        return Ruling::Between { possible, impossible };
    }
    let operation = done[possible].source as usize;
    Ruling::Impossible(Impossible { operation, possible_before: possible, states: Vec::new() })
}
