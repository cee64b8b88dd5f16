//! Floor 3: safety invariants, checked on every run over what nodes observe.
//!
//! A protocol with a replicated log speaks in [`LogEvent`]s; [`LogMonitors`] holds
//! the five invariants of Raft's Figure 3, which apply to any such protocol with
//! leaders and terms, and three more:
//!
//! * [`ElectionSafety`]: at most one leader a term.
//! * [`LogMatching`]: two logs that agree on an entry agree on all before it.
//! * [`LeaderCompleteness`]: a leader has every entry committed in earlier terms.
//! * [`StateMachineSafety`]: no two nodes apply different entries at one index,
//!   and no node leaves a gap.
//! * [`LeaderAppendOnly`]: a leader replaces nothing in its log.
//! * [`CommitDurability`]: who holds what is committed does not drop it.
//! * [`ReplicaEquality`]: who has applied equally much is in the same state.
//! * [`OneConfiguration`]: no log holds two uncommitted changes of members.
//!
//! A protocol with ballots and slots speaks in [`SlotEvent`]s; [`SlotMonitors`] holds the invariants of Paxos.
//!
//! A protocol with a primary and secondaries speaks in [`CopyEvent`]s; [`CopyMonitors`] holds those of the invariants of
//! a log that its form promises, and two of its own:
//!
//! * [`InSyncCompleteness`]: who is in the in-sync set holds every acknowledged write.
//! * [`PatientFailover`]: no supervisor replaces a primary before its time.
//!
//! [`ProtocolEvents`] counts what the protocol met besides, and [`Election`] tells how it came by a leader.
//!
//! A [`Monitor`] sees observations only, so it works for a user's own protocol too.
//! It says nothing about liveness, nor about what clients see: that is `check`'s.

mod commit_durability;
mod copy_event;
mod copy_monitors;
mod election_safety;
mod elections;
mod in_sync_completeness;
mod leader_append_only;
mod leader_completeness;
mod log_event;
mod log_matching;
mod mirror;
mod monitors;
mod one_configuration;
mod patient_failover;
mod protocol_events;
mod replica_equality;
mod slot_event;
mod slot_monitors;
mod slots;
mod state_machine_safety;

pub use commit_durability::CommitDurability;
pub use copy_event::CopyEvent;
pub use copy_monitors::{CopyMonitors, CopyPromise};
pub use election_safety::ElectionSafety;
pub use elections::Election;
pub use in_sync_completeness::InSyncCompleteness;
pub use leader_append_only::LeaderAppendOnly;
pub use leader_completeness::LeaderCompleteness;
pub use log_event::{LogEvent, Role};
pub use log_matching::LogMatching;
pub use mirror::LogMirror;
pub use monitors::{LogMonitors, Monitor, Violation};
pub use one_configuration::OneConfiguration;
pub use patient_failover::PatientFailover;
pub use protocol_events::ProtocolEvents;
pub use replica_equality::ReplicaEquality;
pub use slot_event::SlotEvent;
pub use slot_monitors::SlotMonitors;
pub use state_machine_safety::StateMachineSafety;
