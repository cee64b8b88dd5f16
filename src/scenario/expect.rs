//! `[expect]`, or `[[expect]]` where there are several: what a run, and what a sweep, must come to.

use toml::de::{DeTable, DeValue};

use super::decode::{Decoded, Decoder};
use super::{Diagnostic, Expect, Sometimes, sections};
use crate::base::keys::Key;
use crate::check::{Level, Promise};

impl Decoder<'_> {
    /// Decodes what the scenario expects: at most one verdict of every run, and any number of
    /// sights that a sweep must have seen.
    pub(super) fn expectations(
        &mut self,
        root: &DeTable<'_>,
        promises: &[Promise],
    ) -> (Option<Expect>, Vec<Sometimes>) {
        let section = &sections::EXPECT;
        let tables = match root.get(section.name).map(toml::Spanned::get_ref) {
            None => Vec::new(),
            Some(DeValue::Array(_)) => {
                let keys: Vec<&Key> = section.keys.iter().collect();
                let tables = self.tables(root, section.name, section.name);
                tables
                    .into_iter()
                    .map(|(header, table)| {
                        let decoded = self.table(&keys, table, header, &[]);
                        self.report_unknown(&decoded, section.keys, &[], "[[expect]]");
                        decoded
                    })
                    .collect()
            }
            Some(_) => vec![self.section(root, section, &[])],
        };
        let (mut expect, mut sometimes) = (None, Vec::new());
        let header = if tables.len() == 1 { "[expect]" } else { "[[expect]]" };
        for table in tables.iter().filter(|table| table.whole) {
            self.keep(header, &table.settings);
            let (verdict, sight) = (table.settings.text("verdict"), table.settings.text("sometimes"));
            let check = table.settings.text("check");
            self.report_unmade(table, check.as_deref(), promises);
            match (verdict, sight) {
                (Some(verdict), None) if expect.is_none() => expect = Some(Expect { verdict, check }),
                (None, Some(sight)) => self.sight(table, sight, check, &mut sometimes),
                (verdict, sight) => self.report_one_of_two(table, verdict.is_some(), sight.is_some()),
            }
        }
        self.report_contradictions(expect.as_ref(), &sometimes, &tables);
        (expect, sometimes)
    }

    /// Reports a check of a promise that the history is not held to.
    fn report_unmade(&mut self, table: &Decoded, check: Option<&str>, promises: &[Promise]) {
        let linearizable = Promise::Level(Level::Linearizable);
        let all = Promise::names().into_iter().filter_map(Promise::named);
        let of_check = |promise: &Promise| Some(promise.check()) == check;
        let missing = all.filter(of_check).find(|promise| !promises.contains(promise));
        if let (Some(promise), Some(span)) = (missing, table.values.get("check")) {
            let name = if promise == linearizable { Level::Linearizable.name() } else { promise.check() };
            let label = format!("add \"{name}\" to `levels` under `[check]`");
            self.problems.push(Diagnostic::new(span.clone(), "this check is not made", label));
        }
    }

    fn sight(&mut self, table: &Decoded, sight: String, check: Option<String>, into: &mut Vec<Sometimes>) {
        if let (Some(span), false) = (table.keys.get("check"), sections::VERDICTS.contains(&&*sight)) {
            let label = format!("`{sight}` is seen in a run as a whole");
            self.problems.push(Diagnostic::new(span.clone(), "`check` does not fit", label));
        }
        into.push(Sometimes { sight, check });
    }

    /// Reports a table that names neither a verdict nor a sight, both, or a second verdict.
    fn report_one_of_two(&mut self, table: &Decoded, verdict: bool, sight: bool) {
        let at = |key| table.keys.get(key).unwrap_or(&table.header).clone();
        match (verdict, sight) {
            (true, true) => {
                let label = "write them in two `[[expect]]` tables";
                let title = "`verdict` and `sometimes` do not go together";
                self.problems.push(Diagnostic::new(at("sometimes"), title, label));
            }
            (true, false) => {
                let label = "a run comes to one verdict, and one is expected above";
                self.problems.push(Diagnostic::new(at("verdict"), "a second `verdict` is expected", label));
            }
            (false, _) => {
                let label = "`[expect]` needs `verdict` or `sometimes`";
                self.missing.push(Diagnostic::new(table.header.clone(), "nothing is expected", label));
            }
        }
    }

    /// Reports a verdict that must be seen although every run must come to another.
    fn report_contradictions(
        &mut self,
        expect: Option<&Expect>,
        sometimes: &[Sometimes],
        tables: &[Decoded],
    ) {
        let Some(expect) = expect else { return };
        let never = |sometimes: &&Sometimes| {
            sections::VERDICTS.contains(&&*sometimes.sight)
                && sometimes.check == expect.check
                && sometimes.sight != expect.verdict
        };
        for sometimes in sometimes.iter().filter(never) {
            let named =
                |table: &&Decoded| table.settings.text("sometimes").as_ref() == Some(&sometimes.sight);
            let place = tables.iter().find(named).and_then(|table| table.values.get("sometimes"));
            if let Some(span) = place {
                let label = format!("every run is expected to be {}", expect.verdict);
                self.problems.push(Diagnostic::new(span.clone(), "this can never be as expected", label));
            }
        }
    }
}
