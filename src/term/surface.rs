//! The backend that ratatui draws on: cells to bytes, into a buffer of ours.
//!
//! Owns the shortest way to say a cell. Why not ratatui's crossterm backend: that one asks the system
//! for the size at every frame, says the cursor and the colours again at every frame, and answers a
//! colour under `NO_COLOR` with a reset of all attributes. Writes nothing itself.

use std::{convert::Infallible, fmt::Write};

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
    style::{Color, Modifier},
};

use super::egress::is_printable;

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    underline: Color,
    modifier: Modifier,
}

const PLAIN: Look = Look { fg: Color::Reset, bg: Color::Reset, underline: Color::Reset, modifier: Modifier::empty() };

/// Attributes and their SGR numbers.
const ATTRIBUTES: [(Modifier, &str); 9] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::RAPID_BLINK, "6"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

/// The frame that is being said.
#[derive(Debug)]
pub(super) struct Surface {
    out: String,
    size: Size,
    /// Colours are said; without, only attributes are.
    colour: bool,
    /// The look in force in the terminal.
    look: Look,
    /// Where the terminal's cursor stands, as far as that is known: column, row.
    at: (Option<u16>, Option<u16>),
    /// The cursor as the terminal has it, and as the frame wants it.
    visible: bool,
    wanted: Option<(u16, u16)>,
}

const HIDE: &str = "\x1b[?25l";
const SHOW: &str = "\x1b[?25h";

/// Bytes of a frame that a terminal takes in one read, for certain (the smallest are 64 or more).
const SHORT: usize = 64;

impl Surface {
    pub(super) fn new(size: Size, colour: bool) -> Self {
        Self { out: String::new(), size, colour, look: PLAIN, at: (None, None), visible: false, wanted: None }
    }

    /// The terminal has this size from now on.
    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// The terminal was entered afresh: nothing is known of its cursor, which is hidden.
    pub(super) fn forget(&mut self) {
        (self.look, self.at, self.visible) = (PLAIN, (None, None), false);
    }

    /// The bytes of the frame; empty when nothing changed. A short frame reaches the terminal in one piece, so
    /// its cursor need not be hidden meanwhile: a token costs a third less.
    pub(super) fn take(&mut self) -> String {
        let frame = std::mem::take(&mut self.out);
        let inner = frame.strip_prefix(HIDE).and_then(|rest| rest.strip_suffix(SHOW));
        match inner {
            Some(inner) if inner.len() <= SHORT => inner.to_owned(),
            _ => frame,
        }
    }

    fn go(&mut self, x: u16, y: u16) {
        let _ = match self.at {
            (Some(column), Some(row)) if (column, row) == (x, y) => Ok(()),
            (Some(column), Some(row)) if row == y && x == column + 1 => write!(self.out, "\x1b[C"),
            (_, Some(row)) if row == y => write!(self.out, "\x1b[{}G", x + 1),
            _ => write!(self.out, "\x1b[{};{}H", y + 1, x + 1),
        };
        self.at = (Some(x), Some(y));
    }

    fn wear(&mut self, next: Look) {
        if next == self.look {
            return;
        }
        let from = if self.look.modifier.difference(next.modifier).is_empty() { self.look } else { PLAIN };
        self.out.push_str("\x1b[");
        let start = self.out.len();
        if from != self.look {
            self.out.push_str("0;");
        }
        for (modifier, number) in ATTRIBUTES {
            if next.modifier.contains(modifier) && !from.modifier.contains(modifier) {
                self.out.push_str(number);
                self.out.push(';');
            }
        }
        if next.fg != from.fg {
            colour(&mut self.out, next.fg, 30);
        }
        if next.bg != from.bg {
            colour(&mut self.out, next.bg, 40);
        }
        if next.underline != from.underline {
            colour(&mut self.out, next.underline, 50);
        }
        if next == PLAIN {
            self.out.truncate(start); // `CSI m` is the whole reset
        } else {
            self.out.pop();
        }
        self.out.push('m');
        self.look = next;
    }

