//! Where every random choice comes from.
//!
//! A choice has a [`DecisionName`]: the i-th draw of a named message, or the n-th
//! draw of a named stream. Seeded, its word follows from seed and name; a script
//! puts another word in its place, and with it another outcome (word 0 says yes to
//! every chance and picks the first of everything, `u64::MAX` the contrary).
//! Replay, shrinking and exploration are scripts.

use crate::base::{
    Draw, FateKeys, KeyedDraws, LinkId, Numbered, Seed, SimTime, Stream, StreamName, Table, prefetch,
};

/// The name of one random choice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DecisionName {
    /// A draw that decides a message: 0 its loss, 1 its duplication, 2 and up its delays; where
    /// other faults may hit it, see [`network::draws`](crate::network::draws).
    Message {
        /// The link it takes.
        link: LinkId,
        /// When it is sent.
        sent: SimTime,
        /// How many messages its sender had sent at that instant before it.
        nth: u32,
        /// Which of its draws.
        draw: u32,
    },
    /// A draw that decides the weather on a link.
    Weather {
        /// The link.
        link: LinkId,
        /// Which of its draws, from 0.
        nth: u32,
    },
    /// A draw of a stream.
    Stream {
        /// The stream.
        name: StreamName,
        /// How many words had been drawn from it before.
        nth: u64,
    },
}

/// The one source of random choices in a run.
#[derive(Clone, Debug)]
pub struct Decisions {
    seed: Seed,
    keys: FateKeys,
    weather: FateKeys,
    /// Streams that something was drawn from, by purpose and index; the others cost nothing.
    streams: [Vec<Option<Stream>>; PURPOSES],
    script: Table<DecisionName, u64>,
}

const PURPOSES: usize = 14;

/// The place of a stream: its purpose and its index.
#[inline(always)]
fn place(name: StreamName) -> (usize, usize) {
    let number = name.number();
    ((number >> 32) as usize - 1, number as u32 as usize)
}

impl Decisions {
    /// Decisions that follow from `seed` alone.
    pub fn seeded(seed: Seed) -> Self {
        let (keys, weather) = (FateKeys::new(seed), FateKeys::of(seed, StreamName::Weather));
        Decisions { seed, keys, weather, streams: Default::default(), script: Table::new() }
    }

    /// The seed.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// From now on the choice `name` gets `word`.
    pub fn script(&mut self, name: DecisionName, word: u64) {
        self.script.insert(name, word);
    }

    /// The draws of the stream `name`.
    #[inline]
    pub fn stream(&mut self, name: StreamName) -> NamedDraws<'_> {
        NamedDraws { decisions: self, name }
    }

    /// Asks for the memory of the stream `name`, if it is there.
    #[inline(always)]
    pub fn prefetch(&self, name: StreamName) {
        let (purpose, index) = place(name);
        if let Some(stream) = self.streams[purpose].get(index) {
            prefetch(stream);
        }
    }

    /// Whether any choice is scripted; if not, [`seeded_message`](Decisions::seeded_message) will do.
    #[inline]
    pub fn is_scripted(&self) -> bool {
        !self.script.is_empty()
    }

    /// The draws that decide the `nth` message that `link`'s sender sent at `sent`.
    pub fn message(&self, link: LinkId, sent: SimTime, nth: u32) -> MessageDraws<'_> {
        let seeded = self.seeded_message(link, sent, nth);
        MessageDraws { seeded, script: &self.script, link, sent, nth, draw: 0 }
    }

    /// The same, but for the script.
    #[inline]
    pub fn seeded_message(&self, link: LinkId, sent: SimTime, nth: u32) -> KeyedDraws {
        self.keys.link(link).message(sent, nth)
    }

    /// The word of the `nth` draw of the weather on `link`.
    pub fn weather(&self, link: LinkId, nth: u32) -> u64 {
        let seeded = self.weather.link(link).weather().ahead(nth).next_u64();
        if self.script.is_empty() {
            return seeded;
        }
        self.script.get(&DecisionName::Weather { link, nth }).copied().unwrap_or(seeded)
    }

    /// Inlined where the purpose is known, so that finding the stream is one look-up.
    #[inline(always)]
    fn draw(&mut self, name: StreamName) -> u64 {
        let (purpose, index) = place(name);
        let Some(Some(stream)) = self.streams[purpose].get_mut(index) else {
            return self.first_draw(name);
        };
        let seeded = stream.next_u64();
        if self.script.is_empty() { seeded } else { self.scripted_draw(name, seeded) }
    }

    /// The word of the draw that has just been made.
    #[cold]
    fn scripted_draw(&self, name: StreamName, seeded: u64) -> u64 {
        let (purpose, index) = place(name);
        let drawn = self.streams[purpose][index].as_ref().map_or(1, Stream::drawn);
        self.script.get(&DecisionName::Stream { name, nth: drawn - 1 }).copied().unwrap_or(seeded)
    }

    #[cold]
    fn first_draw(&mut self, name: StreamName) -> u64 {
        let (purpose, index) = place(name);
        let lane = &mut self.streams[purpose];
        if lane.len() <= index {
            lane.resize_with(index + 1, || None);
        }
        let stream = lane[index].insert(Stream::new(self.seed, name));
        let seeded = stream.next_u64();
        if self.script.is_empty() { seeded } else { self.scripted_draw(name, seeded) }
    }
}

