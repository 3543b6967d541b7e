//! Properties that hold for any input.

mod clean;
mod markdown;
mod wrap;
