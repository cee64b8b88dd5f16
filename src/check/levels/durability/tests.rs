//! Small histories by hand, and what became of their writes.

use super::Durability;
use crate::check::levels::short::history;
use crate::check::{ModelName, Specification};
use crate::history::{Value, read_jsonl};

/// What became of the writes, but for what is none.
fn summary(found: &Durability) -> String {
    let lists = [
        ("lost", &found.lost),
        ("unread", &found.unread),
        ("recovered", &found.recovered),
        ("late", &found.late),
        ("resurrected", &found.resurrected),
        ("failed", &found.failed_seen),
        ("dirty", &found.dirty),
        ("unexpected", &found.unexpected),
    ];
    let lists = lists.iter().filter(|(_, list)| !list.is_empty());
    let lists = lists.map(|(name, list)| format!(" {name} {list:?}"));
    format!("{}{}", found.verdict, lists.collect::<String>())
}

fn durability(text: &str) -> Durability {
    let specification = Specification::new(ModelName::CasRegister, Value::Nil);
    Durability::of(&history(text).operations().unwrap(), &specification).unwrap()
}

fn told(text: &str) -> String {
    summary(&durability(text))
}

#[test]
fn what_the_last_read_should_show_is_lost() {
    assert_eq!(told("0: wx1 rx1"), "valid");
    assert_eq!(told("0: wx1 rxnil"), "invalid lost [0]");
    assert_eq!(told("0: wx1 wx2 wx3 rx1"), "invalid lost [1, 2]");
    assert_eq!(told("0: wx1 wx2 wx3 rx3"), "valid", "overwritten is not lost");
    assert_eq!(told("0: wx1@1-9 | 1: wx2@2-8 | 2: rx1@10-11"), "valid", "either may be the last");
    assert_eq!(told("0: wx1 wx2 | 1: rx2 rx1"), "invalid lost [1] dirty [2]", "seen, and gone");
    assert_eq!(
        told("0: wx1@1-2 wx2@3-4 | 1: rx2@5-9 | 2: rx1@6-7"),
        "valid",
        "of two at once either may be the last"
    );
    assert_eq!(told("0: wx1 wx2 | 1: rx1 rx1"), "invalid lost [1]");
    assert_eq!(told("0: wx1 wy1 rx1 rynil"), "invalid lost [1]", "key by key");
    assert_eq!(told("0: wx1 wx2 cx1,3"), "invalid lost [1] unread [2]", "a cas reads");
    assert_eq!(told("0: wx1 wx2 cx2,3 rx2"), "invalid lost [2]", "a cas writes");
}

#[test]
fn writes_after_the_last_read_are_unread() {
    assert_eq!(told("0: wx1"), "unknown unread [0]");
    assert_eq!(told("0: wx1@1-2 wx2@5-9 | 1: rx1@6-7"), "valid unread [1]");
    assert_eq!(told("0: wx1@1-2 wx2@5-9 | 1: rx2@6-7"), "valid", "somebody saw it");
    let found = durability("0: wx1");
    assert_eq!(found.note.unwrap(), "no read tells what became of the writes");
}

#[test]
fn reads_of_what_is_rolled_back_are_dirty() {
    let text = "0: wx1@1-2 wx2@3-4 | 1: rx2@5-6 | 2: wx3@7-20 | 3: rx1@10-11";
    assert_eq!(told(text), "invalid lost [1] unread [3] dirty [2]");
    let unanswered = "0: wx1@1-2 wx2?@3-4 | 1: rx2@5-6 | 2: wx3@7-8 | 3: rx1@10-11";
    assert_eq!(told(unanswered), "invalid lost [3] recovered [1] dirty [2]");
    let early = "0: wx1@1-2 wx2@3-20 | 1: rx2@5-6 | 3: rx1@10-11";
    assert_eq!(told(early), "invalid dirty [2]", "the last read was before the write returned");
    assert_eq!(told("0: wx1! | 1: rx1"), "invalid failed [0] dirty [1]");
    assert_eq!(told("0: wx1! | 1: rx1 rx1"), "invalid failed [0] dirty [1, 2]");
    assert_eq!(told("0: rx7"), "invalid unexpected [0]");
    assert_eq!(told("0: rx7@1-2 | 1: wx7@3-4 rx7@5-6"), "invalid unexpected [0]");
}

#[test]
fn what_was_never_acknowledged_may_come_back() {
    assert_eq!(told("0: wx1?"), "unknown");
    assert_eq!(told("0: wx1? | 1: rx1"), "valid recovered [0]");
    assert_eq!(told("0: wx1? | 1: rxnil rx1"), "valid recovered [0] late [0]");
    let open = "0: wx1?@2-9 | 1: rxnil@1-5 rx1@10-11";
    assert_eq!(told(open), "valid recovered [1]", "its client was not told");
    assert_eq!(told("0: wx1?@1-2 | 1: rxnil@3-9 | 2: rx1@8-11"), "valid recovered [0]", "at once");
    assert_eq!(told("0: wx1? | 1: rx1 rxnil rx1"), "valid recovered [0] resurrected [0]");
    let open = "0: wx1?@1-9 | 1: rx1@2-3 rxnil@4-5 rx1@6-7 rx1@10-11";
    assert_eq!(told(open), "valid recovered [0]", "its client was not told");
    assert_eq!(told("0: wx1?@1-2 | 1: rx1@3-6 | 2: rxnil@5-7 rx1@8-9"), "valid recovered [0]", "at once");
    let other = "0: wx1?@1-10 | 1: wx2@2-11 | 2: rx2@12-13 rx1@14-15";
    assert_eq!(told(other), "valid recovered [0]", "what it showed is as new");
}

