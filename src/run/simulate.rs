//! One run, from the first event to the verdict.

use std::fmt;

use super::judge::{Judge, Watcher};
use super::limits::{self, Patrol};
use super::liveness::Liveness;
use super::measures::Measures;
use super::outcome::{CheckResult, LIMITS, LINEARIZABILITY, Outcome};
use super::promises::held_to;
use super::strikes::Strikes;
use crate::base::{ClientId, Seed, SimDuration, SimTime};
use crate::check::{
    Budget, Case, FirstImpossible, Judging, Level, ModelName, Progress, Promise, Report, Specification,
    Verdict,
};
use crate::engine::{World, WorldConfig};
use crate::history::{History, Recorder, Value};
use crate::monitor::Monitor;
use crate::process::{Client, Process};
use crate::scenario::Scenario;

/// What a protocol adds to a scenario to make a run of it.
pub struct Setup<P: Process, C, M> {
    /// Its parameters.
    pub config: P::Config,
    /// Its clients.
    pub clients: Vec<C>,
    /// Its invariants.
    pub monitor: M,
    /// What its clients' operations act on: one object for each key.
    pub model: ModelName,
    /// Its admin commands.
    pub admin: fn(&str) -> Option<P::Admin>,
    /// The most nodes whose disks may be damaged at once: what the protocol survives.
    pub damaged_most: u32,
    /// How many nodes must hear each other for operations to complete.
    pub quorum: usize,
    /// How long it may take until they do, once faults are over.
    pub patience: SimDuration,
}

/// The most steps and bytes that judging one history may take: minutes, not hours; and
/// a sweep judges one on each core.
pub(super) const JUDGING_STEPS: u64 = 400_000_000;
pub(super) const JUDGING_BYTES: u64 = 1 << 30;

/// The steps between two questions to the watcher: some hundredths of a second.
pub(super) const PORTION: u64 = 100_000;

/// The most ways to explain what happened that judging while the run goes on may look at for one
/// return: some ten megabytes. With more the run goes to its end and is judged there.
const JUDGING_CONFIGURATIONS: usize = 1 << 16;

/// Runs `scenario` under `seed` and judges what came of it.
///
/// The run ends early at the first violation of an invariant: what happens after it
/// means nothing. If the scenario says so, it ends at the first impossible operation too.
pub fn simulate<P: Process, C: Client<P>, M: Monitor<P::Observation>>(
    scenario: &Scenario,
    seed: Seed,
    setup: Setup<P, C, M>,
    watcher: &mut dyn Watcher,
) -> Outcome {
    let mut world = World::new(world_of(scenario, seed, &setup), setup.config, setup.clients);
    let objects = Specification::new(setup.model, Value::Nil);
    let traces = watcher.traces();
    let mut judge = Judge {
        monitor: setup.monitor,
        recorder: Recorder::new(),
        strikes: Strikes::default(),
        watcher,
        traces,
        event: 0,
        operations: 0,
        online: scenario.stops_at_violation.then(|| Box::new(sound(objects.online(JUDGING_CONFIGURATIONS)))),
        impossible: None,
        liveness: Liveness::new(scenario, setup.patience),
    };
    let end = SimTime::ZERO + scenario.duration;
    let mut patrol = Patrol::new(scenario.limits);
    let mut limit = None;
    while let Some(next) = world.next_time().filter(|time| *time <= end) {
        let (events, pending) = (world.counters().events, world.pending());
        let progress = limits::Progress { next, events, pending, operations: judge.operations };
        if patrol.is_over(progress) {
            limit = Some(patrol.tell(progress));
            break;
        }
        judge.event += 1;
        world.step(&mut judge);
        if judge.is_violated() || !judge.watcher.on_event(world.digest()) {
            break;
        }
    }
    let ended = if judge.is_violated() || limit.is_some() { world.now() } else { end };
    // Of a run that was cut short nobody knows.
    let is_whole = !judge.is_violated() && limit.is_none();
    let Judge { monitor, recorder, strikes, watcher, impossible, liveness, .. } = judge;
    let liveness = is_whole.then(|| conclude(liveness, scenario, setup.quorum, &world)).flatten();
    let operations = recorder.counts();
    let history = recorder.finish();
    let case = sound(history.operations().and_then(|operations| objects.case(&history, operations)));
    let mut checks = invariants(&monitor);
    let mut report = case.blank_report();
    if scenario.promises.contains(&Promise::Level(Level::Linearizable)) {
        report = judge_case(&case, watcher);
        let stopped = impossible.map(|first| (first, ended));
        checks.push(linearizability(&history, &report, stopped));
    }
    let replicas = is_whole.then(|| world.replicas(scenario.clients.keys));
    checks.extend(held_to(&scenario.promises, &history, &case, &objects, &replicas, watcher));
    checks.extend(liveness);
    let cut = (!is_whole).then(|| cut_short(limit.as_deref(), ended));
    let measures = Measures::of(scenario, &history, &case, &objects, cut);
    let unknown = |why| CheckResult { name: LIMITS, verdict: Verdict::Unknown, detail: Some(why), at: None };
    checks.extend(limit.map(unknown));
    Outcome {
        scenario: scenario.name.clone(),
        protocol: scenario.protocol.clone(),
        seed,
        verdict: overall(&checks),
        checks,
        digest: world.digest(),
        counters: *world.counters(),
        leader_terms: monitor.leader_terms(),
        protocol_events: monitor.protocol_events(),
        election: monitor.election(),
        ended,
        strikes: strikes.finish(),
        operations,
        history,
        report,
        measures,
    }
}

