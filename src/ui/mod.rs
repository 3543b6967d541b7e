//! Drawing: the state of the screen → cells. Reads [`crate::app::App`], changes nothing of it, and reports where it
//! put things ([`crate::app::View`]).
//!
//! Knows no terminal and no clock. What is wrapped is kept in the [`ViewCache`] near the view, so that a
//! frame at the live end costs the screen and not the history. Foreign text is clean already; here it
//! is only kept within its pane.

mod activity;
mod ask;
mod banner;
mod block;
mod composer;
mod diff_lines;
mod diff_sheet;
mod draw;
mod format;
mod gauge;
mod glyphs;
mod grown;
mod highlight;
mod hints;
mod jobs;
mod keys;
mod layout;
mod overlay;
mod paint;
mod pane;
mod plan;
mod rail;
mod rail_work;
mod run_block;
mod run_row;
mod sheet;
mod stack;
mod status;
mod theme;
mod title;
mod trust;
mod welcome;
mod window;
mod words;

pub use draw::{ViewCache, draw, scroll};
pub use theme::Depth;
pub use trust::draw_trust;
pub use welcome::draw_welcome;
