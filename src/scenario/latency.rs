//! Distributions of durations, as a scenario writes them:
//! `"1ms"`, `{ uniform = ["1ms", "3ms"] }`, `{ lognormal = { median = "1ms", sigma = 0.5 } }`.

use toml::de::{DeTable, DeValue};

use super::Diagnostic;
use super::decode::{Decoder, Value};
use super::suggest::{help, quoted};
use super::value::number;
use crate::base::{Latency, SimDuration};

const SHAPES: [&str; 5] = ["uniform", "exponential", "lognormal", "pareto", "empirical"];
const EXPECTED: &str =
    "a duration such as \"1ms\", or a distribution such as { uniform = [\"1ms\", \"3ms\"] }";

/// No sample is longer than a day, so no bound of one may be.
pub const LONGEST: SimDuration = SimDuration::from_secs(86_400);
/// A wider or lighter tail than this is a slip of the pen.
pub const LARGEST_SHAPE: f64 = 100.0;

impl Decoder<'_> {
    /// A distribution of durations.
    pub(super) fn latency(&mut self, value: &Value<'_>) -> Option<Latency> {
        let table = match value.get_ref() {
            DeValue::String(_) => return self.any_duration(value).map(Latency::Constant),
            DeValue::Integer(_) | DeValue::Float(_) => {
                // For the help about units.
                self.any_duration(value)?;
                return None;
            }
            DeValue::Table(table) => table,
            _ => return self.mismatch(value, EXPECTED),
        };
        let mut entries = table.iter();
        let (Some((shape, body)), None) = (entries.next(), entries.next()) else {
            let title = format!("`{}` needs exactly one distribution", self.key);
            let label = format!("expected {EXPECTED}");
            self.problems.push(Diagnostic::new(value.span(), title, label));
            return None;
        };
        match shape.get_ref().as_ref() {
            "uniform" => self.uniform(body),
            "exponential" => {
                let (min, mean_value) = self.parameters(body, "exponential", ["min", "mean"])?;
                let (min, mean) = (self.any_duration(min), self.any_duration(mean_value));
                let (min, mean) = (min?, mean?);
                if mean < min {
                    return self.out_of_order(mean_value, "the mean", mean, min);
                }
                Some(Latency::Exponential { min, mean })
            }
            "lognormal" => {
                let (median, sigma) = self.parameters(body, "lognormal", ["median", "sigma"])?;
                let (median, sigma) = (self.any_duration(median), self.tail(sigma, "sigma"));
                Some(Latency::Lognormal { median: median?, sigma: sigma? })
            }
            "pareto" => {
                let (min, alpha) = self.parameters(body, "pareto", ["min", "alpha"])?;
                let (min, alpha) = (self.any_duration(min), self.tail(alpha, "alpha"));
                Some(Latency::Pareto { min: min?, alpha: alpha? })
            }
            "empirical" => self.empirical(body),
            other => {
                let title = format!("unknown distribution {}", quoted(other));
                let label = format!("expected {EXPECTED}");
                self.problems.push(Diagnostic::new(shape.span(), title, label).help(help(other, &SHAPES)));
                None
            }
        }
    }

    /// A duration within bounds, or a distribution that is not always nothing.
    pub(super) fn spans(&mut self, value: &Value<'_>, min: SimDuration, max: SimDuration) -> Option<Latency> {
        if value.get_ref().as_table().is_none() {
            return self.duration(value, min, max).map(Latency::Constant);
        }
        let spans = self.latency(value)?;
        if spans.most() < min {
            return self.impossible(value, "a distribution of more than nothing");
        }
        Some(spans)
    }

    fn any_duration(&mut self, value: &Value<'_>) -> Option<SimDuration> {
        self.duration(value, SimDuration::ZERO, LONGEST)
    }

    fn uniform(&mut self, body: &Value<'_>) -> Option<Latency> {
        let bounds = body.get_ref().as_array().map(|array| array.iter().collect::<Vec<_>>());
        let expected = "the shortest and the longest, such as [\"1ms\", \"3ms\"]";
        let (low, high) = match bounds.as_deref() {
            Some([low, high]) => (low, high),
            Some(bounds) => {
                let label = format!("expected {expected}, found {} of them", bounds.len());
                let title = format!("impossible value for `{}`", self.key);
                self.problems.push(Diagnostic::new(body.span(), title, label));
                return None;
            }
            None => return self.mismatch(body, expected),
        };
        let (min, max) = (self.any_duration(low), self.any_duration(high));
        let (min, max) = (min?, max?);
        if max < min {
            return self.out_of_order(high, "the longest", max, min);
        }
        Some(Latency::Uniform { min, max })
    }

    /// The two parameters of a distribution: both there, and no other.
    fn parameters<'v, 'a>(
        &mut self,
        body: &'v Value<'a>,
        shape: &str,
        [first, second]: [&str; 2],
    ) -> Option<(&'v Value<'a>, &'v Value<'a>)> {
        let Some(table) = body.get_ref().as_table() else {
            return self.mismatch(body, &format!("a table with `{first}` and `{second}`"));
        };
        let before = self.problems.len();
        self.refuse_others(table, shape, [first, second]);
        let (first_value, second_value) = (table.get(first), table.get(second));
        // One with an unknown key is likely complete but for the spelling.
        if self.problems.len() == before {
            for (name, value) in [(first, first_value), (second, second_value)] {
                if value.is_none() {
                    let title = format!("`{name}` is missing");
                    let label = format!("`{shape}` needs `{first}` and `{second}`");
                    self.problems.push(Diagnostic::new(body.span(), title, label));
                }
            }
        }
        (self.problems.len() == before).then_some((first_value?, second_value?))
    }

    fn refuse_others(&mut self, table: &DeTable<'_>, shape: &str, names: [&str; 2]) {
        for name in table.keys().filter(|name| !names.contains(&name.get_ref().as_ref())) {
            let title = format!("unknown key {}", quoted(name.get_ref()));
            let label = format!("`{shape}` has no such parameter");
            let problem = Diagnostic::new(name.span(), title, label).help(help(name.get_ref(), &names));
            self.problems.push(problem);
        }
    }

    /// How wide or heavy a tail is: above 0 and within reason.
    fn tail(&mut self, value: &Value<'_>, name: &'static str) -> Option<f64> {
        let key = std::mem::replace(&mut self.key, name);
        let expected = format!("a number above 0, at most {LARGEST_SHAPE}");
        let shape = match number(value.get_ref()) {
            Some(number) if number > 0.0 && number <= LARGEST_SHAPE => Some(number),
            Some(_) => self.impossible(value, &expected),
            None => self.mismatch(value, &expected),
        };
        self.key = key;
        shape
    }

    fn out_of_order<T>(
        &mut self,
        at: &Value<'_>,
        what: &str,
        it: SimDuration,
        min: SimDuration,
    ) -> Option<T> {
        let title = format!("impossible value for `{}`", self.key);
        let label = format!("{what}, {it}, is below the shortest, {min}");
        self.problems.push(Diagnostic::new(at.span(), title, label));
        None
    }
}
