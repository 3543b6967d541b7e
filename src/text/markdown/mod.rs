//! Markdown that grows: rows for the screen, re-laid only behind the stable prefix.
//!
//! Source is taken in windows that begin where a top-level block begins. What later text cannot change
//! is laid out once and kept as rows; the rest of the window is laid out anew with each update, with its
//! half-received marks closed for the eye; of a list only the last items, of a paragraph that grows by
//! plain words only the last row. No parse tree is kept. The rows of a complete text are the
//! same however it arrived.
//!
//! Deviations from `CommonMark`, all for the sake of rows that do not jump: a line break in the source
//! is one on the screen; link reference definitions are text; blocks beyond 16 KiB are laid out in parts.

mod block;
mod disguise;
mod fence;
mod flow;
mod heal;
mod holder;
mod layout;
mod link;
mod probe;
mod scan;
mod table;
mod tip;
mod window;

pub use block::{CodeBlock, Glyphs};
pub use flow::Flow;

#[cfg(test)]
mod tests;
