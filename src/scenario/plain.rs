//! A TOML document as plain data, for those who judge its shape and not its sense: JSON Schema.

use serde_json::{Map, Number, Value as Json};
use toml::de::{DeInteger, DeTable, DeValue};

/// `text` as JSON; `None` if it is no TOML. What JSON has no number for (`nan`, `inf`) is null,
/// a date is its text.
pub fn to_json(text: &str) -> Option<Json> {
    DeTable::parse(text).ok().map(|table| table_to_json(table.get_ref()))
}

fn table_to_json(table: &DeTable<'_>) -> Json {
    let entry = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = name.get_ref();
        (name.to_string(), value_to_json(value.get_ref()))
    };
    Json::Object(table.iter().map(entry).collect::<Map<_, _>>())
}

fn value_to_json(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => Json::from(text.as_ref()),
        DeValue::Integer(integer) => Json::Number(whole(integer)),
        DeValue::Float(float) => Json::from(float.as_str().parse::<f64>().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Json::from(*value),
        DeValue::Datetime(time) => Json::from(time.to_string()),
        DeValue::Array(array) => array.iter().map(|value| value_to_json(value.get_ref())).collect(),
        DeValue::Table(table) => table_to_json(table),
    }
}

/// A number that does not fit is beyond all that fit, which is all that there is to know of it.
fn whole(integer: &DeInteger<'_>) -> Number {
    let (digits, radix) = (integer.as_str(), integer.radix());
    let unsigned = u64::from_str_radix(digits, radix).map(Number::from);
    let signed = || i64::from_str_radix(digits, radix).map(Number::from);
    let beyond = if digits.starts_with('-') { f64::MIN } else { f64::MAX };
    let number = unsigned.or_else(|_| signed()).ok().or_else(|| Number::from_f64(beyond));
    number.unwrap_or_else(|| u64::MAX.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::to_json;

    #[test]
    fn documents_are_the_same_in_json() {
        let text = "a = 0x10\nb = [1.5, nan, -3]\n[c]\nd = { e = \"f\" }\ng = 18446744073709551615\n";
        let expected = json!({
            "a": 16, "b": [1.5, null, -3], "c": { "d": { "e": "f" }, "g": u64::MAX },
        });
        assert_eq!(to_json(text), Some(expected));
        assert_eq!(to_json("a ="), None);
    }
}
