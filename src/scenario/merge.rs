//! One table laid over another, each value with the place it was written at.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::decode::Value;

/// The section that is a statement as a whole: half of one means nothing.
const WHOLE: &str = "expect";

/// `over` laid over `base`: sections key by key, everything else as a whole.
pub(super) fn merged<'a>(mut base: DeTable<'a>, over: DeTable<'a>) -> DeTable<'a> {
    for (name, value) in over {
        let below = base.remove(name.get_ref().as_ref());
        let span = value.span();
        let value = match (below.map(Spanned::into_inner), value.into_inner()) {
            (Some(DeValue::Table(mut below)), DeValue::Table(above)) if name.get_ref() != WHOLE => {
                for (name, value) in above {
                    // Removed first: a map keeps the old key, and with it the old place.
                    below.remove(name.get_ref().as_ref());
                    below.insert(name, value);
                }
                DeValue::Table(below)
            }
            (_, above) => above,
        };
        base.insert(name, Spanned::new(span, value));
    }
    base
}

/// `table` with every place `by` bytes further on.
pub(super) fn shifted(table: DeTable<'_>, by: usize) -> DeTable<'_> {
    if by == 0 {
        return table;
    }
    let mut moved = DeTable::new();
    for (name, value) in table {
        let span = name.span();
        let name = Spanned::new(span.start + by..span.end + by, name.into_inner());
        moved.insert(name, shifted_value(value, by));
    }
    moved
}

/// `value` with every place `by` bytes further on.
pub(super) fn shifted_value(value: Value<'_>, by: usize) -> Value<'_> {
    let span = value.span();
    let moved = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(shifted(table, by)),
        DeValue::Array(array) => {
            DeValue::Array(array.into_iter().map(|value| shifted_value(value, by)).collect())
        }
        other => other,
    };
    Spanned::new(span.start + by..span.end + by, moved)
}
