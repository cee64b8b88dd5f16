//! What a user reads about a slip: the line, the column and the words that matter.

use super::*;

/// A slip: the text of a file below `protocol = "raft"`, and what must be said
/// of it, each with line and column. The line `protocol` is on is line 1.
type Slip = (&'static str, &'static [(usize, usize, &'static [&'static str])]);

fn assert_said(text: &str, expected: &[(usize, usize, &[&str])]) {
    let diagnostics = read_text(text).expect_err(text);
    let problems = diagnostics.problems();
    let shown = diagnostics.render(false);
    assert_eq!(problems.len(), expected.len(), "{text}\n{shown}");
    for (problem, (line, column, words)) in problems.iter().zip(expected) {
        assert_eq!((problem.line, problem.column), (*line, *column), "{text}\n{shown}");
        for word in *words {
            assert!(problem.message.contains(word), "no `{word}` in: {}\n{shown}", problem.message);
        }
        assert!(shown.contains(&format!("test.toml:{line}:{column}")), "{shown}");
    }
}

fn assert_all_said(slips: &[Slip]) {
    for (text, expected) in slips {
        assert_said(&format!("protocol = \"raft\"\n{text}"), expected);
    }
}

#[test]
fn unknown_names_come_with_the_nearest() {
    assert_all_said(&[
        ("noddes = 3", &[(2, 1, &["unknown key `noddes`", "did you mean `nodes`"])]),
        ("[network]\nlatensy = \"1ms\"", &[(3, 1, &["unknown key `latensy`", "did you mean `latency`"])]),
        ("[[network.link]]\nsync = \"1ms\"", &[(3, 1, &["[[network.link]]", "`sync` belongs to `[disk]`"])]),
        ("[disk]\nseed = 3", &[(3, 1, &["`seed` belongs to the top of the file"])]),
        ("loss = 0.1", &[(2, 1, &["unknown key `loss`", "belongs to `[network]`"])]),
        ("[netwrok]\nloss = 0.1", &[(2, 2, &["unknown section `netwrok`", "did you mean `network`"])]),
        ("[paxos]\nwindow = 3", &[(2, 2, &["unknown section `paxos`", "a scenario of `raft`"])]),
        ("bugs = [\"raft/vote-not-persist\"]", &[(2, 9, &["unknown bug", "raft/vote-not-persisted"])]),
        (
            "[expect]\nverdict = \"valid\"\ncheck = \"linearizabilty\"",
            &[(4, 9, &["unknown check", "did you mean `linearizability`"])],
        ),
        ("[expect]\nverdict = \"vallid\"", &[(3, 11, &["unknown verdict", "did you mean `valid`"])]),
        (
            "[network]\nlatency = { unifrom = [\"1ms\", \"2ms\"] }",
            &[(3, 13, &["unknown distribution `unifrom`", "did you mean `uniform`"])],
        ),
        (
            "[network]\nlatency = { pareto = { min = \"1ms\", alfa = 2 } }",
            &[(3, 37, &["unknown key `alfa`", "did you mean `alpha`"])],
        ),
    ]);
}

#[test]
fn unknown_words_of_faults_come_with_the_nearest() {
    assert_all_said(&[
        (
            "[[faults]]\nkind = \"crush\"\nat = \"1s\"",
            &[(3, 8, &["unknown fault `crush`", "did you mean `crash`"])],
        ),
        (
            "[[faults]]\nkind = \"crash\"\nat = \"1s\"\ntarget = \"leeder\"",
            &[(5, 10, &["unknown target `leeder`", "did you mean `leader`"])],
        ),
        (
            "[[faults]]\nkind = \"crash\"\nat = \"1s\"\ntarget = 0\ngroups = [[0], [1]]",
            &[(6, 1, &["`groups` belongs to `partition`, not to `crash`"])],
        ),
        (
            "[[faults]]\nkind = \"drop\"\nmessage = \"RequestVotes\"",
            &[(4, 11, &["unknown message", "did you mean `RequestVote`"])],
        ),
        (
            "[[faults]]\nkind = \"admin\"\ncommand = \"transfr 1\"\ntarget = 0\nat = \"1s\"",
            &[(4, 11, &["unknown command `transfr 1`", "`transfer`"])],
        ),
    ]);
}

