//! Floor 1: what the clients saw, in Jepsen's words.
//!
//! * [`Event`], [`History`]: invocations and completions in the order they happened.
//! * [`Function`], [`Value`]: what an operation does, and with what.
//! * [`Operation`]: an invocation paired with its completion ([`History::operations`]).
//! * [`Recorder`]: how the simulator writes a history down while it runs.
//! * [`read`]: any [`Format`] of files; [`JsonLines`]: our own, block by block.
//! * [`read_jsonl`], [`write_jsonl`], [`write_edn`]: the formats that are written, one event a line.
//! * [`HistoryError`]: what is wrong with a history, and in which line.

mod error;
mod event;
mod format;
mod function;
mod operation;
mod recorder;
mod text;
mod value;

pub use error::{HistoryError, nearest};
pub use event::{Event, History, Kind};
pub use format::{Format, JsonLines, ReadOptions, read, read_jsonl, write_edn, write_jsonl};
pub use function::Function;
pub use operation::{Operation, Outcome};
pub use recorder::{Counts, Recorder};
pub use text::Text;
pub use value::{List, Map, Value};
