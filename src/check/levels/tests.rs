//! Textbook cases, and a brute force that tries every order, for causality and the guarantees of sessions.

use quickcheck::QuickCheck;

use super::accesses::Accesses;
use super::causal::causal;
use super::convergent::convergent;
use super::schedule::Schedule;
use super::sessions::{guarantees, shown};
use super::short::history;
use super::*;
use crate::check::{ModelName, Specification};
use crate::history::Value;

/// The names of the levels that `text` breaks, of causality and the guarantees.
fn broken(text: &str) -> String {
    let operations = history(text).operations().unwrap();
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    let accesses = Accesses::new(&operations, &specification).unwrap();
    let schedule = Schedule::new(&accesses);
    let shown = shown(&accesses, &schedule);
    let mut findings =
        vec![convergent(&accesses, &schedule, &shown, &|| true), causal(&accesses, &schedule, &|| true)];
    findings.extend(guarantees(&accesses, &schedule, &shown, &|| true));
    let short = |level| match level {
        Level::CausalConvergent => "conv",
        Level::Causal => "causal",
        Level::ReadYourWrites => "ryw",
        Level::MonotonicReads => "mr",
        Level::MonotonicWrites => "mw",
        _ => "wfr",
    };
    let broken = findings.iter().filter(|one| one.verdict == Verdict::Invalid).map(|one| short(one.level));
    broken.collect::<Vec<_>>().join(" ")
}

#[test]
fn textbook_cases() {
    assert_eq!(broken("0: wx1 rx1 | 1: rx1"), "");
    assert_eq!(broken("0: wx1 rxnil"), "conv causal ryw");
    assert_eq!(broken("0: wx1 wx2 | 1: rx2 rx1"), "conv causal mr mw");
    assert_eq!(broken("0: wx1 wx2 | 1: rx2 | 2: rx1"), "");
    assert_eq!(broken("0: wx1 | 1: rx1 wx2 | 2: rx2 rx1"), "conv causal mr wfr");
    assert_eq!(broken("0: wx1 | 1: rx1 rxnil"), "conv causal mr");
    assert_eq!(broken("0: wx1 wy2 | 1: ry2 rxnil"), "conv causal mw");
    assert_eq!(broken("0: wx1 | 1: rx1 wy2 | 2: ry2 rxnil"), "conv causal wfr");
    assert_eq!(
        broken("0: wx1 | 1: rx1 wy2 | 2: ry2 wz3 | 3: rz3 rxnil"),
        "conv causal wfr",
        "by way of another"
    );
    assert_eq!(broken("0: wx1 | 1: rx1 wy2 wz3 | 2: rz3 rxnil"), "conv causal wfr");
    assert_eq!(broken("0: wx1 wy2 | 1: ry2 wz3 | 2: rz3 rxnil"), "conv causal", "only both together");
    assert_eq!(broken("0: rx1 wy2 | 1: ry2 wx1"), "conv causal wfr", "in a circle");
    assert_eq!(broken("0: wx1 | 1: wx2 | 2: rx1 rx2 | 3: rx2 rx1"), "conv", "each for itself");
    assert_eq!(broken("0: wx1 | 1: wx2 | 2: rx1 rx2 rx1"), "conv causal mr");
    assert_eq!(
        broken("0: wx1 ry2 | 1: wy2 rx1 | 2: rx1 rynil | 3: ry2 rxnil"),
        "",
        "no order of all, but causal"
    );
    assert_eq!(broken("0: wx1! | 1: rx1"), "conv causal ryw mr mw wfr");
}

#[test]
fn every_read_that_breaks_a_level_counts() {
    let text = "0: wx1 wx2 wy1 wy2 wz1 wz2 wq1 wq2 | 1: rx2 ry2 rz2 rq2 rx1 ry1 rz1 rq1";
    let operations = history(text).operations().unwrap();
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    let weaker = Weaker::of(&operations, &specification);
    for level in [Level::CausalConvergent, Level::Causal, Level::MonotonicReads, Level::MonotonicWrites] {
        let finding = weaker.finding(level);
        assert_eq!((finding.violations, finding.examples.len()), (4, 3), "{level}");
    }
}

mod brute {
    //! A judge that is too simple to be wrong: it tries every order of the versions of each key.

    use quickcheck::{Arbitrary, Gen};

    use super::*;

    /// An access: session, whether it reads, key, and the version; version 0 is the first.
    #[derive(Clone, Debug)]
    pub(super) struct Small(pub(super) Vec<(usize, bool, usize, usize)>);

    const KEYS: usize = 2;

    impl Arbitrary for Small {
        fn arbitrary(g: &mut Gen) -> Small {
            let pick = |g: &mut Gen, below: usize| usize::arbitrary(g) % below;
            let (sessions, count) = (2 + pick(g, 3), 3 + pick(g, 6));
            let mut made: Vec<_> = (0..count)
                .map(|_| (pick(g, sessions), pick(g, 2) == 0, pick(g, KEYS), usize::arbitrary(g)))
                .collect();
            for key in 0..KEYS {
                let mut next = 0;
                let writes = made.iter_mut().filter(|access| !access.1 && access.2 == key);
                writes.for_each(|access| {
                    next += 1;
                    // Four of a key are enough to try all orders of.
                    access.1 = next > 4;
                    access.3 = next.min(4);
                });
                let last = next.min(4);
                let reads = made.iter_mut().filter(|access| access.1 && access.2 == key);
                reads.for_each(|access| access.3 %= last + 1);
            }
            Small(made)
        }

