//! Floor 5: the event queue and the loop. It composes the world and knows no
//! protocol by name.
//!
//! * [`World`]: nodes, clients, network, disks and faults under one seed; [`World::step`]
//!   pops the earliest event and applies it.
//! * [`Observer`]: who watches from outside: traces, monitors, histories.
//! * [`Counters`]: what happened, counted.
//!
//! # The way of one message
//!
//! A handler calls `ctx.send`. The effect is applied at once (`host`): unless a
//! write barrier holds it back, `core` asks the network for the message's fate,
//! drawn by name from `Decisions`, puts the message into the slab and a 16-byte
//! entry into the queue. When the entry comes up, `world` folds time, ends and
//! payload into the digest, and either calls the receiver's handler or, if it is
//! paused or busy, leaves the message in its inbox.
//!
//! What is out of the ordinary is looked for once and not on every message: in fair
//! weather (no partition, no message fault, no script, all links alike) and to a node
//! whose `Mood` is empty, a message takes the short way. The long way is the same with
//! all questions asked; the tests of faults walk it.

mod clocks;
mod core;
mod counters;
mod event;
mod faults;
mod host;
mod node;
mod observer;
mod prospects;
mod queue;
mod rare;
mod sender;
mod slab;
mod timers;
mod verbs;
mod world;
mod writes;

pub use counters::Counters;
pub use observer::{DiskTrouble, Happening, Loss, Observer};
pub use queue::Queue;
pub use world::{World, WorldConfig};
