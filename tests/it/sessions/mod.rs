//! `glm-tui sessions …`: saved conversations from outside, with logs that were written well, badly, and by others.

mod import;
mod list;
mod many;
mod remove;
mod shelf;
mod versions;