    fn say(&mut self, x: u16, y: u16, cell: &Cell) {
        self.go(x, y);
        let (fg, bg, underline) =
            if self.colour { (cell.fg, cell.bg, cell.underline_color) } else { (PLAIN.fg, PLAIN.bg, PLAIN.underline) };
        self.wear(Look { fg, bg, underline, modifier: cell.modifier });
        let symbol = cell.symbol();
        let printable = !symbol.is_empty() && symbol.chars().all(is_printable);
        let symbol = if printable { symbol } else { " " };
        self.out.push_str(symbol);
        let last = self.size.width.saturating_sub(1);
        let next = settled_width(symbol).map(|width| x + width);
        // At the last column a terminal holds the cursor back; a width that is unsure may wrap there.
        self.at = match next {
            Some(next) if next <= last => (Some(next), Some(y)),
            None if x + 2 < last => (None, Some(y)),
            _ => (None, None),
        };
    }
}

/// The width that every terminal gives this symbol; `None` where they disagree (emoji, joined and
/// combining characters), so that the next place must be said. Ambiguous ones count as narrow: where
/// they are not, [`super::probe`] notices and the screen decorates with ASCII.
fn settled_width(symbol: &str) -> Option<u16> {
    let mut chars = symbol.chars();
    match (chars.next()?, chars.next()) {
        ('\u{20}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{2010}'..='\u{2027}' | '\u{2500}'..='\u{25ff}', None) => {
            Some(1)
        }
        (
            '\u{3041}'..='\u{3096}' | '\u{30a0}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}',
            None,
        ) => Some(2),
        _ => None,
    }
}

/// Says a colour as foreground (30), background (40) or underline (50), with a `;` behind.
fn colour(out: &mut String, colour: Color, base: u8) {
    let basic = |n: u8| if n < 8 { base + n } else { base + 60 + n - 8 };
    let index = match colour {
        Color::Reset => None,
        Color::Rgb(red, green, blue) => {
            let _ = write!(out, "{};2;{red};{green};{blue};", base + 8);
            return;
        }
        Color::Indexed(index) => {
            let _ = write!(out, "{};5;{index};", base + 8);
            return;
        }
        Color::Black => Some(0),
        Color::Red => Some(1),
        Color::Green => Some(2),
        Color::Yellow => Some(3),
        Color::Blue => Some(4),
        Color::Magenta => Some(5),
        Color::Cyan => Some(6),
        Color::Gray => Some(7),
        Color::DarkGray => Some(8),
        Color::LightRed => Some(9),
        Color::LightGreen => Some(10),
        Color::LightYellow => Some(11),
        Color::LightBlue => Some(12),
        Color::LightMagenta => Some(13),
        Color::LightCyan => Some(14),
        Color::White => Some(15),
    };
    let _ = match index {
        None => write!(out, "{};", base + 9),
        // Underlines have no short form.
        Some(index) if base == 50 => write!(out, "58;5;{index};"),
        Some(index) => write!(out, "{};", basic(index)),
    };
}

