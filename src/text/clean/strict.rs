//! The escape for labels: one line, and every character of it prints.

use unicode_width::UnicodeWidthChar;

/// Most marks on one base character.
const MARKS: u8 = 4;

/// `c` as a reader can see it.
pub(super) fn visible(c: char) -> String {
    format!("⟨U+{:04X}⟩", u32::from(c))
}

/// `foreign` with all that does not print made visible.
pub(super) fn escape(foreign: &str) -> String {
    let mut out = String::with_capacity(foreign.len());
    let mut n_marks = 0;
    for c in foreign.chars() {
        let mark = c.width() == Some(0);
        if hidden(c) || (mark && n_marks == MARKS) {
            n_marks = 0;
            out.push_str(&visible(c));
        } else {
            n_marks = if mark { n_marks + 1 } else { 0 };
            out.push(c);
        }
    }
    out
}

/// Controls, format characters, blanks other than the space, private use and noncharacters: whatever a
/// label has no need of (Unicode 17, categories Cc Cf Co Cn Zs Zl Zp and the default-ignorable ones).
fn hidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || code & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
            | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}
