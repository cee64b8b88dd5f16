//! That a swarm draws what it may, as often as asked, and each kind for itself.

use super::*;
use crate::base::SimDuration;
use crate::base::keys::Named;
use crate::faults::Fault;
use crate::faults::verbs::VERBS;

const COMMANDS: &[CommandSpec] =
    &[CommandSpec { name: "campaign", doc: "", nodes: Named::Nobody, changes_members: false, needs: "" }];

fn cluster(nodes: u32) -> Cluster<'static> {
    const MS: Latency = Latency::Constant(SimDuration::from_ms(1));
    Cluster {
        nodes,
        commands: COMMANDS,
        latency: &MS,
        sync: &MS,
        clients: 8,
        timeout: SimDuration::from_secs(1),
    }
}

fn swarm(kinds: Vec<usize>, chance: f64) -> Swarm {
    Swarm {
        chance: Probability::new(chance).unwrap(),
        strength: 1.0,
        kinds,
        families: false,
        commands: COMMANDS,
        variations: &[],
        clients: true,
    }
}

fn all(nodes: u32) -> Vec<usize> {
    Swarm::among(nodes, &names(), COMMANDS)
}

#[test]
fn every_kind_of_fault_can_be_drawn() {
    // What mends is no fault.
    let verbs = VERBS.iter().map(|verb| verb.name).filter(|name| !["restart", "heal"].contains(name));
    let chances = ["loss", "duplicate", "corrupt", "reorder", "burst_loss", "torn", "fail_sync", "bit_rot"];
    for name in verbs.chain(chances) {
        assert!(names().contains(&name), "{name}");
    }
    assert_eq!(all(5).len(), KINDS.len());
}

#[test]
fn only_what_is_survived_and_makes_sense_may_be_drawn() {
    let named = |places: Vec<usize>| places.into_iter().map(|place| KINDS[place].name).collect::<Vec<_>>();
    assert_eq!(
        named(Swarm::among(5, &["crash", "loss"], COMMANDS)),
        ["loss", "crash", "crash", "crash", "crash"]
    );
    assert_eq!(named(Swarm::among(5, &["admin"], &[])), [""; 0], "there is no command to give");
    assert_eq!(named(Swarm::among(1, &["partition", "pause"], COMMANDS)), ["pause"]);
}

/// Whatever is drawn is a fault, of clusters of all sizes, and none that can never hit anything.
#[test]
fn what_is_drawn_makes_sense() {
    for nodes in [1, 2, 3, 4, 5, 9] {
        for seed in 0..400 {
            let drawn = swarm(all(nodes), 0.5).draw(Seed(seed), &cluster(nodes));
            for (kind, settings) in &drawn.faults {
                let fault = Fault::from_settings(kind, settings)
                    .unwrap_or_else(|problem| panic!("{nodes} {seed} {kind}: {}", problem.message));
                let idle = fault.is_idle_among(nodes);
                assert!(idle.is_none(), "{nodes} {seed} {kind}: {}", idle.unwrap().message);
            }
        }
    }
}

/// Within 3σ of the chance, for each kind by itself and for each two of them.
#[test]
fn each_kind_is_there_as_often_as_asked_whatever_else_is() {
    const SEEDS: u64 = 4_000;
    let swarm = swarm(all(5), 0.3);
    let mut there = vec![0u64; KINDS.len()];
    let mut neighbours = vec![0u64; KINDS.len() - 1];
    for seed in 0..SEEDS {
        let hit: Vec<bool> = (0..KINDS.len())
            .map(|place| Stream::new(Seed(seed), StreamName::Swarm(place as u32)).chance(swarm.chance))
            .collect();
        let kinds: Vec<&str> =
            (0..KINDS.len()).filter(|place| hit[*place]).map(|place| KINDS[place].name).collect();
        assert_eq!(swarm.kinds_of(Seed(seed)), kinds);
        hit.iter().zip(&mut there).for_each(|(hit, count)| *count += u64::from(*hit));
        hit.windows(2).zip(&mut neighbours).for_each(|(two, count)| *count += u64::from(two[0] && two[1]));
    }
    let within = |count: u64, share: f64, sigmas: f64| {
        let sigma = (SEEDS as f64 * share * (1.0 - share)).sqrt();
        (count as f64 - SEEDS as f64 * share).abs() < sigmas * sigma
    };
    // Of thirty, one may well be beyond three.
    assert!(there.iter().all(|count| within(*count, 0.3, 4.0)), "{there:?}");
    assert!(there.iter().filter(|count| !within(**count, 0.3, 3.0)).count() <= 1, "{there:?}");
    assert!(neighbours.iter().all(|count| within(*count, 0.09, 4.0)), "{neighbours:?}");
}

