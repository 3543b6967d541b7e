//! What the terminal can do: the questions, and what the answers mean. Pure; nothing waits for an answer.
//!
//! The questions leave together with the first frame, which does not wait; answers come as events when
//! they come, or never. The last question is the one that every terminal answers (DA1).

use std::time::{Duration, Instant};

use super::input::Reply;

/// Background, synchronized updates, kitty keyboard, class.
const QUESTIONS: &str = "\x1b]11;?\x1b\\\x1b[?2026$p\x1b[?u\x1b[c";

/// Writes one glyph of ambiguous width in the second row (a cursor report from the first row looks
/// like F3), asks where the cursor stands, and wipes it. The frame that follows covers the place anyway.
const WIDTH: &str = "\x1b[2;1H·\x1b[6n\x1b[2;1H\x1b[K";

/// The background may have changed while the window had no focus, but asking is a write.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// What the terminal turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// Its background is light, or not.
    Light(bool),
    /// It knows synchronized updates.
    Synchronized,
    /// It knows the kitty keyboard protocol.
    Kitty,
    /// It draws characters of ambiguous width two cells wide: decorate with ASCII.
    WideAmbiguous(bool),
    /// All questions are answered.
    Complete,
}

/// The questions that are open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Probe {
    open: bool,
    asked_at: Option<Instant>,
    width_asked: bool,
}

impl Probe {
    /// The questions of the start, for a screen with this many rows.
    pub(super) fn ask(&mut self, rows: u16, now: Instant) -> String {
        (self.open, self.asked_at, self.width_asked) = (true, Some(now), rows > 1);
        format!("{}{QUESTIONS}", if self.width_asked { WIDTH } else { "" })
    }

    /// The question for the background when the window got the focus, unless it was just asked.
    pub(super) fn ask_again(&mut self, now: Instant) -> Option<&'static str> {
        let asked = self.asked_at?;
        (now.saturating_duration_since(asked) >= ASK_AGAIN).then(|| {
            self.asked_at = Some(now);
            "\x1b]11;?\x1b\\"
        })
    }

    /// An answer is still to come.
    #[must_use]
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// What an answer means.
    pub(super) fn learn(&mut self, reply: Reply) -> Option<Fact> {
        match reply {
            Reply::Background(colour) => Some(Fact::Light(Reply::is_light(colour))),
            // 1 and 2: set or reset now, so it can be switched. 3 and 4 are for ever so.
            Reply::Mode { mode: 2026, state: 1 | 2 } => Some(Fact::Synchronized),
            Reply::Kitty(_) => Some(Fact::Kitty),
            Reply::Cursor { row: 2, column } if std::mem::take(&mut self.width_asked) => {
                Some(Fact::WideAmbiguous(column > 2))
            }
            Reply::Attributes => std::mem::take(&mut self.open).then_some(Fact::Complete),
            _ => None,
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test needs some moment to start from")]
mod tests {
    use super::*;
    use crate::term::egress::check;

    #[test]
    fn answers() {
        let now = Instant::now();
        let mut probe = Probe::default();
        assert_eq!(check(probe.ask(24, now).as_bytes()), Ok(()));
        let table = [
            (Reply::Background([0xffff; 3]), Some(Fact::Light(true))),
            (Reply::Background([0; 3]), Some(Fact::Light(false))),
            (Reply::Mode { mode: 2026, state: 2 }, Some(Fact::Synchronized)),
            (Reply::Mode { mode: 2026, state: 0 }, None),
            (Reply::Mode { mode: 2026, state: 4 }, None),
            (Reply::Mode { mode: 2004, state: 2 }, None),
            (Reply::Kitty(0), Some(Fact::Kitty)),
            (Reply::Cursor { row: 2, column: 3 }, Some(Fact::WideAmbiguous(true))),
            (Reply::Cursor { row: 2, column: 3 }, None),
            (Reply::Attributes, Some(Fact::Complete)),
            (Reply::Attributes, None),
            (Reply::Other, None),
        ];
        for (reply, fact) in table {
            assert_eq!(probe.learn(reply), fact, "{reply:?}");
        }
    }

    #[test]
    fn the_background_is_asked_at_most_once_a_minute() {
        let now = Instant::now();
        let mut probe = Probe::default();
        assert_eq!(probe.ask_again(now), None, "never when nothing was asked at the start");
        let _ = probe.ask(24, now);
        assert_eq!(probe.ask_again(now + Duration::from_secs(59)), None);
        assert!(probe.ask_again(now + Duration::from_secs(60)).is_some());
        assert_eq!(probe.ask_again(now + Duration::from_secs(61)), None);
    }
}
