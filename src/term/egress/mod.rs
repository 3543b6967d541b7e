//! The only way to the terminal: what is to be written, in order, until the terminal takes it.
//!
//! Owns the byte buffer, the synchronized-update brackets and the encoding of titles, clipboard texts
//! and questions. Refuses text with controls. Never blocks: a terminal that stops reading leaves bytes
//! pending, and while any are, no new frame is drawn, so the buffer holds one frame at most.

mod allowed;

use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;

pub(super) use allowed::is_printable;
pub use allowed::{Fault, check};

/// A write was cut in the middle: the next bytes must cancel a torn sequence first.
static TORN: AtomicBool = AtomicBool::new(false);

/// A write was cut in the middle, perhaps within a sequence.
#[must_use]
pub(super) fn is_torn() -> bool {
    TORN.load(Ordering::Relaxed)
}

/// What is to be written.
#[derive(Debug, Default)]
pub struct Egress {
    pending: Vec<u8>,
    /// Bytes of `pending` that the terminal took already.
    taken: usize,
    /// The terminal said that it knows synchronized updates.
    pub synchronized: bool,
    /// What was refused; empty unless this program has a fault.
    pub faults: Vec<Fault>,
}

impl Egress {
    /// Nothing waits.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.pending.is_empty()
    }

    /// Appends sequences that this module's neighbours made. In debug builds they are held against the
    /// list of [`check`]; what is not on it is reported in [`Self::faults`] and not written.
    pub fn push(&mut self, bytes: &[u8]) {
        if cfg!(debug_assertions)
            && let Err(fault) = check(bytes)
        {
            self.faults.push(fault);
            return;
        }
        self.pending.extend_from_slice(bytes);
    }

    /// Appends a frame, bracketed where the terminal knows synchronized updates. An empty one is no frame.
    pub fn push_frame(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.synchronized {
            self.push(b"\x1b[?2026h");
        }
        self.push(bytes);
        if self.synchronized {
            self.push(b"\x1b[?2026l");
        }
    }

    /// Hands what waits to `write` until it takes no more. `write` returns how many bytes it took.
    ///
    /// # Errors
    /// The error of `write`, but for `WouldBlock`, which only leaves the rest pending.
    pub fn flush(&mut self, mut write: impl FnMut(&[u8]) -> std::io::Result<usize>) -> std::io::Result<()> {
        while self.taken < self.pending.len() {
            match write(&self.pending[self.taken..]) {
                Ok(0) => return Err(std::io::ErrorKind::WriteZero.into()),
                Ok(n) => self.taken += n,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    TORN.store(true, Ordering::Relaxed);
                    return Ok(());
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.discard();
        Ok(())
    }

    /// Forgets what waits.
    pub fn discard(&mut self) {
        TORN.store(false, Ordering::Relaxed);
        self.pending.clear();
        self.taken = 0;
    }
}

/// Sets the window's title; controls are dropped.
#[must_use]
pub fn title(text: &str) -> Vec<u8> {
    let text: String = text.chars().filter(|c| allowed::is_printable(*c)).collect();
    format!("\x1b]2;{text}\x1b\\").into_bytes()
}

/// Offers a text to the terminal's clipboard (OSC 52); inside tmux wrapped, so that tmux hands it on.
#[must_use]
pub fn clipboard(text: &str, through_tmux: bool) -> Vec<u8> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    if through_tmux {
        // tmux doubles every ESC of what it passes through.
        return format!("\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\").into_bytes();
    }
    format!("\x1b]52;c;{encoded}\x1b\\").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_bracketed_only_where_the_terminal_knows_it() {
        for (synchronized, bytes, written) in
            [(false, "x", "x"), (true, "x", "\x1b[?2026hx\x1b[?2026l"), (true, "", ""), (false, "", "")]
        {
            let mut egress = Egress { synchronized, ..Egress::default() };
            egress.push_frame(bytes.as_bytes());
            let mut out = Vec::new();
            egress
                .flush(|bytes| {
                    out.extend_from_slice(bytes);
                    Ok(bytes.len())
                })
                .unwrap();
            assert_eq!(out, written.as_bytes());
            assert!(egress.is_clear());
        }
    }

    #[test]
    fn a_slow_terminal_gets_every_byte_once() {
        let mut egress = Egress::default();
        egress.push(b"0123456789");
        let (mut out, mut room) = (Vec::new(), 0);
        for _ in 0..5 {
            room += 3;
            egress
                .flush(|bytes| {
                    let n = bytes.len().min(room).min(2);
                    room -= n;
                    out.extend_from_slice(&bytes[..n]);
                    if n == 0 { Err(std::io::ErrorKind::WouldBlock.into()) } else { Ok(n) }
                })
                .unwrap();
        }
        assert_eq!(out, b"0123456789");
        assert!(egress.is_clear());
    }

    #[test]
    fn foreign_text_is_encoded() {
        assert_eq!(title("a\x1b]52;c;x\x07\u{9d}b\nc"), b"\x1b]2;a]52;c;xbc\x1b\\");
        assert_eq!(clipboard("\x1b[2J", false), b"\x1b]52;c;G1sySg==\x1b\\");
        for bytes in [title("x"), clipboard("x", false), clipboard("x", true)] {
            assert_eq!(check(&bytes), Ok(()));
        }
    }

    #[test]
    fn what_is_not_listed_is_reported_and_not_written() {
        let mut egress = Egress::default();
        egress.push(b"\x1b[5i");
        assert_eq!(egress.faults.len(), usize::from(cfg!(debug_assertions)));
        assert_eq!(egress.is_clear(), cfg!(debug_assertions));
    }
}
