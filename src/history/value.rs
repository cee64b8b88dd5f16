//! The values that operations carry: the part of JSON that histories use.

use std::fmt;
use std::sync::Arc;

/// A key, an argument or a result. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Value {
    /// `null`: nothing, or not known yet.
    #[default]
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string.
    Text(Arc<str>),
    /// A list, such as the `[old, new]` of a cas.
    List(Arc<[Value]>),
}

impl Value {
    /// The argument of a cas: `[old, new]`.
    pub fn pair(old: Value, new: Value) -> Value {
        Value::List(Arc::new([old, new]))
    }

    /// Both parts of a list of two.
    pub fn as_pair(&self) -> Option<(&Value, &Value)> {
        match self {
            Value::List(list) => match &**list {
                [old, new] => Some((old, new)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Value::List(list.into())
    }
}

impl fmt::Display for Value {
    /// JSON without spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("null"),
            Value::Bool(truth) => write!(f, "{truth}"),
            Value::Int(number) => write!(f, "{number}"),
            Value::Text(text) => write_text(text, f),
            Value::List(list) => {
                f.write_str("[")?;
                for (i, value) in list.iter().enumerate() {
                    write!(f, "{}{value}", if i == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// Writes `text` as a JSON string.
pub(super) fn write_text(text: &str, f: &mut impl fmt::Write) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_json() {
        let list = Value::List([Value::Nil, Value::Bool(true), "a\"\n\u{1}é".into(), (-3).into()].into());
        assert_eq!(list.to_string(), r#"[null,true,"a\"\n\u0001é",-3]"#);
        assert_eq!(Value::pair(1.into(), 2.into()).as_pair(), Some((&1.into(), &2.into())));
        assert_eq!(list.as_pair(), None);
    }
}
