//! The keys of `[topology]` and of its routes.

use super::{Jitter, Place};
use crate::base::keys::{Key, KeyKind, KeyProblem, Section, Settings};
use crate::base::{Probability, SimDuration};

const ONE_WAY: KeyKind = KeyKind::Duration { min: SimDuration::ZERO, max: SimDuration::from_secs(86_400) };

/// `[topology]`.
pub const SECTION: Section = Section {
    name: "topology",
    doc: "Where nodes and clients are: regions, zones in them, racks in those. Links then have the latency of their two places, unless a `[[network.link]]` says otherwise.",
    keys: &[
        Key {
            name: "nodes",
            kind: KeyKind::Places,
            default: None,
            doc: "The places of the nodes, in the order of their ids; where there are more nodes, from the first again.",
            since: "0.1",
        },
        Key {
            name: "clients",
            kind: KeyKind::Places,
            default: None,
            doc: "The places of the clients, in the same way. If unset they are in none, and their messages travel as `[network]` says.",
            since: "0.1",
        },
        Key {
            name: "matrix",
            kind: KeyKind::File,
            default: None,
            doc: "A CSV file with the latency from each region to each: the columns `from`, `to`, and at least one called after its unit, such as `rtt_ms`. Without it the latencies come from `[[topology.route]]`.",
            since: "0.1",
        },
        Key {
            name: "column",
            kind: KeyKind::Text,
            default: None,
            doc: "The column of the matrix that counts; needed where there are several.",
            since: "0.1",
        },
        Key {
            name: "matrix_is",
            kind: KeyKind::Choice(&["rtt", "one-way"]),
            default: None,
            doc: "What the matrix holds: round trips, of which half is the way there (the default), or latencies one way. The way back is that of its own row.",
            since: "0.1",
        },
        Key {
            name: "same_region",
            kind: ONE_WAY,
            default: None,
            doc: "The latency between zones of a region, one way. If unset what the matrix says from the region to itself, or without a matrix 0.5ms.",
            since: "0.1",
        },
        Key {
            name: "same_zone",
            kind: ONE_WAY,
            default: None,
            doc: "The latency between racks of a zone, one way; if unset that of `same_region`.",
            since: "0.1",
        },
        Key {
            name: "same_rack",
            kind: ONE_WAY,
            default: None,
            doc: "The latency within a rack, one way; if unset that of `same_zone`.",
            since: "0.1",
        },
        Key {
            name: "jitter",
            kind: KeyKind::Latency,
            default: None,
            doc: "What each message takes longer than its places say.",
            since: "0.1",
        },
        Key {
            name: "jitter_share",
            kind: KeyKind::Probability,
            default: None,
            doc: "Up to which share of its latency a message takes less or more, all equally likely, so that the mean stays. Either this or `jitter`.",
            since: "0.1",
        },
    ],
};

/// `[[topology.route]]`.
pub const ROUTE_SECTION: Section = Section {
    name: "topology.route",
    doc: "Ways between places, where there is no matrix: a message takes the shortest. A route of a place that holds others is one of each of them.",
    keys: &[
        Key { name: "between", kind: KeyKind::Places, default: None, doc: "The two places.", since: "0.1" },
        Key {
            name: "latency",
            kind: ONE_WAY,
            default: None,
            doc: "The latency from the first to the second, one way.",
            since: "0.1",
        },
        Key {
            name: "back",
            kind: ONE_WAY,
            default: None,
            doc: "The latency from the second to the first; if unset the same.",
            since: "0.1",
        },
    ],
};

/// The two places that a route is `between`.
///
/// # Errors
/// If they are not two different ones.
pub fn between(route: &Settings) -> Result<[Place; 2], KeyProblem> {
    let places =
        route.texts("between").ok_or_else(|| KeyProblem::new("between", "a route needs two places"))?;
    let places: Vec<Place> = places.iter().filter_map(|name| Place::parse(name)).collect();
    match <[Place; 2]>::try_from(places) {
        Ok([one, other]) if one == other => Err(KeyProblem::new(
            "between",
            format!("a route leads from one place to another, not back to `{one}`"),
        )),
        Ok(two) => Ok(two),
        Err(places) => {
            let message = format!("expected two places, found {}", places.len());
            Err(KeyProblem::new("between", message))
        }
    }
}

/// The jitter that `[topology]` asks for.
///
/// # Errors
/// If it asks for two.
pub fn jitter_of(topology: &Settings) -> Result<Jitter, KeyProblem> {
    match (topology.latency("jitter"), topology.probability("jitter_share")) {
        (Some(_), Some(_)) => {
            Err(KeyProblem::new("jitter_share", "expected either of `jitter` and `jitter_share`")
                .against("jitter"))
        }
        (Some(latency), None) => Ok(Jitter::Added(latency)),
        (None, Some(share)) if share != Probability::NEVER => Ok(Jitter::Share(share)),
        (None, _) => Ok(Jitter::None),
    }
}
