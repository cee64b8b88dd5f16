//! Text in aligned columns, wrapped where a line would be too long for a terminal.

/// No line is longer, unless a single word is.
const WIDTH: usize = 100;
/// Narrower than this a last column is no column any more.
const NARROWEST: usize = 30;

/// One row: its cells, the last of which may be wrapped.
pub type Row = Vec<String>;

/// `rows`, each cell beneath the one above it, `indent` spaces in; the last cell is wrapped.
pub fn columns(rows: &[Row], indent: usize) -> String {
    aligned(rows, indent, WIDTH)
}

/// `rows`, each cell beneath the one above it, `indent` spaces in; each row a line, however long.
pub fn one_line_each(rows: &[Row], indent: usize) -> String {
    aligned(rows, indent, usize::MAX)
}

fn aligned(rows: &[Row], indent: usize, most: usize) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        // The last cell of a row needs no room beside it.
        let cells = rows.iter().filter(|row| row.len() > column + 1);
        cells.map(|row| row[column].chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        let Some((last, before)) = row.split_last() else { continue };
        for (cell, width) in before.iter().zip(&widths) {
            line += &format!("{cell:<width$}  ");
        }
        let at = line.chars().count();
        for (i, part) in lines(last, most.saturating_sub(at).max(NARROWEST)).iter().enumerate() {
            let start = if i == 0 { line.clone() } else { " ".repeat(at) };
            text += format!("{start}{part}").trim_end();
            text.push('\n');
        }
    }
    text
}

/// `paragraph` wrapped, `indent` spaces in.
pub fn wrapped(paragraph: &str, indent: usize) -> String {
    columns(&[vec![paragraph.to_owned()]], indent)
}

/// `text` cut to a single line of a column that begins at `at`.
pub(super) fn cut(text: &str, at: usize) -> String {
    let room = WIDTH.saturating_sub(at).max(NARROWEST);
    match text.char_indices().nth(room) {
        None => text.to_owned(),
        Some(_) => {
            let end = text.char_indices().nth(room - 1).map_or(text.len(), |(end, _)| end);
            format!("{}…", text[..end].trim_end())
        }
    }
}

/// The words of `text` in lines of at most `width` characters; at least one line.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("one line at least");
        let length = line.chars().count();
        if length > 0 && length + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if length > 0 {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_aligned_and_the_last_is_wrapped() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let text = columns(&[row(["a", "one"]), row(["bcd", &"word ".repeat(30)])], 2);
        let found: Vec<&str> = text.lines().collect();
        assert_eq!(found[0], "  a    one");
        assert!(found[1].starts_with("  bcd  word word") && found[1].len() <= WIDTH);
        assert!(found[2].starts_with("       word"));
        let long = one_line_each(&[row(["a", &"word ".repeat(30)])], 2);
        assert_eq!((long.lines().count(), long.len()), (1, 2 + 1 + 2 + 149 + 1));
        assert_eq!(cut("short", 0), "short");
        assert_eq!(cut(&"é".repeat(200), 60).chars().count(), 40);
    }
}
