//! The judging of histories, without reading them: on a matrix of shapes, and appended to the names
//! whether they are valid.

#[path = "checker/histories.rs"]
mod histories;

use std::hint::black_box;

use atropos::check::{Budget, ModelName, Specification, Verdict, judge};
use atropos::history::Value;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use histories::{Shape, Workload, history};

/// The matrix: a name for each shape.
fn matrix() -> Vec<(String, Shape)> {
    let mut matrix = Vec::new();
    let mut add = |workload, operations, clients, keys, crashes, stale| {
        let name = format!(
            "{}/{operations} operations, {clients} clients, {keys} keys{}{}",
            if workload == Workload::UniqueWrites { "unique" } else { "cas" },
            if crashes > 0 { ", 1 % crashed" } else { "" },
            if stale { ", stale" } else { "" },
        );
        matrix.push((name, Shape { workload, operations, clients, keys, crashes, stale }));
    };
    for clients in [10, 100] {
        for stale in [false, true] {
            add(Workload::UniqueWrites, 1_000_000, clients, 1, 0, stale);
        }
    }
    add(Workload::UniqueWrites, 100_000, 10, 10, 0, false);
    add(Workload::UniqueWrites, 100_000, 10, 10, 0, true);
    add(Workload::UniqueWrites, 10_000, 10, 1, 10, false);
    add(Workload::UniqueWrites, 10_000, 10, 1, 10, true);
    for (operations, clients) in [(1_000, 30), (100_000, 10), (100_000, 30)] {
        add(Workload::FewValues, operations, clients, 1, 0, false);
    }
    add(Workload::FewValues, 10_000, 10, 1, 10, false);
    matrix
}

fn judging(criterion: &mut Criterion) {
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    for (name, shape) in matrix() {
        let history = history(shape);
        let operations = history.operations().expect("the history is sound");
        let judge = |operations| {
            let case = specification.case(&history, operations).expect("the model has these operations");
            judge(&case, &mut Budget::UNLIMITED.clone())
        };
        let expected = if shape.stale { Verdict::Invalid } else { Verdict::Valid };
        assert_eq!(judge(operations.clone()).verdict, expected, "{name}");
        let mut group = criterion.benchmark_group("judge");
        group.sample_size(10).throughput(Throughput::Elements(shape.operations as u64));
        group.bench_function(name, |bencher| {
            // A report is small; the case, which holds the operations, is dropped within the time.
            bencher.iter_batched(
                || operations.clone(),
                |operations| black_box(judge(operations)),
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

criterion_group!(checker, judging);
criterion_main!(checker);
