//! What a sweep must see sometimes, and how often it did.

use std::fmt;

use crate::base::Seed;
use crate::check::Verdict;
use crate::report::Seen;
use crate::scenario::Sometimes;

/// What a sweep must see, each with the runs that showed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sightings(Vec<Sighting>);

/// How often something was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sighting {
    /// What.
    pub sometimes: Sometimes,
    /// How many runs showed it.
    pub runs: u64,
    /// The first of them.
    pub first: Option<Seed>,
}

impl Sightings {
    /// Nothing has been seen yet of what is `asked` for.
    pub fn new(asked: &[Sometimes]) -> Self {
        let sighting =
            |sometimes: &Sometimes| Sighting { sometimes: sometimes.clone(), runs: 0, first: None };
        Sightings(asked.iter().map(sighting).collect())
    }

    /// Takes note of what the run under `seed` showed, in the order of what was asked for.
    pub fn add(&mut self, seed: Seed, seen: &[bool]) {
        for (sighting, _) in self.0.iter_mut().zip(seen).filter(|(_, seen)| **seen) {
            sighting.runs += 1;
            sighting.first.get_or_insert(seed);
        }
    }

    /// What was asked for and never seen.
    pub fn never(&self) -> impl Iterator<Item = &Sighting> {
        self.0.iter().filter(|sighting| sighting.runs == 0)
    }

    /// Every sighting, in the order of what was asked for.
    pub fn iter(&self) -> impl Iterator<Item = &Sighting> {
        self.0.iter()
    }
}

/// Whether a run that showed `seen` is invalid as the scenario asks that some be: no failure.
pub fn is_wanted(seen: &[Seen]) -> bool {
    let invalid = Verdict::Invalid.to_string();
    seen.iter().any(|seen| seen.seen && seen.sight == invalid)
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sometimes { sight, check } = &self.sometimes;
        write!(f, "`{sight}`")?;
        check.as_ref().map_or(Ok(()), |check| write!(f, " of `{check}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sometimes(sight: &str) -> Sometimes {
        Sometimes { sight: sight.to_owned(), check: None }
    }

    fn seen(sight: &str, seen: bool) -> Seen {
        Seen { sight: sight.to_owned(), check: None, seen }
    }

    #[test]
    fn what_is_seen_is_counted_and_what_is_not_is_named() {
        let mut sightings = Sightings::new(&[sometimes("crashes"), sometimes("invalid")]);
        assert_eq!(sightings.never().count(), 2);
        sightings.add(Seed(1), &[false, false]);
        sightings.add(Seed(2), &[true, false]);
        sightings.add(Seed(3), &[true, false]);
        let never: Vec<String> = sightings.never().map(Sighting::to_string).collect();
        assert_eq!(never, ["`invalid`"]);
        let crashes = sightings.iter().next().unwrap();
        assert_eq!((crashes.runs, crashes.first), (2, Some(Seed(2))));
    }

    #[test]
    fn an_invalid_run_is_wanted_only_where_it_is_asked_for() {
        assert!(is_wanted(&[seen("crashes", true), seen("invalid", true)]));
        assert!(!is_wanted(&[seen("crashes", true), seen("invalid", false)]));
        assert!(!is_wanted(&[]));
    }
}
