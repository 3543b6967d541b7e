//! The modes that are switched on while the screen is ours, and the sequences that switch them. Pure.

use crate::config::MouseMode;

/// Alternate screen, focus reports, bracketed paste; the wheel must not become arrow keys (1007).
pub(super) const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?1007l\x1b[?1004h\x1b[?2004h\x1b[m\x1b[H\x1b[J";

/// Everything that could be on, off; the alternate screen last. Most terminals have the alternate
/// scroll (1007) on by default.
pub(super) const LEAVE: &str = "\x1b[?2026l\x1b[<1u\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1007h\
                                \x1b[?1004l\x1b[?2004l\x1b[m\x1b[?25h\x1b[?1049l";

/// Keys that were ambiguous become distinct (flag 1), nothing more.
pub(super) const KITTY: &str = "\x1b[>1u";

/// What is to be written for this mouse mode. Never all motion (1003), never the urxvt format (1015).
pub(super) fn mouse(mode: MouseMode) -> &'static str {
    match mode {
        MouseMode::Full => "\x1b[?1000h\x1b[?1002h\x1b[?1006h",
        MouseMode::Wheel => "\x1b[?1002l\x1b[?1000h\x1b[?1006h",
        MouseMode::Off => "\x1b[?1006l\x1b[?1002l\x1b[?1000l",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::egress::check;

    #[test]
    fn all_that_is_written_is_listed() {
        for mode in [MouseMode::Full, MouseMode::Wheel, MouseMode::Off] {
            assert_eq!(check(mouse(mode).as_bytes()), Ok(()));
        }
        for text in [ENTER, LEAVE, KITTY] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn what_is_switched_on_is_switched_off() {
        let on = format!("{ENTER}{}", mouse(MouseMode::Full));
        for mode in on.split("\x1b[?").filter_map(|part| part.split_once('h')).map(|(number, _)| number) {
            assert!(LEAVE.contains(&format!("\x1b[?{mode}l")), "{mode}");
        }
    }
}
