//! From a TOML value to a [`KeyValue`] of the kind that a key declares.

use toml::de::{DeInteger, DeValue};

use super::decode::{Decoder, Span, Value};
use super::suggest::{help, one_of, quoted};
use super::{Diagnostic, duration, sections};
use crate::base::keys::{KeyKind, KeyValue, bound};
use crate::base::{Probability, Seed, SimDuration};

impl Decoder<'_> {
    /// Decodes a value; what is wrong with it is reported.
    pub(super) fn value(&mut self, kind: KeyKind, value: &Value<'_>) -> Option<KeyValue> {
        Some(match kind {
            KeyKind::Duration { min, max } => KeyValue::Duration(self.duration(value, min, max)?),
            KeyKind::Count { min, max, .. } => KeyValue::Count(self.count(value, min, max)?),
            KeyKind::Probability => KeyValue::Probability(self.probability(value)?),
            KeyKind::Float { min, max } => KeyValue::Float(self.float(value, min, max)?),
            KeyKind::Bool => match value.get_ref() {
                DeValue::Boolean(value) => KeyValue::Bool(*value),
                _ => return self.mismatch(value, "`true` or `false`"),
            },
            KeyKind::Text => match value.get_ref() {
                DeValue::String(text) => KeyValue::Text(text.to_string()),
                _ => return self.mismatch(value, "a text in quotes"),
            },
            KeyKind::File => KeyValue::File(self.file(value)?),
            KeyKind::Places => KeyValue::Texts(self.places(value)?),
            KeyKind::Choice(words) => KeyValue::Text(self.choice(value, words)?),
            KeyKind::Name(of) => KeyValue::Text(self.name(value, of)?),
            KeyKind::Names(of) => KeyValue::Texts(self.names(value, of)?),
            KeyKind::Seed => KeyValue::Count(self.seed(value)?),
            KeyKind::Latency => KeyValue::Latency(self.latency(value)?),
            KeyKind::Spans { min, max } => KeyValue::Latency(self.spans(value, min, max)?),
            KeyKind::Quota => KeyValue::Count(self.quota(value)?),
            KeyKind::Node => KeyValue::Nodes(vec![self.node(value)?]),
            KeyKind::Nodes => KeyValue::Nodes(self.node_list(value)?),
            KeyKind::NodeGroups => KeyValue::NodeGroups(self.node_groups(value)?),
            KeyKind::Target => KeyValue::Target(self.target(value)?),
        })
    }

    /// A duration within bounds.
    pub(super) fn duration(
        &mut self,
        value: &Value<'_>,
        min: SimDuration,
        max: SimDuration,
    ) -> Option<SimDuration> {
        let bounds = format!("a duration from {} to {}", bound(min), bound(max));
        let text = match value.get_ref() {
            DeValue::String(text) => text,
            DeValue::Integer(_) | DeValue::Float(_) => {
                let title = format!("wrong type for `{}`", self.key);
                let label = format!("expected {bounds}, found {}", found(value.get_ref()));
                let help = "a duration is a text with a unit, such as \"150ms\" or \"2m 30s\"".to_owned();
                self.problems.push(Diagnostic::new(value.span(), title, label).help(help));
                return None;
            }
            _ => return self.mismatch(value, &bounds),
        };
        match duration::parse(text) {
            Ok(duration) if (min..=max).contains(&duration) => Some(duration),
            Ok(_) => self.impossible(value, &bounds),
            Err(why) => {
                let title = format!("`{}` is no duration", self.key);
                self.problems.push(Diagnostic::new(value.span(), title, why));
                None
            }
        }
    }

    /// A whole number within bounds.
    pub(super) fn count(&mut self, value: &Value<'_>, min: u64, max: u64) -> Option<u64> {
        let expected = match max {
            u64::MAX => format!("a whole number, {min} or more"),
            _ => format!("a whole number from {min} to {max}"),
        };
        let DeValue::Integer(integer) = value.get_ref() else {
            return self.mismatch(value, &expected);
        };
        match whole(integer) {
            Some(count) if (min..=max).contains(&count) => Some(count),
            _ => self.impossible(value, &expected),
        }
    }

    /// A number of nodes, or the word for as many as can fail while a majority is left.
    fn quota(&mut self, value: &Value<'_>) -> Option<u64> {
        match value.get_ref() {
            DeValue::String(word) if word == "minority" => Some(u64::from(self.nodes.saturating_sub(1) / 2)),
            DeValue::String(word) => {
                self.unknown_word(value.span(), word, &["minority"]);
                None
            }
            DeValue::Integer(_) => self.count(value, 0, u64::from(sections::MOST_NODES)),
            _ => self.mismatch(value, "a number of nodes, or \"minority\""),
        }
    }

    fn probability(&mut self, value: &Value<'_>) -> Option<Probability> {
        let expected = "a number from 0 to 1";
        let Some(number) = number(value.get_ref()) else {
            return self.mismatch(value, expected);
        };
        Probability::new(number).or_else(|| self.impossible(value, expected))
    }

    /// A number within bounds, whole or not.
    fn float(&mut self, value: &Value<'_>, min: f64, max: f64) -> Option<f64> {
        let expected = format!("a number from {min} to {max}");
        match number(value.get_ref()) {
            Some(number) if (min..=max).contains(&number) => Some(number),
            Some(_) => self.impossible(value, &expected),
            None => self.mismatch(value, &expected),
        }
    }

    fn choice(&mut self, value: &Value<'_>, words: &[&str]) -> Option<String> {
        let DeValue::String(word) = value.get_ref() else {
            return self.mismatch(value, &one_of(words));
        };
        if words.contains(&word.as_ref()) {
            return Some(word.to_string());
        }
        self.unknown_word(value.span(), word, words);
        None
    }

    /// Reports a word that is none of `words`.
    pub(super) fn unknown_word(&mut self, span: Span, word: &str, words: &[&str]) {
        let title = format!("unknown {} {}", self.key, quoted(word));
        let label = format!("not a known {}", self.key);
        self.problems.push(Diagnostic::new(span, title, label).help(help(word, words)));
    }

    fn seed(&mut self, value: &Value<'_>) -> Option<u64> {
        let expected = "a seed: a whole number from 0 to 18446744073709551615, or text such as \"0x2a\"";
        match value.get_ref() {
            DeValue::Integer(integer) => whole(integer).or_else(|| self.impossible(value, expected)),
            DeValue::String(text) => match text.parse::<Seed>() {
                Ok(seed) => Some(seed.0),
                Err(_) => self.impossible(value, expected),
            },
            _ => self.mismatch(value, expected),
        }
    }

    /// Reports a value of the wrong type.
    pub(super) fn mismatch<T>(&mut self, value: &Value<'_>, expected: &str) -> Option<T> {
        self.wrong("wrong type for", value, expected)
    }

    /// Reports a value of the right type that cannot be.
    pub(super) fn impossible<T>(&mut self, value: &Value<'_>, expected: &str) -> Option<T> {
        self.wrong("impossible value for", value, expected)
    }

    /// Reports an element of a list that is in it already.
    pub(super) fn twice(&mut self, value: &Value<'_>, what: &str) {
        let title = format!("`{}` names {what} twice", self.key);
        self.problems.push(Diagnostic::new(value.span(), title, "this is the second time"));
    }

    fn wrong<T>(&mut self, what: &str, value: &Value<'_>, expected: &str) -> Option<T> {
        let label = format!("expected {expected}, found {}", found(value.get_ref()));
        self.problems.push(Diagnostic::new(value.span(), format!("{what} `{}`", self.key), label));
        None
    }
}

/// The value of an integer that is not negative and fits.
pub(super) fn whole(integer: &DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A number, whole or not.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        // A whole number too large for this is out of every range, as infinity is.
        DeValue::Integer(integer) => {
            Some(i64::from_str_radix(integer.as_str(), integer.radix()).map_or(f64::INFINITY, |n| n as f64))
        }
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}

/// A value as a message names it.
pub(super) fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {}", quoted(text)),
        DeValue::Integer(integer) => format!("the whole number {}", quoted(&integer.to_string())),
        DeValue::Float(float) => match float.as_str().contains(['n', 'N']) {
            // `nan` and `inf`
            true => quoted(float.as_str()),
            false => format!("the fraction {}", quoted(float.as_str())),
        },
        DeValue::Boolean(value) => format!("`{value}`"),
        DeValue::Datetime(_) => "a date or time".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
