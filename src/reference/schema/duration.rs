//! Durations as patterns: as exact as counting digits can be.
//!
//! Of each unit the pattern allows as many digits before the point as the longest duration has,
//! and as many behind it as there are whole nanoseconds for. So it refuses what is longer by a
//! digit, but not `99s` where a minute is the most.

use serde_json::{Value, json};

use crate::base::SimDuration;
use crate::scenario::DURATION_UNITS;

/// A duration from `min` to `max`.
pub(super) fn schema(min: SimDuration, max: SimDuration) -> Value {
    let units: Vec<String> = DURATION_UNITS.iter().map(|(name, ns)| part(name, *ns, max)).collect();
    let mut schema = json!({ "type": "string", "pattern": format!("^\\s*(({})\\s*)+$", units.join("|")) });
    if min > SimDuration::ZERO {
        schema["allOf"] = json!([{ "pattern": "[1-9]" }]);
    }
    schema
}

/// A number of the unit `name`, which is `unit_ns` long.
fn part(name: &str, unit_ns: u64, max: SimDuration) -> String {
    let whole = match max.as_ns() / unit_ns {
        0 => "0+".to_owned(),
        most => format!("0*[0-9]{{1,{}}}", most.to_string().len()),
    };
    // Each decimal needs a factor of two or five to be whole; no unit has more fives than twos.
    let fraction = match unit_ns.trailing_zeros() {
        0 => "0+".to_owned(),
        digits => format!("[0-9]{{1,{digits}}}0*"),
    };
    format!("{whole}(\\.{fraction})?\\s*{name}")
}
