//! `{ empirical = "measured.csv" }`: a distribution read from samples.
//!
//! One column of durations, whose name says the unit (`latency_ms`), and if there is a second one,
//! called `count`, how often each was measured.

use std::hash::Hasher;
use std::sync::Arc;

use toml::de::DeValue;

use super::Diagnostic;
use super::csv::{Cell, Csv};
use super::decode::{Decoder, Value};
use crate::base::keys::FileName;
use crate::base::{Digest, Latency, Samples};

impl Decoder<'_> {
    /// The distribution of the samples in the file that `value` names.
    pub(super) fn empirical(&mut self, value: &Value<'_>) -> Option<Latency> {
        let DeValue::String(name) = value.get_ref() else {
            return self.mismatch(value, "a file in quotes, such as \"measured.csv\"");
        };
        let file = match self.attachments.read(name, &value.span()) {
            Ok(file) => file,
            Err(problem) => {
                self.problems.push(*problem);
                return None;
            }
        };
        match samples(name, &file.text, file.start) {
            Ok(samples) => Some(Latency::Empirical(Arc::new(samples))),
            Err(problems) => {
                self.refuse_file(value, problems);
                None
            }
        }
    }

    /// A file that is there, whatever is in it.
    pub(super) fn file(&mut self, value: &Value<'_>) -> Option<FileName> {
        let DeValue::String(name) = value.get_ref() else {
            return self.mismatch(value, "a file in quotes, such as \"regions.csv\"");
        };
        match self.attachments.read(name, &value.span()) {
            Ok(file) => {
                let mut content = Digest::new();
                // However its lines end.
                file.text.lines().for_each(|line| content.write(line.as_bytes()));
                Some(FileName { name: name.to_string(), content })
            }
            Err(problem) => {
                self.problems.push(*problem);
                None
            }
        }
    }

    /// Reports what is wrong in the file that `value` names.
    pub(super) fn refuse_file(&mut self, value: &Value<'_>, problems: Vec<Diagnostic>) {
        let beside = |problem: Diagnostic| match problem.beside {
            Some(_) => problem,
            None if problem.span == value.span() => problem,
            None => problem.beside(Some((value.span(), "the file is named here".to_owned()))),
        };
        self.problems.extend(problems.into_iter().map(beside));
    }
}

fn samples(name: &str, text: &str, start: usize) -> Result<Samples, Vec<Diagnostic>> {
    let csv = Csv::parse(text, start)?;
    let first = &csv.header[0];
    let is_right = match csv.header.as_slice() {
        [_] => true,
        [_, count] => count.text == "count",
        _ => false,
    };
    let Some(unit) = first.unit().filter(|_| is_right) else {
        let label = "expected one column that is called after its unit, such as `latency_ms`, \
                     and at most a second one called `count`";
        let span = first.span.start..csv.header[csv.header.len() - 1].span.end;
        return Err(vec![Diagnostic::new(span, "these are not the columns of samples", label)]);
    };
    let mut problems = Vec::new();
    let mut measured = Vec::new();
    for row in &csv.rows {
        let times = row.get(1).map_or(Ok(1), Cell::count);
        match (row[0].duration(unit), times) {
            (Ok(value), Ok(times)) => measured.push((value, times)),
            (value, times) => problems.extend([value.err(), times.err()].into_iter().flatten()),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Samples::new(name, &measured).ok_or_else(|| {
        let label = "expected fewer than 2^64 samples in all";
        vec![Diagnostic::new(first.span.clone(), "these are too many samples", label)]
    })
}