        fn shrink(&self) -> Box<dyn Iterator<Item = Small>> {
            let all = self.0.clone();
            let is_read = |&(_, is_read, ..): &(usize, bool, usize, usize)| is_read;
            let reads: Vec<usize> = (0..all.len()).filter(|&at| is_read(&all[at])).collect();
            Box::new(reads.into_iter().map(move |at| {
                let mut fewer = all.clone();
                fewer.remove(at);
                Small(fewer)
            }))
        }
    }

    impl Small {
        /// In the short hand, each access after the other.
        pub(super) fn text(&self) -> String {
            let name = |&(session, is_read, key, version): &(usize, bool, usize, usize)| {
                let (act, key) = (if is_read { 'r' } else { 'w' }, ["x", "y"][key]);
                let value = if version == 0 { "nil".to_owned() } else { version.to_string() };
                format!("{session}: {act}{key}{value}")
            };
            self.0.iter().map(name).collect::<Vec<_>>().join(" | ")
        }

        /// The accesses of the same session before this one.
        fn before(&self, at: usize) -> impl Iterator<Item = usize> {
            (0..at).filter(move |&other| self.0[other].0 == self.0[at].0)
        }

        fn write_of(&self, read: usize) -> Option<usize> {
            let (.., key, version) = self.0[read];
            self.0.iter().position(|&(_, is_read, k, v)| !is_read && (k, v) == (key, version))
        }

        fn writes(&self) -> Vec<usize> {
            (0..self.0.len()).filter(|&at| !self.0[at].1).collect()
        }

        /// The writes that are visible to each access, at least.
        fn visible(&self, level: Level) -> Vec<Vec<bool>> {
            let count = self.0.len();
            let mut visible = vec![vec![false; count]; count];
            loop {
                let earlier = visible.clone();
                for at in 0..count {
                    if self.0[at].1 {
                        self.write_of(at).into_iter().for_each(|write| visible[at][write] = true);
                    }
                    for before in self.before(at) {
                        let is_read = self.0[before].1;
                        let follows = match level {
                            Level::CausalConvergent => true,
                            Level::ReadYourWrites => false,
                            _ => is_read,
                        };
                        for write in 0..count {
                            visible[at][write] |= follows && earlier[before][write];
                        }
                        let own = matches!(level, Level::CausalConvergent | Level::ReadYourWrites);
                        visible[at][before] |= own && !is_read;
                    }
                    for write in 0..count {
                        if !earlier[at][write] {
                            continue;
                        }
                        for before in self.before(write) {
                            let is_read = self.0[before].1;
                            if matches!(level, Level::MonotonicWrites | Level::CausalConvergent) && !is_read {
                                visible[at][before] = true;
                            }
                            if matches!(level, Level::WritesFollowReads | Level::CausalConvergent) && is_read
                            {
                                (0..count).for_each(|other| visible[at][other] |= earlier[before][other]);
                            }
                        }
                    }
                }
                if visible == earlier {
                    return visible;
                }
            }
        }

        /// Whether the writes, in this order, explain all reads.
        fn explains(
            &self,
            level: Level,
            observer: Option<usize>,
            visible: &[Vec<bool>],
            order: &[usize],
            both: [bool; 2],
        ) -> bool {
            let place = |write: usize| order.iter().position(|&other| other == write).unwrap();
            let key = |at: usize| self.0[at].2;
            let reads_right = |read: usize| {
                let seen = (0..self.0.len()).filter(|&write| visible[read][write] && key(write) == key(read));
                seen.max_by_key(|&write| place(write)) == self.write_of(read)
            };
            let written_right = |write: usize| {
                self.before(write).all(|before| {
                    let is_read = self.0[before].1;
                    let same = |other: usize| level == Level::CausalConvergent || key(other) == key(write);
                    let all = matches!(level, Level::CausalConvergent | Level::WritesFollowReads);
                    let mut first: Vec<usize> = match (is_read, all) {
                        (true, true) => (0..self.0.len()).filter(|&other| visible[before][other]).collect(),
                        (true, false) => self.write_of(before).into_iter().collect(),
                        (false, _) => vec![before],
                    };
                    first.retain(|&other| same(other) && both[usize::from(is_read)]);
                    first.into_iter().all(|other| other != write && place(other) < place(write))
                })
            };
            let is_observed = |at: usize| observer.is_none_or(|observer| self.0[at].0 == observer);
            (0..self.0.len()).all(|at| match self.0[at].1 {
                true => !is_observed(at) || reads_right(at),
                false => written_right(at),
            })
        }

