//! Swarm: each seed draws for itself which kinds of fault there are and how strong they are.
//!
//! A mixture of everything in every run hides what only shows where something is missing: a queue never fills
//! up where the reader never rests. So each kind of fault is there in some of the seeds and not in others
//! (Groce et al., "Swarm Testing", ISSTA 2012), and where it is, it is now faint and now fierce.
//!
//! What a seed draws is plain data, tables as a scenario would hold them: a run of a swarm is a run of that
//! scenario. Each kind draws from a stream of its own, so that one more moves none of the others.
//!
//! Settings of the protocol are drawn too, those that it declares to vary, and what clients are like.
//!
//! * [`Swarm`], [`Swarm::draw`]: what may be drawn, and what a seed draws of it.
//! * [`KINDS`]: everything there is to draw, a file for each thing that can break.

mod clients;
mod clocks;
mod dice;
mod disks;
mod links;
mod nodes;
mod partitions;

use dice::Dice;

use crate::base::keys::{CommandSpec, KeyValue, OVERTAKING, Settings, Variation, Varied};
use crate::base::{Draw, Latency, Probability, Seed, SimDuration, Stream, StreamName};

/// What each seed may draw.
#[derive(Clone, PartialEq, Debug)]
pub struct Swarm {
    /// How likely each kind of fault is there.
    pub chance: Probability,
    /// How strong it is at most: 1 for as strong as it gets.
    pub strength: f64,
    /// The kinds that may be there: places in [`KINDS`].
    pub kinds: Vec<usize>,
    /// Whether some are left out together.
    pub families: bool,
    /// The admin commands of the protocol.
    pub commands: &'static [CommandSpec],
    /// The keys of the protocol that are varied.
    pub variations: &'static [Variation],
    /// Whether what clients are like is drawn.
    pub clients: bool,
}

/// What is drawn for.
#[derive(Clone, Debug)]
pub struct Cluster<'a> {
    /// How many nodes there are.
    pub nodes: u32,
    /// The admin commands of their protocol.
    pub commands: &'a [CommandSpec],
    /// How long messages travel, …
    pub latency: &'a Latency,
    /// … and syncs take, before anything is drawn.
    pub sync: &'a Latency,
    /// How many clients there are, …
    pub clients: u32,
    /// … and after how long they give an operation up.
    pub timeout: SimDuration,
}

/// What a seed has drawn, as the tables of a scenario.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Drawn {
    /// For `[network]`.
    pub network: Settings,
    /// For `[disk]`.
    pub disk: Settings,
    /// For `[clock]`.
    pub clock: Settings,
    /// For `[clients]`.
    pub clients: Settings,
    /// For the protocol's own section.
    pub protocol: Settings,
    /// For `[[faults]]`, each with its `kind`.
    pub faults: Vec<(&'static str, Settings)>,
}

/// A kind of fault that can be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name, as a protocol declares to survive it.
    pub name: &'static str,
    /// The counter that shows its effect, if one does.
    pub counter: Option<&'static str>,
    /// The fewest nodes among which it has one.
    pub least: u32,
    draw: fn(&mut Dice, &Cluster<'_>, &mut Drawn),
}

/// Everything there is to draw. The place of a kind is part of the digest scheme: new ones go to the end.
pub const KINDS: &[Kind] = &[
    links::LOSS,
    links::DUPLICATE,
    links::CORRUPT,
    links::REORDER,
    links::BURST_LOSS,
    links::CLOG,
    links::SLOW_LINK,
    links::DEGRADE,
    links::DROP,
    links::DELAY,
    links::REPEAT,
    partitions::PARTITION,
    nodes::CRASH,
    nodes::POWER_LOSS,
    nodes::CRASH_LOOP,
    nodes::ROLLING_RESTART,
    nodes::PAUSE,
    nodes::SLOW_NODE,
    nodes::REPLACE,
    nodes::ADMIN,
    disks::TORN,
    disks::STALL_DISK,
    disks::SLOW_DISK,
    disks::FAIL_SYNC,
    disks::FULL_DISK,
    disks::BIT_ROT,
    disks::LYING_DISK,
    clocks::STEP_CLOCK,
    clocks::DRIFT_CLOCK,
    clocks::STOP_CLOCK,
    nodes::FLICKER,
    nodes::SHORT_REIGNS,
    partitions::LONELY_LEADER,
    clocks::SLOW_LEADER,
];

/// What is left out together: in one seed of three nobody restarts, whichever way there is to, and what takes a leader
/// that lasts has the time to go wrong.
const FAMILIES: [&[&str]; 3] = [
    &["crash", "crash_loop", "rolling_restart", "replace"],
    &[
        "loss",
        "duplicate",
        "corrupt",
        "reorder",
        "burst_loss",
        "clog",
        "slow_link",
        "degrade",
        "drop",
        "delay",
    ],
    &["torn", "stall_disk", "slow_disk", "fail_sync", "full_disk", "bit_rot", "lying_disk"],
];

