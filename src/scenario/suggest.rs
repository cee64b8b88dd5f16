//! Which name was meant: the nearest valid one, and the list when it is short.

/// More names than this are no help in a message.
const SHORT_LIST: usize = 12;
/// Longer words than this are no misspelt names.
const LONGEST_NAME: usize = 64;
/// Shorter words than this say nothing of the name they are a part of.
const SHORTEST_PART: usize = 3;
/// How much of a text from the file a message repeats, in characters.
const LONGEST_QUOTE: usize = 60;

/// The name nearest to `word`, if one is near enough to have been meant: a few slips away, or
/// the only one that begins or ends with it.
pub fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let most_slips = match word.chars().count() {
        0..=3 => 1,
        4..=8 => 2,
        length => length / 3,
    };
    if let Some(name) = within(most_slips, word, names) {
        return Some(name);
    }
    if word.len() > LONGEST_NAME {
        return None;
    }
    let word = word.to_lowercase();
    let part = |name: &&&str| name.starts_with(&word) || name.ends_with(&word);
    let mut longer = names.iter().filter(part).filter(|_| word.len() >= SHORTEST_PART);
    longer.next().filter(|_| longer.next().is_none()).copied()
}

/// The name that is a slip or two away from `word`: where many names are candidates, or any word may
/// be one, more slips lead anywhere.
pub fn close<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    within(if word.chars().count() > 5 { 2 } else { 1 }, word, names)
}

/// The name with the fewest slips, if they are no more than `most`.
fn within<'a>(most: usize, word: &str, names: &[&'a str]) -> Option<&'a str> {
    if word.len() > LONGEST_NAME {
        return None;
    }
    let word = word.to_lowercase();
    let slips = |name: &str| strsim::damerau_levenshtein(&word, &name.to_lowercase());
    let nearest = names.iter().map(|&name| (slips(name), name)).min_by_key(|(slips, _)| *slips);
    nearest.filter(|(slips, _)| *slips <= most).map(|(_, name)| name)
}

/// The help for a `word` that is none of `names`.
pub(super) fn help(word: &str, names: &[&str]) -> Option<String> {
    let guess = nearest(word, names).map(|name| format!("did you mean `{name}`?"));
    let list = match names.len() {
        0 => None,
        1 => Some(format!("the only one is `{}`", names[0])),
        2..=SHORT_LIST => Some(format!("expected {}", one_of(names))),
        _ => None,
    };
    match (guess, list) {
        (Some(guess), Some(list)) if names.len() > 1 => Some(format!("{guess} ({list})")),
        (guess, list) => guess.or(list),
    }
}

/// `one of `a`, `b` or `c``.
pub(super) fn one_of(names: &[&str]) -> String {
    let quote = |name: &&str| format!("`{name}`");
    match names {
        [] => "nothing".to_owned(),
        [only] => quote(only),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(quote).collect();
            format!("one of {} or {}", all.join(", "), quote(last))
        }
    }
}

/// A text from the file, in backticks and cut to a length that a message can bear. What would
/// steer a terminal is spelt out.
pub(super) fn quoted(text: &str) -> String {
    let spelt = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    let shown: String = text.chars().take(LONGEST_QUOTE).map(spelt).collect();
    let more = if text.chars().nth(LONGEST_QUOTE).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_noise_finds_none() {
        let names = ["latency", "loss", "duplicate", "fifo"];
        assert_eq!(nearest("latnecy", &names), Some("latency"));
        assert_eq!(nearest("Loss", &names), Some("loss"));
        assert_eq!(nearest("bandwidth", &names), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), &names), None);
    }

    #[test]
    fn help_names_the_nearest_and_lists_a_few() {
        let help = help("losss", &["latency", "loss"]).expect("there is a list");
        assert_eq!(help, "did you mean `loss`? (expected one of `latency` or `loss`)");
        assert_eq!(super::help("x", &[]), None);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(quoted("a"), "`a`");
        assert_eq!(quoted("\u{1b}[31m\n"), r"`\u{1b}[31m\n`");
        assert_eq!(quoted(&"é".repeat(100)).chars().count(), LONGEST_QUOTE + 3);
    }
}
