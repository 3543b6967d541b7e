//! Whether a key is accepted, and in which form it came. Pure.

use axum::http::HeaderValue;

use super::scenario::{AuthStyle, QuotaError, Scenario};

/// A key as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// None was sent, and one is needed.
    Missing,
    /// It is not on the list.
    Wrong,
    /// It is fine, sent with `Bearer` or not, or none is needed.
    Fine {
        /// The header began with `Bearer`.
        bearer: Option<bool>,
    },
}

impl Key {
    /// The code of a chat request's refusal.
    pub(super) fn chat_code(self) -> Option<&'static str> {
        match self {
            Self::Missing => Some("1001"),
            Self::Wrong => Some("1000"),
            Self::Fine { .. } => None,
        }
    }

    /// The refusal of the quota endpoint.
    pub(super) fn quota_error(self, style: AuthStyle) -> Option<QuotaError> {
        match (self, style) {
            (Self::Missing, _) => Some(QuotaError::NoKey),
            (Self::Wrong, _)
            | (Self::Fine { bearer: Some(true) }, AuthStyle::Raw)
            | (Self::Fine { bearer: Some(false) }, AuthStyle::Bearer) => Some(QuotaError::BadKey),
            (Self::Fine { .. }, _) => None,
        }
    }
}

/// Reads the header and looks the key up.
pub(super) fn check(header: Option<&HeaderValue>, scenario: &Scenario) -> Key {
    let text = header.map(|h| String::from_utf8_lossy(h.as_bytes()));
    let Some(text) = text.as_deref().filter(|t| !t.trim().is_empty()) else {
        return if scenario.accept_keys.is_some() { Key::Missing } else { Key::Fine { bearer: None } };
    };
    let stripped = text.strip_prefix("Bearer ");
    let key = stripped.unwrap_or(text).trim();
    match &scenario.accept_keys {
        Some(keys) if !keys.iter().any(|k| k == key) => Key::Wrong,
        _ => Key::Fine { bearer: Some(stripped.is_some()) },
    }
}
