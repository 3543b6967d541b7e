//! Text algorithms without a domain: cleaning, cell width, wrapping, truncating, Markdown, matching,
//! differences, replacing.
//!
//! Pure: no I/O, no clock, no terminal types. Whatever came from a model, a tool, a file or a server
//! becomes [`Clean`] here before anything may draw it.

pub mod clean;
pub mod diff;
pub mod fuzzy;
pub mod grapheme;
pub mod markdown;
mod row;
pub mod splice;
pub mod truncate;
pub mod width;
pub mod wrap;

pub use clean::{Clean, Cleaner};
