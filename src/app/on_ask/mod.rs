//! How a person answers: keys, clicks and the line that is typed, and the guard against keys that were meant
//! for something else.

mod answer;
mod editor;
mod guard;
mod hunks;
mod keys;
mod typing;

pub(super) use guard::{FRESH, TYPED};
