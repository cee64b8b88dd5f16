//! Client sessions: a retried command takes effect once (Ongaro 2014, §6.3).
//!
//! A client opens a session by an entry of its own and is told the session's number. It numbers its
//! commands from 1 and has one in flight at a time, so the latest answer is all that need be kept.
//! Where there are too many sessions, the one that was least recently used ends: every replica applies
//! the same entries and so ends the same one. A command of a session that has ended is refused, and its
//! client must find out for itself what became of it: to begin the session anew would let an old command
//! take effect a second time.

use super::KvAnswer;
use crate::base::{Table, mix};

/// A client's session: the how-manieth that was ever opened. (Four bytes of every log entry.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(pub u32);

/// What a session says to a command.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Session {
    /// It is the latest, and this is its answer.
    Answer(KvAnswer),
    /// The client has gone on since, and does not wait for it.
    GoneOn,
    /// There is no such session any more.
    Ended,
}

/// The open sessions, and the latest command of each with its answer.
#[derive(Clone, Debug)]
pub struct Sessions {
    most: usize,
    opened: u32,
    /// How many times any was used.
    uses: u64,
    places: Table<SessionId, u32>,
    slots: Vec<Slot>,
    /// Slots that hold no session.
    free: Vec<u32>,
    /// The sum of all sessions' fingerprints, if anybody wants to know it.
    digest: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    id: SessionId,
    latest: u32,
    answer: KvAnswer,
    /// Which use of all was its last; [`NEVER`] if the slot is free.
    used: u64,
}

const NEVER: u64 = u64::MAX;

impl Sessions {
    /// Room for `most` sessions, none of them open; whether their fingerprint will be asked for.
    pub fn new(most: usize, is_watched: bool) -> Self {
        let (places, slots, free) = (Table::new(), Vec::new(), Vec::new());
        Sessions { most, opened: 0, uses: 0, places, slots, free, digest: is_watched.then_some(0) }
    }

    /// Opens a session; ends the one that was least recently used if there are too many.
    pub(super) fn open(&mut self) -> SessionId {
        if self.places.len() >= self.most {
            self.end_oldest();
        }
        self.opened += 1;
        self.uses += 1;
        let id = SessionId(self.opened);
        let slot = Slot { id, latest: 0, answer: KvAnswer::Written, used: self.uses };
        self.digest = self.digest.map(|digest| digest.wrapping_add(slot.digest()));
        let place = self.free.pop().unwrap_or(self.slots.len() as u32);
        if place as usize == self.slots.len() {
            self.slots.push(slot);
        } else {
            self.slots[place as usize] = slot;
        }
        self.places.insert(id, place);
        id
    }

    /// The answer to the command `sequence` of `session`: what `execute` says if it is new, the
    /// same answer as before if it was the latest.
    #[inline]
    pub(super) fn once(
        &mut self,
        session: SessionId,
        sequence: u32,
        execute: impl FnOnce() -> KvAnswer,
    ) -> Session {
        let Some(&place) = self.places.get(&session) else { return Session::Ended };
        let slot = &mut self.slots[place as usize];
        self.uses += 1;
        slot.used = self.uses;
        if sequence > slot.latest {
            let before = *slot;
            (slot.latest, slot.answer) = (sequence, execute());
            if let Some(digest) = &mut self.digest {
                *digest = digest.wrapping_sub(before.digest()).wrapping_add(slot.digest());
            }
        }
        if sequence == slot.latest { Session::Answer(slot.answer) } else { Session::GoneOn }
    }

    /// Ends the session that was least recently used, if there is one. Looks at all of them: that there are
    /// too many is rare.
    pub fn end_oldest(&mut self) {
        let oldest = (0..self.slots.len()).min_by_key(|place| self.slots[*place].used);
        let Some(place) = oldest.filter(|place| self.slots[*place].used != NEVER) else { return };
        self.slots[place].used = NEVER;
        let ended = self.slots[place].digest();
        self.digest = self.digest.map(|digest| digest.wrapping_sub(ended));
        self.places.remove(&self.slots[place].id);
        self.free.push(place as u32);
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// A fingerprint of all that is remembered, the order of use aside; 0 if nobody said that he would ask.
    pub(super) fn digest(&self) -> u64 {
        self.digest.map_or(0, |digest| digest.wrapping_add(mix(u64::from(self.opened))))
    }
}

impl Slot {
    fn digest(&self) -> u64 {
        let name = u64::from(self.id.0) << 32 | u64::from(self.latest);
        mix(name ^ mix(self.answer.word()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: a list of sessions, the most recently used last.
    fn agrees_with_a_list(steps: Vec<(u8, u8)>, most: u8) -> bool {
        let most = usize::from(most % 4) + 1;
        let mut sessions = Sessions::new(most, false);
        let mut list: Vec<(SessionId, u32)> = Vec::new();
        steps.into_iter().all(|(session, sequence)| {
            let (id, sequence) = (SessionId(u32::from(session % 16)), u32::from(sequence % 8));
            if id.0 == 0 {
                list.push((sessions.open(), 0));
                if list.len() > most {
                    list.remove(0);
                }
                return sessions.len() == list.len();
            }
            let mut executed = false;
            let answer = sessions.once(id, sequence, || {
                executed = true;
                KvAnswer::CasFailed
            });
            let Some(place) = list.iter().position(|(listed, _)| *listed == id) else {
                return answer == Session::Ended && !executed;
            };
            let (_, latest) = list.remove(place);
            list.push((id, latest.max(sequence)));
            executed == (sequence > latest) && (answer == Session::GoneOn) == (sequence < latest)
        })
    }

    #[test]
    fn the_least_recently_used_ends_and_no_other() {
        quickcheck::quickcheck(agrees_with_a_list as fn(Vec<(u8, u8)>, u8) -> bool);
    }

    #[test]
    fn the_fingerprint_follows_from_what_is_remembered() {
        let mut sessions = Sessions::new(2, true);
        let first = sessions.open();
        let second = sessions.open();
        sessions.once(first, 1, || KvAnswer::Written);
        let mut others = Sessions::new(2, true);
        assert_ne!(sessions.digest(), others.digest());
        for _ in 0..2 {
            others.open();
        }
        others.once(first, 1, || KvAnswer::Written);
        assert_eq!(sessions.digest(), others.digest());
        others.once(second, 1, || KvAnswer::CasFailed);
        assert_ne!(sessions.digest(), others.digest());
    }
}
