//! What colours mean. Text is styled wherever it is made; the stream that it goes to drops what its
//! reader cannot see or does not want.

use std::fmt::Display;

pub use anstyle::Style;
use anstyle::{AnsiColor, Color};

use crate::check::Verdict;

/// All is well.
pub const GOOD: Style = coloured(AnsiColor::Green);
/// A violation, an error.
pub const BAD: Style = coloured(AnsiColor::Red).bold();
/// Nobody knows; or what was done to a run on purpose.
pub const DOUBTFUL: Style = coloured(AnsiColor::Yellow);
/// What a part of the text is about.
pub const HEADING: Style = Style::new().bold();
/// What is there for those who look for it.
pub const FAINT: Style = Style::new().dimmed();

const fn coloured(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// The style of `verdict`.
pub fn of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Valid => GOOD,
        Verdict::Invalid => BAD,
        Verdict::Unknown => DOUBTFUL,
    }
}

/// `text` on one line and without what would steer a terminal: control characters are spelt out.
pub fn printable(text: &str) -> String {
    let spelt = |c: char| match c {
        '\n' | '\r' | '\t' => " ".to_owned(),
        c if c.is_control() => c.escape_debug().to_string(),
        c => c.to_string(),
    };
    text.trim().chars().map(spelt).collect()
}

/// `text` in `style`. Pad before: what is invisible has a width, too, for `format!`.
pub fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\u{7}\nc\t\u{9b}d é\n"), "a\\u{1b}[31mb\\u{7} c \\u{9b}d é");
    }
}
