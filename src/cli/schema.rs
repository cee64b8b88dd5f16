//! `atropos schema`: the JSON Schema of scenarios, for editors.

use std::io;

use super::failure::Failure;
use super::{ExitCode, Session};
use crate::reference::Reference;
use crate::registry;

/// Carries out `atropos schema`.
pub(super) fn schema(session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    session.so_far = ExitCode::Success;
    let schema = Reference::new(registry::specs()).schema();
    serde_json::to_writer_pretty(&mut *session.out, &schema).map_err(io::Error::from)?;
    writeln!(session.out)?;
    Ok(ExitCode::Success)
}
