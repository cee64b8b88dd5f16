//! The way out: Jepsen's operation maps, one a line.

use std::fmt::{self, Write as _};
use std::io;

use crate::history::{Event, Function, History, Value};

/// Writes a history as Jepsen's operation maps, one a line.
///
/// The names of functions are keywords where they can be, those within transactions too; other texts
/// are strings. Reading it again gives the same history.
///
/// # Errors
/// Those of `out`.
pub fn write_edn(history: &History, out: &mut impl io::Write) -> io::Result<()> {
    let mut line = String::new();
    for event in &history.events {
        line.clear();
        // Writing into a string cannot fail.
        let _ = write_event(event, &mut line);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn write_event(event: &Event, line: &mut String) -> fmt::Result {
    write!(line, "{{:process {}, :type :{}, :f ", event.process, event.kind.name())?;
    write_name(event.f.name(), line)?;
    if let Some(key) = &event.key {
        line.push_str(", :key ");
        write_value(key, line)?;
    }
    line.push_str(", :value ");
    match &event.value {
        Value::List(steps) if event.f == Function::Txn => {
            write_row(steps.iter(), ['[', ']'], line, write_step)?;
        }
        value => write_value(value, line)?,
    }
    if let Some(time) = event.time {
        write!(line, ", :time {}", time.as_ns())?;
    }
    line.push_str("}\n");
    Ok(())
}

/// A `[f, key, value]` of a transaction.
fn write_step(step: &Value, line: &mut String) -> fmt::Result {
    let Value::List(parts) = step else { return write_value(step, line) };
    write_row(parts.iter().enumerate(), ['[', ']'], line, |(place, part), line| match part {
        Value::Text(name) if place == 0 => write_name(name, line),
        part => write_value(part, line),
    })
}

/// A keyword, if `name` can be one: nothing in it may end a token or mean something else.
fn write_name(name: &str, line: &mut String) -> fmt::Result {
    let may_be_in = |byte: u8| byte.is_ascii_alphanumeric() || b"-_*+!?<>=.".contains(&byte);
    let is_keyword = name.bytes().all(may_be_in) && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_keyword { write!(line, ":{name}") } else { write_text(name, line) }
}

fn write_value(value: &Value, line: &mut String) -> fmt::Result {
    match value {
        Value::Nil => line.write_str("nil"),
        Value::Bool(truth) => write!(line, "{truth}"),
        Value::Int(number) => write!(line, "{number}"),
        Value::Text(text) => write_text(text, line),
        Value::List(list) => write_row(list.iter(), ['[', ']'], line, write_value),
        Value::Map(map) => write_row(map.iter(), ['{', '}'], line, |(key, value), line| {
            write_value(key, line)?;
            line.push(' ');
            write_value(value, line)
        }),
    }
}

fn write_row<T>(
    items: impl Iterator<Item = T>,
    [open, close]: [char; 2],
    line: &mut String,
    write: impl Fn(T, &mut String) -> fmt::Result,
) -> fmt::Result {
    line.push(open);
    for (place, item) in items.enumerate() {
        if place > 0 {
            line.push(' ');
        }
        write(item, line)?;
    }
    line.push(close);
    Ok(())
}

fn write_text(text: &str, line: &mut String) -> fmt::Result {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c < ' ' => write!(line, "\\u{:04x}", u32::from(c))?,
            c => line.push(c),
        }
    }
    line.push('"');
    Ok(())
}
