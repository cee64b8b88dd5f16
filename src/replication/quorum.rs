//! Majorities.

/// How many of `nodes` make a majority.
pub const fn majority(nodes: usize) -> usize {
    nodes / 2 + 1
}

/// The largest value that a majority has reached. Reorders `values`.
///
/// # Panics
/// If `values` is empty.
pub fn reached_by_majority(values: &mut [u64]) -> u64 {
    let rank = values.len() - majority(values.len());
    *values.select_nth_unstable(rank).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: try every value.
    fn agrees_with_counting(mut values: Vec<u64>) -> bool {
        if values.is_empty() {
            return true;
        }
        let enough = |v: &u64| values.iter().filter(|other| *other >= v).count() >= majority(values.len());
        let expected = values.iter().copied().filter(enough).max();
        Some(reached_by_majority(&mut values)) == expected
    }

    #[test]
    fn a_majority_has_reached_it_and_no_more() {
        quickcheck::quickcheck(agrees_with_counting as fn(Vec<u64>) -> bool);
        assert_eq!(reached_by_majority(&mut [5, 3, 9, 1]), 3);
    }
}
