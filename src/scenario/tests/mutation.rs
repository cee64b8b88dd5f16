//! Whatever the bytes, the reader answers: a scenario, or problems that can be
//! printed. The oracle is that nothing panics and that no refusal is silent.

use super::valid::FULL;
use super::*;
use crate::base::{Draw, Stream, StreamName};

const SNIPPETS: [&str; 24] = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\"\"\"",
    "#",
    ",",
    ".",
    "\n",
    "\r",
    "nan",
    "-1",
    "1e400",
    "0xffffffffffffffffffff",
    "\u{feff}",
    "é",
    "[[network]]\n",
    "[network.link.x]\n",
    "a.b.c = 1\n",
];

fn mutate(bytes: &mut Vec<u8>, draws: &mut Stream) {
    let at = draws.below(bytes.len() as u64 + 1) as usize;
    let end = (at + draws.below(12) as usize).min(bytes.len());
    match draws.below(7) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => bytes.insert(at, draws.next_u64() as u8),
        3 if at < bytes.len() => bytes[at] ^= 1 << draws.below(8),
        4 => {
            let snippet = SNIPPETS[draws.below(SNIPPETS.len() as u64) as usize];
            drop(bytes.splice(at..at, snippet.bytes()));
        }
        5 => {
            let copy = bytes[at..end].to_vec();
            let to = draws.below(bytes.len() as u64 + 1) as usize;
            drop(bytes.splice(to..to, copy));
        }
        _ => swap_lines(bytes, draws),
    }
}

/// Puts one line where another was: headers and keys come in every order.
fn swap_lines(bytes: &mut Vec<u8>, draws: &mut Stream) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let count = lines.len() as u64;
    lines.swap(draws.below(count) as usize, draws.below(count) as usize);
    *bytes = lines.join(&b'\n');
}

#[test]
fn no_damage_to_a_file_makes_the_reader_panic() {
    let mut draws = Stream::new(Seed(6), StreamName::Network);
    let mut refused = 0;
    for _ in 0..4_000 {
        let mut bytes = FULL.as_bytes().to_vec();
        for _ in 0..=draws.below(4) {
            mutate(&mut bytes, &mut draws);
        }
        if let Err(diagnostics) = read_bytes(&bytes) {
            refused += 1;
            let problems = diagnostics.problems();
            assert!(!problems.is_empty(), "{}", String::from_utf8_lossy(&bytes));
            assert!(problems.is_sorted_by_key(|problem| (problem.line, problem.column)));
            assert!(diagnostics.render(false).starts_with("error"));
        }
    }
    // Mutations that nothing notices would prove nothing.
    assert!((2_000..4_000).contains(&refused), "{refused}");
}

#[test]
fn a_large_file_of_nothing_but_problems_is_answered_in_time() {
    for line in ["a\u{300}b = 1\n", "[[faults]]\n", "[[", "x", "[network]\n", "\"é\" = [", "{"] {
        let text = line.repeat((1 << 20) / line.len());
        let diagnostics = read_text(&text).expect_err("no scenario");
        assert!(!diagnostics.problems().is_empty());
        assert!(diagnostics.render(true).len() > 10);
    }
}
