//! The timers of copies and supervisors.

/// A node's timers, those of the supervisors' group aside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timer {
    /// A copy: time to tell the supervisors that it is there.
    Heartbeat,
    /// A primary: time to say that it is there, to send again what was not answered, and to look after the set.
    Push,
    /// A secondary that polls: time to ask for more.
    Poll,
    /// Time to ask the supervisors' group again.
    Ask,
    /// Whoever carries out a forced failover: time to decide.
    Survey,
    /// A supervisor: time to look after the copies.
    Supervise,
}
