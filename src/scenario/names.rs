//! Names that the protocol or atropos defines: protocols, bugs, checks, kinds of fault.

use std::collections::BTreeSet;

use toml::de::DeValue;

use super::decode::{Decoder, Value};
use super::suggest::{help, quoted};
use super::{Diagnostic, ProtocolSpec, SIGHTS};
use crate::base::keys::{CheckSpec, Vocabulary};
use crate::check::{Measure, Promise};
use crate::faults::swarm;
use crate::faults::verbs::VERBS;

impl Decoder<'_> {
    /// A name of the vocabulary `of`.
    pub(super) fn name(&mut self, value: &Value<'_>, of: Vocabulary) -> Option<String> {
        let DeValue::String(name) = value.get_ref() else {
            return self.mismatch(value, "a text in quotes");
        };
        self.known(value, name, of).then(|| name.to_string())
    }

    /// A list of names, no two equal.
    pub(super) fn names(&mut self, value: &Value<'_>, of: Vocabulary) -> Option<Vec<String>> {
        let DeValue::Array(array) = value.get_ref() else {
            return self.mismatch(value, "a list of texts");
        };
        let mut seen = BTreeSet::new();
        let mut names = Vec::new();
        let before = self.problems.len();
        for element in array {
            match element.get_ref() {
                DeValue::String(name) if !seen.insert(name.as_ref()) => self.twice(element, &quoted(name)),
                _ => names.extend(self.name(element, of)),
            }
        }
        (self.problems.len() == before).then_some(names)
    }

    /// Whether `name` is known; if not it is reported. Where the protocol is not known,
    /// its words cannot be.
    fn known(&mut self, value: &Value<'_>, name: &str, of: Vocabulary) -> bool {
        let Some(words) = self.words(of) else { return true };
        let mut word = name;
        if let (Vocabulary::Command, Some(protocol)) = (of, self.protocol) {
            // A command may name nodes.
            word = name.split_whitespace().next().unwrap_or_default();
            if let Some(spec) = protocol.admin_commands.iter().find(|spec| spec.name == word) {
                return self.command(value, name, spec);
            }
        } else if words.contains(&name) {
            return true;
        }
        let noun = of.noun();
        let own =
            matches!(of, Vocabulary::Bug | Vocabulary::Check | Vocabulary::Message | Vocabulary::Command);
        let label = match self.protocol.filter(|_| own) {
            Some(protocol) => format!("`{}` has no such {noun}", protocol.name),
            None => format!("not a known {noun}"),
        };
        let problem = Diagnostic::new(value.span(), format!("unknown {noun} {}", quoted(name)), label);
        self.problems.push(problem.help(help(word, &words)));
        false
    }

    /// The names of a vocabulary.
    fn words(&self, of: Vocabulary) -> Option<Vec<&'static str>> {
        let own = self.protocol;
        Some(match of {
            Vocabulary::Protocol => self.protocols.iter().map(|protocol| protocol.name).collect(),
            Vocabulary::Bug => own?.bugs.iter().map(|bug| bug.name).collect(),
            Vocabulary::Check => checks_of(own?).map(|check| check.name).collect(),
            Vocabulary::Promise => Promise::names(),
            Vocabulary::Measure => Measure::ALL.map(Measure::name).to_vec(),
            Vocabulary::Sight => SIGHTS.iter().map(|sight| sight.name).collect(),
            Vocabulary::Swarm => swarm::names(),
            Vocabulary::Fault => VERBS.iter().map(|verb| verb.name).collect(),
            Vocabulary::Message => own?.message_kinds.to_vec(),
            Vocabulary::Command => own?.admin_commands.iter().map(|command| command.name).collect(),
        })
    }
}

/// The checks that a run of `protocol` can be asked for: those that are always made, and those of promises.
pub fn checks_of(protocol: &ProtocolSpec) -> impl Iterator<Item = &'static CheckSpec> + use<> {
    protocol.checks.iter().chain(&Promise::CHECKS)
}
