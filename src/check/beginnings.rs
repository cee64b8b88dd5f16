//! Strings as beginnings of those that are demanded.
//!
//! Of a string that grows by appending, all that matters is how it can still come to be one that some
//! operation demands. So it is a number and a length, or nothing if no demanded string begins with it:
//! to append costs what is appended, however much there is, and no string is ever made or hashed.

use crate::history::Value;

/// The demanded strings, ascending. They are values, as those are sorted elsewhere too: a sort weighs some.
#[derive(Clone, Debug)]
pub(super) struct Demanded(Vec<Value>);

/// The first `length` bytes of the string number `of`, the first that begins with them: so what is equal
/// is so in form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Beginning {
    pub(super) of: u32,
    pub(super) length: u32,
}

impl Demanded {
    /// These strings, in any order.
    pub(super) fn new(mut strings: Vec<Value>) -> Self {
        strings.sort_unstable();
        strings.dedup();
        Demanded(strings)
    }

    /// `string`, if a demanded one begins with it.
    pub(super) fn find(&self, string: &[u8]) -> Option<Beginning> {
        self.append(Beginning { of: 0, length: 0 }, string)
    }

    /// `before` and then `piece`, if a demanded string begins so.
    pub(super) fn append(&self, before: Beginning, piece: &[u8]) -> Option<Beginning> {
        let mut at = before.of as usize;
        let (whole, rest) = bytes(self.0.get(at)?).split_at(before.length as usize);
        if !rest.starts_with(piece) {
            // Those that begin alike are in a row, ascending in what follows.
            let is_less = |string: &Value| bytes(string).strip_prefix(whole).is_some_and(|rest| rest < piece);
            at += self.0[at..].partition_point(is_less);
            if !bytes(self.0.get(at)?).strip_prefix(whole)?.starts_with(piece) {
                return None;
            }
        }
        Some(Beginning { of: at as u32, length: before.length + piece.len() as u32 })
    }
}

/// What a string is made of; anything else has no place here.
fn bytes(string: &Value) -> &[u8] {
    if let Value::Text(text) = string { text.as_bytes() } else { b"" }
}

#[cfg(test)]
mod tests {
    use super::*;

    quickcheck::quickcheck! {
        /// Strings of two letters, where beginnings are shared, against strings.
        fn beginnings_stand_for_their_strings(demanded: Vec<Vec<bool>>, pieces: Vec<Vec<bool>>) -> bool {
            let string = |bits: &Vec<bool>| bits.iter().map(|&bit| if bit { 'b' } else { 'a' }).collect();
            let demanded: Vec<String> = demanded.iter().map(string).collect();
            let known = Demanded::new(demanded.iter().map(|text| text.as_str().into()).collect());
            let (mut state, mut whole) = (known.find(b""), String::new());
            pieces.iter().map(string).all(|piece: String| {
                let piece = &piece[..piece.len().min(2)];
                whole += piece;
                state = state.and_then(|state| known.append(state, piece.as_bytes()));
                let is_beginning = demanded.iter().any(|text| text.starts_with(&whole));
                state == known.find(whole.as_bytes())
                    && state.is_some() == is_beginning
                    && demanded.iter().all(|text| (known.find(text.as_bytes()) == state) == (*text == whole))
            })
        }
    }
}
