//! Names of places: a region, a zone in it, a rack in that: `eu-west-1/a/r7`.

use std::fmt;

/// A place: a region, a zone or a rack.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place(String);

/// How large a place is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// A region holds zones.
    Region,
    /// A zone holds racks.
    Zone,
    /// A rack holds no other place.
    Rack,
}

impl Level {
    /// Every level, the largest first.
    pub const ALL: [Level; 3] = [Level::Region, Level::Zone, Level::Rack];

    /// What a place of it is called.
    pub const fn noun(self) -> &'static str {
        match self {
            Level::Region => "region",
            Level::Zone => "zone",
            Level::Rack => "rack",
        }
    }

    /// How the name of a place of it is written.
    pub const fn shape(self) -> &'static str {
        match self {
            Level::Region => "region",
            Level::Zone => "region/zone",
            Level::Rack => "region/zone/rack",
        }
    }

    /// The place of this level that `place` is in, if it says that much.
    pub fn of(self, place: &Place) -> Option<Place> {
        let parts: Vec<&str> = place.0.split('/').take(self as usize + 1).collect();
        (parts.len() == self as usize + 1).then(|| Place(parts.join("/")))
    }
}

impl Place {
    /// The place that `text` names; `None` unless it is one to three words with `/` between them.
    pub fn parse(text: &str) -> Option<Self> {
        let is_word = |part: &str| {
            !part.is_empty()
                && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'`:,".contains(c))
        };
        (text.split('/').count() <= Level::ALL.len() && text.split('/').all(is_word))
            .then(|| Place(text.to_owned()))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How large it is.
    pub fn level(&self) -> Level {
        Level::ALL[self.0.split('/').count() - 1]
    }

    /// The region it is in.
    pub fn region(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }

    /// Whether `other` is this place or in it.
    pub fn holds(&self, other: &Place) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The smallest kind of place that both are in; `None` if they are in different regions.
    pub fn shared_with(&self, other: &Place) -> Option<Level> {
        let shared =
            self.0.split('/').zip(other.0.split('/')).take_while(|(one, other)| one == other).count();
        Level::ALL.get(shared.checked_sub(1)?).copied()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        Place::parse(text).unwrap()
    }

    #[test]
    fn a_place_has_one_to_three_words() {
        for wrong in ["", "/", "a/", "/a", "a//b", "a/b/c/d", "a b", "a:b"] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
        assert_eq!(["a", "a/b", "a/b/c"].map(|name| place(name).level()), Level::ALL);
        assert_eq!(Level::Zone.of(&place("a/b/c")), Some(place("a/b")));
        assert_eq!(Level::Zone.of(&place("a")), None);
    }

    #[test]
    fn a_place_holds_what_is_in_it_and_no_namesake() {
        assert!(place("eu/a").holds(&place("eu/a/r1")) && place("eu/a").holds(&place("eu/a")));
        assert!(!place("eu/a").holds(&place("eu")) && !place("eu/a").holds(&place("eu/ab")));
        assert_eq!(place("eu/a/r1").shared_with(&place("eu/a/r2")), Some(Level::Zone));
        assert_eq!(place("eu/a").shared_with(&place("eu/a")), Some(Level::Zone));
        assert_eq!(place("eu/a").shared_with(&place("us/a")), None);
    }
}
