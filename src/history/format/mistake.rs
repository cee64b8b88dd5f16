//! A mistake in a text, by its offset. Lines and columns are only counted once there is one.

pub(super) use crate::history::error::Place;

use crate::history::HistoryError;

/// What is wrong, and at which byte of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mistake {
    pub(super) at: usize,
    pub(super) message: String,
}

/// What was read, or why it cannot be. Boxed, so that a million good results are small.
pub(super) type Parsed<T> = Result<T, Box<Mistake>>;

/// The error that something is wrong at `at`.
#[cold]
pub(super) fn mistake<T>(at: usize, message: impl Into<String>) -> Parsed<T> {
    Err(Box::new(Mistake { at, message: message.into() }))
}

impl Mistake {
    /// The mistake with its place in `text`.
    pub(super) fn locate(self, text: &str) -> HistoryError {
        let place = Place::of(text, self.at);
        HistoryError { line: place.line, column: Some(place.column), message: self.message }
    }
}

impl Place {
    /// The place of the byte `at` of `text`.
    pub(super) fn of(text: &str, at: usize) -> Place {
        PlaceCounter::default().place(text, at.min(text.len()))
    }
}

/// The places of offsets that only grow.
#[derive(Default)]
pub(super) struct PlaceCounter {
    at: usize,
    /// How many lines have ended before.
    lines: usize,
    /// Where the line begins.
    start: usize,
}

impl PlaceCounter {
    /// The place of the byte `at` of `text`.
    pub(super) fn place(&mut self, text: &str, at: usize) -> Place {
        let passed = &text.as_bytes()[self.at..at];
        if let Some(newline) = passed.iter().rposition(|&byte| byte == b'\n') {
            self.lines += newlines(passed);
            self.start = self.at + newline + 1;
        }
        self.at = at;
        Place { line: self.lines + 1, column: at - self.start + 1 }
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

/// The text of a file, without its byte order mark.
///
/// # Errors
/// The first byte that is no UTF-8.
pub(super) fn text(bytes: &[u8]) -> Result<&str, HistoryError> {
    text_within(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// The text of some lines of a file.
///
/// # Errors
/// The first byte that is no UTF-8.
pub(super) fn text_within(bytes: &[u8]) -> Result<&str, HistoryError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let (good, _) = bytes.split_at(error.valid_up_to());
        let good = std::str::from_utf8(good).expect("valid up to here");
        Mistake { at: good.len(), message: "this byte is no UTF-8".to_owned() }.locate(good)
    })
}