/// The draws of one stream.
#[derive(Debug)]
pub struct NamedDraws<'a> {
    decisions: &'a mut Decisions,
    name: StreamName,
}

impl Draw for NamedDraws<'_> {
    #[inline(always)]
    fn next_u64(&mut self) -> u64 {
        self.decisions.draw(self.name)
    }
}

/// The draws of one message.
#[derive(Debug)]
pub struct MessageDraws<'a> {
    seeded: KeyedDraws,
    script: &'a Table<DecisionName, u64>,
    link: LinkId,
    sent: SimTime,
    nth: u32,
    draw: u32,
}

impl Numbered for MessageDraws<'_> {
    #[inline]
    fn ahead(&self, draws: u32) -> Self {
        MessageDraws { seeded: self.seeded.ahead(draws), draw: self.draw.wrapping_add(draws), ..*self }
    }
}

impl Draw for MessageDraws<'_> {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        let seeded = self.seeded.next_u64();
        if self.script.is_empty() {
            return seeded;
        }
        let (link, sent, nth, draw) = (self.link, self.sent, self.nth, self.draw);
        self.draw = self.draw.wrapping_add(1);
        self.script.get(&DecisionName::Message { link, sent, nth, draw }).copied().unwrap_or(seeded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;

    #[test]
    fn a_script_changes_the_named_choice_and_no_other() {
        let link = LinkId::new(NodeId(0), NodeId(1));
        let name = StreamName::Node(NodeId(3));
        let plain = Decisions::seeded(Seed(1));
        let mut scripted = plain.clone();
        scripted.script(DecisionName::Message { link, sent: SimTime::from_ns(5), nth: 0, draw: 1 }, 77);
        scripted.script(DecisionName::Stream { name, nth: 0 }, 76);
        scripted.script(DecisionName::Stream { name, nth: 1 }, 78);

        let words = |mut decisions: Decisions| {
            let mut all = Vec::new();
            let mut message = decisions.message(link, SimTime::from_ns(5), 0);
            all.extend((0..3).map(|_| message.next_u64()));
            let mut stream = decisions.stream(name);
            all.extend((0..3).map(|_| stream.next_u64()));
            all
        };
        let (plain, scripted) = (words(plain), words(scripted));
        let changed: Vec<usize> = (0..6).filter(|&i| plain[i] != scripted[i]).collect();
        assert_eq!(changed, [1, 3, 4]);
        assert_eq!((scripted[1], scripted[3], scripted[4]), (77, 76, 78));
    }
}
