//! Staleness against judges that are too simple to be wrong: every order of the operations, every Δ there is,
//! and the definitions word by word.

use std::cell::Cell;

use quickcheck::{Arbitrary, Gen, QuickCheck};

use super::{Bounds, Staleness};
use crate::base::{SimDuration, SimTime};
use crate::check::brute_force::{Recipe, Small};
use crate::check::levels::short;
use crate::check::{Budget, ModelName, NilReads, Specification, Verdict, decide};
use crate::history::{Event, Function, History, Kind, Outcome, Value};

/// A time, what comes first of what happens then, and the index of the event.
type Moment = (u64, u8, usize);

const END: Moment = (u64::MAX, 0, 0);

/// A read or a write.
#[derive(Clone, Debug)]
struct Act {
    is_read: bool,
    value: Value,
    call: Moment,
    ret: Moment,
    /// Whether it is certain to have happened.
    must: bool,
    operation: usize,
}

fn acts(history: &History, specification: &Specification) -> Vec<Act> {
    let moment = |index: usize| (history.events[index].time.unwrap_or_default().as_ns(), 1, index);
    let mut acts = Vec::new();
    for (number, operation) in history.operations().unwrap().iter().enumerate() {
        let must = operation.outcome == Outcome::Ok;
        let (call, ret) =
            (moment(operation.invoked), operation.returned.filter(|_| must).map_or(END, moment));
        let mut act = |is_read, value: &Value| {
            acts.push(Act { is_read, value: value.clone(), call, ret, must, operation: number });
        };
        let tells = |value: &Value| must && !(value.is_nil() && specification.nil_reads == NilReads::Unknown);
        match (&operation.f, operation.input.as_pair()) {
            _ if operation.outcome == Outcome::Fail => {}
            (Function::Read, _) if tells(&operation.output) => act(true, &operation.output),
            (Function::Write, _) => act(false, &operation.input),
            (Function::Cas, Some((old, new))) => {
                if tells(old) {
                    act(true, old);
                }
                act(false, new);
            }
            _ => {}
        }
    }
    acts
}

/// The least `k` of all orders of `left` after `written`, if that is less than `below`.
fn least_k(left: &[Act], written: &[Value], so_far: usize, below: usize) -> Option<usize> {
    if so_far >= below {
        return None;
    }
    if left.iter().all(|act| !act.must) {
        return Some(so_far);
    }
    let first_return = left.iter().map(|act| act.ret).min()?;
    let mut best = below;
    for (place, act) in left.iter().enumerate().filter(|(_, act)| act.call < first_return) {
        let rest = [&left[..place], &left[place + 1..]].concat();
        let found = if act.is_read {
            let Some(age) = written.iter().rev().position(|value| *value == act.value) else { continue };
            least_k(&rest, written, so_far.max(age + 1), best)
        } else {
            least_k(&rest, &[written, std::slice::from_ref(&act.value)].concat(), so_far, best)
        };
        best = found.unwrap_or(best);
    }
    (best < below).then_some(best)
}

/// The least Δ that makes one order legal, of all that there are.
fn least_delta(acts: &[Act], initial: &Value) -> Option<u64> {
    let last = acts.iter().map(|act| act.call.0).max().unwrap_or(0);
    let earlier = |act: &Act, delta: u64| {
        let mut act = act.clone();
        if act.is_read && delta > 0 {
            // Before all of that instant; the beginning of time is no limit.
            act.call = (act.call.0 - delta.min(act.call.0), 0, 0);
        }
        act
    };
    (0..=last + 1).find(|&delta| {
        let moved: Vec<Act> = acts.iter().map(|act| earlier(act, delta)).collect();
        least_k(&moved, std::slice::from_ref(initial), 1, 2).is_some()
    })
}

