//! `results/<scenario>/shards/K-of-N.shard`: the rows of a shard, with what they are rows of.
//!
//! The first line is a JSON object, the second names the columns, then there is a row a seed, and the
//! last line tells how many and the fingerprint of all lines before it. A file gets its name when it
//! is whole and on the disk; what all the same was cut or changed is refused and never merged.

use std::fs;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Plan, Subject};
use crate::base::{DIGEST_SCHEME, Digest, Seed};
use crate::cli::results_folder;
use crate::cli::seeds::SeedRange;
use crate::scenario::Scenario;
use crate::sweep::{Record, Shard};

/// What the rows are rows of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::cli) struct Header {
    /// The version of what ran them, and of all that digests depend on.
    pub(in crate::cli) atropos: String,
    pub(in crate::cli) digest_scheme: u32,
    /// The scenario: its name, and how it was called on the command line.
    pub(in crate::cli) scenario: String,
    pub(in crate::cli) named: String,
    pub(in crate::cli) set: Vec<String>,
    /// The fingerprints of its settings, and of what is expected of it.
    pub(in crate::cli) settings: String,
    pub(in crate::cli) expectations: String,
    pub(in crate::cli) check_determinism: bool,
    /// The first seed of all shards together, and how many there are.
    first: String,
    count: u64,
    /// Which shard, from 0, of how many.
    shard: u64,
    of: u64,
}

impl Header {
    /// The header of `shard` of `subject` with the seeds `all`.
    pub(super) fn new(plan: &Plan<'_>, subject: &Subject, shard: Shard, all: SeedRange) -> Self {
        Header {
            atropos: env!("CARGO_PKG_VERSION").to_owned(),
            digest_scheme: DIGEST_SCHEME,
            scenario: subject.scenario.name.clone(),
            named: subject.named.clone(),
            set: plan.set.to_vec(),
            settings: subject.scenario.fingerprint().to_string(),
            expectations: expectations(&subject.scenario),
            check_determinism: plan.check_determinism,
            first: Seed(all.first).to_string(),
            count: all.count,
            shard: shard.index,
            of: shard.of,
        }
    }

    /// The first line.
    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| unreachable!("words and numbers: {error}"))
    }

    /// The seeds of all shards together.
    pub(in crate::cli) fn all(&self) -> Option<SeedRange> {
        let first = self.first.parse::<Seed>().ok()?.0;
        first.checked_add(self.count.checked_sub(1)?)?;
        Some(SeedRange { first, count: self.count })
    }

    /// Which shard it is.
    pub(in crate::cli) fn shard(&self) -> Shard {
        Shard { index: self.shard, of: self.of }
    }

    /// What both say otherwise, if they are not of one sweep.
    pub(in crate::cli) fn difference(&self, other: &Header) -> Option<&'static str> {
        let checks = [
            (self.atropos != other.atropos, "versions of atropos"),
            (self.digest_scheme != other.digest_scheme, "digest schemes"),
            (self.scenario != other.scenario, "scenarios"),
            (self.settings != other.settings || self.set != other.set, "settings of the scenario"),
            (self.expectations != other.expectations, "expectations of the scenario"),
            (self.check_determinism != other.check_determinism, "uses of --check-determinism"),
            ((&self.first, self.count) != (&other.first, other.count), "ranges of seeds"),
            (self.of != other.of, "numbers of shards"),
        ];
        checks.into_iter().find(|(differ, _)| *differ).map(|(_, what)| what)
    }
}

/// The fingerprint of what is expected of a scenario.
pub(in crate::cli) fn expectations(scenario: &Scenario) -> String {
    let mut digest = Digest::new();
    digest.write(format!("{:?} {:?}", scenario.expect, scenario.sometimes).as_bytes());
    digest.to_string()
}

/// The last line.
pub(super) fn trailer(count: u64, digest: Digest) -> String {
    format!("end,{count},{digest}")
}