#[test]
fn a_value_of_the_wrong_type_is_told_from_the_right_one() {
    assert_all_said(&[
        ("nodes = \"five\"", &[(2, 9, &["wrong type", "whole number from 1 to 100000", "`five`"])]),
        ("nodes = 5.0", &[(2, 9, &["expected a whole number", "found the fraction `5.0`"])]),
        ("duration = 60", &[(2, 12, &["expected a duration", "found the whole number `60`", "with a unit"])]),
        ("seed = -1", &[(2, 8, &["impossible value for `seed`", "`-1`"])]),
        ("[network]\nfifo = \"yes\"", &[(3, 8, &["expected `true` or `false`", "`yes`"])]),
        ("bugs = \"x\"", &[(2, 8, &["expected a list of texts"])]),
        ("description = 1979-05-27", &[(2, 15, &["expected a text in quotes", "found a date"])]),
        ("network = 5", &[(2, 1, &["`network` is a section", "found the whole number `5`"])]),
        ("[[disk]]", &[(2, 3, &["one table `[disk]`", "found a list"])]),
        ("[faults]\nkind = \"heal\"", &[(2, 2, &["expected `[[faults]]`", "found a table"])]),
        ("[clients]\nthink = { uniform = \"1ms\" }", &[(3, 21, &["the shortest and the longest"])]),
    ]);
}

#[test]
fn a_value_that_cannot_be_is_refused() {
    assert_all_said(&[
        ("[network]\nloss = 1.7", &[(3, 8, &["a number from 0 to 1", "`1.7`"])]),
        ("[network]\nloss = nan", &[(3, 8, &["a number from 0 to 1", "`nan`"])]),
        ("[clients]\nskew = inf", &[(3, 8, &["a number from 0 to 10", "`inf`"])]),
        ("nodes = 0", &[(2, 9, &["from 1 to 100000", "`0`"])]),
        ("duration = \"0s\"", &[(2, 12, &["from 1ns to 365d", "`0s`"])]),
        ("duration = \"366d\"", &[(2, 12, &["from 1ns to 365d"])]),
        ("duration = \"5\"", &[(2, 12, &["`5` has no unit"])]),
        ("duration = \"1e30s\"", &[(2, 12, &["no unit `e`"])]),
        ("bugs = [\"raft/vote-not-persisted\", \"raft/vote-not-persisted\"]", &[(2, 36, &["twice"])]),
        (
            "[disk]\nsync = { uniform = [\"3ms\", \"1ms\"] }",
            &[(3, 28, &["the longest, 1ms, is below the shortest, 3ms"])],
        ),
        (
            "[disk]\nsync = { exponential = { min = \"3ms\", mean = \"1ms\" } }",
            &[(3, 46, &["the mean, 1ms, is below"])],
        ),
        (
            "[disk]\nsync = { lognormal = { median = \"3ms\", sigma = 0 } }",
            &[(3, 48, &["impossible value for `sigma`", "above 0"])],
        ),
        (
            "[disk]\nsync = { pareto = { min = \"3ms\", alpha = 1e9 } }",
            &[(3, 42, &["impossible value for `alpha`", "100"])],
        ),
        ("[disk]\nsync = { pareto = { min = \"3ms\" } }", &[(3, 19, &["`alpha` is missing"])]),
        ("[disk]\nsync = {}", &[(3, 8, &["exactly one distribution"])]),
        ("[clients]\nreads = 0\nwrites = 0\ncas = 0", &[(3, 1, &["nothing to do"])]),
    ]);
}

#[test]
fn nodes_beyond_the_cluster_are_refused_wherever_they_are_named() {
    assert_all_said(&[
        ("nodes = 3\n[[network.link]]\nto = [0, 3]", &[(4, 10, &["from 0 to 2", "`3`"])]),
        ("nodes = 1\n[[network.link]]\nfrom = [1]", &[(4, 9, &["can only be 0"])]),
        ("[[network.link]]\nfrom = [1, 1]", &[(3, 12, &["names node 1 twice"])]),
        ("[[network.link]]\nfrom = []", &[(3, 8, &["found an empty list"])]),
        (
            "[[faults]]\nkind = \"partition\"\nat = \"1s\"\ngroups = [[0, 1], [1, 9]]",
            &[(5, 20, &["names node 1 twice"]), (5, 23, &["from 0 to 4", "`9`"])],
        ),
        (
            "[[faults]]\nkind = \"partition\"\nat = \"1s\"\ngroups = [[0, 1]]",
            &[(5, 10, &["at least two groups"])],
        ),
        ("[[faults]]\nkind = \"drop\"\nfrom = -1", &[(4, 8, &["from 0 to 4", "`-1`"])]),
    ]);
}