/// The versions and the time behind of each read, and its operation; and how many are impossible.
fn behind(acts: &[Act], initial: &Value) -> (Vec<(u64, u64, usize)>, u64) {
    let begun = |value: &Value| {
        let write = acts.iter().find(|act| !act.is_read && act.value == *value);
        write.map(|write| write.call).or((value == initial).then_some((0, 0, 0)))
    };
    let is_possible = |act: &&Act| !act.is_read || begun(&act.value).is_some_and(|begun| begun <= act.ret);
    let possible: Vec<&Act> = acts.iter().filter(is_possible).collect();
    let settled = |value: &Value| {
        let returns = possible.iter().filter(|act| act.value == *value && act.must).map(|act| act.ret);
        if value == initial { (0, 0, 0) } else { returns.min().unwrap_or(END) }
    };
    let reads = possible.iter().filter(|act| act.is_read).map(|read| {
        let since = settled(&read.value);
        let missed = possible
            .iter()
            .filter(|write| !write.is_read && write.call > since && settled(&write.value) < read.call);
        let missed: Vec<u64> = missed.map(|write| settled(&write.value).0).collect();
        let time = missed.iter().min().map_or(0, |first| read.call.0 - first);
        (missed.len() as u64, time, read.operation)
    });
    (reads.collect(), (acts.len() - possible.len()) as u64)
}

/// A history with times, some of which are the same.
#[derive(Clone, Debug)]
struct Timed<const OPERATIONS: u64> {
    small: Small,
}

impl<const OPERATIONS: u64> Arbitrary for Timed<OPERATIONS> {
    fn arbitrary(g: &mut Gen) -> Self {
        let noise = 2 + u64::arbitrary(g) % 6;
        let model = *g.choose(&[ModelName::Register, ModelName::Register, ModelName::CasRegister]).unwrap();
        let recipe = Recipe { model, operations: OPERATIONS, unique: true, noise };
        let mut small = recipe.cook(g);
        // One read in so many returns one of the last writes.
        let fresh = [1, 3, u64::MAX][usize::arbitrary(g) % 3];
        let (mut now, mut written) = (0, vec![small.specification.initial.clone()]);
        for event in &mut small.history.events {
            now += u64::arbitrary(g) % 4;
            event.time = Some(SimTime::from_ns(now));
            match (event.kind, &event.f, event.value.as_pair()) {
                (Kind::Invoke, Function::Write, _) => written.push(event.value.clone()),
                (Kind::Invoke, Function::Cas, Some((_, new))) => written.push(new.clone()),
                (Kind::Ok, Function::Read, _) if u64::arbitrary(g).is_multiple_of(fresh) => {
                    let late = (usize::arbitrary(g) % 4).min(written.len() - 1);
                    event.value = written[written.len() - 1 - late].clone();
                }
                _ => {}
            }
        }
        Timed { small }
    }
}

fn staleness(small: &Small) -> Staleness {
    let operations = small.history.operations().unwrap();
    Staleness::of(&small.history, &operations, &small.specification).unwrap()
}

/// Whether `found` counts the reads as they are.
fn counts_agree(found: &Staleness, reads: &[(u64, u64, usize)], impossible: u64) -> bool {
    let with = |versions: u64| reads.iter().filter(|read| read.0 == versions).count() as u64;
    let most = reads.iter().map(|read| read.0).max().unwrap_or(0);
    let counts = (0..=most).map(|versions| (versions, with(versions))).filter(|&(_, reads)| reads > 0);
    let mut times: Vec<u64> = reads.iter().map(|read| read.1).collect();
    times.sort_unstable();
    // So many, or one less, are below; the others are not above.
    let quantile =
        |of: usize| SimDuration::from_ns(*times.get((times.len() * of).div_ceil(100) - 1).unwrap());
    let worst =
        reads.iter().filter(|read| read.0 > 0).max_by_key(|read| (read.0, read.1, usize::MAX - read.2));
    let worst =
        worst.map(|&(versions, time, operation)| (operation, versions, Some(SimDuration::from_ns(time))));
    let quantiles = found.time_behind.unwrap();
    found.reads == reads.len() as u64
        && found.stale == found.reads - with(0)
        && found.versions_behind == counts.collect::<Vec<_>>()
        && found.impossible == impossible
        && found.worst.as_ref().map(|worst| (worst.operation, worst.versions, worst.time)) == worst
        && (reads.is_empty()
            || [quantiles.p50, quantiles.p90, quantiles.p99, quantiles.max]
                == [quantile(50), quantile(90), quantile(99), quantile(100)])
}

