//! The two kinds of lines. Fields that this version does not know are ignored.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{agent::turn::Rest, quota::Timestamp};

/// The version of the format; another one is not read.
pub(super) const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`FORMAT`].
    pub(super) glm_tui_record: u32,
    /// The program that wrote it.
    pub(super) version: String,
    /// The machine as it began.
    pub(super) machine: Rest,
}

/// An input and what followed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Time since the header, in nanoseconds: a wake must not come before its deadline by rounding.
    pub(super) at_ns: u64,
    /// The wall's clock, RFC 3339.
    pub(super) wall: Timestamp,
    /// A [`super::input::Written`], or a text that says why it could not be written.
    pub(super) input: Value,
    /// The effects in their short form, in order.
    pub(super) effects: Vec<String>,
}