/// Behind the streams of the kinds: how the network and the disks are, whatever breaks.
const CLIMATE: u32 = 1 << 16;

/// And behind that: the settings of the protocol.
const SETTINGS: u32 = CLIMATE + 1;

/// And far behind those: the clients.
const CLIENTS: u32 = 1 << 17;

/// And behind those: which families are left out.
const LEFT_OUT: u32 = CLIENTS + 1;

/// The names of the kinds, each once.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for kind in KINDS {
        if !names.contains(&kind.name) {
            names.push(kind.name);
        }
    }
    names
}

impl Swarm {
    /// What a swarm may draw of that a protocol `survives`, among `nodes` nodes.
    pub fn among(nodes: u32, survives: &[&str], commands: &[CommandSpec]) -> Vec<usize> {
        let fits = |kind: &Kind| {
            let has_words = kind.name != "admin" || !commands.is_empty();
            has_words && nodes >= kind.least && survives.contains(&kind.name)
        };
        (0..KINDS.len()).filter(|&place| fits(&KINDS[place])).collect()
    }

    /// Whether some seed may draw that kind of fault.
    pub fn may_draw(&self, kind: &str) -> bool {
        self.kinds.iter().any(|&place| KINDS[place].name == kind)
    }

    /// The kinds of fault that are there under `seed`.
    pub fn kinds_of(&self, seed: Seed) -> Vec<&'static str> {
        let (mut kinds, (_, left_out)) = (self.wanted(seed), self.chosen(seed));
        kinds.retain(|kind| !left_out.contains(kind));
        kinds
    }

    /// The kinds that would be there, whatever the protocol's settings are.
    fn wanted(&self, seed: Seed) -> Vec<&'static str> {
        let is_there = |place: u32| Stream::new(seed, StreamName::Swarm(place)).chance(self.chance);
        self.kinds.iter().filter(|place| is_there(**place as u32)).map(|place| KINDS[*place].name).collect()
    }

    /// The protocol's settings under `seed`, and what is not there because of them.
    fn chosen(&self, seed: Seed) -> (Vec<(&'static str, Varied)>, Vec<&'static str>) {
        let wanted = self.wanted(seed);
        let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
        let mut families = Stream::new(seed, StreamName::Swarm(LEFT_OUT));
        for family in FAMILIES {
            if families.below(3) == 0 && self.families {
                left_out.extend(family);
            }
        }
        for (place, variation) in self.variations.iter().enumerate() {
            let mut stream = Stream::new(seed, StreamName::Swarm(SETTINGS + place as u32));
            let choices = variation.values.len() as u64;
            let is_needed = variation.always_with.iter().any(|kind| wanted.contains(kind));
            let is_too_little = variation.never_with.iter().any(|kind| wanted.contains(kind));
            let least = if is_needed { choices } else { 2 * choices };
            if let Some(value) = variation.values.get(stream.below(least) as usize)
                && !is_too_little
            {
                chosen.push((variation.key, *value));
                left_out.extend(variation.unless);
            }
        }
        (chosen, left_out)
    }

    /// What `seed` draws.
    pub fn draw(&self, seed: Seed, cluster: &Cluster<'_>) -> Drawn {
        let mut drawn = Drawn::default();
        let (chosen, left_out) = self.chosen(seed);
        let mut climate = Dice::new(Stream::new(seed, StreamName::Swarm(CLIMATE)), 1.0);
        set_latency(&mut drawn.network, "latency", climate.around(cluster.latency, 0.3..12.0));
        set_latency(&mut drawn.disk, "sync", climate.around(cluster.sync, 0.2..20.0));
        let is_fifo = climate.flips() || left_out.contains(&OVERTAKING);
        drawn.network.set("fifo", KeyValue::Bool(is_fifo));
        if self.clients {
            let dice = Dice::new(Stream::new(seed, StreamName::Swarm(CLIENTS)), 1.0);
            drawn.clients = clients::draw(dice, cluster.timeout, cluster.clients);
        }
        for (key, value) in chosen {
            value.lay(key, &mut drawn.protocol);
        }
        for &place in &self.kinds {
            let kind = &KINDS[place];
            let mut stream = Stream::new(seed, StreamName::Swarm(place as u32));
            let is_there = stream.chance(self.chance) && !left_out.contains(&kind.name);
            let strength = Dice::new(stream.clone(), 1.0).log(0.1, 1.0) * self.strength;
            stream.skip();
            if is_there {
                (kind.draw)(&mut Dice::new(stream, strength), cluster, &mut drawn);
            }
        }
        drawn
    }
}

fn set_latency(settings: &mut Settings, key: &'static str, latency: Option<Latency>) {
    if let Some(latency) = latency {
        settings.set(key, KeyValue::Latency(latency));
    }
}

#[cfg(test)]
mod tests;