        /// Whether any order of the writes explains all reads; `both` tells whether what a session wrote, and
        /// what it read, before it wrote comes first.
        pub(super) fn keeps(&self, level: Level, both: [bool; 2]) -> bool {
            let visible = self.visible(level);
            let mut orders = vec![Vec::new()];
            for _ in self.writes() {
                let longer = |order: Vec<usize>| {
                    let left: Vec<usize> = self.writes().into_iter().filter(|w| !order.contains(w)).collect();
                    left.into_iter().map(move |write| [&order[..], &[write]].concat())
                };
                orders = orders.into_iter().flat_map(longer).collect();
            }
            let explains =
                |observer| orders.iter().any(|order| self.explains(level, observer, &visible, order, both));
            match level {
                Level::CausalConvergent => explains(None),
                _ => (0..4).all(|observer| explains(Some(observer))),
            }
        }

        /// Whether each session has an order of all writes and its own reads that keeps causes before effects.
        pub(super) fn is_causal_memory(&self) -> bool {
            let count = self.0.len();
            let mut causes = vec![vec![false; count]; count];
            for (at, of_this) in causes.iter_mut().enumerate() {
                self.before(at).for_each(|before| of_this[before] = true);
                let write = if self.0[at].1 { self.write_of(at) } else { None };
                write.into_iter().for_each(|write| of_this[write] = true);
            }
            for middle in 0..count {
                let of_middle = causes[middle].clone();
                for of_this in causes.iter_mut().filter(|of_this| of_this[middle]) {
                    of_this.iter_mut().zip(&of_middle).for_each(|(has, more)| *has |= more);
                }
            }
            let of = |session: usize| (0..count).filter(move |&at| !self.0[at].1 || self.0[at].0 == session);
            (0..count).all(|at| !causes[at][at])
                && (0..4).all(|session| self.has_order(&causes, &of(session).collect::<Vec<_>>(), [0; KEYS]))
        }

        /// Whether what is `left` can be done in some order, when each key has this version.
        fn has_order(&self, causes: &[Vec<bool>], left: &[usize], versions: [usize; KEYS]) -> bool {
            let can = |&&at: &&usize| {
                let (_, is_read, key, version) = self.0[at];
                left.iter().all(|&other| !causes[at][other]) && (!is_read || versions[key] == version)
            };
            let then = |&at: &usize| {
                let (_, is_read, key, version) = self.0[at];
                let mut versions = versions;
                versions[key] = if is_read { versions[key] } else { version };
                let rest: Vec<usize> = left.iter().copied().filter(|&other| other != at).collect();
                self.has_order(causes, &rest, versions)
            };
            left.is_empty() || left.iter().filter(can).any(then)
        }
    }
}

/// Whether the judges say of `small` what its brute force does.
#[expect(clippy::needless_pass_by_value, reason = "quickcheck hands its arguments over")]
fn agrees(small: brute::Small) -> bool {
    let broken = broken(&small.text());
    let is_broken = |short: &str| broken.split(' ').any(|word| word == short);
    let all = [true, true];
    let convergent = small.keeps(Level::CausalConvergent, all);
    let causal = small.is_causal_memory();
    let mut right = is_broken("conv") != convergent && is_broken("causal") != causal;
    // A session that reads what only its own later writes led to breaks more than one alone.
    let circular = !small.keeps(Level::WritesFollowReads, all);
    right &= circular || is_broken("ryw") != small.keeps(Level::ReadYourWrites, all);
    right &= circular || is_broken("mr") != small.keeps(Level::MonotonicReads, all);
    if small.keeps(Level::MonotonicReads, [false, true]) {
        right &= circular || is_broken("mw") != small.keeps(Level::MonotonicWrites, all);
    }
    if small.keeps(Level::MonotonicReads, [true, false]) {
        right &= is_broken("wfr") != small.keeps(Level::WritesFollowReads, all);
    }
    // The lattice.
    right && (!(causal || convergent) || ["", "conv", "causal"].contains(&&*broken))
}

/// What a history keeps below linearizability does not depend on how its sessions lie in time.
#[test]
fn only_the_order_of_each_session_matters() {
    #[expect(clippy::needless_pass_by_value, reason = "quickcheck hands its arguments over")]
    fn property(small: brute::Small, later: usize) -> bool {
        let mut shuffled = small.0.clone();
        // Each session by itself, one after the other, or one of them behind all others.
        match later % 5 {
            4 => shuffled.sort_by_key(|access| access.0),
            last => shuffled.sort_by_key(|access| access.0 == last),
        }
        broken(&small.text()) == broken(&brute::Small(shuffled).text())
    }
    QuickCheck::new().tests(5_000).quickcheck(property as fn(brute::Small, usize) -> bool);
}

#[test]
fn judges_agree_with_brute_force() {
    QuickCheck::new().tests(2_000).quickcheck(agrees as fn(brute::Small) -> bool);
}

#[test]
#[ignore = "takes minutes"]
fn judges_agree_with_brute_force_on_very_many() {
    QuickCheck::new().tests(200_000).quickcheck(agrees as fn(brute::Small) -> bool);
}
