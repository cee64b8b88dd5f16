//! `sweep.json`: what the seeds of a scenario came to, for programs. It holds no time and nothing of
//! how the seeds were shared among threads and machines.

use serde_json::{Map, Value, json};

use super::Sweep;
use crate::base::DIGEST_SCHEME;
use crate::sweep::Statistics;

impl Sweep<'_> {
    /// The summary.
    pub(in crate::cli) fn summary(&self) -> Value {
        let scenario = &self.subject.scenario;
        let Statistics { valid, invalid, unknown, .. } = self.statistics;
        let mut coverage = Map::new();
        for (name, median, runs) in self.statistics.coverage() {
            coverage.insert(name.replace(' ', "_"), json!({ "median": median, "runs": runs }));
        }
        let kinds = self.kinds.iter().map(|kind| {
            let seeds: Vec<String> = kind.seeds.iter().map(ToString::to_string).collect();
            json!({ "kind": kind.shape, "count": kind.count, "seeds": seeds })
        });
        let sometimes = self.sightings.iter().map(|sighting| {
            json!({
                "sight": sighting.sometimes.sight,
                "check": sighting.sometimes.check,
                "runs": sighting.runs,
                "first": sighting.first.map(|seed| seed.to_string()),
            })
        });
        let fields: [(&str, Value); 19] = [
            ("scenario", (&*scenario.name).into()),
            ("protocol", (&*scenario.protocol).into()),
            ("set", (&*scenario.overrides).into()),
            ("settings", scenario.fingerprint().to_string().into()),
            ("atropos", env!("CARGO_PKG_VERSION").into()),
            ("digest_scheme", DIGEST_SCHEME.into()),
            ("seeds", self.seeds().into()),
            ("verdict", self.verdict_of_all().to_string().into()),
            ("valid", valid.into()),
            ("invalid", invalid.into()),
            ("unknown", unknown.into()),
            ("panics", self.panics.into()),
            ("failures", self.failures.into()),
            ("mismatches", self.mismatches.into()),
            ("sim_seconds", self.sim_seconds.into()),
            ("kinds", kinds.collect()),
            ("coverage", coverage.into()),
            ("elections", self.statistics.elections.json()),
            ("sometimes", sometimes.collect()),
        ];
        // One by one: to collect them would be a sort of their own in the binary.
        let mut summary = Map::new();
        for (name, value) in fields {
            summary.insert(name.to_owned(), value);
        }
        if !scenario.measures.is_empty() {
            let measures = self.statistics.measures.json(&scenario.measures);
            summary.insert("measures".to_owned(), measures);
        }
        summary.into()
    }
}
