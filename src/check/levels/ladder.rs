//! What is known of a history at every level.

use super::{Finding, Level, Violation};
use crate::check::{Report, Verdict};

/// What is known of a history at every level: what was found, and what follows from that.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// In the order of [`Level::ALL`].
    findings: Vec<Finding>,
}

impl Default for Ladder {
    /// Nothing is known.
    fn default() -> Self {
        Ladder::unknown("not judged")
    }
}

impl Ladder {
    /// Nothing is known, and why.
    pub fn unknown(why: &str) -> Self {
        Ladder {
            findings: Level::ALL.into_iter().map(|level| Finding::unknown(level, "none", why)).collect(),
        }
    }

    /// What is known of `level`.
    pub fn finding(&self, level: Level) -> &Finding {
        &self.findings[level as usize]
    }

    /// What is known of each level, the strongest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Takes note of what was found, and of what follows: who keeps a level keeps all that it implies.
    pub fn note(&mut self, finding: Finding) {
        let (level, verdict) = (finding.level, finding.verdict);
        for other in &mut self.findings {
            let follows = match verdict {
                Verdict::Valid => level.implies(other.level),
                Verdict::Invalid => other.level.implies(level),
                Verdict::Unknown => false,
            };
            if follows && other.verdict == Verdict::Unknown && other.level != level {
                let note = match verdict {
                    Verdict::Valid => format!("as it is {level}"),
                    _ => format!("as it is not {level}"),
                };
                *other = Finding {
                    level: other.level,
                    algorithm: "implied",
                    note: Some(note),
                    violations: finding.violations,
                    ..finding.clone()
                };
            }
        }
        let known = &mut self.findings[level as usize];
        // What follows from another level stays known where a search gave up.
        if verdict != Verdict::Unknown || known.verdict == Verdict::Unknown {
            *known = finding;
        }
        let is_kept = |level: &Level| self.finding(*level).verdict == Verdict::Valid;
        if Level::GUARANTEES.iter().all(is_kept) && !is_kept(&Level::Session) {
            self.findings[Level::Session as usize] = Finding::valid(Level::Session, "implied");
        }
    }

    /// The strongest levels that are kept: none of them implies another.
    pub fn strongest(&self) -> Vec<Level> {
        let is_kept = |level: &Level| self.finding(*level).verdict == Verdict::Valid;
        let kept: Vec<Level> = Level::ALL.into_iter().filter(is_kept).collect();
        let is_implied = |level: Level| kept.iter().any(|other| *other != level && other.implies(level));
        kept.iter().copied().filter(|level| !is_implied(*level)).collect()
    }

    /// The weakest level that is broken, or, if none is, of which nothing is known, if there is any: what keeps the
    /// history from more.
    pub fn next_up(&self) -> Option<&Finding> {
        let weakest = |verdict| self.findings.iter().rev().find(move |finding| finding.verdict == verdict);
        weakest(Verdict::Invalid).or_else(|| weakest(Verdict::Unknown))
    }
}

impl Finding {
    /// What a judge of linearizability says of a history.
    pub fn of_report(report: &Report) -> Finding {
        let (level, algorithm) = (Level::Linearizable, "linearizability");
        match report.verdict {
            Verdict::Valid => Finding { note: report.note.clone(), ..Finding::valid(level, algorithm) },
            Verdict::Unknown => {
                let note = report.note.clone().unwrap_or_else(|| "the search was given up".to_owned());
                Finding::unknown(level, algorithm, note)
            }
            Verdict::Invalid => {
                let example = report.first_impossible.as_ref().map(|first| Violation {
                    story: format!("nothing explains {first}"),
                    operations: Vec::new(),
                });
                Finding::invalid(level, algorithm, 1, example.into_iter().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(findings: &[Finding]) -> Ladder {
        let mut ladder = Ladder::default();
        findings.iter().cloned().for_each(|finding| ladder.note(finding));
        ladder
    }

    fn broken(level: Level) -> Finding {
        Finding::invalid(level, "test", 1, Vec::new())
    }

    #[test]
    fn what_is_implied_is_known() {
        let ladder = known(&[Finding::valid(Level::Linearizable, "test")]);
        assert_eq!(ladder.strongest(), [Level::Linearizable]);
        assert_eq!(ladder.next_up(), None);
        let ladder = known(&[broken(Level::MonotonicReads), Finding::valid(Level::ReadYourWrites, "test")]);
        assert_eq!(ladder.strongest(), [Level::ReadYourWrites]);
        for level in [Level::Linearizable, Level::Sequential, Level::Causal, Level::Session] {
            assert_eq!(ladder.finding(level).verdict, Verdict::Invalid, "{level}");
        }
        assert_eq!(ladder.next_up().unwrap().level, Level::MonotonicReads, "it is broken");
        let ladder = known(&[Finding::valid(Level::ReadYourWrites, "test")]);
        assert_eq!(ladder.next_up().unwrap().level, Level::WritesFollowReads, "of it nothing is known");
    }

    #[test]
    fn four_guarantees_are_a_session() {
        let kept = Level::GUARANTEES.map(|level| Finding::valid(level, "test"));
        assert_eq!(known(&kept[..3]).finding(Level::Session).verdict, Verdict::Unknown);
        assert_eq!(known(&kept).strongest(), [Level::Session]);
    }

    #[test]
    fn who_gives_up_takes_nothing_back() {
        let ladder = known(&[broken(Level::Causal), Finding::unknown(Level::Sequential, "test", "given up")]);
        assert_eq!(ladder.finding(Level::Sequential).verdict, Verdict::Invalid);
    }
}
