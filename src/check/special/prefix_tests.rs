//! What guesses and doubled steps find, against halving; and at how many looks at prefixes.

use std::cell::Cell;

use quickcheck::Gen;

use super::container::Container;
use super::prefixes::{self, Answer, WHOLE};
use super::{Ruling, queue, stack};
use crate::check::brute_force::{Recipe, Small};
use crate::check::judgement::Question;
use crate::check::linearizability::Chronology;
use crate::check::partition::Partition;
use crate::check::{Case, ModelName};

/// A judge of prefixes.
type Judge = fn(&Container, u32) -> Answer;

const JUDGES: [(ModelName, &str, Judge); 2] =
    [(ModelName::FifoQueue, "enqueue", queue::judge), (ModelName::Stack, "push", stack::judge)];

/// Lets `look` see a history of so many `operations` at most, and what the judge says of its prefixes.
fn with_history(
    (model, put, judge): (ModelName, &str, Judge),
    (operations, noise): (u64, u64),
    g: &mut Gen,
    mut look: impl FnMut(&Partition, &dyn Fn(u32) -> Answer, &Small),
) {
    let small = Recipe { model, operations, unique: true, noise }.cook(g);
    let case: Case = small.specification.case(&small.history, small.history.operations().unwrap()).unwrap();
    for partition in &case.partitions {
        let container = Container::new(&case, partition, put).unwrap();
        look(partition, &|horizon| judge(&container, horizon), &small);
    }
}

/// The lengths between which the first impossible operation is, by halving.
fn halved(partition: &Partition, judge: &dyn Fn(u32) -> Answer) -> (usize, usize) {
    let done = Chronology::new(&partition.entries, partition.end).done;
    let boundary = |beyond: &dyn Fn(Answer) -> bool| {
        let (mut low, mut high) = (0, done.len());
        while low + 1 < high {
            let length = usize::midpoint(low, high);
            let answer = judge(done[length - 1].ret);
            *if beyond(answer) { &mut high } else { &mut low } = length;
        }
        (low, high)
    };
    let (possible, _) = boundary(&|answer| answer != Answer::Possible);
    let (_, impossible) = boundary(&|answer| matches!(answer, Answer::Impossible(_)));
    (possible, impossible)
}

#[test]
fn guesses_find_what_halving_finds() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for judge in JUDGES {
        let [mut found, mut unsure] = [0; 2];
        for round in 0..9_000 {
            with_history(
                judge,
                [(12, 4), (40, 10), (80, 40)][round % 3],
                &mut g,
                |partition, judge, small| {
                    let ruling = prefixes::rule(&partition.entries, Question::Explanation, judge);
                    if matches!(ruling, Ruling::Possible | Ruling::Silent) {
                        assert!(!matches!(judge(WHOLE), Answer::Impossible(_)));
                        return;
                    }
                    let (possible, impossible) = halved(partition, judge);
                    match ruling {
                        Ruling::Impossible(first) if possible + 1 == impossible => {
                            assert_eq!(first.possible_before, possible, "{small:?}");
                            found += 1;
                        }
                        // A judge may be sure of a prefix and unsure of a shorter one.
                        Ruling::Impossible(first) => {
                            assert!((possible..impossible).contains(&first.possible_before), "{small:?}");
                        }
                        Ruling::Between { possible: low, impossible: high } => {
                            assert!(low < impossible && possible < high, "{small:?}");
                            unsure += 1;
                        }
                        _ => unreachable!(),
                    }
                },
            );
        }
        assert!(found > 2_000 && unsure < found / 5, "{}: {found} found, {unsure} not", judge.0);
    }
}

/// Each look is at a prefix, and costs what it is long; the verdict is a look at the whole.
#[test]
fn few_prefixes_are_looked_at() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for judge in JUDGES {
        let (mut counts, mut cost) = (Vec::new(), 0.0);
        for _ in 0..400 {
            with_history(judge, (600, 600), &mut g, |partition, judge, _| {
                let [looks, events] = [Cell::new(0), Cell::new(0)];
                let counted = |horizon: u32| {
                    looks.set(looks.get() + 1);
                    events.set(events.get() + horizon.min(partition.end));
                    judge(horizon)
                };
                let ruling = prefixes::rule(&partition.entries, Question::Explanation, &counted);
                if matches!(ruling, Ruling::Impossible(_)) && partition.entries.len() > 300 {
                    counts.push(looks.get());
                    cost += f64::from(events.get()) / f64::from(partition.end);
                }
            });
        }
        let (name, most) = (judge.0, counts.len());
        counts.sort_unstable();
        assert!(most > 100, "{name}: only {most} were impossible");
        // The verdict, the guess, and that it is possible one return sooner.
        assert_eq!(counts[most / 2], 3, "{name}: {counts:?}");
        // Halving has nine or ten to look at each time.
        assert!(counts.iter().sum::<u32>() < 5 * most as u32, "{name}: {counts:?}");
        // An explanation may cost five times the verdict.
        assert!(cost < 2.5 * most as f64, "{name}: {cost} for {most} verdicts");
    }
}