impl Backend for Surface {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_some() && self.visible {
            self.out.push_str(HIDE);
            self.visible = false;
        }
        for (x, y, cell) in content {
            self.say(x, y, cell);
        }
        self.wear(PLAIN);
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.wanted.unwrap_or_default().into())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        let Position { x, y } = position.into();
        self.wanted = Some((x, y));
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.wear(PLAIN);
        self.out.push_str("\x1b[H\x1b[J");
        self.at = (Some(0), Some(0));
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        if let Some((x, y)) = self.wanted {
            self.go(x, y);
        }
        if self.visible != self.wanted.is_some() {
            self.visible = self.wanted.is_some();
            self.out.push_str(if self.visible { SHOW } else { HIDE });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{
        Terminal,
        style::{Style, Stylize},
        text::{Line, Span},
    };

    use super::*;
    use crate::term::egress::check;

    fn frames(colour: bool, lines: &[Line<'static>]) -> Vec<String> {
        let mut terminal = Terminal::new(Surface::new(Size::new(12, 3), colour)).unwrap();
        let mut draw = |line: &Line<'static>| {
            terminal
                .draw(|frame| {
                    frame.render_widget(line, frame.area());
                    frame.set_cursor_position((2, 1));
                })
                .unwrap();
            terminal.backend_mut().take()
        };
        lines.iter().map(&mut draw).collect()
    }

    #[test]
    fn only_what_changed_is_said() {
        let frames = frames(true, &["abc".into(), "abc".into(), "abd".into(), "你d".into()]);
        assert_eq!(frames[0], "\x1b[1;1Habc\x1b[2;3H\x1b[?25h");
        assert_eq!(frames[1], "", "nothing changed");
        assert_eq!(frames[2], "\x1b[1;3Hd\x1b[2;3H", "a short frame leaves the cursor shown");
        assert!(frames[3].contains('你'));
    }

    #[test]
    fn a_long_frame_hides_the_cursor_meanwhile() {
        let long: Vec<Span> = (20..32).map(|n| "x".fg(Color::Indexed(n))).collect();
        let frame = frames(true, &["a".into(), long.into()]).remove(1);
        assert!(frame.starts_with(HIDE) && frame.ends_with(SHOW), "{frame:?}");
    }

    #[test]
    fn one_unchanged_cell_is_stepped_over() {
        let frame = frames(true, &["a b".into(), "c d".into()]).remove(1);
        assert_eq!(frame, "\x1b[1;1Hc\x1b[Cd\x1b[2;3H");
    }

    #[test]
    fn looks_are_said_shortly() {
        let table: [(Line, &str); 5] = [
            ("x".red().into(), "\x1b[31mx\x1b[m"),
            ("x".bold().fg(Color::Indexed(200)).on_white().into(), "\x1b[1;38;5;200;107mx\x1b[m"),
            (Line::from(vec!["x".bold().red(), "y".red(), "z".into()]), "\x1b[1;31mx\x1b[0;31my\x1b[mz"),
            (Line::from(vec!["x".red(), "y".bold().red()]), "\x1b[31mx\x1b[1my\x1b[m"),
            (Span::styled("x", Style::new().underlined().underline_color(Color::Red)).into(), "\x1b[4;58;5;1mx\x1b[m"),
        ];
        for (line, said) in table {
            let frame = frames(true, &[line]).remove(0);
            assert_eq!(frame.strip_prefix("\x1b[1;1H").and_then(|f| f.strip_suffix("\x1b[2;3H\x1b[?25h")), Some(said));
            assert_eq!(check(frame.as_bytes()), Ok(()));
        }
    }

    #[test]
    fn the_next_place_is_said_only_where_widths_are_unsure() {
        for (line, said) in [
            ("─│é", "\x1b[1;1H─│é"),
            ("你好x", "\x1b[1;1H你好x"),
            ("🦀x", "\x1b[1;1H🦀\x1b[3Gx"),
            ("e\u{301}x", "\x1b[1;1He\u{301}\x1b[2Gx"),
            ("0123456789ab", "\x1b[1;1H0123456789ab"),
        ] {
            let frame = frames(true, &[line.into()]).remove(0);
            assert_eq!(frame.strip_suffix("\x1b[2;3H\x1b[?25h"), Some(said), "{line}");
        }
    }

    #[test]
    fn without_colour_only_attributes_are_said() {
        let frame = frames(false, &[Line::from(vec!["x".red().on_blue(), "y".bold().red()])]).remove(0);
        assert_eq!(frame, "\x1b[1;1Hx\x1b[1my\x1b[m\x1b[2;3H\x1b[?25h");
    }

    #[test]
    fn a_cell_cannot_carry_a_sequence() {
        let mut surface = Surface::new(Size::new(9, 1), true);
        for symbol in ["\x1b[2J", "\u{9b}2J", "\r", "\u{202e}", ""] {
            let mut cell = Cell::EMPTY;
            cell.set_symbol(symbol);
            surface.draw(std::iter::once((0, 0, &cell))).unwrap();
            let frame = surface.take();
            assert_eq!((check(frame.as_bytes()), frame.ends_with(' ')), (Ok(()), true), "{symbol:?}");
        }
    }
}
