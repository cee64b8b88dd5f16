//! `extends = "base.toml"`: the files behind a scenario.
//!
//! A file says only in what it differs from the one it extends. Sections are laid over
//! one another key by key; a list (`[[faults]]`, `bugs`) and `[expect]` replace those of
//! the file behind as a whole.

use toml::de::{DeTable, DeValue};

use super::decode::Span;
use super::read::{Opener, Source, text_of};
use super::sources::{SourceFile, Sources};
use super::suggest::quoted;
use super::value::found;
use super::{Diagnostic, Diagnostics};

/// The key.
pub(super) const KEY: &str = "extends";

/// A longer chain of files than this is a riddle.
const MOST_FILES: usize = 16;

/// The scenario and all files behind it, with what is wrong with the way to them.
///
/// # Errors
/// If the scenario itself is no text.
pub(super) fn gather(
    source: &Source<'_>,
    open: Opener<'_>,
) -> Result<(Sources, Vec<Diagnostic>), Diagnostics> {
    let text = text_of(source.text)
        .map_err(|(shown, problem)| Diagnostics::new(Sources::new(source.path, shown), vec![problem]))?;
    let mut sources = Sources::new(source.path, text);
    let mut problems = Vec::new();
    loop {
        match next(&sources, open) {
            Ok(None) => break,
            Ok(Some((path, bytes, by))) => {
                let (text, problem) = match text_of(&bytes) {
                    Ok(text) => (text, None),
                    Err((shown, problem)) => (shown, Some(problem)),
                };
                sources.push(path, text, Some(by), problem.is_none());
                if let (Some(problem), Some(file)) = (problem, sources.files().last()) {
                    let span = problem.span.start + file.start..problem.span.end + file.start;
                    problems.push(Diagnostic { span, ..problem });
                    break;
                }
            }
            Err(problem) => {
                problems.push(problem);
                break;
            }
        }
    }
    Ok((sources, problems))
}

/// The path and content of the file behind the last, and the path of the last; nothing if that
/// one extends none.
fn next(sources: &Sources, open: Opener<'_>) -> Result<Option<(String, Vec<u8>, String)>, Diagnostic> {
    let Some(last) = sources.files().last() else { return Ok(None) };
    let Some((base, span)) = written(last)? else { return Ok(None) };
    let opened = open(&base, &last.path)
        .map_err(|why| Diagnostic::new(span.clone(), format!("cannot read {}", quoted(&base)), why))?;
    if sources.files().iter().any(|file| file.path == opened.path) {
        let label = "this file is on the way here already";
        return Err(Diagnostic::new(span, "a scenario cannot extend itself", label));
    }
    if sources.files().len() >= MOST_FILES {
        let label = format!("expected at most {MOST_FILES} files, one behind the other");
        return Err(Diagnostic::new(span, "too many files extend one another", label));
    }
    Ok(Some((opened.path, opened.text, last.path.clone())))
}

/// The file that `file` says it extends, and where it says so.
fn written(file: &SourceFile) -> Result<Option<(String, Span)>, Diagnostic> {
    if !file.text.contains(KEY) {
        return Ok(None);
    }
    let (table, _) = DeTable::parse_recoverable(&file.text);
    let Some(value) = table.get_ref().get(KEY) else { return Ok(None) };
    let span = value.span().start + file.start..value.span().end + file.start;
    match value.get_ref() {
        DeValue::String(path) if path.is_empty() => Err(Diagnostic::new(
            span,
            format!("impossible value for `{KEY}`"),
            "expected a file, found an empty text",
        )),
        DeValue::String(path) => Ok(Some((path.to_string(), span))),
        other => {
            let label = format!("expected a file in quotes, such as \"base.toml\", found {}", found(other));
            Err(Diagnostic::new(span, format!("wrong type for `{KEY}`"), label))
        }
    }
}
