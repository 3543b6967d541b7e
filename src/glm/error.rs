//! What can go wrong with a call, with its class, its words and its next step.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::times;
use crate::quota::Timestamp;

/// What kind of failure it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The name does not resolve.
    Dns,
    /// Refused, unreachable, reset before any data.
    Connect,
    /// No connection within the limit.
    ConnectTimeout,
    /// The certificate or the handshake.
    Tls,
    /// The proxy refused or died.
    Proxy,
    /// The stream was cut after data, or ended without its end mark.
    Cut,
    /// No event for the configured time.
    Silent,
    /// An HTTP status or an error body of the service.
    Status,
    /// A redirect, which is not followed.
    Redirect,
    /// A body that is neither an event stream nor a JSON answer.
    NotAnAnswer,
    /// The key or the address is unusable before anything was sent.
    Refused,
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryClass {
    /// Back off and try again.
    Backoff,
    /// Too many at once (1302): short waits.
    TooMany,
    /// Overloaded (1305): short tries, then long ones.
    Overloaded,
    /// Used up until then; no retry by itself.
    UsedUp(Option<Timestamp>),
    /// The conversation is too long.
    TooLong,
    /// Never.
    Never,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind.
    pub kind: ErrorKind,
    /// The HTTP status, if one came.
    pub status: Option<u16>,
    /// The service's own code, for instance `1302`.
    pub code: Option<String>,
    /// The cause in the service's or the system's words; cleaned, without secrets, at most 200 characters
    /// of a foreign body.
    pub message: String,
    /// What `Retry-After` asked for.
    pub retry_after: Option<Duration>,
    /// The host (or proxy) that was asked.
    pub host: String,
}

impl Error {
    /// An error without a status, a code or a wish of the service.
    pub(super) fn new(kind: ErrorKind, host: &str, message: impl Into<String>) -> Self {
        Self { kind, status: None, code: None, message: message.into(), retry_after: None, host: host.to_owned() }
    }

    /// What to do about it (docs/ZAI.md §10; treating all 429 alike is the most reported bug of clients).
    #[must_use]
    pub fn class(&self) -> RetryClass {
        match self.kind {
            ErrorKind::Dns | ErrorKind::Connect | ErrorKind::ConnectTimeout | ErrorKind::Cut | ErrorKind::Silent => {
                RetryClass::Backoff
            }
            ErrorKind::Proxy if self.status == Some(407) => RetryClass::Never,
            ErrorKind::Proxy => RetryClass::Backoff,
            ErrorKind::Tls | ErrorKind::Redirect | ErrorKind::NotAnAnswer | ErrorKind::Refused => RetryClass::Never,
            ErrorKind::Status => self.code_class().unwrap_or_else(|| self.status_class()),
        }
    }

    /// When the used-up window starts anew, by the service's message; `None` if it says nothing believable
    /// (past, or more than 35 days away).
    #[must_use]
    pub fn reset_at(&self, now: Timestamp) -> Option<Timestamp> {
        times::reset_in(&self.message).and_then(|at| times::believable(at, now))
    }

    /// The key was refused (also by the monitor API, which says so with HTTP 200).
    #[must_use]
    pub fn is_bad_key(&self) -> bool {
        let says_so = match self.code.as_deref() {
            Some(code) if is_service_code(code) => matches!(code, "1000" | "1001" | "1002" | "1003" | "1004"),
            Some("401" | "invalid_api_key") => true,
            _ => self.status == Some(401),
        };
        self.kind == ErrorKind::Status && says_so
    }

    /// The key works and has no Coding Plan.
    #[must_use]
    pub fn is_no_plan(&self) -> bool {
        match self.code.as_deref() {
            Some("1309" | "1314") => true,
            Some("500") => self.message.to_lowercase().contains("coding plan"),
            _ => false,
        }
    }

    fn code_class(&self) -> Option<RetryClass> {
        Some(match self.code.as_deref()? {
            "1302" => RetryClass::TooMany,
            "1305" | "1312" => RetryClass::Overloaded,
            "1308" | "1310" | "1316" | "1317" | "1318" | "1319" | "1320" | "1321" => {
                RetryClass::UsedUp(times::reset_in(&self.message))
            }
            "1261" | "context_length_exceeded" => RetryClass::TooLong,
            "1120" | "1200" | "1230" | "1231" | "1234" | "1303" | "network_error" => RetryClass::Backoff,
            "500" if self.is_no_plan() => RetryClass::Never,
            code if is_service_code(code) => RetryClass::Never,
            _ => return None,
        })
    }

    fn status_class(&self) -> RetryClass {
        // An envelope with HTTP 200 says its status as a code.
        let said = self.code.as_deref().and_then(|code| code.parse().ok()).filter(|code| (400..600).contains(code));
        match said.or(self.status) {
            Some(413) => RetryClass::TooLong,
            Some(501 | 505) => RetryClass::Never,
            // 2xx: an error in the middle of a stream, of a kind that is not known.
            None | Some(200..=299 | 408 | 425 | 429 | 500..=599) => RetryClass::Backoff,
            Some(_) => RetryClass::Never,
        }
    }
}

/// A code of the service's own list: four digits from 1000 to 1399.
fn is_service_code(code: &str) -> bool {
    code.len() == 4 && code.parse::<u16>().is_ok_and(|code| (1000..1400).contains(&code))
}
