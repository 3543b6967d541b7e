//! Changing one file: what a person is shown of it, what they decide, what is written.
//!
//! Owns the way from "these bytes instead of those" to the disk. Knows no tool: `edit` and `write` say
//! which bytes.

mod decide;
mod flow;
mod show;

pub(super) use decide::taken;
pub(super) use flow::{Made, Target, carry_out, make_outcome, propose, real};
pub(super) use show::{compared, removed};
