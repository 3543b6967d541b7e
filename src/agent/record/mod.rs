//! Recorded sessions: what reached the turn machine and what it wanted done, and the same again from a file.
//!
//! JSON lines. The first is a [`line::Header`]: the machine as it began; another one further on begins anew
//! (one file may hold several agents, one after the other). Every other line is an input with its moment and
//! the effects that followed, in short ([`effect`]). A line is written after its effects are known, so what is
//! missing at the end of a torn file is missing whole.
//!
//! Requests are not recorded, so neither keys nor addresses are in it; what was said and read is. Pure: lines
//! go to a sink and come from a slice.

mod effect;
mod input;
mod line;
mod recorder;
mod replay;
#[cfg(test)]
mod tests;
mod words;

pub(super) use recorder::Recorder;
pub use replay::{Difference, Replayed, replay};
