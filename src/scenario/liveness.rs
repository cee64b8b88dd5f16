//! `[liveness]`: what is demanded once faults are over.

use toml::de::DeTable;

use super::decode::{Decoded, Decoder};
use super::{Liveness, sections};
use crate::base::keys::{KeyProblem, KeyValue, Settings, exact};
use crate::base::{SimDuration, SimTime};
use crate::faults::{Fault, Healing};

impl Decoder<'_> {
    /// Decodes the section. Settings in which nobody speaks of it are the same as before there was one.
    pub(super) fn liveness(
        &mut self,
        root: &DeTable<'_>,
        top: &Decoded,
        faults: &[Fault],
        has_swarm: bool,
    ) -> Liveness {
        let mut table = self.section(root, &sections::LIVENESS, &[]);
        if has_swarm && !table.settings.has("after") {
            let (duration, within) = (top.settings.duration("duration"), table.settings.duration("within"));
            let after = end_of_swarm(duration.unwrap_or_default(), within);
            table.settings.set("after", KeyValue::Duration(after));
        }
        if sections::LIVENESS.keys.iter().any(|key| table.settings.has(key.name)) {
            self.keep(format!("[{}]", sections::LIVENESS.name), &table.settings);
        }
        let duration = top.settings.duration("duration").filter(|_| table.whole);
        let nodes = top.settings.count("nodes").map_or(self.nodes, |nodes| nodes as u32);
        let over = |fault: &Fault| fault.over(nodes, SimDuration::ZERO);
        let last = faults.iter().filter_map(over).max().unwrap_or(SimTime::ZERO).since(SimTime::ZERO);
        if let Some(problem) = duration.and_then(|duration| never_demanded(&table.settings, last, duration)) {
            self.disagreement(&problem, &[&table, top]);
        }
        let goes_on = || faults.iter().find(|fault| over(fault).is_none());
        let (within, after) = (table.settings.duration("within"), table.settings.duration("after"));
        if let (Some(_), None, Some(fault)) = (within, after, goes_on()) {
            let verb = fault.action.verb();
            let message = format!(
                "nothing can be demanded: the `{verb}` goes on to the end. `after` is when everything is mended"
            );
            self.disagreement(&KeyProblem::new("within", message), &[&table]);
        }
        let core = table.settings.probability("core").unwrap_or_default();
        let healing = after.map(|after| Healing { at: SimTime::ZERO + after, core });
        Liveness { within, healing }
    }
}

/// When everything is mended in a run of a swarm that lasts `duration`, if nobody says so: late enough for
/// much to break before, and early enough to see whether operations complete `within` their bound.
fn end_of_swarm(duration: SimDuration, within: Option<SimDuration>) -> SimDuration {
    let within = within.map_or(duration.as_ns() / 3, SimDuration::as_ns);
    let after = duration.as_ns().saturating_sub(within.saturating_add(within / 4));
    SimDuration::from_ns(after.max(duration.as_ns() / 2).max(1))
}

/// Why nothing is demanded in a run that lasts `duration` and whose faults, if nothing mends them, may last
/// until `last`, if so.
fn never_demanded(table: &Settings, last: SimDuration, duration: SimDuration) -> Option<KeyProblem> {
    let (within, after) = (table.duration("within"), table.duration("after"));
    if table.has("core") && after.is_none() {
        let message = "`core` says who is mended `after` an instant, and there is none";
        return Some(KeyProblem::new("core", message));
    }
    let needed = after.unwrap_or(last) + within.unwrap_or_default();
    if needed < duration || (after.is_none() && within.is_none()) {
        return None;
    }
    let key = if after.is_some() { "after" } else { "within" };
    let lasts = match after {
        None if !last.is_zero() => format!(" as faults may last until {}", exact(last)),
        _ => String::new(),
    };
    let message = format!(
        "nobody can tell in time: {} have to pass{lasts}, and the run ends after {}",
        exact(needed),
        exact(duration)
    );
    Some(KeyProblem::new(key, message).against("duration"))
}
