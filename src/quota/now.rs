//! The moment of a decision, told to whoever decides.

use std::time::Instant;

use jiff::Timestamp;

/// One moment on both clocks. Pure code is given it and never asks a clock itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// For durations, frames and waits.
    pub instant: Instant,
    /// For reset times and peak hours.
    pub wall: Timestamp,
}
