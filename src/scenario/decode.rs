//! One decoder for every section: it walks a table of the file along the table of
//! [`Key`]s, fills in defaults and gathers every problem on its way.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::attachments::Attachments;
use super::diagnostics::MOST_KEPT;
use super::suggest::{close, help, nearest, quoted};
use super::topology::Places;
use super::value::found;
use super::{Diagnostic, ProtocolSpec, Table, sections};
use crate::base::keys::{Key, KeyProblem, KeyValue, Section, Settings};
use crate::faults::verbs::VERBS;

/// A value of the file with its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;
/// A range of bytes of the file.
pub(super) type Span = Range<usize>;

/// The state of reading one file.
pub(super) struct Decoder<'p> {
    /// The protocols there are; once one is chosen, that one alone.
    pub(super) protocols: &'p [ProtocolSpec],
    /// The one that runs.
    pub(super) protocol: Option<&'p ProtocolSpec>,
    /// Node ids below this exist.
    pub(super) nodes: u32,
    /// Where their number is written, if it is.
    pub(super) nodes_at: Option<Span>,
    /// Where they are, if they are anywhere.
    pub(super) topology: Places,
    /// The files that values name.
    pub(super) attachments: Attachments<'p>,
    /// Every table that was decoded.
    pub(super) tables: Vec<Table>,
    /// The key whose value is being decoded, for the messages.
    pub(super) key: &'static str,
    /// What was wrong so far.
    pub(super) problems: Vec<Diagnostic>,
    /// The `problems` that say something is missing. After a syntax error what is
    /// missing may merely not have been understood.
    pub(super) missing: Vec<Diagnostic>,
}

/// One table, decoded.
#[derive(Default)]
pub(super) struct Decoded {
    /// The values, defaults included.
    pub(super) settings: Settings,
    /// Where the table begins: its header, or the key it is the value of.
    pub(super) header: Span,
    /// Whether every written key was understood.
    pub(super) whole: bool,
    /// Where each written key is.
    pub(super) keys: BTreeMap<&'static str, Span>,
    /// Where the value of each written key is.
    pub(super) values: BTreeMap<&'static str, Span>,
    /// The keys that the table has no use for.
    pub(super) unknown: Vec<Unknown>,
}

/// A key that nobody asked for.
pub(super) struct Unknown {
    /// Where.
    pub(super) span: Span,
    /// Its name.
    pub(super) name: String,
    /// Whether its value is a table or a list of tables.
    pub(super) is_section: bool,
}

impl<'p> Decoder<'p> {
    pub(super) fn new(protocols: &'p [ProtocolSpec], attachments: Attachments<'p>) -> Self {
        let (problems, missing) = (Vec::new(), Vec::new());
        Decoder {
            protocols,
            protocol: None,
            nodes: sections::MOST_NODES,
            nodes_at: None,
            topology: Places::Nowhere,
            attachments,
            tables: Vec::new(),
            key: "",
            problems,
            missing,
        }
    }

