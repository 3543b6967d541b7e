//! Properties that hold for any input.

mod arguments;
mod clean;
mod edits;
mod gauge;
mod journal;
mod markdown;
mod policy;
mod sse;
mod wrap;
