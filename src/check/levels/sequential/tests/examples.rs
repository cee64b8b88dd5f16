//! Examples of the literature, and what is told of them.

use super::{Sequential, find, history_of};
use crate::check::{Budget, ModelName, Specification, Verdict};
use crate::history::Value;

fn verdict(text: &str) -> Verdict {
    find(&register(), &history_of(text)).verdict
}

fn register() -> Specification {
    Specification::new(ModelName::CasRegister, Value::Nil)
}

#[test]
fn the_examples_of_the_literature_are_what_they_are_known_for() {
    let (valid, invalid) = (Verdict::Valid, Verdict::Invalid);
    let examples = [
        ("store buffering: Dekker", "0: wx1 rynil | 1: wy1 rxnil", invalid),
        ("store buffering, as it may end", "0: wx1 rynil | 1: wy1 rx1", valid),
        ("message passing", "0: wx1 wy1 | 1: ry1 rxnil", invalid),
        ("message passing, received", "0: wx1 wy1 | 1: ry1 rx1", valid),
        ("load buffering", "0: ry1 wx1 | 1: rx1 wy1", invalid),
        ("independent reads of independent writes", "0: wx1 | 1: wy1 | 2: rx1 rynil | 3: ry1 rxnil", invalid),
        ("a stale read, in order", "0: wx1 wx2 | 1: rx1 rx2", valid),
        ("a stale read in real time", "0: wx1@0-1 wx2@2-3 | 1: rx1@4-5 rx1@6-7", valid),
        ("a read of the future", "0: rx1@0-1 | 1: wx1@2-3", valid),
        ("coherence", "0: wx1 | 1: wx2 | 2: rx1 rx2 | 3: rx2 rx1", invalid),
        ("writes to causality", "0: wx1 | 1: rx1 wy1 | 2: ry1 rxnil", invalid),
        ("two queues of Herlihy and Wing, as registers", "0: wx1 wy1 rxnil | 1: wy2 wx2 ry1", invalid),
        ("an unanswered write that is seen", "0: wx1? | 1: rx1", valid),
        ("an unanswered write that is not", "0: wx1? | 1: rxnil rxnil", valid),
        ("an unanswered write that ends", "0: wx1? | 1: rx1 rxnil", invalid),
        ("a failed write that is seen", "0: wx1! | 1: rx1", invalid),
        ("two winners", "0: cxnil,1 | 1: cxnil,2", invalid),
        ("values written twice", "0: wx1 wx2 wx1 | 1: rx2 rx1 rx2", invalid),
        ("values written twice, enough", "0: wx1 wx2 wx1 | 1: rx1 rx2 rx1", valid),
    ];
    for (name, text, expected) in examples {
        assert_eq!(verdict(text), expected, "{name}");
    }
}

#[test]
fn a_violation_is_told() {
    let told = |text: &str| {
        let finding = find(&register(), &history_of(text));
        let violation = finding.examples.into_iter().next().unwrap();
        (violation.story, violation.operations)
    };
    let (story, operations) = told("0: wx1 rynil | 1: wy1 rxnil");
    assert_eq!(
        story,
        "no order of all operations that keeps that of each process explains `read \"x\" = null` of process \
         1; 3 that were answered before it have one: `write \"y\" 1` of process 1 must come before `read \"x\" \
         = null` of process 1, in its process, `read \"x\" = null` of process 1 must come before `write \"x\" \
         1` of process 0, which overwrites what it reads, `write \"x\" 1` of process 0 must come before `read \
         \"y\" = null` of process 0, in its process, `read \"y\" = null` of process 0 must come before `write \
         \"y\" 1` of process 1, which overwrites what it reads"
    );
    assert_eq!(operations, [2, 0, 1, 3]);
    let (story, operations) = told("0: wx1! | 1: rx1");
    assert!(story.ends_with("have one: nothing leaves what it demands"), "{story}");
    assert_eq!(operations, [1]);
}

#[test]
fn a_judging_that_is_given_up_says_how_far_it_came() {
    let history = history_of("0: wx1 wx2 wx1 | 1: rx2 rx1 rx2");
    let specification = register();
    let case = specification.case(&history, history.operations().unwrap()).unwrap();
    let (mut judging, mut budget) = (Sequential::new(&case), Budget::new(7, 1 << 20));
    assert_eq!(judging.run(&mut budget), None);
    let finding = judging.conclude(&mut budget);
    assert_eq!(finding.verdict, Verdict::Unknown);
    assert_eq!(
        finding.note.as_deref(),
        Some("the search was given up for lack of steps: at most 0 of 6 operations were in order")
    );
    let finding = Sequential::new(&case).run(&mut Budget::new(1_000, 100)).unwrap();
    assert_eq!(finding.verdict, Verdict::Unknown);
    assert!(finding.note.unwrap().starts_with("the search was given up for lack of memory"));
}
