//! The `[[faults]]` tables: each has the keys of every fault and those of its verb.

use toml::de::DeTable;

use super::Diagnostic;
use super::decode::{Decoded, Decoder, Span};
use super::suggest::{help, quoted};
use crate::base::SimTime;
use crate::base::keys::{Key, KeyValue, exact};
use crate::faults::verbs::{SECTION, VERBS, Verb};
use crate::faults::{Action, Fault};

impl Decoder<'_> {
    /// Decodes every `[[faults]]` table of a file with this `top`. The admin commands come back with their tables
    /// as well.
    pub(super) fn faults(
        &mut self,
        root: &DeTable<'_>,
        top: &Decoded,
    ) -> (Vec<Fault>, Vec<(Fault, Decoded)>) {
        let expected = root.contains_key("expect");
        let tables = self.tables(root, SECTION.name, SECTION.name);
        let (mut faults, mut orders) = (Vec::new(), Vec::new());
        for (header, table) in tables {
            let Some((fault, decoded)) = self.fault(header, table) else {
                continue;
            };
            if !expected {
                let span = decoded.values.get("kind").unwrap_or(&decoded.header);
                self.report_if_deadly(fault.action.verb(), span.clone());
            }
            let nodes = top.settings.count("nodes").map(|_| self.nodes);
            if let Some(problem) = nodes.and_then(|nodes| fault.is_idle_among(nodes)) {
                self.disagreement(&problem, &[&decoded, top]);
            }
            self.check_strikes(&fault, &decoded, top);
            let mut settings = decoded.settings.clone();
            settings.set("kind", KeyValue::Text(fault.action.verb().to_owned()));
            self.keep("[[faults]]", &settings);
            if matches!(fault.action, Action::Admin { .. }) {
                orders.push((fault.clone(), decoded));
            }
            faults.push(fault);
        }
        (faults, orders)
    }

    fn fault(&mut self, header: Span, table: &DeTable<'_>) -> Option<(Fault, Decoded)> {
        let verb = self.verb(header.clone(), table);
        let decoded = self.table(&keys_of(verb), table, header, &[]);
        match verb {
            Some(verb) => self.report_foreign(&decoded, verb),
            None => {
                let keys: Vec<Key> = keys_of(None).into_iter().copied().collect();
                self.report_unknown(&decoded, &keys, &[], "[[faults]]");
            }
        }
        let verb = verb.filter(|_| decoded.whole)?;
        match Fault::from_settings(verb.name, &decoded.settings) {
            Ok(fault) => Some((fault, decoded)),
            Err(problem) => {
                self.disagreement(&problem, &[&decoded]);
                None
            }
        }
    }

    /// The verb that `kind` names.
    fn verb(&mut self, header: Span, table: &DeTable<'_>) -> Option<&'static Verb> {
        let names: Vec<&str> = VERBS.iter().map(|verb| verb.name).collect();
        let Some(kind) = table.get("kind") else {
            let problem = Diagnostic::new(header, "`kind` is missing", "what does this fault do?");
            // There are too many to be told here.
            let list =
                help("", &names).unwrap_or_else(|| "`atropos explain faults` names them all".to_owned());
            self.missing.push(problem.help(Some(list)));
            return None;
        };
        // A name that is none is reported where it is decoded.
        let word = kind.get_ref().as_str()?;
        VERBS.iter().find(|verb| verb.name == word)
    }

    /// Reports keys that `verb` does not read, and whose they are.
    fn report_foreign(&mut self, decoded: &Decoded, verb: &'static Verb) {
        let known = keys_of(Some(verb));
        let names: Vec<&str> = known.iter().map(|key| key.name).collect();
        for unknown in &decoded.unknown {
            let name = &unknown.name;
            let owners: Vec<String> = VERBS
                .iter()
                .filter(|verb| verb.keys.iter().any(|key| key.name == name))
                .map(|verb| format!("`{}`", verb.name))
                .collect();
            let label = match owners.is_empty() {
                true => format!("a `{}` has no such key", verb.name),
                false => format!("`{name}` belongs to {}, not to `{}`", owners.join(", "), verb.name),
            };
            let problem =
                Diagnostic::new(unknown.span.clone(), format!("unknown key {}", quoted(name)), label);
            self.problems.push(problem.help(help(name, &names)));
        }
    }

    fn check_strikes(&mut self, fault: &Fault, decoded: &Decoded, top: &Decoded) {
        let Some(duration) = top.settings.duration("duration") else { return };
        if fault.when.earliest() < SimTime::ZERO + duration {
            return;
        }
        let at = ["at", "every"].iter().find_map(|key| decoded.values.get(key));
        let label = format!(
            "the first strike is at {}, but the run ends after {}",
            exact(fault.when.earliest().since(SimTime::ZERO)),
            exact(duration)
        );
        let span = at.unwrap_or(&decoded.header).clone();
        let set = top.values.get("duration").cloned().map(|at| (at, "`duration` is set here".to_owned()));
        self.problems.push(Diagnostic::new(span, "this fault never strikes", label).beside(set));
    }
}

/// The keys of a fault with this verb, or with any.
fn keys_of(verb: Option<&'static Verb>) -> Vec<&'static Key> {
    let mut keys: Vec<&Key> = SECTION.keys.iter().collect();
    for key in VERBS.iter().filter(|any| verb.is_none_or(|verb| verb.name == any.name)).flat_map(|v| v.keys) {
        if keys.iter().all(|known| known.name != key.name) {
            keys.push(key);
        }
    }
    keys
}
