//! The first impossible operation, where a judge can say of any prefix whether it is possible.
//!
//! Every prefix of a possible one is possible. The judge may be unsure of some prefixes; then a search
//! has to decide between the longest that is certainly possible and the shortest that certainly is not.
//!
//! A judge that finds a prefix impossible has come upon something that cannot be, and can tell from which
//! horizon on that is to be seen. Most often this is the horizon that is looked for, so it is looked at, and
//! what is one return shorter; otherwise in steps that double from there. Halving alone would look at seventeen
//! prefixes of a hundred thousand operations.

use super::Ruling;
use crate::check::judgement::{Impossible, Question};
use crate::check::linearizability::Chronology;
use crate::check::partition::{Entry, NEVER};

/// The horizon of the whole: what returned is before it, what never did is not.
pub(super) const WHOLE: u32 = NEVER - 1;

/// How many guesses are looked at. Judges may guess badly, and doubled steps come to an end without them.
const GUESSES: u32 = 8;

/// What is known of the prefix up to a horizon: what returned by then has happened, what was called by
/// then may have, and nobody saw its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Possible,
    /// So is perhaps the prefix up to this horizon already, and none that is shorter.
    Impossible(Option<u32>),
    Unknown,
}

impl Answer {
    /// Possible unless `violated`.
    pub(super) fn unless(violated: bool) -> Self {
        if violated { Answer::Impossible(None) } else { Answer::Possible }
    }
}

/// The ruling on `entries`, of whose prefixes `judge` tells by their horizons.
pub(super) fn rule(entries: &[Entry], question: Question, judge: &dyn Fn(u32) -> Answer) -> Ruling {
    match judge(WHOLE) {
        Answer::Possible => Ruling::Possible,
        Answer::Unknown => Ruling::Silent,
        Answer::Impossible(_) if question == Question::Verdict => {
            Ruling::Between { possible: 0, impossible: entries.len() }
        }
        Answer::Impossible(guess) => locate(entries, guess, judge),
    }
}

fn locate(entries: &[Entry], guess: Option<u32>, judge: &dyn Fn(u32) -> Answer) -> Ruling {
    let returned = entries.iter().filter(|entry| entry.ret != NEVER);
    let end = returned.map(|entry| entry.ret + 1).max().unwrap_or(0);
    let done = Chronology::new(entries, end).done;
    let mut prefixes = Prefixes { done: &done, judge, possible: 0, guess, guesses: GUESSES };
    // Without a guess, no prefix is likelier than others.
    let step = if guess.is_some() { 1 } else { done.len() };
    let is_impossible = |answer| matches!(answer, Answer::Impossible(_));
    // The longest that is not certainly impossible, and then the longest that is certainly possible.
    let (unsure, impossible) = prefixes.boundary(0, done.len(), step, is_impossible);
    let sure = prefixes.possible;
    let (possible, _) = prefixes.boundary(sure, unsure.max(sure + 1), 1, |answer| answer != Answer::Possible);
    if possible + 1 < impossible {
        return Ruling::Between { possible, impossible };
    }
    let operation = done[possible].source as usize;
    Ruling::Impossible(Impossible { operation, possible_before: possible, states: Vec::new() })
}

/// The prefixes of what returned, by length.
struct Prefixes<'a> {
    done: &'a [Entry],
    judge: &'a dyn Fn(u32) -> Answer,
    /// The longest that was found to be possible.
    possible: usize,
    /// The horizon of the shortest impossible one, as the last answer that had an idea guesses.
    guess: Option<u32>,
    /// How many more are looked at.
    guesses: u32,
}

impl Prefixes<'_> {
    /// Two lengths that follow one another, of which the second is `beyond`, as is `high`, and the first is not,
    /// as `low` is not. It goes by guesses, and from the last length that was looked at by a `step` that doubles.
    fn boundary(
        &mut self,
        mut low: usize,
        mut high: usize,
        mut step: usize,
        beyond: impl Fn(Answer) -> bool,
    ) -> (usize, usize) {
        let mut was_beyond = true;
        while low + 1 < high {
            let guess = self.guessed().filter(|guess| (low + 1..high).contains(guess));
            let length = guess.unwrap_or_else(|| {
                let away = step.min((high - low) / 2);
                step = step.saturating_mul(2);
                if was_beyond { high - away } else { low + away }
            });
            was_beyond = beyond(self.answer(length));
            *if was_beyond { &mut high } else { &mut low } = length;
        }
        (low, high)
    }

    /// The length that is guessed, once.
    fn guessed(&mut self) -> Option<usize> {
        let horizon = self.guess.take()?;
        self.guesses = self.guesses.checked_sub(1)?;
        Some(self.done.partition_point(|entry| entry.ret <= horizon))
    }

    fn answer(&mut self, length: usize) -> Answer {
        let answer = (self.judge)(self.done[length - 1].ret);
        match answer {
            Answer::Possible => self.possible = self.possible.max(length),
            Answer::Impossible(guess) => self.guess = guess,
            Answer::Unknown => {}
        }
        answer
    }
}
