//! What followers store and leaders commit.

use super::*;

fn answer(term: u64, result: AppendResult) -> Vec<Message> {
    vec![Message::Appended { term: Term(term), round: 0, result }]
}

fn matched(index: u64) -> AppendResult {
    AppendResult::Matched(LogIndex(index))
}

/// Raft §5.4.2, figure 8.
#[test]
fn an_entry_of_an_earlier_term_is_committed_only_with_one_of_the_leaders_own() {
    let mut node = Node::leading(five(), 4, &[1, 2]);
    let own = node.notes.written - 1;
    for follower in [1, 2, 3] {
        node.matched(follower, 2, 0);
    }
    assert_eq!(node.raft.commit_index(), LogIndex(0), "four of five have it, and it may be replaced");
    node.learns_durable(own);
    node.matched(1, 3, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(0));
    node.matched(2, 3, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(3));
}

/// Dissertation §10.2.1.
#[test]
fn a_leader_counts_itself_only_once_its_disk_has_written() {
    let mut node = Node::leading(five(), 4, &[]);
    node.matched(1, 1, 0);
    node.matched(2, 1, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(0));
    node.matched(3, 1, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(1), "three others do without it");
}

/// The entry was written in term 5, and replaced; what stands in its place now is not durable yet.
#[test]
fn a_write_of_an_earlier_term_counts_for_nothing() {
    let mut node = Node::leading(five(), 4, &[]);
    let stale = node.notes.written - 1;
    node.hears(1, append(6, (0, 0), &[noop(6)], 0));
    node.fires(Timer::Election);
    for from in [1, 2] {
        node.hears(from, Message::Vote { term: Term(7), granted: true, pre: false });
    }
    let own = node.notes.written - 1;
    node.matched(1, 2, 0);
    node.matched(2, 2, 0);
    node.learns_durable(stale);
    assert_eq!(node.raft.commit_index(), LogIndex(0));
    node.learns_durable(own);
    assert_eq!(node.raft.commit_index(), LogIndex(2));
}

#[test]
fn only_a_conflict_truncates() {
    let mut node = Node::with_log(five(), 3, &[1, 1, 3]);
    let before = node.notes.written;
    // Sent before the last two, and overtaken by them.
    let late = append(3, (0, 0), &noops(&[1]), 0);
    assert_eq!(node.hears(1, late), answer(3, matched(1)));
    assert_eq!((node.terms(), node.notes.written), (vec![1, 1, 3], before), "nor is anything written again");
    let partly_new = append(4, (1, 1), &noops(&[1, 3, 4]), 0);
    assert_eq!(node.hears(1, partly_new), answer(4, matched(4)));
    assert_eq!(node.terms(), [1, 1, 3, 4]);
    let conflicting = append(5, (1, 1), &noops(&[5]), 0);
    assert_eq!(node.hears(1, conflicting), answer(5, matched(2)));
    assert_eq!(node.terms(), [1, 5]);
}

/// Raft figure 2: the smaller of the leader's commit index and the last new entry.
#[test]
fn what_lies_behind_the_last_verified_entry_is_not_committed() {
    let mut node = Node::with_log(five(), 3, &[1, 1, 2]);
    node.hears(1, append(3, (1, 2), &[], 9));
    assert_eq!(node.raft.commit_index(), LogIndex(2), "the third may not be the leader's");
    node.hears(1, append(3, (1, 2), &noops(&[3, 3]), 3));
    assert_eq!((node.raft.commit_index(), node.terms()), (LogIndex(3), vec![1, 1, 3, 3]));
    node.hears(1, append(3, (1, 1), &[], 1));
    assert_eq!(node.raft.commit_index(), LogIndex(3), "it never goes back");
}

/// Raft §5.3, end.
#[test]
fn a_conflict_is_told_a_term_at_a_time() {
    let mut node = Node::with_log(five(), 4, &[1, 2, 2, 2]);
    let conflict = |prev_index, term: Option<u64>, first| AppendResult::Conflict {
        prev_index: LogIndex(prev_index),
        term: term.map(Term),
        first: LogIndex(first),
    };
    assert_eq!(node.hears(1, append(4, (4, 9), &[], 0)), answer(4, conflict(9, None, 5)), "too short");
    assert_eq!(node.hears(1, append(4, (3, 4), &[], 0)), answer(4, conflict(4, Some(2), 2)));
}

#[test]
fn a_leader_backs_up_a_term_at_a_time_and_ignores_what_comes_late() {
    let mut node = Node::leading(five(), 4, &[1, 1, 3, 3]);
    let conflict = |prev_index, term, first| Message::Appended {
        term: Term(5),
        round: 0,
        result: AppendResult::Conflict {
            prev_index: LogIndex(prev_index),
            term: Some(Term(term)),
            first: LogIndex(first),
        },
    };
    let prev = |sent: &[Message]| match sent {
        [Message::AppendEntries { prev_index, .. }] => Some(prev_index.0),
        _ => None,
    };
    // It has no entry of term 2: the follower's whole run of them is wrong.
    assert_eq!(prev(&node.hears(1, conflict(4, 2, 3))), Some(2));
    assert_eq!(prev(&node.hears(1, conflict(4, 2, 3))), None, "twice");
    // It has term 1 itself: they may agree on the last of its own.
    assert_eq!(prev(&node.hears(2, conflict(4, 1, 1))), Some(2));
    node.matched(1, 5, 0);
    assert_eq!(prev(&node.hears(1, conflict(3, 2, 1))), None, "from before they agreed");
}

/// Members that take effect once they are applied must be there again before the node asks anybody for a vote.
#[test]
fn how_far_the_log_was_certain_is_recovered_with_its_entries() {
    let mut node = Node::with_log(five(), 3, &[]);
    node.hears(1, append(3, (0, 0), &noops(&[1, 1]), 1));
    node.hears(1, append(3, (1, 2), &noops(&[3]), 2));
    let node = Node::started(five(), BootKind::Restart, node.notes.journal);
    assert_eq!((node.raft.commit_index(), node.terms()), (LogIndex(2), vec![1, 1, 3]));
    // A later leader has taken away what was known to be there: that cannot be, but a journal may be cut off.
    let cut = Node::started(five(), BootKind::Restart, vec![written(1, &noops(&[1]), 9)]);
    assert_eq!(cut.raft.commit_index(), LogIndex(1), "no further than the log goes");
}

#[test]
fn messages_from_before_a_snapshot_are_answered_with_what_it_covers() {
    let config = RaftConfig { snapshot_after: 3, snapshot_keep: 0, ..five() };
    let mut node = Node::with_log(config, 3, &[]);
    node.hears(1, append(3, (0, 0), &noops(&[1, 1, 3, 3]), 3));
    assert_eq!(node.raft.log().base(), (LogIndex(3), Term(3)));
    assert_eq!(node.hears(1, append(3, (1, 1), &noops(&[1, 3]), 1)), answer(3, matched(3)));
    assert_eq!(node.hears(1, append(3, (3, 3), &[], 3)), answer(3, matched(3)), "right at it");
    assert_eq!(node.terms(), [3]);
}
