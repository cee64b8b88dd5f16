//! Examples from the literature, and what each keeps of every level.
//!
//! Sources: **H** Herlihy and Wing, *Linearizability* (1990); **AW** Attiya and Welch, *Sequential Consistency versus
//! Linearizability* (1994); **L** Lamport, *How to Make a Multiprocessor Computer …* (1979); **A** Ahamad et al., *Causal
//! Memory* (1995); **T** Terry et al., *Session Guarantees* (1994); **B** Bailis et al., *Highly Available
//! Transactions* (2013), appendix A; **V** Viotti and Vukolić (2016); **BE** Bouajjani, Enea et al., *On Verifying
//! Causal Consistency* (2017), figure 3; **MSS** Maranget, Sarkar and Sewell, *A Tutorial Introduction to the ARM and
//! POWER Relaxed Memory Models* (2012), the litmus tests, which run side by side.

use super::short::{history, side_by_side};
use super::{Ladder, Level, Sequential, Weaker};
use crate::check::{Budget, ModelName, Specification, Verdict, judge};
use crate::history::{History, Value};

/// What is broken: `l`inearizable, `s`equential, `v` causal-convergent, `c`ausal, and the guarantees `ryw`, `mr`,
/// `mw`, `wfr`; a session is broken where any of these is.
type Example = (&'static str, &'static str, &'static str, &'static str);

/// Each operation returns before the next begins: process after process in the order of the text.
const ONE_BY_ONE: &[Example] = &[
    ("read what was written", "H", "0: wx1 | 1: rx1", ""),
    ("read before anything is written", "H", "1: rxnil | 0: wx1", ""),
    ("a stale read", "AW", "0: wx1 | 1: rxnil", "l"),
    ("old values in order", "AW", "0: wx1 wx2 | 1: rx1 rx2", "l"),
    ("two readers at different places", "AW", "0: wx1 | 1: rx1 | 2: rxnil", "l"),
    ("time runs back for one reader", "T", "0: wx1 wx2 | 1: rx2 rx1", "l s v c mr mw"),
    ("time runs back to the beginning", "T", "0: wx1 | 1: rx1 rxnil", "l s v c mr"),
    ("a write of one's own is gone", "T", "0: wx1 rxnil", "l s v c ryw"),
    ("an older write than one's own", "T", "0: wx1 wx2 rx1", "l s v c ryw"),
    ("one's own write was overwritten", "T", "0: wx1 | 1: rx1 wx2 | 0: rx2", ""),
    ("a later write without the earlier", "B", "0: wx1 wy2 | 1: ry2 rxnil", "l s v c mw"),
    ("a reply without what it replies to", "B", "0: wx1 | 1: rx1 wy2 | 2: ry2 rxnil", "l s v c wfr"),
    ("a reply before what it replies to", "T", "0: wx1 | 1: rx1 wx2 | 2: rx2 rx1", "l s v c mr wfr"),
    ("not monotonic", "B", "0: wx1 | 1: wx2 | 2: rx1 rx2 rx1", "l s v c mr"),
    ("concurrent writes in different orders", "A", "0: wx1 | 1: wx2 | 2: rx1 rx2 | 3: rx2 rx1", "l s v"),
    (
        "caused writes in different orders",
        "A",
        "0: wx1 | 1: rx1 wx2 | 2: rx1 rx2 | 3: rx2 rx1",
        "l s v c mr wfr",
    ),
    ("causal but not sequential", "A", "0: wx1 wx3 | 1: rx1 wx2 | 2: rx1 rx3 rx2 | 3: rx1 rx2 rx3", "l s v"),
    ("causality by way of two keys", "V", "0: wx1 wy2 | 1: ry2 wz3 | 2: rz3 rxnil", "l s v c"),
    ("convergent and no causal memory", "BE", "0: wz1 wx1 wy1 | 1: wx2 rznil ry1 rx2", "l s c"),
    ("causal memory and not convergent", "BE", "0: wx1 rx2 | 1: wx2 rx1", "l s v"),
    ("causal in either way and not sequential", "BE", "0: wx1 rynil wy1 rx1 | 1: wx2 rynil wy2 rx2", "l s"),
    ("neither", "BE", "0: wx1 wy1 | 1: ry1 wx2 | 2: rx2 rx1", "l s v c"),
    ("a value that nobody wrote", "V", "0: wx1 | 1: rx7", "l s v c ryw mr mw wfr"),
    ("a value whose write failed", "V", "0: wx1! | 1: rx1", "l s v c ryw mr mw wfr"),
    ("a write that nobody heard of again", "H", "0: wx1? | 1: rxnil rx1", ""),
    ("a write that came and went", "H", "0: wx1? | 1: rx1 rxnil", "l s v c mr"),
    ("compare and set in a chain", "H", "0: wx1 cx1,2 | 1: cx2,3 rx3", ""),
];