#[test]
fn examples_name_the_operations() {
    let found = durability("0: wx1@1-2 wx2@3-4 | 1: rx2@5-6 | 2: wx3@7-20 | 3: rx1@10-11");
    let stories: Vec<&str> = found.examples.iter().map(|example| &*example.story).collect();
    let last = "read 1 on key \"x\" by process 3, invoked by event 7";
    let write =
        "write 2 on key \"x\" by process 0, invoked by event 2, was acknowledged by event 3 and is lost";
    let read = "read 2 on key \"x\" by process 1, invoked by event 4, saw what was rolled back";
    assert_eq!(
        stories,
        [
            format!("{write}: {last}, came later and saw what was there before"),
            format!("{read}: {last}, saw what was there before")
        ]
    );
    assert_eq!(found.examples[0].operations, [1, 4]);
    assert_eq!((found.acknowledged, found.reads), (3, 2));
    assert_eq!(found.note.unwrap(), "clients alone cannot tell a loss from a last read that is stale");
    let many = durability("0: wx1 wx2 wx3 wx4 wx5 rxnil");
    assert_eq!((many.lost.len(), many.examples.len()), (5, 3));
    let failed = &durability("0: wx1! | 1: rx1").examples[0];
    assert!(
        failed.story.ends_with(
            "process 0, invoked by event 0, failed, but read 1 on key \"x\" by process 1, \
                                    invoked by event 2, saw it"
        ),
        "{}",
        failed.story
    );
}

/// Events as `process kind f value`, apart by `;`.
fn of_set(text: &str) -> Durability {
    let line = |event: &str| {
        let fields: Vec<&str> = event.split_whitespace().collect();
        let [process, kind, f, value] = fields[..] else { panic!("four fields, not {event}") };
        format!(r#"{{"process":{process},"type":"{kind}","f":"{f}","value":{value}}}"#)
    };
    let lines: Vec<String> = text.split(';').map(line).collect();
    let history = read_jsonl(lines.join("\n").as_bytes()).unwrap();
    let initial = Value::from(vec![9.into()]);
    Durability::of(&history.operations().unwrap(), &Specification::new(ModelName::Set, initial)).unwrap()
}

#[test]
fn sets_lose_and_recover_elements() {
    let add = "0 invoke add 1; 0 ok add 1; 1 invoke add 2; 1 info add 2; 2 invoke add 3; 2 fail add 3; ";
    let told = |rest: &str| summary(&of_set(&format!("{add}{rest}")));
    assert_eq!(told("5 invoke read null; 5 ok read [9,1]"), "valid");
    assert_eq!(told("5 invoke read null; 5 ok read [2,9]"), "invalid lost [0] recovered [1]");
    assert_eq!(told("5 invoke read null; 5 ok read [1,3]"), "invalid failed [2] dirty [3]");
    assert_eq!(told("5 invoke read null; 5 ok read [1,4]"), "invalid unexpected [3]");
    assert_eq!(told("5 invoke read null; 5 ok read null"), "unknown unread [0]");
    let twice = |first: &str| {
        told(&format!("5 invoke read null; 5 ok read {first}; 5 invoke read null; 5 ok read [1]"))
    };
    assert_eq!(twice("[1,2]"), "invalid recovered [1] dirty [3]");
    assert_eq!(twice("[1]"), "valid");
    let open = "5 invoke read null; 4 invoke add 5; 4 ok add 5; 5 ok read [1]";
    assert_eq!(told(open), "valid unread [4]");
    assert_eq!(
        told("5 invoke read null; 5 ok read [1,5]; 4 invoke add 5; 4 ok add 5"),
        "invalid unexpected [3]"
    );
    let again =
        "2 invoke add 3; 2 ok add 3; 1 invoke add 2; 1 ok add 2; 5 invoke read null; 5 ok read [1,2,3]";
    assert_eq!(told(again), "valid", "what failed, or was not answered, was done again");
    let at_once = "5 invoke read null; 6 invoke read null; 5 ok read [1,2]; 6 ok read [1]";
    assert_eq!(told(at_once), "valid recovered [1]");
    let seen =
        "5 invoke read null; 6 invoke read null; 4 invoke add 5; 4 ok add 5; 5 ok read [1,5]; 6 ok read [1]";
    assert_eq!(told(seen), "valid", "not unread");
    let story = &of_set(&format!("{add}5 invoke read null; 5 ok read [2,9]")).examples[0].story;
    let expected = "add 1 by process 0, invoked by event 0, was acknowledged by event 1 and is lost: read of 2 \
                    elements by process 5, invoked by event 6, came later and did not see it";
    assert_eq!(story, expected);
}

#[test]
fn only_registers_and_sets_keep_writes() {
    let of = |model| {
        Durability::of(&history("0: wx1").operations().unwrap(), &Specification::new(model, Value::Nil))
    };
    assert!(of(ModelName::Mutex).is_err());
}
