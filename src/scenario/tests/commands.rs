//! Which admin commands are read, and which are told to be in vain.

use super::*;

/// What is wrong with a scenario of four nodes that gives these commands, once each, and says `more`.
fn flaws(commands: &[&str], more: &str) -> Vec<(String, String)> {
    let fault = |command: &&str| {
        format!("[[faults]]\nkind = \"admin\"\ncommand = \"{command}\"\ntarget = 0\nat = \"1s\"\n")
    };
    let faults: String = commands.iter().map(fault).collect();
    let text = format!("protocol = \"raft\"\nnodes = 4\n{more}\n{faults}");
    let Err(problems) = read_text(&text) else { return Vec::new() };
    problems.as_slice().iter().map(|problem| (problem.title.clone(), problem.label.clone())).collect()
}

#[test]
fn a_command_names_as_many_nodes_as_it_takes_and_there_are() {
    for command in ["transfer", "transfer 0", " transfer  3 ", "add 1"] {
        assert_eq!(flaws(&[command, "add 1"], ""), [], "{command}");
    }
    for (command, title, label) in [
        ("transfer 4", "impossible value for `command`", "expected a node id from 0 to 3, found `4`"),
        (
            "transfer 99999999999",
            "impossible value for `command`",
            "expected a node id from 0 to 3, found `99999999999`",
        ),
        ("transfer x", "impossible value for `command`", "expected a node id from 0 to 3, found `x`"),
        ("transfer +1", "impossible value for `command`", "expected a node id from 0 to 3, found `+1`"),
        ("transfer 0 1", "impossible value for `command`", "`transfer` names one node at most, found 2"),
        (
            "stop 1",
            "impossible value for `command`",
            "`stop` names no node, found `1`: whom it is for is the `target`",
        ),
        ("swap 1 1", "`command` names node 1 twice", "`swap` names each node once"),
        ("swap 1 2 3", "impossible value for `command`", "`swap` names 2 nodes at most, found 3"),
        ("", "unknown command ``", "`raft` has no such command"),
    ] {
        assert_eq!(flaws(&[command], ""), [(title.to_owned(), label.to_owned())], "{command}");
    }
}

/// A transfer to node 1 is in vain while members stay as they are.
#[test]
fn members_stay_unless_some_change_can_happen() {
    let count = |commands: &[&str], more| flaws(commands, more).len();
    assert_eq!(count(&["transfer 1"], ""), 1);
    assert_eq!(count(&["transfer 1", "add 1"], ""), 0);
    assert_eq!(count(&["transfer 1", "add 0"], ""), 2, "a change that does nothing is none");
    assert_eq!(count(&["transfer 1"], "[swarm]\nkinds = [\"admin\"]"), 0);
    assert_eq!(count(&["transfer 1"], "[swarm]\nkinds = [\"crash\"]"), 1);
    assert_eq!(count(&["add 0"], "[swarm]\nkinds = [\"admin\"]"), 1, "it never does anything");
}

/// Swarms draw commands that name nobody and come at random times; what they write down must be read again.
#[test]
fn what_names_nobody_and_comes_by_chance_may_come_to_nothing() {
    let text = |every: &str| {
        format!(
            "protocol = \"raft\"\n[[faults]]\nkind = \"admin\"\ncommand = \"stop\"\ntarget = 1\nevery = {every}"
        )
    };
    assert!(read_text(&text("{ exponential = { min = \"0s\", mean = \"1s\" } }")).is_ok());
    assert!(read_text(&text("\"1s\"")).is_err());
}
