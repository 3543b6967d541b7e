//! Lines as a terminal would leave them: carriage returns, backspaces and cursor moves carried out, colours
//! and everything else that drives a terminal taken out. What is left holds no control but the tab.
//!
//! A control string that does not end soon is text and is shown, as in [`crate::text::Clean`].

use std::collections::VecDeque;

/// Rows that a cursor can still reach: more than the bars of any progress display.
const REACH: usize = 64;
/// Furthest column that a cursor move can pad to; hostile output must not turn ten bytes into a screen of blanks.
const FAR: usize = 200;
/// Longest parameters of a control sequence, as in `text::clean`.
const CSI_LIMIT: usize = 128;
/// Longest control string, as in `text::clean`.
const STRING_LIMIT: usize = 8_192;

/// The rows that can still change, and where the cursor is.
#[derive(Debug, Default)]
pub(super) struct Rows {
    kept: VecDeque<Vec<char>>,
    row: usize,
    column: usize,
    at: At,
    held: String,
    n_overwritten: usize,
    /// The cursor went back by `\r` and nothing was written since.
    returned: bool,
}

/// Where in a sequence the stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Text,
    Escape,
    Choice,
    Csi,
    Str,
    StrEscape,
}

impl Rows {
    /// Takes text; gives `out` the rows that nothing can change any more.
    pub(super) fn feed(&mut self, text: &str, out: &mut impl FnMut(String)) {
        for c in text.chars() {
            self.take(c, out);
        }
    }

    /// The stream is over: gives `out` all rows that are left.
    pub(super) fn finish(mut self, out: &mut impl FnMut(String)) {
        self.show(out);
        // The last line end begins no row.
        if self.kept.back().is_some_and(Vec::is_empty) {
            self.kept.pop_back();
        }
        self.kept.into_iter().for_each(|row| out(row.into_iter().collect()));
    }

    /// The last rows, at most `n`.
    pub(super) fn into_last(self, n: usize) -> Vec<String> {
        let mut all = Vec::new();
        self.finish(&mut |row| all.push(row));
        all.split_off(all.len().saturating_sub(n))
    }

    /// Rows that were written over after a carriage return.
    pub(super) fn n_overwritten(&self) -> usize {
        self.n_overwritten
    }

    fn take(&mut self, c: char, out: &mut impl FnMut(String)) {
        match self.at {
            At::Text => self.text(c, out),
            At::Escape => self.escape(c, out),
            At::Choice => self.at = At::Text,
            At::Csi => self.csi(c, out),
            At::Str | At::StrEscape => self.string(c, out),
        }
    }

    fn text(&mut self, c: char, out: &mut impl FnMut(String)) {
        match c {
            '\n' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' => self.line_end(out),
            '\r' => {
                self.column = 0;
                self.returned = true;
            }
            '\u{8}' => self.column = self.column.saturating_sub(1),
            '\u{1b}' => self.at = At::Escape,
            '\u{9b}' => self.at = At::Csi,
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => self.at = At::Str,
            // Tags, an invisible copy of ASCII: the model would read what no person sees.
            '\u{e0000}'..='\u{e007f}' => {}
            c if c.is_control() && c != '\t' => {}
            c => self.put(c),
        }
    }

    fn put(&mut self, c: char) {
        let column = self.column;
        let row = self.current();
        let over = column < row.len();
        if row.len() < column {
            row.resize(column, ' ');
        }
        if over {
            row[column] = c;
        } else {
            row.push(c);
        }
        self.column += 1;
        self.n_overwritten += usize::from(over && self.returned);
        self.returned = false;
    }

    fn current(&mut self) -> &mut Vec<char> {
        if self.kept.len() <= self.row {
            self.kept.resize(self.row + 1, Vec::new());
        }
        &mut self.kept[self.row]
    }

    fn line_end(&mut self, out: &mut impl FnMut(String)) {
        self.current();
        self.row += 1;
        self.column = 0;
        self.returned = false;
        self.current();
        if self.kept.len() > REACH
            && let Some(row) = self.kept.pop_front()
        {
            self.row -= 1;
            out(row.into_iter().collect());
        }
    }

    fn escape(&mut self, c: char, out: &mut impl FnMut(String)) {
        self.at = match c {
            '\u{1b}' => At::Escape,
            '[' => At::Csi,
            ']' | 'P' | '_' | '^' | 'X' => At::Str,
            '(' | ')' | '*' | '+' | '-' | '.' | '/' | '#' | '%' => At::Choice,
            '0'..='~' => At::Text,
            _ => {
                self.at = At::Text;
                return self.text(c, out);
            }
        };
        if matches!(self.at, At::Csi | At::Str) {
            self.held.push(c);
        }
    }

    fn csi(&mut self, c: char, out: &mut impl FnMut(String)) {
        match c {
            '@'..='~' => {
                let held = std::mem::take(&mut self.held);
                self.at = At::Text;
                self.act(c, held.trim_start_matches('['), out);
            }
            ' '..='?' if self.held.len() < CSI_LIMIT => self.held.push(c),
            _ => {
                self.show(out);
                self.text(c, out);
            }
        }
    }

