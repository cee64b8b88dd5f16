//! **atropos**, a deterministic simulator of distributed systems: same seed, same fate.
//!
//! A single-threaded discrete-event engine runs replication protocols over a simulated
//! lossy network, with crashes, pauses, partitions and disks that lose what was not
//! synced. It watches the protocol's invariants, judges the clients' history for
//! linearizability, and hands back one seed that shows the failure again, bit for bit.
//!
//! # A run in ten lines
//!
//! ```
//! use atropos::{base::Seed, check::Verdict, registry, scenario};
//!
//! let text = br#"
//!     protocol = "raft"
//!     duration = "5s"
//!     faults = [{ kind = "crash", target = "leader", at = "2s", for = "1s" }]
//! "#;
//! let source = scenario::Source { path: "crash.toml", name: "crash".into(), text };
//! let scenario = scenario::read(source, &registry::specs())?;
//! let outcome = registry::run(&scenario, Seed(7), &mut ());
//! assert_eq!(outcome.verdict, Verdict::Valid);
//! assert_eq!(outcome.counters.crashes, 1);
//! # Ok::<(), scenario::Diagnostics>(())
//! ```
//!
//! # A protocol of your own
//!
//! Implement [`process::Process`] for a node and [`process::Client`] for those who use it
//! (or reuse [`workload::ClosedLoop`] and say only how an operation is asked for), and put
//! them into an [`engine::World`]:
//!
//! ```
//! use atropos::base::{ClientId, DiskError, NodeId, Seed, SimDuration, SimTime, Ticket};
//! use atropos::engine::{World, WorldConfig};
//! use atropos::process::{Boot, Context, Process, RequestId};
//!
//! /// Passes a counter around.
//! struct Ring { nodes: u32, seen: u64 }
//!
//! impl Process for Ring {
//!     type Config = u32;
//!     type Message = u64;
//!     type Record = ();
//!     type Request = ();
//!     type Response = ();
//!     type Admin = ();
//!     type Observation = ();
//!     type Timer = ();
//!
//!     fn start(nodes: &u32, _: Boot<()>, ctx: &mut Context<Self>) -> Self {
//!         if ctx.id() == NodeId(0) {
//!             ctx.send(NodeId(1), 1);
//!         }
//!         Ring { nodes: *nodes, seen: 0 }
//!     }
//!     fn on_message(&mut self, _: NodeId, count: u64, ctx: &mut Context<Self>) {
//!         self.seen = count;
//!         ctx.send(NodeId((ctx.id().0 + 1) % self.nodes), count + 1);
//!     }
//!     fn on_timer(&mut self, _: (), _: &mut Context<Self>) {}
//!     fn on_request(&mut self, _: ClientId, _: RequestId, _: (), _: &mut Context<Self>) {}
//!     fn on_admin(&mut self, _: (), _: &mut Context<Self>) {}
//!     fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
//! }
//!
//! let mut world: World<Ring> = World::new(WorldConfig::new(Seed(7), 3), 3, Vec::new());
//! world.run_until(SimTime::ZERO + SimDuration::from_ms(30), u64::MAX, &mut ());
//! // Each hop takes 1 ms: the thirtieth message has reached node 0.
//! assert_eq!(world.process(NodeId(0)).unwrap().seen, 30);
//! ```
//!
//! # The house
//!
//! Folders are floors; a file imports only from lower ones (see `ARCHITECTURE.md`).
//!
//! | floor | what |
//! |---|---|
//! | 0 | [`base`]: time, ids, seeds and streams, digest |
//! | 1 | [`history`]: what clients did and saw |
//! | 2 | [`process`]: all that a protocol may see; [`check`]: judges histories; [`network`], [`storage`], [`clocks`] |
//! | 3 | [`replication`], [`monitor`], [`workload`], [`faults`] |
//! | 4 | [`protocols`] |
//! | 5 | [`engine`] |
//! | 6 | [`scenario`] |
//! | 7 | [`registry`], [`run`] |

pub mod base;
pub mod check;
pub mod cli;
pub mod clocks;
pub mod engine;
pub mod faults;
pub mod history;
pub mod monitor;
pub mod network;
pub mod process;
pub mod protocols;
pub mod reference;
pub mod registry;
pub mod replication;
pub mod report;
pub mod run;
pub mod scenario;
pub mod storage;
pub mod sweep;
pub mod workload;
