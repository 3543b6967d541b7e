//! Names of sessions: made so that no two ever meet, read so that no name leads out of the sessions' folder.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

use crate::chat::SessionId;

/// Characters of the part after the time: 40 bits, so that even a thousand starts in one second do not meet.
const TAIL: usize = 8;
/// The longest name that is taken for one of a session.
const LONGEST: usize = 64;
/// Digits and letters that nobody mistakes for another when reading an id aloud.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new session's id, for instance `20261121-083000-1f2e9k7q`: the moment (UTC), then a digest of the process, the
/// clock and random bytes.
#[must_use]
pub(super) fn fresh(at: Timestamp) -> SessionId {
    let mut digest = blake3::Hasher::new();
    digest.update(&random());
    digest.update(&std::process::id().to_le_bytes());
    digest.update(&clock().to_le_bytes());
    digest.update(&at.as_nanosecond().to_le_bytes());
    let tail = letters(digest.finalize().as_bytes());
    SessionId::from(format!("{}-{tail}", at.strftime("%Y%m%d-%H%M%S")))
}

/// The id of a session imported from another program: the same source gives the same id.
#[must_use]
pub(super) fn derived(at: Timestamp, source: &str) -> SessionId {
    let tail = letters(blake3::hash(source.as_bytes()).as_bytes());
    SessionId::from(format!("{}-{tail}", at.strftime("%Y%m%d-%H%M%S")))
}

/// It is a single, plain, visible name: digits, small letters and `-`.
#[must_use]
pub(super) fn is_sound(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-';
    !id.is_empty() && id.len() <= LONGEST && !id.starts_with('-') && id.bytes().all(plain)
}

fn letters(digest: &[u8]) -> String {
    digest.iter().take(TAIL).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

/// Random bytes of the system; zeros where it has none, since the other parts still tell processes apart.
fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    let _ = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::NONBLOCK);
    bytes
}

#[expect(clippy::disallowed_methods, reason = "the nanosecond is one of three sources of difference, not a time")]
fn clock() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_of_one_moment_never_meet() {
        let at = Timestamp::from_second(1_795_250_000).unwrap();
        let ids: HashSet<String> = (0..10_000).map(|_| fresh(at).as_str().to_owned()).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| is_sound(id) && id.starts_with("20261121-") && id.len() == 24), "{ids:?}");
    }

    #[test]
    fn a_source_gives_one_id() {
        let at = Timestamp::from_second(1_795_250_000).unwrap();
        assert_eq!(derived(at, "claude:1"), derived(at, "claude:1"));
        assert_ne!(derived(at, "claude:1"), derived(at, "claude:2"));
    }

    #[test]
    fn names_that_lead_elsewhere_are_no_ids() {
        let long = "a".repeat(65);
        for id in ["", ".", "..", "../x", "a/b", "-rf", "A", "a b", "a\0", "ä", ".gone-a", &long] {
            assert!(!is_sound(id), "{id:?}");
        }
        assert!(is_sound("20261121-083000-1f2e") && is_sound("a"));
    }
}
