//! Durations as people write them: `"150ms"`, `"2m 30s"`, `"0.5ms"`.
//!
//! `humantime` knows no fractions, and latencies want them. A fraction is exact
//! here or it is an error: what is read is an integer of nanoseconds, and no
//! float is on the way.

use crate::base::SimDuration;
use crate::scenario::suggest::quoted;

/// Every unit and its length in nanoseconds.
pub const UNITS: [(&str, u64); 10] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", DAY_NS),
];

const DAY_NS: u64 = 86_400_000_000_000;
const UNIT_LIST: &str = "the units are ns, us, ms, s, m, h and d";
const TOO_LONG: &str = "this is longer than 584 years, the longest there is";

/// The duration that `text` says, or why it says none.
pub fn parse(text: &str) -> Result<SimDuration, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("an empty text is no duration".to_owned());
    }
    let mut total_ns = 0u64;
    while !rest.is_empty() {
        let (part_ns, behind) = part(rest)?;
        total_ns = total_ns.checked_add(part_ns).ok_or(TOO_LONG)?;
        rest = behind.trim_start();
    }
    Ok(SimDuration::from_ns(total_ns))
}

/// The first number with its unit, in nanoseconds, and the text behind it.
fn part(text: &str) -> Result<(u64, &str), String> {
    if text.starts_with('-') {
        return Err("a duration is never negative".to_owned());
    }
    let (number, behind) = split(text, |c| c.is_ascii_digit() || c == '.');
    if !number.starts_with(|c: char| c.is_ascii_digit()) || number.ends_with('.') {
        return Err(format!("expected a number with a unit, found {}", quoted(text)));
    }
    let (unit, behind) = split(behind.trim_start(), char::is_alphabetic);
    if unit.is_empty() {
        return Err(format!("{} has no unit: {UNIT_LIST}", quoted(number)));
    }
    let Some((_, unit_ns)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(format!("there is no unit {}: {UNIT_LIST}", quoted(unit)));
    };
    Ok((scaled(number, *unit_ns)?, behind))
}

/// `number` of a unit, exactly.
fn scaled(number: &str, unit_ns: u64) -> Result<u64, String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') {
        return Err(format!("{} is no number", quoted(number)));
    }
    let whole_ns = whole.parse::<u64>().ok().and_then(|whole| whole.checked_mul(unit_ns)).ok_or(TOO_LONG)?;
    let fraction = fraction.trim_end_matches('0');
    let too_fine = || format!("{} is finer than a nanosecond, the shortest there is", quoted(number));
    // Even a day, 2^16 · 3^3 · 5^11 ns, has no whole nanosecond beyond its 16th decimal.
    if fraction.len() > 16 {
        return Err(too_fine());
    }
    let scale = 10u128.pow(fraction.len() as u32);
    let fraction_ns = format!("0{fraction}").parse::<u128>().unwrap_or(0) * u128::from(unit_ns);
    if fraction_ns % scale != 0 {
        return Err(too_fine());
    }
    whole_ns.checked_add((fraction_ns / scale) as u64).ok_or_else(|| TOO_LONG.to_owned())
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_exactly() {
        let ns = |text| parse(text).map(SimDuration::as_ns);
        assert_eq!(ns("0s"), Ok(0));
        assert_eq!(ns("150ms"), Ok(150_000_000));
        assert_eq!(ns("2m 30s"), Ok(150_000_000_000));
        assert_eq!(ns(" 1h30m "), Ok(5_400_000_000_000));
        assert_eq!(ns("0.5ms"), Ok(500_000));
        assert_eq!(ns("1.5 s"), Ok(1_500_000_000));
        assert_eq!(ns("0.10us"), Ok(100));
        assert_eq!(ns("3µs"), Ok(3_000));
        assert_eq!(ns("1min"), ns("1m"));
        assert_eq!(ns("0.0000000000003125d"), Ok(27));
        assert_eq!(ns("365d"), Ok(365 * DAY_NS));
        assert_eq!(ns("18446744073709551615ns"), Ok(u64::MAX));
    }

    #[test]
    fn what_is_no_duration_says_why() {
        for (text, why) in [
            ("", "empty"),
            ("   ", "empty"),
            ("-5s", "negative"),
            ("5", "`5` has no unit"),
            ("2m 30", "`30` has no unit"),
            ("1e30s", "no unit `e`"),
            ("5 parsecs", "no unit `parsecs`"),
            ("ms", "expected a number"),
            (".5s", "expected a number"),
            ("5.s", "expected a number"),
            ("1.2.3s", "no number"),
            ("0.5ns", "finer than a nanosecond"),
            ("0.0000000000000000001d", "finer than a nanosecond"),
            ("18446744073709551616ns", "584 years"),
            ("999999999999999d", "584 years"),
            ("18446744073709551615ns 1ns", "584 years"),
            ("1s,", "expected a number"),
        ] {
            let problem = parse(text).expect_err(text);
            assert!(problem.contains(why), "{text}: {problem}");
        }
    }
}