#[test]
fn values_that_do_not_go_together_are_reported_at_the_key_or_the_table() {
    assert_all_said(&[
        ("[raft]\nelection_timeout_max = \"100ms\"", &[(3, 1, &["below `election_timeout_min`"])]),
        ("nodes = 2\n[raft]", &[(2, 1, &["two nodes survive no failure"])]),
        ("[raft]\nelection_timeout_min = \"1s\"", &[(3, 24, &["the default of `election_timeout_max`"])]),
        ("[expect]\ncheck = \"linearizability\"", &[(2, 2, &["`[expect]` needs `verdict`"])]),
        ("[[faults]]\nat = \"1s\"", &[(2, 1, &["`kind` is missing", "`atropos explain faults`"])]),
        ("[[faults]]\nkind = \"crash\"\nat = \"1s\"", &[(2, 1, &["`crash` needs `target`"])]),
        ("[[faults]]\nkind = \"heal\"", &[(2, 1, &["needs `at` or `every`"])]),
        ("[[faults]]\nkind = \"heal\"\nat = \"1s\"\nfor = \"1s\"", &[(5, 1, &["`for` belongs to `crash`"])]),
        (
            "[[faults]]\nkind = \"heal\"\nat = \"60s\"",
            &[(4, 6, &["never strikes", "at 60s", "ends after 60s"])],
        ),
        ("[[faults]]\nkind = \"heal\"\nevery = \"2m\"", &[(4, 9, &["never strikes"])]),
    ]);
}

#[test]
fn a_file_without_a_protocol_says_which_there_are() {
    let words: &[&str] = &["no protocol", "`raft` or `paxos`"];
    assert_said("", &[(1, 1, words)]);
    assert_said("# nothing\nnodes = 3", &[(1, 1, words)]);
    assert_said(
        "protocol = \"rfat\"\n[rfat]\nx = 1",
        &[(1, 12, &["unknown protocol", "did you mean `raft`"])],
    );
    assert_said("protocol = 3\nnodes = 0", &[(1, 12, &["wrong type"]), (2, 9, &["`0`"])]);
}

#[test]
fn syntax_errors_hide_their_consequences_only() {
    assert_all_said(&[
        ("nodes = \nseed = \"x\"", &[(2, 9, &["not TOML"]), (3, 8, &["seed"])]),
        ("seed = 1\nseed = 2\nnodes = 0", &[(3, 1, &["set twice"]), (4, 9, &["`0`"])]),
        ("seed = \"x\"\n[network\nnodes = 0\nnodes = 1", &[(2, 8, &["seed"]), (3, 9, &["not TOML"])]),
        ("[disk]\n[disk]", &[(3, 2, &["set twice"])]),
    ]);
}

#[test]
fn what_is_no_text_or_too_much_of_it_is_refused() {
    let problems = read_bytes(b"protocol = \"raft\"\nx = \"\xff\"").expect_err("no text").problems();
    assert_eq!((problems[0].line, problems[0].column), (2, 6));
    assert!(problems[0].message.contains("0xff at offset 23"), "{problems:?}");
    let problems = read_text(&" ".repeat((1 << 20) + 1)).expect_err("too large").problems();
    assert!(problems[0].message.contains("too large"), "{problems:?}");
}

#[test]
fn all_problems_of_a_file_come_at_once_and_in_its_order() {
    let text = "protocol = \"raft\"\nnodes = 0\nzeal = 1\n[network]\nlos = 1\nfifo = 1\n[clients]\ncount = -1\n\
        [[faults]]\nkind = \"crash\"\ntarget = true\n[[faults]]\nkind = \"boom\"\n[raft]\npre_vote = 1";
    let problems = read_text(text).expect_err("much is wrong").problems();
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 3, 5, 6, 8, 11, 13, 15]);
}
