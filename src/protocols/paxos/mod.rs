//! Paxos for single decisions (Lamport, *The Part-Time Parliament*, 1998; *Paxos Made Simple*, 2001), with quorums
//! that need not be majorities (Howard, Malkhi and Spiegelman, *Flexible Paxos*, 2016).
//!
//! Each key is an instance of its own: an object that decides once. Every node is acceptor and learner, and
//! proposer too unless the scenario says otherwise. Clients propose a value and are answered the decision.
//!
//! Implemented: both phases, ballots that no proposer uses twice, restarts or not, refusals that tell the
//! ballot that stands in the way, back-off at random within a bound that doubles (as van Renesse and Altinbuken,
//! *Paxos Made Moderately Complex*, 2015, advise), repetition of what may have been lost, learners that count
//! for themselves or hear from the proposer, and laggards that are told what is decided when they ask.
//!
//! What a proposer needs to remember it promises to itself: its own promise is on the disk before anybody is
//! asked, so that the round needs no record of its own and no ballot is used twice.
//!
//! | file | what it holds |
//! |---|---|
//! | [`config`], `keys`, [`bugs`] | parameters, their scenario keys, bug switches |
//! | [`message`] | what nodes, clients and disks are told |
//! | `node` | the state of a node, what it recovers from its disk, and who handles what |
//! | `acceptor`, `proposer`, `learner` | one role a file |
//! | `waits` | what a node waits for, in words |
//! | `service` | how a closed-loop client speaks Paxos |

mod acceptor;
pub mod bugs;
pub mod config;
mod keys;
mod learner;
pub mod message;
mod node;
mod proposer;
mod service;
#[cfg(test)]
mod tests;
mod waits;

pub use bugs::{BUGS, Bug, PaxosBugs};
pub use config::{Learning, PaxosConfig, SURVIVES};
pub use keys::{SECTION, VARIES};
pub use message::{Instance, Message, PaxosRequest, PaxosResponse, Record, VOTE_BYTES};
pub use node::{Paxos, Timer};
pub use service::PaxosService;