    /// Decodes `table` along `keys`; `nested` are tables within it that are read elsewhere.
    pub(super) fn table(
        &mut self,
        keys: &[&'static Key],
        table: &DeTable<'_>,
        header: Span,
        nested: &[&str],
    ) -> Decoded {
        let mut decoded = Decoded { header, whole: true, ..Decoded::default() };
        for (name, value) in table {
            match keys.iter().find(|key| key.name == name.get_ref()) {
                Some(key) => {
                    decoded.keys.insert(key.name, name.span());
                    decoded.values.insert(key.name, value.span());
                    self.key = key.name;
                    match self.value(key.kind, value) {
                        Some(value) => decoded.settings.set(key.name, value),
                        None => decoded.whole = false,
                    }
                }
                None if nested.contains(&name.get_ref().as_ref()) => {}
                None => {
                    decoded.whole = false;
                    decoded.unknown.push(Unknown {
                        span: name.span(),
                        name: name.get_ref().to_string(),
                        is_section: is_section(value.get_ref()),
                    });
                }
            }
        }
        for key in keys.iter().filter(|key| !decoded.keys.contains_key(key.name)) {
            if let Some(value) = default_of(key) {
                decoded.settings.set_default(key.name, value);
            }
        }
        decoded
    }

    /// Decodes the one table of `section` in `parent`; all defaults if it is not written.
    pub(super) fn section(&mut self, parent: &DeTable<'_>, section: &Section, nested: &[&str]) -> Decoded {
        let keys: Vec<&Key> = section.keys.iter().collect();
        let Some((name, value)) = parent.get_key_value(section.name) else {
            return self.table(&keys, &DeTable::new(), 0..0, nested);
        };
        if let DeValue::Table(table) = value.get_ref() {
            let decoded = self.table(&keys, table, name.span(), nested);
            self.report_unknown(&decoded, section.keys, nested, &format!("[{}]", section.name));
            return decoded;
        }
        let label = format!("expected one table `[{}]`, found {}", section.name, found(value.get_ref()));
        self.problems.push(Diagnostic::new(name.span(), format!("`{}` is a section", section.name), label));
        Decoded { header: name.span(), ..Decoded::default() }
    }

    /// The tables of the section `[[header]]`, which is `name` in `parent`, each with its place.
    pub(super) fn tables<'t, 'a>(
        &mut self,
        parent: &'t DeTable<'a>,
        name: &str,
        header: &str,
    ) -> Vec<(Span, &'t DeTable<'a>)> {
        let Some((key, value)) = parent.get_key_value(name) else {
            return Vec::new();
        };
        let title = format!("`{header}` is a list of tables");
        let DeValue::Array(array) = value.get_ref() else {
            let label = format!("expected `[[{header}]]`, found {}", found(value.get_ref()));
            let help = format!("write `[[{header}]]`, once for each");
            self.problems.push(Diagnostic::new(key.span(), title, label).help(help));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for element in array {
            match element.get_ref() {
                DeValue::Table(table) => tables.push((element.span(), table)),
                other => {
                    let label = format!("expected a table, found {}", found(other));
                    self.problems.push(Diagnostic::new(element.span(), &*title, label));
                }
            }
        }
        tables
    }

    /// Keeps the values of a table with this `header`.
    pub(super) fn keep(&mut self, header: impl Into<String>, settings: &Settings) {
        self.tables.push(Table { header: header.into(), settings: settings.clone() });
    }

    /// Reports the keys that a table with `keys` and `nested` tables, called `header`, has no use for.
    pub(super) fn report_unknown(&mut self, decoded: &Decoded, keys: &[Key], nested: &[&str], header: &str) {
        let names: Vec<&str> = keys.iter().map(|key| key.name).chain(nested.iter().copied()).collect();
        for Unknown { span, name, .. } in &decoded.unknown {
            let title = format!("unknown key {}", quoted(name));
            let help = self.meant(name, &names);
            let label = format!("`{header}` has no such key");
            self.problems.push(Diagnostic::new(span.clone(), title, label).help(help));
        }
    }

    /// The help for the key `name` of a table whose own keys are `names`: a key of exactly this name
    /// in another table, else one of these that is near, else one near in another.
    pub(super) fn meant(&self, name: &str, names: &[&str]) -> Option<String> {
        if let Some(place) = self.place_of(name) {
            return Some(format!("`{name}` belongs to {place}"));
        }
        // Beyond so many problems no help is kept, and to look through all keys takes its time.
        if self.problems.len() < MOST_KEPT && nearest(name, names).is_none() {
            let all = sections::sections(self.protocols);
            let keys = all.iter().flat_map(|entry| entry.section.keys);
            let keys: Vec<&str> =
                keys.chain(VERBS.iter().flat_map(|verb| verb.keys)).map(|key| key.name).collect();
            let found = close(name, &keys).and_then(|near| Some((near, self.place_of(near)?)));
            if let Some((near, place)) = found {
                return Some(format!("did you mean `{near}`, which belongs to {place}?"));
            }
        }
        help(name, names)
    }

    /// Where a key of exactly this name belongs, if anywhere.
    fn place_of(&self, name: &str) -> Option<String> {
        let all = sections::sections(self.protocols);
        let has = |keys: &[Key]| keys.iter().any(|key| key.name == name);
        if has(sections::TOP.keys) {
            return Some("the top of the file, above the first `[section]`".to_owned());
        }
        if let Some(entry) = all.iter().find(|entry| has(entry.section.keys)) {
            return Some(format!("`{}`", entry.header()));
        }
        let verb = VERBS.iter().find(|verb| has(verb.keys))?;
        Some(format!("a fault with `kind = \"{}\"`", verb.name))
    }

    /// Reports values that do not go together: at the key, at the one it does not go with
    /// if only that is written, else at the header of the first of `tables`.
    pub(super) fn disagreement(&mut self, problem: &KeyProblem, tables: &[&Decoded]) {
        let span = tables.iter().find_map(|table| table.keys.get(problem.key));
        let against = problem.against.and_then(|key| {
            let place = tables.iter().find_map(|table| table.values.get(key))?;
            Some((key, place.clone()))
        });
        let is_default = span.is_none() && tables.iter().any(|table| table.settings.has(problem.key));
        if let (true, Some((other, place))) = (is_default, &against) {
            // Of the two, this is the one that somebody wrote.
            let title = format!("`{other}` does not fit the default of `{}`", problem.key);
            self.problems.push(Diagnostic::new(place.clone(), title, problem.message.as_str()));
            return;
        }
        let title = match span {
            Some(_) => format!("`{}` does not fit", problem.key),
            None if is_default => {
                format!("the default of `{}` does not fit", problem.key)
            }
            None => format!("`{}` is missing", problem.key),
        };
        let list = if span.is_some() { &mut self.problems } else { &mut self.missing };
        let span = span.or(tables.first().map(|table| &table.header)).cloned().unwrap_or(0..0);
        let against = against.map(|(key, place)| (place, format!("`{key}` is set here")));
        list.push(Diagnostic::new(span, title, problem.message.as_str()).beside(against));
    }
}

fn is_section(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Table(_) => true,
        DeValue::Array(array) => array.iter().any(|element| element.get_ref().is_table()),
        _ => false,
    }
}

/// The default of `key`, decoded as if it were written.
pub(super) fn default_of(key: &Key) -> Option<KeyValue> {
    let value = DeValue::parse(key.default?).ok();
    let value = value.and_then(|value| Decoder::new(&[], Attachments::default()).value(key.kind, &value));
    Some(value.unwrap_or_else(|| panic!("the default of the key `{}` is not of its kind", key.name)))
}
