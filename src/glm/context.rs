//! What the words of an error depend on besides the error. Refuses to read a clock or the environment.

use crate::{
    chat::ModelId,
    config::Preset,
    quota::{TimeZone, Timestamp},
};

/// What the words depend on.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The model that was asked.
    pub model: &'a ModelId,
    /// The address that was asked.
    pub preset: Preset,
    /// The present.
    pub now: Timestamp,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// The environment names a proxy.
    pub proxy_configured: bool,
}