/// A shard as it was read.
#[derive(Debug)]
pub(in crate::cli) struct Part {
    pub(in crate::cli) path: PathBuf,
    pub(in crate::cli) header: Header,
    pub(in crate::cli) records: Vec<Record>,
    /// How many there must be.
    expected: u64,
}

impl Part {
    /// Reads a shard; the error says why it is none.
    pub(in crate::cli) fn read(path: &Path) -> Result<Part, String> {
        let damaged = |what: &str| format!("`{}` is no shard as it should be: {what}", path.display());
        let text = fs::read_to_string(path).map_err(|error| damaged(&error.to_string()))?;
        let mut lines: Vec<&str> = text.lines().collect();
        let last = lines.pop().filter(|_| text.ends_with('\n')).ok_or_else(|| damaged("it is cut off"))?;
        let mut digest = Digest::new();
        lines.iter().for_each(|line| digest.write(line.as_bytes()));
        if last != trailer((lines.len() as u64).saturating_sub(2), digest) {
            return Err(damaged("its last line is not what the others add up to"));
        }
        let header = lines.first().and_then(|line| serde_json::from_str::<Header>(line).ok());
        let header = header.ok_or_else(|| damaged("its first line is of another version"))?;
        let shard = header.shard();
        let all = header.all().filter(|_| shard.index < shard.of && shard.of <= header.count);
        let all = all.ok_or_else(|| damaged("there is no such shard"))?;
        let own = path.file_name().is_some_and(|name| name == &*results_folder::shard_name(shard));
        if !own {
            return Err(damaged(&format!("it is {shard}, which has another name")));
        }
        let is_ours = header.atropos == env!("CARGO_PKG_VERSION") && header.digest_scheme == DIGEST_SCHEME;
        if !is_ours {
            let Header { atropos, digest_scheme, .. } = header;
            let message = format!(
                "`{}` is of atropos {atropos} (digest scheme {digest_scheme}) and this is {} (digest scheme {DIGEST_SCHEME}); \
                 what they mean may differ: run the shards again",
                path.display(),
                env!("CARGO_PKG_VERSION"),
            );
            return Err(message);
        }
        if lines.get(1) != Some(&&*Record::heading()) {
            return Err(damaged("its columns have other names"));
        }
        let places = shard.places(all.count);
        let records: Option<Vec<Record>> = lines[2..].iter().map(|row| Record::parse(row)).collect();
        let records = records.ok_or_else(|| damaged("it has a row that does not read"))?;
        let seeds = records.iter().map(|record| record.seed);
        if !seeds.eq(places.clone().take(records.len()).map(|place| all.seed(place))) {
            return Err(damaged("its seeds are not those of the shard"));
        }
        let expected = places.end - places.start;
        Ok(Part { path: path.to_owned(), header, records, expected })
    }

    /// Whether every seed of the shard is there; else it was cut short.
    pub(in crate::cli) fn is_whole(&self) -> bool {
        self.records.len() as u64 == self.expected
    }

    /// How many seeds are there, and how many there must be.
    pub(in crate::cli) fn share(&self) -> String {
        format!("{} of {} seeds", self.records.len(), self.expected)
    }
}

/// The files of shards in `folder` and below, folder by folder. Links to folders are not followed.
pub(in crate::cli) fn find_shards(folder: &Path) -> Result<Vec<Vec<PathBuf>>, String> {
    let failed = |error: std::io::Error| format!("cannot read the folder `{}`: {error}", folder.display());
    let (mut here, mut below) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        match entry.file_type().map_err(failed)?.is_dir() {
            true => below.push(entry.path()),
            false if entry.path().extension().is_some_and(|extension| extension == "shard") => {
                here.push(entry.path());
            }
            false => {}
        }
    }
    below.sort();
    let mut found = if here.is_empty() { Vec::new() } else { vec![here] };
    for folder in below {
        found.extend(find_shards(&folder)?);
    }
    Ok(found)
}
