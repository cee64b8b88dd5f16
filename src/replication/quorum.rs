//! Majorities.

/// How many of `nodes` make a majority.
pub const fn majority(nodes: usize) -> usize {
    nodes / 2 + 1
}

/// In a cluster up to this size each value is compared with each other one.
const SMALL: usize = 9;

/// The largest value that a majority has reached. May reorder `values`.
///
/// # Panics
/// If `values` is empty.
pub fn reached_by_majority(values: &mut [u64]) -> u64 {
    let enough = majority(values.len());
    if values.len() > SMALL {
        let rank = values.len() - enough;
        return *values.select_nth_unstable(rank).1;
    }
    // Answers come in every order: sorting would guess wrong at every other step. Here nothing
    // has to be guessed.
    let best = values.iter().map(|&value| if count(values, value) >= enough { value } else { 0 }).max();
    best.unwrap_or_else(|| panic!("a majority of no values"))
}

/// How many of `values` have reached `value`.
#[inline(always)]
fn count(values: &[u64], value: u64) -> usize {
    values.iter().fold(0, |count: usize, other| count.wrapping_add(usize::from(*other >= value)))
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
        assert_eq!(reached_by_majority(&mut (0..101).collect::<Vec<_>>()), 50);
    }
}
