//! Whose the events of a file are that names no process.
//!
//! Each invocation is a process of its own. A completion belongs to the earliest open invocation of
//! its function that it agrees with: whose value is the same wherever the invocation knew it. A read
//! invoked with nil agrees with anything, a transaction with whatever fills in its nils. (Among equal
//! operations the earliest is the lenient choice: what can be ordered with any other pairing can be
//! ordered with this one.) One that failed, or may have, need not agree, for its value is often an
//! error.

use crate::history::{Event, History, HistoryError, Kind, Value};

/// More open invocations than this are hardly those of clients, and each completion looks at them all.
const OPEN_MAX: usize = 100;

/// Gives the events of `history` processes.
pub(super) fn name_processes(history: &mut History) -> Result<(), HistoryError> {
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    for index in 0..history.events.len() {
        let event = &history.events[index];
        let wrong = |message| Err(history.wrong(index, message));
        let process = if event.kind == Kind::Invoke {
            if open.len() == OPEN_MAX {
                return wrong(format!(
                    "no event has a `process`, and {OPEN_MAX} invocations have not returned: \
                     expected processes, to tell which event ends which"
                ));
            }
            open.push(index);
            next += 1;
            next - 1
        } else {
            let Some(place) = ended_by(event, &open, history) else {
                return wrong(format!(
                    "this `{}` of `{}` ends nothing: no event has a `process`, \
                     and no open invocation agrees with it",
                    event.kind.name(),
                    event.f
                ));
            };
            history.events[open.remove(place)].process
        };
        history.events[index].process = process;
    }
    Ok(())
}

/// The place in `open` of what `completion` ends.
fn ended_by(completion: &Event, open: &[usize], history: &History) -> Option<usize> {
    let same = |invoked: &usize| {
        let invocation = &history.events[*invoked];
        let same_key = completion.key.is_none() || invocation.key == completion.key;
        invocation.f == completion.f && same_key
    };
    let agrees = |invoked: &usize| same(invoked) && fits(&history.events[*invoked].value, &completion.value);
    let must_agree = completion.kind == Kind::Ok;
    open.iter().position(agrees).or_else(|| open.iter().position(same).filter(|_| !must_agree))
}

/// Whether `answer` is `question` with its nils filled in.
fn fits(question: &Value, answer: &Value) -> bool {
    match (question, answer) {
        (Value::Nil, _) => true,
        (Value::List(asked), Value::List(answered)) => {
            asked.len() == answered.len()
                && asked.iter().zip(answered.iter()).all(|(asked, answered)| fits(asked, answered))
        }
        _ => question == answer,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, ReadOptions, read};

    fn processes(text: &str) -> Result<Vec<u64>, String> {
        let history = read(text.as_bytes(), Some(Format::Edn), ReadOptions::default());
        let history = history.map_err(|error| error.to_string())?;
        history.operations().expect("whoever ends an operation began it");
        Ok(history.events.iter().map(|event| event.process).collect())
    }

    #[test]
    fn completions_find_what_they_agree_with() {
        let overlapping = "{:type :invoke :f :read :value nil} {:type :invoke :f :write :value 1}
            {:type :invoke :f :write :value 2} {:type :ok :f :write :value 2}
            {:type :ok :f :read :value 1} {:type :info :f :write :value :timeout}";
        assert_eq!(processes(overlapping), Ok(vec![0, 1, 2, 2, 0, 1]));
        let transactions = "{:type :invoke :value [[:r 1 nil]]} {:type :invoke :value [[:r 2 nil]]}
            {:type :ok :value [[:r 2 [1]]]} {:type :ok :value [[:r 1 nil]]}";
        assert_eq!(processes(transactions), Ok(vec![0, 1, 1, 0]));
    }

    #[test]
    fn what_ends_nothing_is_refused() {
        let error =
            processes("{:type :invoke :f :write :value 1}\n{:type :ok :f :write :value 2}").unwrap_err();
        assert!(
            error.starts_with("line 2, column 1: this `ok` of `write` ends nothing: no event has"),
            "{error}"
        );
        let error = processes(&"{:type :invoke :f :read}\n".repeat(101)).unwrap_err();
        assert!(
            error.starts_with("line 101, column 1: no event has a `process`, and 100 invocations"),
            "{error}"
        );
    }
}
