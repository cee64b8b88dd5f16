//! A history made ready for judging, split by key.
//!
//! Linearizability is local (Herlihy & Wing 1990, theorem 1): a history is linearizable if and only
//! if its part on each object is. So each key is judged on its own, and cheaply.

use super::Model;
use super::model::Effect;
use super::report::{Report, Verdict};
use super::{Judgement, timeline};
use crate::base::Table;
use crate::history::{Counts, History, HistoryError, Operation, Outcome, Value};

/// The operations on one key.
#[derive(Clone, Debug)]
pub struct Partition<S> {
    /// The key; `None` in a history without.
    pub key: Option<Value>,
    /// Its operations in order of invocation.
    pub operations: Vec<Operation>,
    /// What each of them does.
    pub(super) effects: Vec<Effect<S>>,
}

/// A history made ready for judging.
#[derive(Clone, Debug)]
pub struct Case<S> {
    /// One part for each key, in order of appearance.
    pub partitions: Vec<Partition<S>>,
    /// How the operations ended.
    pub counts: Counts,
}

impl<S: Clone + Eq> Case<S> {
    /// Pairs the events of `history`, asks `model` what the operations do, and splits them by key.
    ///
    /// # Errors
    /// Events that contradict one another, or an operation that the model does not have.
    pub fn new<M: Model<State = S>>(history: &History, model: &M) -> Result<Self, HistoryError> {
        let operations = history.operations()?;
        let counts = Outcome::count(&operations);
        let mut partitions: Vec<Partition<S>> = Vec::new();
        let mut places: Table<Option<Value>, usize> = Table::new();
        for operation in operations {
            let line = history.line(operation.invoked);
            let wrong = |message| HistoryError { line, column: None, message };
            let effect = model.effect(&operation).map_err(wrong)?;
            let place = *places.get_or_insert_with(operation.key.clone(), || {
                let key = operation.key.clone();
                partitions.push(Partition { key, operations: Vec::new(), effects: Vec::new() });
                partitions.len() - 1
            });
            partitions[place].operations.push(operation);
            partitions[place].effects.push(effect);
        }
        Ok(Case { partitions, counts })
    }

    /// Whether any completed operation demands something. If none does, every order is legal.
    pub fn constrains(&self) -> bool {
        self.partitions.iter().any(|partition| {
            let mut both = partition.operations.iter().zip(&partition.effects);
            both.any(|(operation, effect)| operation.outcome == Outcome::Ok && effect.guard.is_some())
        })
    }

    /// The report on the whole, from a judgement for each of [`Case::partitions`], in their order.
    pub fn report(&self, judgements: Vec<Judgement>) -> Report {
        assert_eq!(judgements.len(), self.partitions.len(), "one judgement for each partition");
        let mut report = Report::new(self.counts, self.partitions.len(), self.constrains());
        let mut notes: Vec<String> = report.note.take().into_iter().collect();
        for (partition, judgement) in self.partitions.iter().zip(judgements) {
            report.verdict = match (report.verdict, judgement.verdict) {
                (Verdict::Invalid, _) | (_, Verdict::Invalid) => Verdict::Invalid,
                (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
                (Verdict::Valid, Verdict::Valid) => Verdict::Valid,
            };
            if let Some(note) = judgement.note {
                notes.push(match &partition.key {
                    Some(key) => format!("key {key}: {note}"),
                    None => note,
                });
            }
            if let Some(impossible) = judgement.impossible {
                let picture = timeline::draw(&partition.operations, impossible.operation);
                let operation = &partition.operations[impossible.operation];
                report.blame(operation, &impossible, picture);
            }
        }
        report.note = (!notes.is_empty()).then(|| notes.join("; "));
        report
    }
}