/// Why a run that ended before its time is not measured.
fn cut_short(limit: Option<&str>, ended: SimTime) -> String {
    let why = limit.map_or(format!("by a violation, at {ended}"), str::to_owned);
    format!("the run was cut short: {why}")
}

/// What came of liveness at the end of a whole run, if it was demanded.
fn conclude<P: Process, C>(
    liveness: Liveness,
    scenario: &Scenario,
    quorum: usize,
    world: &World<P, C>,
) -> Option<CheckResult> {
    // A client that gives up before it would ask another node stays with the one it has.
    let is_faithful = scenario.clients.retry >= scenario.clients.timeout;
    let quorum = if is_faithful { scenario.nodes as usize } else { quorum };
    let faithful = |why| format!("clients ask one node only, as `retry` is not below `timeout`; {why}");
    let prospects = world.prospects(quorum).map_err(|why| if is_faithful { faithful(why) } else { why });
    let hears = |client: usize| world.can_be_answered(ClientId(client as u32), quorum);
    liveness.conclude(SimTime::ZERO + scenario.duration, prospects, hears, || world.told_waits())
}

/// The world that `scenario` describes.
fn world_of<P: Process, C, M>(scenario: &Scenario, seed: Seed, setup: &Setup<P, C, M>) -> WorldConfig<P> {
    WorldConfig {
        seed,
        nodes: scenario.nodes,
        network: scenario.network.clone(),
        disk: scenario.disk.clone(),
        clock: scenario.clock,
        service_time: scenario.service_time,
        faults: scenario.faults.clone(),
        healing: scenario.liveness.healing,
        admin: setup.admin,
        damaged_most: setup.damaged_most,
    }
}

/// A model that begins with nothing is one that there is, and a client's history is one of its operations.
pub(super) fn sound<T, E: fmt::Display>(judge: Result<T, E>) -> T {
    judge.unwrap_or_else(|error| panic!("a client recorded a history that cannot be judged: {error}"))
}

/// Judges `case` in portions, for as long as `watcher` wants to wait. How it is portioned
/// changes nothing in the judgement.
pub(super) fn judge_case(case: &Case, watcher: &mut dyn Watcher) -> Report {
    let mut budget = Budget::new(0, JUDGING_BYTES);
    let mut left = JUDGING_STEPS;
    let mut horizon = None;
    let judge = |place| {
        let mut judging = Judging::new(case, place).until(horizon);
        loop {
            match judging.run(&mut budget) {
                Progress::Done(judgement) => {
                    horizon = horizon.into_iter().chain(case.end_of_possible(&judgement)).min();
                    return judgement;
                }
                Progress::Exhausted if left > 0 && watcher.on_judging() => {
                    let portion = left.min(PORTION);
                    left -= portion;
                    budget.refill(portion);
                }
                Progress::Exhausted => return judging.conclude(&mut budget),
            }
        }
    };
    let judgements = (0..case.partitions.len()).map(judge).collect();
    case.report(judgements)
}

/// What the monitor found.
fn invariants<O, M: Monitor<O>>(monitor: &M) -> Vec<CheckResult> {
    let check = |name: &&'static str| match monitor.violation(name) {
        Some(violation) => CheckResult {
            name,
            verdict: Verdict::Invalid,
            detail: Some(format!("at {}: {}", violation.at, violation.detail)),
            at: Some(violation.at),
        },
        None => CheckResult { name, verdict: Verdict::Valid, detail: None, at: None },
    };
    monitor.names().iter().map(check).collect()
}

/// What the clients saw, judged; `stopped` tells which operation ended the run, if one did, and when.
fn linearizability(
    history: &History,
    report: &Report,
    stopped: Option<(FirstImpossible, SimTime)>,
) -> CheckResult {
    // A run in which nothing could have gone wrong says nothing about the protocol.
    let empty = report.verdict == Verdict::Valid && !report.constrains;
    let (impossible, ended) = stopped.unzip();
    let verdict = match report.verdict {
        // What was found on the way stays found if judging the whole is given up.
        _ if impossible.is_some() => Verdict::Invalid,
        _ if empty => Verdict::Unknown,
        verdict => verdict,
    };
    let first = report.first_impossible.as_ref().or(impossible.as_ref());
    let ended = ended.map_or(String::new(), |ended| format!("; the run was stopped at {ended}"));
    let detail = match first {
        Some(first) => Some(format!("first impossible operation: {first}{ended}")),
        None => report.note.clone(),
    };
    let at = first.and_then(|first| history.events[first.index].time);
    CheckResult { name: LINEARIZABILITY, verdict, detail, at }
}

fn overall(checks: &[CheckResult]) -> Verdict {
    let any = |verdict| checks.iter().any(|check| check.verdict == verdict);
    if any(Verdict::Invalid) {
        Verdict::Invalid
    } else if any(Verdict::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Valid
    }
}
