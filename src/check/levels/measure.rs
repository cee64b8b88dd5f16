//! What a scenario can have measured of a run.

/// What can be measured of a run, whatever its verdict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Measure {
    /// What became of the writes: [`Durability`](super::Durability).
    Durability,
    /// How far behind reads are: [`Staleness`](super::Staleness).
    Staleness,
    /// How long nothing completed: [`Outage`](super::Outage).
    Outage,
}

impl Measure {
    /// Every measure, in the order of every report.
    pub const ALL: [Measure; 3] = [Measure::Durability, Measure::Staleness, Measure::Outage];

    /// The name users type.
    pub const fn name(self) -> &'static str {
        match self {
            Measure::Durability => "durability",
            Measure::Staleness => "staleness",
            Measure::Outage => "outage",
        }
    }

    /// The measure of this name.
    pub fn named(name: &str) -> Option<Measure> {
        Measure::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// What it is, in a sentence.
    pub const fn doc(self) -> &'static str {
        match self {
            Measure::Durability => {
                "How many acknowledged writes were lost, and how many reads saw what was rolled back or failed."
            }
            Measure::Staleness => {
                "How many reads missed a version, how much time and how many versions at worst."
            }
            Measure::Outage => {
                "The longest span in which no operation of any client completed, no write, and no read."
            }
        }
    }
}
