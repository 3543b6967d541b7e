//! Properties that hold for any input.

mod clean;
mod gauge;
mod markdown;
mod sse;
mod wrap;