/// The first operations of all sessions overlap, then the second.
const SIDE_BY_SIDE: &[Example] = &[
    ("SB: store buffering, Dekker", "L MSS", "0: wx1 rynil | 1: wy1 rxnil", "l s"),
    ("MP: message passing", "MSS", "0: wx1 wy1 | 1: ry1 rxnil", "l s v c mw"),
    ("LB: load buffering", "MSS", "0: rx1 wy1 | 1: ry1 wx1", "l s v c wfr"),
    (
        "IRIW: independent reads of independent writes",
        "MSS",
        "0: wx1 | 1: wy1 | 2: rx1 rynil | 3: ry1 rxnil",
        "l s",
    ),
    ("WRC: write to read causality", "MSS", "0: wx1 | 1: rx1 wy1 | 2: rynil ry1 rxnil", "l s v c wfr"),
    ("2+2W", "MSS", "0: wx1 wy2 | 1: wy1 wx2 | 2: rxnil rx2 rx1 | 3: rynil ry2 ry1", "l s v"),
    ("RWC: read to write causality", "MSS", "0: wx1 | 1: rx1 rynil | 2: wy1 rxnil", "l s"),
    ("CoRR: reads of one key", "MSS", "0: wx1 | 1: rx1 rxnil", "l s v c mr"),
    ("CoRW: a read of what is written next", "MSS", "0: rx1 wx1", "l s v c wfr"),
    ("each loses its own write", "V", "0: wx1 rx2 | 1: wx2 rx1", "l s v"),
    ("overlapping writes, either may be last", "H", "0: wx1 | 1: wx2 rx1", ""),
    ("an overlapping read may see it or not", "H", "0: wx1 | 1: rxnil rx1", ""),
];

fn ladder(history: &History) -> Ladder {
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    let case = specification.case(history, history.operations().unwrap()).unwrap();
    let budget = || Budget::new(1_000_000, 1 << 30);
    let mut ladder = Ladder::default();
    ladder.note(super::Finding::of_report(&judge(&case, &mut budget())));
    let weaker = Weaker::new(&case, &specification);
    for level in Level::ALL.into_iter().filter(|level| *level > Level::Sequential) {
        check_and_note(&mut ladder, weaker.finding(level));
    }
    check_and_note(&mut ladder, Sequential::new(&case).run(&mut budget()).unwrap());
    ladder
}

/// What is found must not contradict what follows from the rest.
fn check_and_note(ladder: &mut Ladder, finding: super::Finding) {
    let known = ladder.finding(finding.level).verdict;
    assert!(known == Verdict::Unknown || known == finding.verdict, "{}: {known}", finding.level);
    ladder.note(finding);
}

fn broken(ladder: &Ladder) -> String {
    let short = |level: Level| match level {
        Level::Linearizable => "l",
        Level::Sequential => "s",
        Level::CausalConvergent => "v",
        Level::Causal => "c",
        Level::Session => "session",
        Level::ReadYourWrites => "ryw",
        Level::MonotonicReads => "mr",
        Level::MonotonicWrites => "mw",
        Level::WritesFollowReads => "wfr",
    };
    let broken = ladder.findings().iter().filter(|finding| finding.verdict != Verdict::Valid);
    broken.map(|finding| short(finding.level)).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_literature_agrees() {
    assert!(ONE_BY_ONE.len() + SIDE_BY_SIDE.len() >= 30);
    let one_by_one = ONE_BY_ONE.iter().map(|example| (example, history(example.2)));
    let beside = SIDE_BY_SIDE.iter().map(|example| (example, side_by_side(example.2)));
    let mut wrong = Vec::new();
    for ((name, source, text, expected), history) in one_by_one.chain(beside) {
        let found = broken(&ladder(&history)).replace("session ", "").replace(" session", "");
        if found != *expected {
            wrong.push(format!("{name} ({source}), {text}: expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
