//! Changes are taken back: edits, deletes, commands; with later edits by a person, without git, after a crash.

mod commands;
#[cfg(target_os = "linux")]
mod dry;
mod edits;
mod identity;
mod place;
