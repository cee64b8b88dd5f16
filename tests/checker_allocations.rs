//! What the checker takes from the allocator to judge a history that is loaded and paired: a fixed
//! number of times, if no search is needed, and no more memory than was promised.

#[path = "../benches/checker/histories.rs"]
mod histories;

use allocation_counter::{AllocationInfo, measure};
use atropos::check::{Budget, ModelName, Specification, Verdict, judge};
use atropos::history::Value;
use histories::{Shape, Workload, history};

const UNIQUE: Shape = Shape {
    workload: Workload::UniqueWrites,
    operations: 10_000,
    clients: 10,
    keys: 1,
    crashes: 0,
    stale: false,
};

/// What judging the history of this shape takes beyond it and its operations.
fn judged(shape: Shape) -> AllocationInfo {
    let history = history(shape);
    let operations = history.operations().unwrap();
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    let expected = if shape.stale { Verdict::Invalid } else { Verdict::Valid };
    measure(|| {
        let case = specification.case(&history, operations).unwrap();
        assert_eq!(judge(&case, &mut Budget::UNLIMITED.clone()).verdict, expected);
    })
}

#[test]
fn near_linear_judging_allocates_as_often_whatever_the_length() {
    for shape in [UNIQUE, Shape { crashes: 10, ..UNIQUE }] {
        let short = judged(shape).count_total;
        let long = judged(Shape { operations: 100_000, ..shape }).count_total;
        assert!(short < 60 && long < 60, "{short} and {long} allocations: {shape:?}");
    }
}

#[test]
fn a_search_allocates_less_than_once_in_ten_operations() {
    let shape = Shape { workload: Workload::FewValues, ..UNIQUE };
    let allocations = judged(shape).count_total;
    assert!(allocations < shape.operations as u64 / 10, "{allocations} allocations");
}

/// Also with the explanation of what is wrong.
#[test]
fn a_million_operations_take_less_than_150_megabytes() {
    for stale in [false, true] {
        let bytes = judged(Shape { operations: 1_000_000, stale, ..UNIQUE }).bytes_max;
        assert!((1 << 20..150_000_000).contains(&bytes), "{bytes} bytes, stale: {stale}");
    }
}
