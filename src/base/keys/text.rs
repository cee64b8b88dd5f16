//! Values as a scenario writes them. Nothing is rounded: what is written reads as the same value.

use std::fmt;

use super::{KeyValue, Target};
use crate::base::{Latency, NodeId, SimDuration};

/// The units that have whole values of their own, the largest first.
const UNITS: [(u64, &str); 4] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];

/// A duration to the nanosecond, in the largest unit that it has: `1.5ms`, `3600.000000001s`.
pub fn exact(duration: SimDuration) -> String {
    let ns = duration.as_ns();
    let Some((unit_ns, unit)) = UNITS.into_iter().find(|(unit_ns, _)| ns >= *unit_ns) else {
        return "0s".to_owned();
    };
    let (whole, rest) = (ns / unit_ns, ns % unit_ns);
    let digits = unit_ns.ilog10() as usize;
    match rest {
        0 => format!("{whole}{unit}"),
        _ => format!("{whole}.{}{unit}", format!("{rest:0digits$}").trim_end_matches('0')),
    }
}

impl fmt::Display for KeyValue {
    /// The value in TOML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyValue::Duration(duration) => write!(f, "\"{}\"", exact(*duration)),
            KeyValue::Count(count) => write!(f, "{count}"),
            KeyValue::Probability(chance) => write!(f, "{:?}", chance.as_f64()),
            KeyValue::Float(number) => write!(f, "{number:?}"),
            KeyValue::Bool(truth) => write!(f, "{truth}"),
            KeyValue::Text(text) => write!(f, "{text:?}"),
            KeyValue::File(file) => write!(f, "{:?}", file.name),
            KeyValue::Texts(texts) => write!(f, "{texts:?}"),
            KeyValue::Latency(latency) => write_latency(f, latency),
            KeyValue::Nodes(nodes) => f.write_str(&list(nodes)),
            KeyValue::NodeGroups(groups) => {
                let groups: Vec<String> = groups.iter().map(|group| list(group)).collect();
                write!(f, "[{}]", groups.join(", "))
            }
            KeyValue::Target(target @ (Target::Nodes(_) | Target::Some(_))) => write!(f, "{target}"),
            KeyValue::Target(target) => write!(f, "\"{target}\""),
        }
    }
}

impl fmt::Display for Target {
    /// As it is written, without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Nodes(nodes) => f.write_str(&list(nodes)),
            Target::Place { sort, name, .. } => write!(f, "{sort}:{name}"),
            Target::Some(count) => write!(f, "{{ random = {count} }}"),
            target => f.write_str(target.word().unwrap_or_default()),
        }
    }
}

fn write_latency(f: &mut fmt::Formatter<'_>, latency: &Latency) -> fmt::Result {
    let text = |duration: SimDuration| format!("\"{}\"", exact(duration));
    match latency {
        Latency::Constant(always) => f.write_str(&text(*always)),
        Latency::Uniform { min, max } => write!(f, "{{ uniform = [{}, {}] }}", text(*min), text(*max)),
        Latency::Exponential { min, mean } => {
            write!(f, "{{ exponential = {{ min = {}, mean = {} }} }}", text(*min), text(*mean))
        }
        Latency::Lognormal { median, sigma } => {
            write!(f, "{{ lognormal = {{ median = {}, sigma = {sigma:?} }} }}", text(*median))
        }
        Latency::Pareto { min, alpha } => {
            write!(f, "{{ pareto = {{ min = {}, alpha = {alpha:?} }} }}", text(*min))
        }
        Latency::Empirical(samples) => write!(f, "{{ empirical = {:?} }}", samples.source()),
    }
}

fn list(nodes: &[NodeId]) -> String {
    let nodes: Vec<String> = nodes.iter().map(|node| node.0.to_string()).collect();
    format!("[{}]", nodes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_to_the_nanosecond() {
        for (ns, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5us"),
            (150_000_000, "150ms"),
            (1_000_000_001, "1.000000001s"),
            (3_600_000_000_001, "3600.000000001s"),
            (60_000_000_000, "60s"),
        ] {
            assert_eq!(exact(SimDuration::from_ns(ns)), text);
        }
    }

    #[test]
    fn values_are_told_as_they_are_written() {
        let ms = SimDuration::from_ms;
        for (value, text) in [
            (KeyValue::Duration(ms(5)), "\"5ms\""),
            (KeyValue::Text("a \"b\"".to_owned()), r#""a \"b\"""#),
            (KeyValue::Texts(vec!["a".to_owned()]), "[\"a\"]"),
            (KeyValue::Float(1.0), "1.0"),
            (KeyValue::NodeGroups(vec![vec![NodeId(0)], vec![NodeId(1), NodeId(2)]]), "[[0], [1, 2]]"),
            (KeyValue::Target(Target::Minority), "\"minority\""),
            (KeyValue::Target(Target::Nodes(vec![NodeId(3)])), "[3]"),
            (KeyValue::Target(Target::Some(2)), "{ random = 2 }"),
            (
                KeyValue::Target(Target::Place {
                    sort: "zone",
                    name: "a/b".to_owned(),
                    nodes: vec![NodeId(3)],
                }),
                "\"zone:a/b\"",
            ),
            (
                KeyValue::Latency(Latency::Uniform { min: ms(1), max: ms(2) }),
                r#"{ uniform = ["1ms", "2ms"] }"#,
            ),
            (
                KeyValue::Latency(Latency::Lognormal { median: ms(1), sigma: 0.5 }),
                r#"{ lognormal = { median = "1ms", sigma = 0.5 } }"#,
            ),
        ] {
            assert_eq!(value.to_string(), text);
        }
    }
}
