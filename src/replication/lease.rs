//! How long a leader may count on a promise that others keep by clocks of their own.

use crate::base::SimDuration;

/// How long a lease lasts on a leader's clock, where others promise to wait for `timeout` on theirs: what that
/// comes to if its clock is as slow and theirs as fast as clocks may be, by `drift_bound_ppm` parts per million
/// (Ongaro's dissertation, §6.4.1; *Paxos Made Live*, §5.2).
pub fn lease(timeout: SimDuration, drift_bound_ppm: u32) -> SimDuration {
    const MILLION: u64 = 1_000_000;
    let bound = u64::from(drift_bound_ppm);
    let timeout = u128::from(timeout.as_ns());
    let shorter = timeout * u128::from(MILLION - bound) / u128::from(MILLION + bound);
    SimDuration::from_ns(shorter as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_over_before_anybody_loses_patience() {
        let ms = SimDuration::from_ms;
        assert_eq!(lease(ms(150), 0), ms(150));
        // At half speed here and one and a half there: 50 ms of this clock are 150 ms of that one.
        assert_eq!(lease(ms(150), 500_000), ms(50));
    }
}
