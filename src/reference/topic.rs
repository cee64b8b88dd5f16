//! What has a name and can be explained, and what a name means.

use super::explain::distributions;
use super::{Reference, full_name};
use crate::base::keys::{BugSwitch, CheckSpec, CommandSpec, Key, KeyKind, Target};
use crate::check::ModelName;
use crate::faults::verbs::{VERBS, Verb};
use crate::scenario::{ProtocolSpec, SIGHTS, SectionEntry, Sight, checks_of, nearest};

/// One thing that has a name.
#[derive(Clone, Copy, Debug)]
pub enum Topic<'r> {
    /// A section of a scenario.
    Section(&'r SectionEntry),
    /// A key of a section.
    Key(&'r SectionEntry, &'static Key),
    /// A kind of fault.
    Fault(&'static Verb),
    /// A key of one kind of fault.
    FaultKey(&'static Verb, &'static Key),
    /// A protocol.
    Protocol(&'r ProtocolSpec),
    /// A deliberate bug.
    Bug(&'r ProtocolSpec, &'static BugSwitch),
    /// A check that is made of runs.
    Check(&'static CheckSpec),
    /// A kind of message.
    Message(&'r ProtocolSpec, &'static str),
    /// An admin command.
    Command(&'r ProtocolSpec, &'r CommandSpec),
    /// What a sweep can be asked to have seen.
    Sight(&'static Sight),
    /// What an object ought to do.
    Model(ModelName),
    /// A word for whom a fault aims at.
    Target(&'static str, &'static str),
    /// A distribution of durations: its name, how it is written, what it means.
    Distribution(&'static str, &'static str, &'static str),
}

impl Topic<'_> {
    /// Its whole name, which no other topic of its sort has.
    pub fn name(&self) -> String {
        match self {
            Topic::Section(entry) if entry.section.name.is_empty() => "top".to_owned(),
            Topic::Section(entry) => entry.section.name.to_owned(),
            Topic::Key(entry, key) => full_name(entry.section.name, key.name),
            Topic::Fault(verb) => verb.name.to_owned(),
            Topic::FaultKey(verb, key) => format!("faults.{}.{}", verb.name, key.name),
            Topic::Protocol(protocol) => protocol.name.to_owned(),
            Topic::Bug(_, bug) => bug.name.to_owned(),
            Topic::Check(check) => check.name.to_owned(),
            Topic::Message(_, name) => (*name).to_owned(),
            Topic::Command(_, command) => command.name.to_owned(),
            Topic::Sight(sight) => sight.name.to_owned(),
            Topic::Model(model) => model.name().to_owned(),
            Topic::Target(word, _) | Topic::Distribution(word, ..) => (*word).to_owned(),
        }
    }

    /// Every name that means it, its whole name among them.
    fn names(&self) -> Vec<String> {
        let mut names = vec![self.name()];
        match self {
            Topic::Key(_, key) => names.push(key.name.to_owned()),
            Topic::Fault(verb) => names.push(format!("faults.{}", verb.name)),
            Topic::FaultKey(verb, key) => {
                let own = [format!("{}.{}", verb.name, key.name), format!("faults.{}", key.name)];
                names.extend(own);
                names.push(key.name.to_owned());
            }
            // `raft/vote-not-persisted` without the protocol.
            Topic::Bug(_, bug) => names.extend(bug.name.split_once('/').map(|(_, bug)| bug.to_owned())),
            _ => {}
        }
        names
    }
}

impl Reference {
    /// Everything that can be explained.
    pub fn topics(&self) -> Vec<Topic<'_>> {
        let mut topics = Vec::new();
        for protocol in &self.protocols {
            topics.push(Topic::Protocol(protocol));
        }
        for entry in &self.sections {
            topics.push(Topic::Section(entry));
            topics.extend(entry.section.keys.iter().map(|key| Topic::Key(entry, key)));
        }
        for verb in VERBS {
            topics.push(Topic::Fault(verb));
            topics.extend(verb.keys.iter().map(|key| Topic::FaultKey(verb, key)));
        }
        let mut checks: Vec<&str> = Vec::new();
        for protocol in &self.protocols {
            topics.extend(protocol.bugs.iter().map(|bug| Topic::Bug(protocol, bug)));
            for check in checks_of(protocol) {
                if !checks.contains(&check.name) {
                    checks.push(check.name);
                    topics.push(Topic::Check(check));
                }
            }
            topics.extend(protocol.message_kinds.iter().map(|kind| Topic::Message(protocol, kind)));
            topics.extend(protocol.admin_commands.iter().map(|command| Topic::Command(protocol, command)));
        }
        topics.extend(SIGHTS.iter().map(Topic::Sight));
        topics.extend(ModelName::ALL.map(Topic::Model));
        topics.extend(
            Target::WORDS.into_iter().zip(Target::MEANINGS).map(|(word, doc)| Topic::Target(word, doc)),
        );
        // One that has no name is written as a duration.
        topics.extend(distributions(KeyKind::Latency).iter().filter_map(|&(shape, meaning)| {
            let name = shape.strip_prefix("{ ")?.split(' ').next()?;
            Some(Topic::Distribution(name, shape, meaning))
        }));
        topics
    }

    /// What `query` means: a whole name, or the last part of one. Brackets around a section are
    /// as good as none, and so are the numbers of entries: `faults.0.every` is `faults.every`.
    pub fn find(&self, query: &str) -> Vec<Topic<'_>> {
        let query = query.trim().trim_matches(['[', ']', '"', '`']).trim();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<&str> = query.split('.').filter(|part| !is_number(part)).collect();
        let query = parts.join(".");
        let all = self.topics();
        all.into_iter().filter(|topic| topic.names().contains(&query)).collect()
    }

    /// The name nearest to `query`, if one is near enough to have been meant.
    pub fn nearest(&self, query: &str) -> Option<String> {
        let names: Vec<String> = self.topics().iter().flat_map(Topic::names).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        nearest(query, &names).map(str::to_owned)
    }
}