    fn string(&mut self, c: char, out: &mut impl FnMut(String)) {
        match (self.at, c) {
            (At::StrEscape, '\\') | (At::Str, '\u{7}' | '\u{9c}') => {
                self.held.clear();
                self.at = At::Text;
            }
            (At::StrEscape, _) => {
                self.show(out);
                self.escape(c, out);
            }
            (_, '\u{1b}') => self.at = At::StrEscape,
            (_, c) if c.is_control() || self.held.len() > STRING_LIMIT => {
                self.show(out);
                self.text(c, out);
            }
            (_, c) => self.held.push(c),
        }
    }

    /// What was held is no sequence but text.
    fn show(&mut self, out: &mut impl FnMut(String)) {
        self.at = At::Text;
        for c in std::mem::take(&mut self.held).chars() {
            self.text(c, out);
        }
    }

    /// Carries out a control sequence, if it moves the cursor or erases (ECMA-48, 8.3).
    fn act(&mut self, letter: char, parameters: &str, out: &mut impl FnMut(String)) {
        let mut numbers = parameters.split(';').map(|number| number.parse::<usize>().ok());
        let first = numbers.next().flatten();
        let n = first.unwrap_or(1).max(1);
        match letter {
            'A' | 'F' => self.row = self.row.saturating_sub(n),
            'B' | 'E' => self.row = self.row.saturating_add(n).min(self.kept.len().saturating_sub(1)),
            'C' => self.column = self.column.saturating_add(n).min(self.column.max(FAR)),
            'D' => self.column = self.column.saturating_sub(n),
            'G' => self.column = (n - 1).min(FAR),
            'J' if first.unwrap_or(0) == 0 && !self.kept.is_empty() => {
                self.kept.truncate(self.row + 1);
                self.erase(0);
            }
            'K' => self.erase(first.unwrap_or(0)),
            // A place on a screen that is not kept: a new row, so that nothing is written over.
            'H' | 'f' => {
                self.row = self.kept.len().saturating_sub(1);
                if !self.current().is_empty() {
                    self.line_end(out);
                }
                self.column = numbers.next().flatten().map_or(0, |column| column.saturating_sub(1).min(FAR));
            }
            _ => {}
        }
        if matches!(letter, 'E' | 'F') {
            self.column = 0;
        }
    }

    /// Erases in the row: behind the cursor (0), before it (1), all (2).
    fn erase(&mut self, what: usize) {
        let column = self.column;
        let row = self.current();
        match what {
            0 => row.truncate(column),
            1 => row.iter_mut().take(column + 1).for_each(|cell| *cell = ' '),
            _ => row.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    fn rows(text: &str) -> Vec<String> {
        let (mut all, mut rows) = (Vec::new(), Rows::default());
        rows.feed(text, &mut |row| all.push(row));
        rows.finish(&mut |row| all.push(row));
        all
    }

    #[test]
    fn a_row_is_what_a_terminal_leaves() {
        let cases: [(&str, &[&str]); 21] = [
            ("", &[]),
            ("one\ntwo\n", &["one", "two"]),
            ("one\r\ntwo", &["one", "two"]),
            ("\n\nx", &["", "", "x"]),
            ("a\tb", &["a\tb"]),
            (" 10%\r 50%\r100%\ndone\n", &["100%", "done"]),
            ("building 12\rok\u{1b}[K\n", &["ok"]),
            ("abc\u{8}\u{8}X", &["aXc"]),
            ("\u{1b}[32m###\u{1b}[0m--\r\u{1b}[32m####\u{1b}[0m-", &["####-"]),
            ("a\u{1b}]0;title\u{7}b\u{1b}]52;c;QUJD\u{1b}\\c", &["abc"]),
            ("a\u{1b}[?1049h\u{1b}[?1000hb", &["ab"]),
            ("one: 1\ntwo: 1\n\u{1b}[2A\u{1b}[2Kone: 2\n\u{1b}[2Ktwo: 2\n", &["one: 2", "two: 2"]),
            ("a\u{1b}[5Cb", &["a     b"]),
            ("xxxx\u{1b}[2Gy", &["xyxx"]),
            ("12345\u{1b}[3D\u{1b}[1K", &["   45"]),
            ("a\u{1b}[2J\u{1b}[Hb", &["a", "b"]),
            ("a\u{1b}]never ends\nnext", &["a]never ends", "next"]),
            ("\u{1b}(Bplain\u{0}\u{7}\u{7f}", &["plain"]),
            ("a\u{e0041}b", &["ab"]),
            ("top\nmid\nlow\u{1b}[2A\u{1b}[J!", &["top!"]),
            ("x\u{1b}[999999999C!", &[&format!("x{}!", " ".repeat(199))]),
        ];
        for (text, want) in cases {
            assert_eq!(rows(text), want, "{text:?}");
        }
    }

    #[test]
    fn nothing_is_lost_beyond_the_reach_of_the_cursor() {
        let numbers: Vec<String> = (0..500).map(|n| n.to_string()).collect();
        assert_eq!(rows(&numbers.join("\n")), numbers);
    }

    #[test]
    fn overwriting_is_counted_and_line_ends_are_not() {
        let mut rows = Rows::default();
        rows.feed("1%\r2%\r3%\r\nx\r\n", &mut |_| {});
        assert_eq!(rows.n_overwritten(), 2);
    }
}
