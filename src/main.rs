//! The `atropos` command.

fn main() {}
