//! The values that operations carry: the part of JSON and EDN that histories use.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Text;
use super::error::shown;
use super::format::key;

/// A key, an argument or a result. Cheap to clone, and sixteen bytes: a history holds millions.
///
/// There are no floats: nothing judges them. EDN's keywords, symbols and characters are texts, its
/// sets are lists in ascending order.
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
    Text(Text),
    /// A list, such as the `[old, new]` of a cas or the `[f, key, value]` of a transaction.
    List(List),
    /// A map, such as the balances of all accounts.
    Map(Map),
}

/// Values in a row. Reads as a slice.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct List(
    // Boxed, for a pointer to a slice is twice as wide.
    Arc<Box<[Value]>>,
);

/// Values by keys. Reads as a slice of entries, ascending by key, with each key once.
///
/// No key holds a map: in JSON a key is a string, and strings within strings double in length with
/// each level.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Map(Arc<Box<[(Value, Value)]>>);

impl Value {
    /// The argument of a cas: `[old, new]`.
    pub fn pair(old: Value, new: Value) -> Value {
        Value::List(vec![old, new].into())
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

    /// Whether this is a map or holds one.
    pub fn holds_map(&self) -> bool {
        match self {
            Value::Map(_) => true,
            Value::List(list) => list.iter().any(Value::holds_map),
            Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Text(_) => false,
        }
    }

    /// This value as a key of an object in JSON, where all keys are strings.
    ///
    /// A text is itself, and anything else its JSON: `0` is `"0"`. A text that looks like the JSON of
    /// something else is written as JSON too: `"\"0\""`. So each key is read again as what it was,
    /// and the number keys of a map that went through Jepsen's JSON come back as numbers.
    pub fn json_key(&self) -> String {
        match self {
            Value::Text(text) if key(text) == *self => text.to_string(),
            other => other.to_string(),
        }
    }
}

impl Map {
    /// The map of these entries, in any order.
    ///
    /// # Errors
    /// A key that is given twice or holds a map, and why it is refused.
    pub fn new(mut entries: Vec<(Value, Value)>) -> Result<Map, String> {
        if let Some((key, _)) = entries.iter().find(|(key, _)| key.holds_map()) {
            let key = shown(&key.to_string());
            return Err(format!("the key {key} holds a map, which a key may not"));
        }
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        match entries.windows(2).find(|both| both[0].0 == both[1].0) {
            Some(both) => Err(format!("the key {} is given twice", shown(&both[0].0.to_string()))),
            None => Ok(Map(Arc::new(entries.into()))),
        }
    }

    /// The value of `key`.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.binary_search_by(|(k, _)| k.cmp(key)).ok().map(|at| &self[at].1)
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

impl Deref for Map {
    type Target = [(Value, Value)];

    fn deref(&self) -> &[(Value, Value)] {
        &self.0
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

impl From<Vec<Value>> for List {
    fn from(list: Vec<Value>) -> Self {
        List(Arc::new(list.into()))
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
        let comma = |i| if i == 0 { "" } else { "," };
        match self {
            Value::Nil => f.write_str("null"),
            Value::Bool(truth) => write!(f, "{truth}"),
            Value::Int(number) => write!(f, "{number}"),
            Value::Text(text) => write_text(text, f),
            Value::List(list) => {
                f.write_str("[")?;
                for (i, value) in list.iter().enumerate() {
                    write!(f, "{}{value}", comma(i))?;
                }
                f.write_str("]")
            }
            Value::Map(map) => {
                f.write_str("{")?;
                for (i, (key, value)) in map.iter().enumerate() {
                    f.write_str(comma(i))?;
                    write_text(&key.json_key(), f)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
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
        let list: Value = vec![Value::Nil, Value::Bool(true), "a\"\n\u{1}é".into(), (-3).into()].into();
        assert_eq!(list.to_string(), r#"[null,true,"a\"\n\u0001é",-3]"#);
        assert_eq!(Value::pair(1.into(), 2.into()).as_pair(), Some((&1.into(), &2.into())));
        assert_eq!(list.as_pair(), None);
    }

    #[test]
    fn maps_are_in_order_and_keys_keep_their_kind() {
        let entries = [("b".into(), 1.into()), (7.into(), Value::Nil), ("7".into(), 2.into())];
        let map = Map::new(entries.to_vec()).unwrap();
        assert_eq!(map.get(&"7".into()), Some(&2.into()));
        assert_eq!(map.get(&8.into()), None);
        let text = Value::Map(map.clone()).to_string();
        assert_eq!(text, r#"{"7":null,"\"7\"":2,"b":1}"#);
        assert_eq!(text.parse(), Ok(Value::Map(map)));
    }

    #[test]
    fn maps_refuse_keys_that_they_cannot_tell_apart_or_write() {
        let error = Map::new(vec![(1.into(), 1.into()), (1.into(), 2.into())]).unwrap_err();
        assert_eq!(error, "the key 1 is given twice");
        let map = Value::Map(Map::new(Vec::new()).unwrap());
        let error = Map::new(vec![(vec![map].into(), 1.into())]).unwrap_err();
        assert_eq!(error, "the key [{}] holds a map, which a key may not");
    }

    #[test]
    fn values_are_small() {
        assert_eq!((size_of::<Value>(), size_of::<Option<Value>>()), (16, 16));
    }
}