fn agree(cases: u64) {
    // How many are 1-atomic, have a greater `k`, a `k` that is not exact, and none.
    thread_local!(static SEEN: Cell<[u64; 4]> = const { Cell::new([0; 4]) });
    #[expect(clippy::needless_pass_by_value, reason = "quickcheck hands cases over by value")]
    fn property(timed: Timed<7>) -> bool {
        let Small { specification, history } = &timed.small;
        let found = staleness(&timed.small);
        let acts = acts(history, specification);
        let initial = &specification.initial;
        let k = least_k(&acts, std::slice::from_ref(initial), 1, usize::MAX).map(|k| k as u64);
        let mut seen = SEEN.get();
        seen[match (k, found.k) {
            (Some(1), _) => 0,
            (Some(_), Some(Bounds { least, most })) if least == most => 1,
            (Some(_), _) => 2,
            (None, _) => 3,
        }] += 1;
        SEEN.set(seen);
        let has_cas = history.events.iter().any(|event| event.f == Function::Cas);
        let case = specification.case(history, history.operations().unwrap()).unwrap();
        let verdict = decide(&case, &mut Budget::UNLIMITED.clone()).verdict;
        let (reads, impossible) = behind(&acts, initial);
        counts_agree(&found, &reads, impossible)
            && found.delta.map(SimDuration::as_ns) == least_delta(&acts, initial)
            && found.delta.map(SimDuration::is_zero).is_some_and(|is_zero| is_zero) == (k == Some(1))
            && match (k, found.k) {
                (Some(k), Some(Bounds { least, most })) => least <= k && k <= most && (k > 1 || most == 1),
                (k, found) => k.is_none() && found.is_none(),
            }
            && (has_cas || (verdict == Verdict::Valid) == (k == Some(1)))
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(cases)
        .max_tests(cases)
        .quickcheck(property as fn(Timed<7>) -> bool);
    let [atomic, exact, between, none] = SEEN.get();
    let seen = format!("{atomic} atomic, {exact} exact, {between} not exact, {none} impossible");
    assert!(atomic > cases / 10 && exact > cases / 20 && between < exact && none > cases / 50, "{seen}");
}

#[test]
fn every_order_and_every_delta_agree() {
    agree(6_000);
}

#[test]
#[ignore = "takes minutes"]
fn every_order_and_every_delta_agree_on_many() {
    agree(200_000);
}

/// The least Δ with which no two clusters must each come before the other, cluster by cluster.
fn least_delta_by_clusters(acts: &[Act], initial: &Value) -> u64 {
    let mut values: Vec<&Value> = acts.iter().map(|act| &act.value).collect();
    values.extend([initial]);
    values.sort_unstable();
    values.dedup();
    let last = acts.iter().map(|act| act.call.0).max().unwrap_or(0);
    let cluster = |value: &Value, delta: u64| {
        let of_value = || acts.iter().filter(|act| act.value == *value);
        let call = |act: &Act| match (act.is_read, delta) {
            (true, 1..) => (act.call.0 - delta.min(act.call.0), 0, 0),
            _ => act.call,
        };
        let first = if value == initial { Some((0, 0, 0)) } else { None };
        let first_return = of_value().filter(|act| act.must).map(|act| act.ret).chain(first).min();
        (first_return.unwrap_or(END), of_value().map(call).max().unwrap_or_default())
    };
    let is_atomic = |delta: &u64| {
        let clusters: Vec<_> = values.iter().map(|value| cluster(value, *delta)).collect();
        (0..clusters.len())
            .all(|i| (0..i).all(|j| clusters[i].0 >= clusters[j].1 || clusters[j].0 >= clusters[i].1))
    };
    (0..=last + 1).find(is_atomic).expect("all reads at the beginning")
}

#[test]
fn longer_histories_agree_cluster_by_cluster() {
    thread_local!(static SEEN: Cell<[u64; 3]> = const { Cell::new([0; 3]) });
    #[expect(clippy::needless_pass_by_value, reason = "quickcheck hands cases over by value")]
    fn property(timed: Timed<40>) -> bool {
        let Small { specification, history } = &timed.small;
        let found = staleness(&timed.small);
        let acts = acts(history, specification);
        let (reads, impossible) = behind(&acts, &specification.initial);
        let mut seen = SEEN.get();
        let delta = found.delta.map(SimDuration::as_ns);
        // Whether it is dearer than the time behind of any read, so that no version certainly came between.
        seen[delta.map_or(0, |delta| {
            1 + usize::from(delta > reads.iter().map(|read| read.1).max().unwrap_or(0))
        })] += 1;
        SEEN.set(seen);
        counts_agree(&found, &reads, impossible)
            && found.k.is_none_or(|k| k.least <= k.most)
            && delta.is_none_or(|delta| delta == least_delta_by_clusters(&acts, &specification.initial))
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(2_000)
        .max_tests(2_000)
        .quickcheck(property as fn(Timed<40>) -> bool);
    let [_, behind, beyond] = SEEN.get();
    assert!(behind > 300 && beyond > 15, "{behind} as the time behind, {beyond} beyond");
}

fn told(text: &str) -> Staleness {
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    staleness(&Small { specification, history: short::history(text) })
}

#[test]
fn the_worst_read_is_told() {
    let text = "0: wx1@1-2 wx2@3-4 wx3@10-12 | 1: rx1@14-15 rx2@16-17 rx3@18-19 | 2: rx1@20-21";
    let found = told(text);
    assert_eq!((found.reads, found.stale, found.versions_behind), (4, 3, vec![(0, 1), (1, 1), (2, 2)]));
    let times = found.time_behind.unwrap();
    assert_eq!([times.p50, times.p90, times.max].map(SimDuration::as_ns), [4, 16, 16]);
    assert_eq!((found.k.unwrap().to_string(), found.delta.unwrap().as_ns()), ("3".to_owned(), 16));
    let worst = found.worst.unwrap();
    assert_eq!((worst.operation, worst.overwritten_by), (6, 1));
    assert_eq!(
        worst.story,
        "read 1 on key \"x\" by process 2, invoked by event 12, is 2 versions and 16ns behind: write 2 on key \
         \"x\" by process 0, invoked by event 2, had overwritten it by event 3"
    );
}

#[test]
fn what_was_there_at_first_comes_first() {
    let found = told("0: wx1@1-3 rxnil@4-6 wx3@7-8 | 1: wx2@2-5 | 2: rx1@9-10");
    assert_eq!((found.versions_behind, found.k), (vec![(1, 2)], Some(Bounds { least: 2, most: 3 })));
}

#[test]
fn each_key_counts() {
    let text = "0: wx1@1-2 wx2@3-4 rx1@5-6 | 1: wy1@1-2 wy2@3-4 wy3@5-6 ry1@9-10 | 2: rx2@11-12 ry3@12-13";
    let found = told(text);
    assert_eq!((found.reads, found.versions_behind), (4, vec![(0, 2), (1, 1), (2, 1)]));
    assert_eq!((found.k, found.delta), (Some(Bounds { least: 3, most: 3 }), Some(SimDuration::from_ns(5))));
}

#[test]
fn versions_are_counted_without_times() {
    let mut history = short::history("0: wx1 wx2 rx1");
    for event in &mut history.events {
        event.time = None;
    }
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    let found = staleness(&Small { specification: specification.clone(), history: history.clone() });
    assert_eq!((found.stale, found.time_behind, found.delta), (1, None, None));
    assert_eq!(found.k.unwrap(), Bounds { least: 2, most: 2 });
    assert_eq!(found.note.unwrap(), "no times: event 0 has none");
    assert!(found.worst.unwrap().story.contains("is 1 version behind"));
    for (event, time) in history.events.iter_mut().zip([1, 2, 3, 4, 2, 5]) {
        event.time = Some(SimTime::from_ns(time));
    }
    let found = staleness(&Small { specification, history });
    assert_eq!(found.note.unwrap(), "no times: that of event 4 is before that of the one before it");
}

#[test]
fn bounds_that_do_not_meet_say_so() {
    assert_eq!(Bounds { least: 2, most: 4 }.to_string(), "between 2 and 4");
}

/// Empty histories, and those without a read, are fresh.
#[test]
fn nothing_read_is_nothing_stale() {
    let empty = Staleness::of(
        &History::new(Vec::<Event>::new()),
        &[],
        &Specification::new(ModelName::Kv, Value::Nil),
    )
    .unwrap();
    assert_eq!((empty.reads, empty.stale, empty.versions_behind, empty.worst), (0, 0, vec![], None));
    let written = told("0: wx1 wx2");
    assert_eq!(
        (written.reads, written.k, written.delta),
        (0, Some(Bounds { least: 1, most: 1 }), Some(SimDuration::ZERO))
    );
    assert_eq!(written.time_behind.unwrap().max, SimDuration::ZERO);
}
