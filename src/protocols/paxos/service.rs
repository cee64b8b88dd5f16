//! How a closed-loop client speaks Paxos.

use super::config::PaxosConfig;
use super::message::{PaxosRequest, PaxosResponse};
use super::node::Paxos;
use crate::base::{SimDuration, SimTime};
use crate::workload::{Answer, Operation, Reply, Service};

/// Proposes a value of its own, whatever the generator draws, for an instance of the drawn key: time moves the
/// keys on, so that there are always some that nothing is decided for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaxosService {
    keys: u32,
    fresh_after: SimDuration,
}

impl PaxosService {
    /// Instances are counted up to here, about, and then from the first on again, which was decided long ago.
    const MOST_INSTANCES: u64 = 1 << 20;

    /// For a cluster of `config`, of whose clients the operations are spread over so many `keys`.
    pub fn of(config: &PaxosConfig, keys: u32) -> Self {
        PaxosService { keys, fresh_after: config.fresh_after }
    }
}

impl Service<Paxos> for PaxosService {
    fn offer(&self, drawn: Operation, number: i64, now: SimTime) -> Operation {
        let keys = u64::from(self.keys.max(1));
        let generations = (PaxosService::MOST_INSTANCES / keys).max(1);
        let generation = now.as_ns() / self.fresh_after.as_ns().max(1) % generations;
        Operation::Propose { key: drawn.key() + (keys * generation) as u32, value: number }
    }

    fn request(&self, _: u32, _: u32, operation: Operation) -> PaxosRequest {
        let Operation::Propose { key: instance, value } = operation else {
            unreachable!("clients of Paxos offer proposals only")
        };
        PaxosRequest::Propose { instance, value }
    }

    fn reply(&self, response: PaxosResponse) -> Reply {
        match response {
            PaxosResponse::Decided(value) => Reply::Done(Answer::Decided(value)),
            PaxosResponse::NotProposer { proposer } => Reply::Elsewhere(Some(proposer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_moves_the_keys_on() {
        let config = PaxosConfig { fresh_after: SimDuration::from_ms(100), ..PaxosConfig::default() };
        let service = PaxosService::of(&config, 3);
        let offer = |ms| {
            let now = SimTime::ZERO + SimDuration::from_ms(ms);
            service.offer(Operation::Read { key: 2 }, 7, now)
        };
        let propose = |key| Operation::Propose { key, value: 7 };
        assert_eq!([offer(0), offer(99), offer(100), offer(1_000)], [2, 2, 5, 32].map(propose));
        // All of the space is used before any of it is used again.
        let generations = PaxosService::MOST_INSTANCES / 3;
        assert_eq!(offer(100 * generations - 1), propose(2 + 3 * (generations as u32 - 1)));
        assert_eq!(offer(100 * generations), propose(2));
    }
}
