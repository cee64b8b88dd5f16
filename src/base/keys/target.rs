//! Whom a fault aims at.

use crate::base::NodeId;

/// Whom a fault aims at. Resolved when it strikes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// These nodes.
    Nodes(Vec<NodeId>),
    /// The live node that leads with the highest term; nobody while there is none.
    Leader,
    /// One node by chance.
    Random,
    /// So many different nodes by chance.
    Some(u32),
    /// As many nodes as can fail while a majority is left, by chance.
    Minority,
    /// Each node in turn, one at each strike.
    Next,
    /// Every node.
    All,
    /// Every node that is in a place: a region, a zone or a rack.
    Place {
        /// What sort of place: one of [`Target::PLACES`].
        sort: &'static str,
        /// Its name.
        name: String,
        /// The nodes in it: they never move.
        nodes: Vec<NodeId>,
    },
}

impl Target {
    /// Whether it is sure to be each of `nodes` nodes.
    pub fn is_everyone(&self, nodes: u32) -> bool {
        match self {
            Target::All => true,
            Target::Nodes(named) => named.len() == nodes as usize,
            // Where a place holds everybody, clients elsewhere may still be cut off from it.
            Target::Place { .. } => false,
            Target::Some(count) => *count >= nodes,
            Target::Leader | Target::Random | Target::Minority | Target::Next => false,
        }
    }

    /// The words a target is written with, in the order of the variants that have one.
    pub const WORDS: [&'static str; 5] = ["leader", "random", "minority", "next", "all"];

    /// What each of the [`WORDS`](Target::WORDS) means.
    pub const MEANINGS: [&'static str; 5] = [
        "The live node that leads with the highest term; nobody while there is none.",
        "One node by chance.",
        "As many nodes as can fail while a majority is left, by chance.",
        "Each node in turn, one at each strike.",
        "Every node.",
    ];

    /// The target that `word` names.
    pub fn from_word(word: &str) -> Option<Target> {
        let all = [Target::Leader, Target::Random, Target::Minority, Target::Next, Target::All];
        all.into_iter().find(|target| target.word() == Some(word))
    }

    /// The sorts of place, the largest first, as they are written before the name: `zone:eu-west-1/a`.
    pub const PLACES: [&'static str; 3] = ["region", "zone", "rack"];

    /// The word it is written with; `None` where it names nodes, their number or a place.
    pub fn word(&self) -> Option<&'static str> {
        let place = match self {
            Target::Nodes(_) | Target::Some(_) | Target::Place { .. } => return None,
            Target::Leader => 0,
            Target::Random => 1,
            Target::Minority => 2,
            Target::Next => 3,
            Target::All => 4,
        };
        Some(Target::WORDS[place])
    }
}
