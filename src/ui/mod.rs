//! Drawing: the state of the screen → cells. Reads [`crate::app::App`], changes nothing of it, and reports where it
//! put things ([`crate::app::View`]).
//!
//! Knows no terminal and no clock. What is wrapped is kept in the [`ViewCache`] near the view, so that a
//! frame at the live end costs the screen and not the history. Foreign text is clean already; here it
//! is only kept within its pane.

mod activity;
mod block;
mod composer;
mod draw;
mod format;
mod gauge;
mod glyphs;
mod grown;
mod highlight;
mod hints;
mod keys;
mod layout;
mod overlay;
mod paint;
mod pane;
mod rail;
mod stack;
mod status;
mod theme;
mod title;
mod welcome;
mod window;
mod words;

pub use draw::{ViewCache, draw, scroll};
pub use theme::Depth;
pub use welcome::draw_welcome;
