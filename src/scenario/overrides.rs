//! `--set network.loss=0.05`: one value in the place of that in the file.
//!
//! The key is a TOML key; a number names an entry of a list: `faults.0.every=5s`. The value is
//! TOML, but a word or a duration needs no quotes, which a shell would eat.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Diagnostic;
use super::decode::Value;
use super::extends;
use super::merge::shifted_value;
use super::sources::SourceFile;
use super::suggest::quoted;

/// A value and where it goes.
pub(super) struct Override<'a> {
    path: Vec<Spanned<String>>,
    value: Value<'a>,
}

impl<'a> Override<'a> {
    /// The override that the text of `file` is.
    pub(super) fn parse(file: &'a SourceFile) -> Result<Self, Diagnostic> {
        let text = &file.text;
        let whole = file.start..file.start + text.len();
        let malformed = |label: &str| {
            let title = format!("{} sets nothing", quoted(text));
            Diagnostic::new(whole.clone(), title, label)
        };
        let expected = "expected KEY=VALUE, such as network.loss=0.05";
        let (key, written) = text.split_once('=').ok_or_else(|| malformed(expected))?;
        let path = path(key, file.start).ok_or_else(|| malformed(expected))?;
        if path[0].get_ref() == extends::KEY {
            return Err(malformed("a scenario extends others in its file only"));
        }
        let at = file.start + text.len() - written.trim_start().len();
        let written = written.trim();
        let value = match DeValue::parse(written) {
            Ok(value) => shifted_value(value, at),
            Err(error) if written.starts_with(['[', '{', '"', '\'']) => {
                let span = error.span().unwrap_or(0..written.len());
                let span = at + span.start..at + span.end;
                return Err(Diagnostic::new(span, "this is not TOML", error.message()));
            }
            Err(_) => {
                let word = DeValue::String(Cow::Borrowed(written));
                Spanned::new(at..at + written.len(), word)
            }
        };
        Ok(Override { path, value })
    }

    /// Puts the value into its place in `root`.
    pub(super) fn apply(self, root: &mut DeTable<'a>) -> Result<(), Diagnostic> {
        match self.path.split_first() {
            Some((name, below)) => put_into(root, name, below, self.value),
            None => Ok(()),
        }
    }
}

/// Puts `value` at the end of the path that begins with `name` in `table` and goes on `below`.
fn put_into<'a>(
    table: &mut DeTable<'a>,
    name: &Spanned<String>,
    below: &[Spanned<String>],
    value: Value<'a>,
) -> Result<(), Diagnostic> {
    let key = Spanned::new(name.span(), Cow::Owned(name.get_ref().clone()));
    if below.is_empty() {
        // Removed first: a map keeps the old key, and with it the old place.
        table.remove(name.get_ref().as_str());
        table.insert(key, value);
        return Ok(());
    }
    if !table.contains_key(name.get_ref().as_str()) {
        // A number begins a list: no key of ours is one.
        let empty = match index(&below[0]) {
            Some(_) => DeValue::Array(std::iter::empty().collect()),
            None => DeValue::Table(DeTable::new()),
        };
        table.insert(key, Spanned::new(name.span(), empty));
    }
    match table.get_mut(name.get_ref().as_str()) {
        Some(slot) => put(slot, below, value),
        None => Ok(()),
    }
}

/// Puts `value` at the end of `path` in what `slot` holds.
fn put<'a>(slot: &mut Value<'a>, path: &[Spanned<String>], value: Value<'a>) -> Result<(), Diagnostic> {
    let Some((name, below)) = path.split_first() else {
        *slot = value;
        return Ok(());
    };
    match slot.get_mut() {
        DeValue::Table(table) => put_into(table, name, below, value),
        DeValue::Array(entries) => {
            let count = entries.len();
            match index(name) {
                Some(index) if index < count => {
                    entries.get_mut(index).map_or(Ok(()), |entry| put(entry, below, value))
                }
                // One behind the last is a new one.
                Some(index) if index == count => {
                    let mut entry = Spanned::new(name.span(), DeValue::Table(DeTable::new()));
                    put(&mut entry, below, value)?;
                    entries.push(entry);
                    Ok(())
                }
                _ => {
                    let title = format!("there is no entry {}", quoted(name.get_ref()));
                    let label = match count {
                        0 => "this is a list without entries".to_owned(),
                        _ => format!("this is a list: its entries are 0 to {}", count - 1),
                    };
                    Err(Diagnostic::new(name.span(), title, label))
                }
            }
        }
        // A path through a single value: its own reader says what it ought to be.
        _ => {
            let mut table = DeTable::new();
            put_into(&mut table, name, below, value)?;
            *slot = Spanned::new(name.span(), DeValue::Table(table));
            Ok(())
        }
    }
}

/// The entry of a list that a part of a key names.
fn index(name: &Spanned<String>) -> Option<usize> {
    name.get_ref().parse().ok()
}

/// The names of a TOML key, with places from `start` on.
fn path(key: &str, start: usize) -> Option<Vec<Spanned<String>>> {
    let line = format!("{key}=0");
    let table = DeTable::parse(&line).ok()?;
    let mut names = Vec::new();
    let mut table = table.get_ref();
    loop {
        let mut entries = table.iter();
        let (Some((name, value)), None) = (entries.next(), entries.next()) else { return None };
        let span = name.span().start + start..name.span().end + start;
        names.push(Spanned::new(span, name.get_ref().to_string()));
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return Some(names),
        }
    }
}
