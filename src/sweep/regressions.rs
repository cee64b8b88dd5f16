//! `<scenario>.seeds`: seeds that failed once. They are run before all others, so that no failure that
//! was found is ever lost again.
//!
//! A line is a seed, the check that failed, the digest of the run, the fingerprint of the scenario's
//! settings, and the version with its digest scheme; all but the seed may be left out or be `-`. What
//! follows a `#` is for people. Lines are in the order of the seeds, no two of one seed; comments stay
//! before the line that they stand before, those at the top at the top.

use std::fmt;

use crate::base::{DIGEST_SCHEME, Seed};

/// What a new file begins with.
const HEAD: &str = "\
# Seeds that failed once: `atropos sweep` and the tests run them first.
# seed  check  digest  settings  version/digest scheme
";

/// What is not known.
const UNKNOWN: &str = "-";

/// The regression seeds of a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Regressions {
    head: String,
    lines: Vec<Line>,
    /// Comments after the last line.
    tail: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Line {
    /// The comments before it.
    before: String,
    text: String,
    regression: Regression,
}

/// A seed that failed once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Regression {
    /// The seed.
    pub seed: Seed,
    /// The check that failed.
    pub check: String,
    /// The digest of the run, in hexadecimal.
    pub digest: String,
    /// The fingerprint of the scenario's settings.
    pub settings: String,
    /// The version of atropos, with its digest scheme.
    pub version: String,
}

impl Regression {
    /// One that was found just now.
    pub fn new(seed: Seed, check: &str, digest: &str, settings: &str) -> Self {
        let known = |text: &str| if text.is_empty() { UNKNOWN.to_owned() } else { text.to_owned() };
        let version = format!("{}/{DIGEST_SCHEME}", env!("CARGO_PKG_VERSION"));
        Regression { seed, check: known(check), digest: known(digest), settings: known(settings), version }
    }

    /// Whether a run with `digest` is the one that was recorded, as far as that is known.
    pub fn is_followed_by(&self, digest: &str) -> bool {
        self.digest == UNKNOWN || self.digest == digest
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let seed = words.next().unwrap_or_default().parse::<Seed>().map_err(|error| error.to_string())?;
        let mut word = || words.next().unwrap_or(UNKNOWN).to_owned();
        let (check, digest, settings, version) = (word(), word(), word(), word());
        match words.next() {
            Some(word) => Err(format!("`{word}` is one word too many; what is for people follows a `#`")),
            None => Ok(Regression { seed, check, digest, settings, version }),
        }
    }
}

impl fmt::Display for Regression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Regression { seed, check, digest, settings, version } = self;
        write!(f, "{seed}  {check}  {digest}  {settings}  {version}")
    }
}

impl Default for Regressions {
    fn default() -> Self {
        Regressions { head: HEAD.to_owned(), lines: Vec::new(), tail: String::new() }
    }
}

impl Regressions {
    /// What the file `name` with the text `text` says.
    ///
    /// # Errors
    /// With the place of the first line that says nothing.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut regressions = Regressions { head: String::new(), lines: Vec::new(), tail: String::new() };
        for (i, text) in text.lines().enumerate() {
            let said = text.split('#').next().unwrap_or_default().trim();
            if said.is_empty() {
                regressions.tail += &format!("{text}\n");
                continue;
            }
            let regression = Regression::parse(said).map_err(|why| format!("{name}:{}:1: {why}", i + 1))?;
            let mut before = std::mem::take(&mut regressions.tail);
            if regressions.lines.is_empty() {
                regressions.head = std::mem::take(&mut before);
            }
            regressions.insert(Line { before, text: text.to_owned(), regression });
        }
        Ok(regressions)
    }

    /// Puts a line in its place, unless there is one of its seed.
    fn insert(&mut self, line: Line) -> bool {
        match self.lines.binary_search_by_key(&line.regression.seed.0, |line| line.regression.seed.0) {
            Ok(_) => false,
            Err(place) => {
                self.lines.insert(place, line);
                true
            }
        }
    }

    /// Adds `regression`, with `reason` for people, and tells whether its seed is new.
    pub fn add(&mut self, regression: Regression, reason: &str) -> bool {
        let text = format!("{regression}  # {reason}");
        self.insert(Line { before: String::new(), text, regression })
    }

    /// Every seed, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Regression> {
        self.lines.iter().map(|line| &line.regression)
    }
}

impl fmt::Display for Regressions {
    /// The file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)?;
        for Line { before, text, .. } in &self.lines {
            writeln!(f, "{before}{text}")?;
        }
        f.write_str(&self.tail)
    }
}

#[cfg(test)]
mod tests {
    use quickcheck::quickcheck;

    use super::*;

    const DIGEST: &str = "0123456789abcdef";

    quickcheck! {
        fn seeds_are_sorted_unique_and_read_again(seeds: Vec<u16>) -> bool {
            let mut regressions = Regressions::default();
            let mut known = std::collections::BTreeSet::new();
            let mut as_told = true;
            for seed in seeds {
                let seed = u64::from(seed);
                let regression = Regression::new(Seed(seed), "panic", DIGEST, DIGEST);
                as_told &= regressions.add(regression, "why # not") == known.insert(seed);
                regressions = Regressions::parse("a.seeds", &regressions.to_string()).unwrap();
            }
            as_told && regressions.iter().map(|regression| regression.seed.0).eq(known)
        }
    }

    #[test]
    fn what_people_wrote_stays() {
        let text =
            "# Of the lost vote.\n\n7\n# An old one.\n0x10  panic  -  -  0.0.9/1  # boom\n# The end.\n";
        let mut regressions = Regressions::parse("a.seeds", text).unwrap();
        assert_eq!(regressions.to_string(), text);
        assert!(regressions.iter().all(|regression| regression.is_followed_by(DIGEST)));
        regressions.add(Regression::new(Seed(8), "log-matching", DIGEST, DIGEST), "n1 and n2 differ");
        regressions.add(Regression::new(Seed(1), "", DIGEST, DIGEST), "valid, not as expected");
        let version = format!("{}/{DIGEST_SCHEME}", env!("CARGO_PKG_VERSION"));
        let expected = format!(
            "# Of the lost vote.\n\n\
            0x1  -  {DIGEST}  {DIGEST}  {version}  # valid, not as expected\n7\n\
            0x8  log-matching  {DIGEST}  {DIGEST}  {version}  # n1 and n2 differ\n\
            # An old one.\n0x10  panic  -  -  0.0.9/1  # boom\n# The end.\n"
        );
        assert_eq!(regressions.to_string(), expected);
        assert!(!regressions.iter().next().unwrap().is_followed_by("fedcba9876543210"));
    }

    #[test]
    fn a_line_that_says_nothing_is_named() {
        for (text, said) in [
            ("7\nx\n", "a.seeds:2:1: `x` is no seed"),
            ("# fine\n1 a b c d e\n", "a.seeds:2:1: `e` is one word too many"),
        ] {
            let error = Regressions::parse("a.seeds", text).unwrap_err();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