#[test]
fn one_kind_more_moves_none_of_the_others() {
    for seed in 0..50 {
        let whole = swarm(all(5), 0.5).draw(Seed(seed), &cluster(5));
        for place in all(5) {
            let alone = swarm(vec![place], 0.5).draw(Seed(seed), &cluster(5));
            for fault in &alone.faults {
                assert!(whole.faults.contains(fault), "{seed} {}", KINDS[place].name);
            }
            for (key, value) in alone.network.iter() {
                assert!(whole.network.iter().any(|drawn| drawn == (key, value)), "{seed} {key}");
            }
        }
    }
}

#[test]
fn a_faint_swarm_is_fainter() {
    let loss = |strength| {
        let place = KINDS.iter().position(|kind| kind.name == "loss").unwrap();
        let swarm = Swarm { strength, ..swarm(vec![place], 1.0) };
        let shares = (0..500).map(|seed| {
            let drawn = swarm.draw(Seed(seed), &cluster(5));
            drawn.network.probability("loss").unwrap().as_f64()
        });
        shares.sum::<f64>() / 500.0
    };
    let (fierce, faint) = (loss(1.0), loss(0.1));
    assert!((fierce / faint - 10.0).abs() < 0.01, "{fierce} {faint}");
}

/// A family is left out as a whole, in one of three seeds; what belongs to none never is.
#[test]
fn what_belongs_together_is_left_out_together() {
    let swarm = Swarm { families: true, ..swarm(all(5), 1.0) };
    let seeds: Vec<Vec<&str>> = (0..3_000).map(|seed| swarm.kinds_of(Seed(seed))).collect();
    for family in FAMILIES {
        let without = seeds.iter().filter(|kinds| !kinds.contains(&family[0])).count();
        assert!((900..1_100).contains(&without), "{family:?} {without}");
        let is_whole =
            |kinds: &Vec<&str>| family.iter().all(|kind| kinds.contains(kind) == kinds.contains(&family[0]));
        assert!(seeds.iter().all(is_whole), "{family:?}");
    }
    assert!(seeds.iter().all(|kinds| kinds.contains(&"partition")));
}

/// What rests on something is not drawn beside what breaks that, and brings along what it needs.
#[test]
fn settings_leave_out_what_they_do_not_bear() {
    const WITH: Varied = Varied::With(&Varied::Count(1), &[("other", Varied::Flag(true))]);
    const VARIES: &[Variation] = &[Variation {
        key: "entries",
        values: &[WITH],
        unless: &["reorder", OVERTAKING],
        always_with: &[],
        never_with: &[],
    }];
    let swarm = Swarm { variations: VARIES, ..swarm(all(5), 1.0) };
    let mut times = 0;
    for seed in 0..200 {
        let drawn = swarm.draw(Seed(seed), &cluster(5));
        let is_set = drawn.protocol.has("entries");
        assert_eq!(drawn.protocol.bool("other"), is_set.then_some(true));
        assert_eq!(drawn.network.has("reorder"), !is_set);
        assert_eq!(swarm.kinds_of(Seed(seed)).contains(&"reorder"), !is_set);
        assert!(!is_set || drawn.network.bool("fifo") == Some(true));
        times += u32::from(is_set);
    }
    assert!((70..130).contains(&times), "{times}");
}
