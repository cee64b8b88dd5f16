//! `[topology]`: places of nodes and clients, and the latencies between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::Diagnostic;
use super::decode::{Decoded, Decoder, Value};
use super::matrix::Matrix;
use super::suggest::{help, quoted};
use crate::base::SimDuration;
use crate::base::keys::{Key, Target};
use crate::network::topology::{
    Distances, Gap, Level, Place, Plan, ROUTE_SECTION, Route, SECTION, Topology, between, jitter_of,
};

/// What is known of places when one is named.
pub(super) enum Places {
    /// There is no `[topology]`.
    Nowhere,
    /// There is one, which is wrong: no place that is named can be judged.
    Unknown,
    /// There is this one.
    Known(Arc<Topology>),
}

/// `[topology]` with its routes, as far as it is written.
#[derive(Default)]
pub(super) struct Placement {
    /// What follows from it; nothing where it is wrong in itself.
    pub(super) topology: Option<Arc<Topology>>,
    pub(super) table: Decoded,
    pub(super) routes: Vec<Decoded>,
}

impl Decoder<'_> {
    /// Decodes `[topology]`, if there is one, for `nodes` nodes if that is known.
    pub(super) fn topology(&mut self, root: &DeTable<'_>, nodes: Option<u32>) -> Placement {
        let Some(written) = root.get(SECTION.name) else { return Placement::default() };
        self.topology = Places::Unknown;
        let table = self.section(root, &SECTION, &["route"]);
        let Some(raw) = written.get_ref().as_table() else {
            return Placement { table, ..Placement::default() };
        };
        let mut routes = Vec::new();
        let keys: Vec<&Key> = ROUTE_SECTION.keys.iter().collect();
        for (header, route) in self.tables(raw, "route", ROUTE_SECTION.name) {
            let route = self.table(&keys, route, header, &[]);
            self.report_unknown(&route, ROUTE_SECTION.keys, &[], "[[topology.route]]");
            routes.push(route);
        }
        let mut placement = Placement { topology: None, table, routes };
        let is_whole = placement.table.whole && placement.routes.iter().all(|route| route.whole);
        let before = self.problems.len() + self.missing.len();
        if is_whole && let Some(plan) = self.plan(raw, &placement, nodes) {
            match plan.topology() {
                Ok(topology) => placement.topology = Some(Arc::new(topology)),
                Err(gap) => self.report_gap(gap, &plan, &placement.table),
            }
        }
        if self.problems.len() + self.missing.len() > before {
            placement.topology = None;
        }
        self.topology = placement.topology.clone().map_or(Places::Unknown, Places::Known);
        placement
    }

    /// What is planned, where it makes sense.
    fn plan(&mut self, raw: &DeTable<'_>, placement: &Placement, nodes: Option<u32>) -> Option<Plan> {
        let settings = &placement.table.settings;
        let [of_nodes, of_clients] = ["nodes", "clients"].map(|key| places(settings.texts(key)));
        if of_nodes.is_empty() {
            let label = "where is everybody? Such as `nodes = [\"eu-west-1/a\", \"us-east-1/a\"]`";
            let at = placement.table.header.clone();
            self.missing.push(Diagnostic::new(at, "`nodes` of `[topology]` is missing", label));
            return None;
        }
        if let (Some(count), Some(list)) = (nodes, elements(raw, "nodes"))
            && let Some(beyond) = list.get(count as usize)
        {
            let label = format!("there {} only, so nobody is here", are(count));
            let beside = self.nodes_at.clone().map(|at| (at, "`nodes` is set here".to_owned()));
            self.problems.push(Diagnostic::new(beyond.span(), "a place for no node", label).beside(beside));
            return None;
        }
        let jitter = jitter_of(settings).map_err(|problem| self.disagreement(&problem, &[&placement.table]));
        let distances = match raw.get("matrix") {
            Some(value) => self.measured(raw, value, placement)?,
            None => self.routed(placement)?,
        };
        let within = ["same_region", "same_zone", "same_rack"].map(|key| settings.duration(key));
        Some(Plan { nodes: of_nodes, clients: of_clients, distances, within, jitter: jitter.ok()? })
    }

    /// The distances of the matrix that `value` names.
    fn measured(&mut self, raw: &DeTable<'_>, value: &Value<'_>, placement: &Placement) -> Option<Distances> {
        if let Some(route) = placement.routes.first() {
            let beside = Some((value.span(), "the matrix is named here".to_owned()));
            let label = "latencies come from a matrix or from routes";
            let problem = Diagnostic::new(route.header.clone(), "a route beside a matrix", label);
            self.problems.push(problem.beside(beside));
            return None;
        }
        let DeValue::String(name) = value.get_ref() else { return None };
        let file = self.attachments.read(name, &value.span()).ok()?;
        let settings = &placement.table.settings;
        let asked = raw.get("column").map_or(value.span(), toml::Spanned::span);
        let matrix = Matrix::parse(&file, settings.text("column").as_deref(), &asked);
        let matrix = matrix.map_err(|problems| self.refuse_file(value, problems)).ok()?;
        let regions = matrix.regions();
        let before = self.problems.len();
        for element in ["nodes", "clients"].iter().filter_map(|key| elements(raw, key)).flatten() {
            let place = element.get_ref().as_str().and_then(Place::parse);
            if let Some(place) = place.filter(|place| !regions.contains(&place.region())) {
                let title = format!("unknown region {}", quoted(place.region()));
                let problem = Diagnostic::new(element.span(), title, "the matrix has no such region");
                let beside = Some((value.span(), "the matrix is named here".to_owned()));
                self.problems.push(problem.beside(beside).help(help(place.region(), &regions)));
            }
        }
        if self.problems.len() > before {
            return None;
        }
        let halves = settings.text("matrix_is").is_none_or(|is| is == "rtt");
        let one_way = |ns: u64| SimDuration::from_ns(if halves { ns / 2 } else { ns });
        let pairs = matrix.pairs.into_iter().map(|(pair, latency)| (pair, one_way(latency.as_ns())));
        Some(Distances::Matrix(pairs.collect::<BTreeMap<_, _>>()))
    }

    /// The distances along routes.
    fn routed(&mut self, placement: &Placement) -> Option<Distances> {
        let before = self.problems.len() + self.missing.len();
        for key in ["column", "matrix_is"] {
            if let Some(span) = placement.table.keys.get(key) {
                let title = format!("`{key}` does not fit");
                self.problems.push(Diagnostic::new(span.clone(), title, "there is no `matrix`"));
            }
        }
        let mut routes = Vec::new();
        for table in &placement.routes {
            let latency = table.settings.duration("latency");
            match (between(&table.settings), latency) {
                (Err(problem), _) => self.disagreement(&problem, &[table]),
                (Ok(_), None) => {
                    let label = "how long does a message take on this route?";
                    self.missing.push(Diagnostic::new(table.header.clone(), "`latency` is missing", label));
                }
                (Ok(between), Some(there)) => {
                    let back = table.settings.duration("back").unwrap_or(there);
                    routes.push(Route { between, there, back });
                }
            }
        }
        (self.problems.len() + self.missing.len() == before).then_some(Distances::Routes(routes))
    }

    fn report_gap(&mut self, gap: Gap, plan: &Plan, table: &Decoded) {
        let at = |key: &str| table.values.get(key).unwrap_or(&table.header).clone();
        let problem = match (gap, &plan.distances) {
            (Gap::TooMany, _) => {
                let label = format!("expected {} places at most, found more", Topology::MOST_PLACES);
                Diagnostic::new(at("nodes"), "these are too many places", label)
            }
            (Gap::NoWay(from, to), Distances::Matrix(_)) => {
                let label = format!("no row leads from `{}` to `{}`", from.region(), to.region());
                let same = from.region() == to.region();
                let help =
                    same.then(|| "or say how far zones are from one another: `same_region`".to_owned());
                Diagnostic::new(at("matrix"), "the matrix has a gap", label).help(help)
            }
            (Gap::NoWay(from, to), Distances::Routes(_)) => {
                let title = format!("no way leads from `{from}` to `{to}`");
                let label = "expected a `matrix`, or a `[[topology.route]]` from place to place";
                Diagnostic::new(at("nodes"), title, label)
            }
        };
        self.problems.push(problem);
    }

    /// The nodes in the place `name` of this `sort`, which `value` names.
    pub(super) fn place_target(&mut self, value: &Value<'_>, sort: &str, name: &str) -> Option<Target> {
        let Some(level) = Level::ALL.into_iter().find(|level| level.noun() == sort) else {
            let title = format!("unknown sort of place {}", quoted(sort));
            let problem = Diagnostic::new(value.span(), title, "expected a place such as zone:eu-west-1/a");
            self.problems.push(problem.help(help(sort, &Target::PLACES)));
            return None;
        };
        let topology = match &self.topology {
            Places::Known(topology) => Arc::clone(topology),
            Places::Unknown => return None,
            Places::Nowhere => {
                let title = format!("unknown {sort} {}", quoted(name));
                let label = "nobody is in any place: there is no `[topology]`";
                self.problems.push(Diagnostic::new(value.span(), title, label));
                return None;
            }
        };
        let place = Place::parse(name).filter(|place| place.level() == level);
        let nodes = place.as_ref().map_or(Vec::new(), |place| topology.nodes_in(place, self.nodes));
        if let (Some(place), false) = (&place, nodes.is_empty()) {
            return Some(Target::Place { sort: level.noun(), name: place.to_string(), nodes });
        }
        let mut taken: Vec<String> = Vec::new();
        for name in topology.places().iter().filter_map(|place| Some(level.of(place)?.to_string())) {
            let is_taken = Place::parse(&name).is_some_and(|place| topology.holds_nodes(&place));
            if is_taken && !taken.contains(&name) {
                taken.push(name);
            }
        }
        let names: Vec<&str> = taken.iter().map(String::as_str).collect();
        let label = match (&place, names.as_slice()) {
            (None, _) => format!("a {sort} is written {sort}:{}", level.shape()),
            (_, []) => format!("`[topology]` puts no node into any {sort}"),
            _ => "no node is there".to_owned(),
        };
        let problem = Diagnostic::new(value.span(), format!("unknown {sort} {}", quoted(name)), label);
        self.problems.push(problem.help(help(name, &names)));
        None
    }

    /// A list of names of places.
    pub(super) fn places(&mut self, value: &Value<'_>) -> Option<Vec<String>> {
        let expected = "places, such as [\"eu-west-1/a\", \"us-east-1/b\"]";
        let list = match value.get_ref() {
            DeValue::Array(list) if list.iter().len() > 0 => list,
            DeValue::Array(_) => {
                let title = format!("impossible value for `{}`", self.key);
                let label = format!("expected {expected}, found an empty list");
                self.problems.push(Diagnostic::new(value.span(), title, label));
                return None;
            }
            _ => return self.mismatch(value, expected),
        };
        let mut names = Vec::new();
        for element in list {
            let name = element.get_ref().as_str();
            match name.filter(|name| Place::parse(name).is_some()) {
                Some(name) => names.push(name.to_owned()),
                None => {
                    let expected = "a place: `region`, `region/zone` or `region/zone/rack`";
                    return match name {
                        Some(_) => self.impossible(element, expected),
                        None => self.mismatch(element, expected),
                    };
                }
            }
        }
        Some(names)
    }
}

fn places(names: Option<Vec<String>>) -> Vec<Place> {
    names.unwrap_or_default().iter().filter_map(|name| Place::parse(name)).collect()
}

/// The elements of the list `key`, each with its place.
fn elements<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Option<Vec<&'t Value<'a>>> {
    Some(table.get(key)?.get_ref().as_array()?.iter().collect())
}

fn are(nodes: u32) -> String {
    if nodes == 1 { "is one node".to_owned() } else { format!("are {nodes} nodes") }
}
