//! The settings of a run that are worth knowing when one reads what came of it.

use super::palette::{HEADING, paint};
use crate::base::keys::Target;
use crate::base::{NodeId, SimTime};
use crate::faults::{Action, Fault, MessageEffect, MessageVerb, PartitionShape, When};
use crate::network::LinkOverride;
use crate::scenario::Scenario;

/// The settings of `scenario`, a line each.
pub(super) fn settings(scenario: &Scenario) -> String {
    let mut text = format!("{}\n", paint(HEADING, "settings"));
    let mut row = |name: &str, value: &str| text += &format!("  {name:<16}{value}\n");
    let links = &scenario.network.links;
    row("duration", &scenario.duration.to_string());
    row("network latency", &links.latency.to_string());
    row("loss", &links.loss.as_f64().to_string());
    row("duplicate", &links.duplicate.as_f64().to_string());
    row("order", if scenario.network.fifo { "as sent" } else { "messages overtake each other" });
    for link in &scenario.network.overrides {
        row("link", &overridden(link));
    }
    row("disk sync", &scenario.disk.sync.to_string());
    row("torn writes", &scenario.disk.torn.as_f64().to_string());
    row("clients", &format!("{}, thinking {}", scenario.clients.clients, scenario.clients.think));
    if !scenario.bugs.is_empty() {
        row("bugs", &scenario.bugs.join(", "));
    }
    row("limit", &format!("{} events", scenario.limits.events));
    for fault in &scenario.faults {
        row("fault", &scheduled(fault));
    }
    text
}

fn overridden(link: &LinkOverride) -> String {
    let nodes = |nodes: &[NodeId]| if nodes.is_empty() { "any".to_owned() } else { list(nodes) };
    let mut text = format!("{} -> {}", nodes(&link.from), nodes(&link.to));
    if let Some(latency) = link.latency {
        text += &format!(", latency {latency}");
    }
    for (name, probability) in [("loss", link.loss), ("duplicate", link.duplicate)] {
        if let Some(probability) = probability {
            text += &format!(", {name} {}", probability.as_f64());
        }
    }
    text
}

fn scheduled(fault: &Fault) -> String {
    let Fault { when: When { first, every, until }, action, lasts } = fault;
    let mut text = match action {
        Action::Partition(PartitionShape::Isolate(target)) => format!("partition, isolate {}", aim(target)),
        Action::Messages(verb) => messages(verb),
        _ => {
            action.to_string() + &action.target().map_or(String::new(), |target| format!(" {}", aim(target)))
        }
    };
    text += &format!(", at {}", first.since(SimTime::ZERO));
    if let Some(every) = every {
        text += &format!(", every {every}");
    }
    if *until != SimTime::MAX {
        text += &format!(", until {}", until.since(SimTime::ZERO));
    }
    if let Some(lasts) = lasts {
        text += &format!(", for {lasts}");
    }
    text
}

/// Which messages a fault is about, and what it does to them.
fn messages(verb: &MessageVerb) -> String {
    let MessageVerb { message, from, to, nth, count, effect } = verb;
    let node = |node: &Option<NodeId>| node.map_or("any".to_owned(), |node| node.to_string());
    let kind = message.as_deref().unwrap_or("any message");
    let mut text = format!("{} {kind}, {} -> {}", effect.verb(), node(from), node(to));
    text += &format!(", {count} from number {nth} on");
    if let MessageEffect::Delay(by) = effect {
        text += &format!(", by {by}");
    }
    text
}

/// Whom a fault aims at, as a scenario says it.
fn aim(target: &Target) -> String {
    match target {
        Target::Nodes(nodes) => list(nodes),
        word => format!("{word:?}").to_lowercase(),
    }
}

fn list(nodes: &[NodeId]) -> String {
    nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
