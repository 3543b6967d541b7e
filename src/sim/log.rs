//! What the simulated service was asked, for tests and for a look from outside. Keys are masked
//! before they get here.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::quota::Timestamp;

/// Requests that are kept, and the bytes of their bodies; older ones are forgotten, so that a run of
/// days stays small.
const KEPT: usize = 1_024;
const KEPT_BYTES: usize = 32 << 20;

/// One request as it came.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    /// Its number, from 1.
    pub n: u64,
    /// When it came, by the server's clock.
    pub at: Timestamp,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// What followed the `?`.
    pub query: Option<String>,
    /// Headers in order, names in lower case; of a key only the last four characters.
    pub headers: Vec<(String, String)>,
    /// The body as JSON; a text when it is none, null when it is empty.
    pub body: Value,
    /// The HTTP status of the answer, once there is one.
    pub status: Option<u16>,
    /// How the answer ended, once it has.
    pub ended: Option<Ended>,
}

impl Received {
    /// The first header of this name (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// As it should.
    Complete,
    /// By a fault of the scenario.
    Broken,
    /// The client went away before the end.
    Left,
}

/// The requests so far; a handle that may be cloned.
#[derive(Clone, Debug)]
pub struct Log {
    kept: Arc<Mutex<Kept>>,
    counts: Arc<watch::Sender<(u64, u64)>>,
}

/// The requests with the bytes of their bodies.
#[derive(Debug, Default)]
struct Kept {
    list: VecDeque<(Received, usize)>,
    n_bytes: usize,
}

impl Kept {
    fn push(&mut self, received: Received, n_bytes: usize) {
        self.n_bytes += n_bytes;
        self.list.push_back((received, n_bytes));
        // The newest stays, however large it is.
        while self.list.len() > 1 && (self.list.len() > KEPT || self.n_bytes > KEPT_BYTES) {
            self.n_bytes -= self.list.pop_front().map_or(0, |(_, n)| n);
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { kept: Arc::default(), counts: Arc::new(watch::channel((0, 0)).0) }
    }
}

impl Log {
    /// The newest requests, oldest first: at most 1,024 and 32 MiB of bodies.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.kept().list.iter().map(|(r, _)| r.clone()).collect()
    }

    /// The chat requests among them.
    #[must_use]
    pub fn chats(&self) -> Vec<Received> {
        let mut requests = self.requests();
        requests.retain(|r| r.path.ends_with("/chat/completions"));
        requests
    }

    /// All requests ever received.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.borrow().0
    }

    /// Returns once `n` requests were received.
    pub async fn wait_for(&self, n: u64) {
        self.wait(|(begun, _)| *begun >= n).await;
    }

    /// Returns once `n` requests were answered to their end, whichever end it was.
    pub async fn wait_for_ended(&self, n: u64) {
        self.wait(|(_, ended)| *ended >= n).await;
    }

    /// Takes a request with a body of so many bytes and returns its number.
    pub(super) fn begin(&self, mut received: Received, n_bytes: usize) -> u64 {
        let mut kept = self.kept();
        // The number is given under the lock, so that numbers and order agree.
        let n = self.counts.borrow().0 + 1;
        received.n = n;
        kept.push(received, n_bytes);
        self.counts.send_modify(|(begun, _)| *begun = n);
        n
    }

    /// The answer's status is known.
    pub(super) fn status(&self, n: u64, status: u16) {
        self.change(n, |r| r.status = Some(status));
    }

    /// The answer has ended; only the first end counts.
    pub(super) fn end(&self, n: u64, how: Ended) {
        let mut first = true;
        self.change(n, |r| first = r.ended.replace(how).is_none());
        if first {
            self.counts.send_modify(|(_, ended)| *ended += 1);
        }
    }

    fn change(&self, n: u64, change: impl FnOnce(&mut Received)) {
        if let Some(received) = self.kept().list.iter_mut().map(|(r, _)| r).rev().find(|r| r.n == n) {
            change(received);
        }
    }

    async fn wait(&self, until: impl FnMut(&(u64, u64)) -> bool) {
        // The sender lives as long as this handle does, so it cannot have gone.
        let _ = self.counts.subscribe().wait_for(until).await;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `Bearer …1a2b`: enough to recognise a key, too little to use it.
pub(super) fn mask(value: &str) -> String {
    let (scheme, key) = match value.split_once(' ') {
        Some((scheme, key)) => (format!("{scheme} "), key),
        None => (String::new(), value),
    };
    let tail: Vec<char> = key.chars().rev().take(4).collect();
    // Of a short key four characters would be too much.
    if key.chars().count() < 8 {
        return format!("{scheme}…");
    }
    format!("{scheme}…{}", tail.into_iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_requests_are_forgotten_by_number_and_by_size() {
        let received = |n| Received {
            n,
            at: Timestamp::UNIX_EPOCH,
            method: "GET".into(),
            path: "/".into(),
            query: None,
            headers: Vec::new(),
            body: Value::Null,
            status: None,
            ended: None,
        };
        let log = Log::default();
        for _ in 0..KEPT + 3 {
            log.begin(received(0), 1);
        }
        let kept = log.requests();
        assert_eq!((kept.len(), kept.first().map(|r| r.n), log.count()), (KEPT, Some(4), KEPT as u64 + 3));
        log.begin(received(0), KEPT_BYTES + 1);
        assert_eq!(log.requests().len(), 1);
        log.begin(received(0), 0);
        assert_eq!(log.requests().len(), 1);
    }

    #[test]
    fn keys_are_masked() {
        for (value, masked) in [
            ("Bearer 0123456789abcdef.SECRETwxyz", "Bearer …wxyz"),
            ("0123456789abcdef.SECRETwxyz", "…wxyz"),
            ("Bearer short", "Bearer …"),
            ("", "…"),
        ] {
            assert_eq!(mask(value), masked);
        }
    }
}
