//! Floor 8: what came of a run, as text, JSON and CSV. Pure functions, but for [`Draft`].
//!
//! * [`RunResults`]: the JSON of a run; what is on the terminal and in `results.json`.
//! * [`summary()`]: the same for people; [`failures`], only what went wrong.
//! * [`timeline()`]: throughput, faults and the violation on one axis of simulated time.
//! * [`epitaph`]: one line that says what it all came to.
//! * [`Table`]: columns that align; [`palette`]: what colours mean.
//! * [`Latencies`]: exact percentiles over the operations that succeeded.
//! * [`write_operations`]: `ops.csv`, one row an operation.
//! * [`trace_columns`], [`trace_json`]: one line of a trace.
//! * [`Judged`]: the JSON of `atropos check`; [`Climbed`]: with levels, and [`explain_ladder`] for people.
//! * [`StalenessEntry`], [`DurabilityEntry`]: how stale reads are, and what became of writes.
//! * [`MeasuresEntry`]: what was measured of a run.
//! * [`counters`]: the counters of a run by name, in the order of every report.
//! * [`Draft`]: files that appear whole or not at all.

pub mod counters;
pub mod epitaph;
mod expectation;
mod files;
mod judged;
mod latency;
mod levels;
mod measured;
mod measures;
mod operations;
pub mod palette;
mod results;
mod settings;
mod summary;
mod table;
mod timeline;
mod trace;

pub use files::{Draft, FileError};
pub use judged::{Judged, Judging};
pub use latency::{Latencies, LatencyMs};
pub use levels::{Answers, Climbed, explain_finding, explain_ladder};
pub use measured::MeasuresEntry;
pub use measures::{DurabilityEntry, StalenessEntry, explain_durability, explain_staleness};
pub use operations::write_operations;
pub use results::{CheckEntry, ElectionEntry, OperationCounts, RunResults, Seen};
pub use summary::{failures, summary, summary_of_panic};
pub use table::Table;
pub use timeline::{Timeline, timeline};
pub use trace::{trace_columns, trace_json};
