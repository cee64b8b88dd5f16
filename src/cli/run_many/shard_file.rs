//! `results/<scenario>/shards/K-of-N.shard`: the rows of a shard, with what they are rows of.
//!
//! The first lines say what it is of, a word and a value each; then the columns are named, then there is
//! a row a seed, and the last line tells how many and the fingerprint of all lines before it. A file gets its name when it
//! is whole and on the disk; what all the same was cut or changed is refused and never merged.

use std::collections::BTreeSet;
use std::fs;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

use super::{Plan, Subject};
use crate::base::{DIGEST_SCHEME, Digest, Seed};
use crate::cli::results_folder;
use crate::cli::seeds::SeedRange;
use crate::scenario::Scenario;
use crate::sweep::{Record, Shard};

/// What the rows are rows of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) struct Header {
    /// The version of what ran them, and of all that digests depend on.
    atropos: String,
    digest_scheme: String,
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
    shard: Shard,
}

impl Header {
    /// The header of `shard` of `subject` with the seeds `all`.
    pub(super) fn new(plan: &Plan<'_>, subject: &Subject, shard: Shard, all: SeedRange) -> Self {
        Header {
            atropos: env!("CARGO_PKG_VERSION").to_owned(),
            digest_scheme: DIGEST_SCHEME.to_string(),
            scenario: subject.scenario.name.clone(),
            named: subject.named.clone(),
            set: plan.set.to_vec(),
            settings: subject.scenario.fingerprint().to_string(),
            expectations: expectations(&subject.scenario),
            check_determinism: plan.check_determinism,
            first: Seed(all.first).to_string(),
            count: all.count,
            shard,
        }
    }

    /// Its lines: a word and what is to be said, each.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut say = |name: &str, value: &str| {
            lines.push(format!("{name} {}", value.replace('\\', r"\\").replace('\n', r"\n")));
        };
        say("atropos", &self.atropos);
        say("digest_scheme", &self.digest_scheme);
        say("scenario", &self.scenario);
        say("named", &self.named);
        self.set.iter().for_each(|set| say("set", set));
        say("settings", &self.settings);
        say("expectations", &self.expectations);
        say("check_determinism", &self.check_determinism.to_string());
        say("first", &self.first);
        say("count", &self.count.to_string());
        say("shard", &self.shard.to_string());
        lines
    }

    /// What `lines` say; `None` if something is missing.
    fn parse(lines: &[&str]) -> Option<Self> {
        let all = |name: &'static str| {
            let values = lines.iter().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(' '));
            values.map(unescaped)
        };
        let one = |name| all(name).next();
        Some(Header {
            atropos: one("atropos")?,
            digest_scheme: one("digest_scheme")?,
            scenario: one("scenario")?,
            named: one("named")?,
            set: all("set").collect(),
            settings: one("settings")?,
            expectations: one("expectations")?,
            check_determinism: one("check_determinism")? == "true",
            first: one("first")?,
            count: one("count")?.parse().ok()?,
            shard: one("shard")?.parse().ok()?,
        })
    }

    /// The seeds of all shards together.
    pub(in crate::cli) fn all(&self) -> Option<SeedRange> {
        let first = self.first.parse::<Seed>().ok()?.0;
        first.checked_add(self.count.checked_sub(1)?)?;
        Some(SeedRange { first, count: self.count })
    }

    /// Which shard it is.
    pub(in crate::cli) fn shard(&self) -> Shard {
        self.shard
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
            (self.shard.of != other.shard.of, "numbers of shards"),
        ];
        checks.into_iter().find(|(differ, _)| *differ).map(|(_, what)| what)
    }
}

/// A value as it was before it was put on one line.
fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => text.extend(chars.next().map(|c| if c == 'n' { '\n' } else { c })),
            (c, false) => text.push(c),
        }
    }
    text
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
        let heading = Record::heading();
        let head = lines.iter().position(|line| *line == heading);
        let head =
            head.ok_or_else(|| damaged("it is of another version, or its columns have other names"))?;
        let (said, rows) = (&lines[..head], &lines[head + 1..]);
        if last != trailer(rows.len() as u64, digest) {
            return Err(damaged("its last line is not what the others add up to"));
        }
        let header =
            Header::parse(said).ok_or_else(|| damaged("its first lines do not say what it is of"))?;
        let shard = header.shard;
        let all = header.all().filter(|_| shard.of <= header.count);
        let all = all.ok_or_else(|| damaged("there is no such shard"))?;
        let own = path.file_name().is_some_and(|name| name == &*results_folder::shard_name(shard));
        if !own {
            return Err(damaged(&format!("it is {shard}, which has another name")));
        }
        let is_ours =
            header.atropos == env!("CARGO_PKG_VERSION") && header.digest_scheme == DIGEST_SCHEME.to_string();
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
        let places = shard.places(all.count);
        let records: Option<Vec<Record>> = rows.iter().map(|row| Record::parse(row)).collect();
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
    let (mut here, mut below) = (Vec::new(), BTreeSet::new());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        match entry.file_type().map_err(failed)?.is_dir() {
            true => drop(below.insert(entry.path())),
            false if entry.path().extension().is_some_and(|extension| extension == "shard") => {
                here.push(entry.path());
            }
            false => {}
        }
    }
    let mut found = if here.is_empty() { Vec::new() } else { vec![here] };
    for folder in below {
        found.extend(find_shards(&folder)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use quickcheck::quickcheck;

    use super::*;

    quickcheck! {
        fn a_header_tells_all_of_itself(words: Vec<String>, set: Vec<String>, check: bool, count: u64) -> bool {
            let word = |place: usize| words.get(place).cloned().unwrap_or("\\\n a".to_owned());
            let header = Header {
                atropos: word(0),
                digest_scheme: word(1),
                scenario: word(2),
                named: word(3),
                set,
                settings: word(4),
                expectations: word(5),
                check_determinism: check,
                first: word(6),
                count,
                shard: Shard { index: 3, of: 7 },
            };
            let lines = header.lines();
            let read: Vec<&str> = lines.iter().map(String::as_str).collect();
            lines.iter().all(|line| !line.contains('\n')) && Header::parse(&read) == Some(header)
        }
    }
}
