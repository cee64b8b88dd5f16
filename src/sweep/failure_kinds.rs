//! The failures of a sweep grouped by kind: a hundred seeds that find one bug are one line.
//!
//! Two failures are of a kind if the same check failed and said the same, numbers and instants aside.
//! What follows a semicolon are circumstances. One bug may show itself in several kinds, and two bugs in one: a kind is where to begin to look.

use crate::base::Seed;

/// So many seeds of a kind are named.
const NAMED: usize = 5;
/// What is longer is cut: it tells kinds apart by then.
const LONGEST: usize = 110;

/// The failures of a sweep, kind by kind in the order in which they were found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FailureKinds(Vec<FailureKind>);

/// Failures that look alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FailureKind {
    /// What they say, with `N` for each number.
    pub shape: String,
    /// How many there are.
    pub count: u64,
    /// The seeds of the first of them.
    pub seeds: Vec<Seed>,
}

impl FailureKinds {
    /// Takes note of a failure, of which `reason` says why; how many of its kind there are by now.
    pub fn add(&mut self, seed: Seed, reason: &str) -> u64 {
        let shape = shape(reason);
        let place = self.0.iter().position(|kind| kind.shape == shape).unwrap_or_else(|| {
            self.0.push(FailureKind { shape, count: 0, seeds: Vec::new() });
            self.0.len() - 1
        });
        let kind = &mut self.0[place];
        kind.count += 1;
        if kind.seeds.len() < NAMED {
            kind.seeds.push(seed);
        }
        kind.count
    }

    /// Every kind.
    pub fn iter(&self) -> impl Iterator<Item = &FailureKind> {
        self.0.iter()
    }
}

/// `reason` without what differs from seed to seed.
fn shape(reason: &str) -> String {
    let mut shape = String::new();
    let mut rest = reason;
    // "at 1.205279935s: ", which says when and not what.
    if let Some((check, detail)) = reason.split_once(": ")
        && let Some((_, detail)) = detail.strip_prefix("at ").and_then(|detail| detail.split_once(": "))
    {
        shape = format!("{check}: ");
        rest = detail;
    }
    let rest = rest.split_once("; ").map_or(rest, |(what, _)| what);
    // What the first of several did is a story of its own.
    let rest = [" break it: ", " breaks it: "]
        .iter()
        .find_map(|end| rest.split_once(end))
        .map_or(rest, |(many, _)| many);
    let mut in_number = false;
    for c in rest.chars() {
        if shape.chars().count() >= LONGEST {
            break;
        }
        let part = c.is_ascii_digit() || (in_number && c == '.');
        if !part {
            shape.push(c);
        } else if !in_number {
            shape.push('N');
        }
        in_number = part;
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_instants_make_no_kind() {
        let mut kinds = FailureKinds::default();
        let reasons = [
            "election-safety: at 1.205279935s: term 7 has two leaders: n1 and n2",
            "election-safety: at 20.1s: term 12 has two leaders: n0 and n4",
            "log-matching: at 20.1s: term 12 has two leaders: n0 and n4",
            "panic: after 5 events: term 7: a is not b (at src/a.rs:7:9)",
            "panic: after 99 events: term 1: a is not b (at src/a.rs:7:9)",
            "valid, not as expected",
            "liveness: nobody is answered; n0 is down",
            "liveness: nobody is answered; n1 leads",
        ];
        let counts: Vec<u64> =
            reasons.iter().enumerate().map(|(i, reason)| kinds.add(Seed(i as u64), reason)).collect();
        assert_eq!(counts, [1, 2, 1, 1, 2, 1, 1, 2]);
        let shapes: Vec<&str> = kinds.iter().map(|kind| &*kind.shape).collect();
        assert_eq!(
            shapes,
            [
                "election-safety: term N has two leaders: nN and nN",
                "log-matching: term N has two leaders: nN and nN",
                "panic: after N events: term N: a is not b (at src/a.rs:N:N)",
                "valid, not as expected",
                "liveness: nobody is answered",
            ]
        );
        assert_eq!(kinds.iter().next().unwrap().seeds, [Seed(0), Seed(1)]);
    }

    #[test]
    fn only_the_first_seeds_of_a_kind_are_named() {
        let mut kinds = FailureKinds::default();
        for seed in 0..1_000 {
            kinds.add(Seed(seed), &format!("panic: {seed}"));
        }
        let kind = kinds.iter().next().unwrap();
        assert_eq!((kind.count, kind.seeds.len()), (1_000, NAMED));
    }
}
