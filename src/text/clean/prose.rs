//! Makes visible in running text what a reader could not see: direction overrides, zero-width
//! characters, piles of combining marks. Takes characters that are no control but `\n` and `\t`.

use unicode_width::UnicodeWidthChar;

/// Tabs end at the next multiple of this.
const TAB: usize = 4;
/// Most marks on one base character; living scripts need fewer.
const MARKS: u8 = 8;
/// Most joined pictures in one emoji; the longest in use have four.
const JOINS: u8 = 8;

/// What [`Prose`] knows of the character before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Before {
    /// A zero-width joiner behind it would join nothing.
    #[default]
    Other,
    /// An emoji, which a joiner may join to the next.
    Emoji,
    /// A letter of a script that writes joiners.
    Joining,
}

/// The second stage: expands tabs, caps marks, shows the invisible.
#[derive(Clone, Debug, Default)]
pub(super) struct Prose {
    /// Cells since the last newline, counted by character.
    column: usize,
    before: Before,
    /// A joiner whose right side is not known yet.
    joiner: bool,
    n_marks: u8,
    n_joins: u8,
    begun: bool,
}

impl Prose {
    /// Takes a run of printable ASCII.
    pub(super) fn plain(&mut self, run: &str, out: &mut String) {
        if run.is_empty() {
            return;
        }
        self.settle(Before::Other, out);
        self.base(Before::Other, run.len());
        out.push_str(run);
    }

    /// Takes a character. Returns how many were removed.
    pub(super) fn take(&mut self, c: char, out: &mut String) -> u64 {
        let first = !std::mem::replace(&mut self.begun, true);
        match c {
            '\n' => {
                self.settle(Before::Other, out);
                self.base(Before::Other, 0);
                self.column = 0;
                out.push('\n');
            }
            '\t' => {
                let cells = TAB - self.column % TAB;
                self.plain(&"    "[..cells], out);
            }
            // A byte order mark says nothing at the start and is a zero-width space elsewhere.
            '\u{feff}' if first => return 1,
            // Tags: an invisible copy of ASCII.
            '\u{e0000}'..='\u{e007f}' => return 1,
            '\u{200d}' if !self.joiner && self.before != Before::Other && self.n_joins < JOINS => self.joiner = true,
            c if invisible(c) => {
                self.settle(Before::Other, out);
                self.show(c, out);
            }
            c if c != '\u{200c}' && c.width() != Some(0) => {
                let kind = kind_of(c);
                self.settle(kind, out);
                self.base(kind, c.width().unwrap_or(0));
                out.push(c);
            }
            mark => {
                self.settle(Before::Other, out);
                if self.n_marks == MARKS {
                    return 1;
                }
                self.n_marks += 1;
                out.push(mark);
            }
        }
        0
    }

    /// The stream is over.
    pub(super) fn finish(&mut self, out: &mut String) {
        self.settle(Before::Other, out);
    }

    /// Decides on the joiner that waits, now that `after` follows it.
    fn settle(&mut self, after: Before, out: &mut String) {
        if !std::mem::take(&mut self.joiner) {
            return;
        }
        if after == self.before {
            self.n_joins += 1;
            out.push('\u{200d}');
        } else {
            self.show('\u{200d}', out);
        }
    }

    /// A base character of some cells: a new cluster, unless a joiner led to it.
    fn base(&mut self, kind: Before, cells: usize) {
        if kind == Before::Other || kind != self.before {
            self.n_joins = 0;
        }
        self.before = kind;
        self.n_marks = 0;
        self.column += cells;
    }

    fn show(&mut self, c: char, out: &mut String) {
        let text = super::strict::visible(c);
        self.base(Before::Other, text.chars().count());
        out.push_str(&text);
    }
}

/// Characters without a glyph that change what is around them.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What a joiner behind `c` may join it to.
fn kind_of(c: char) -> Before {
    match c {
        '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' if !matches!(c, '\u{2e80}'..='\u{3296}') => Before::Emoji,
        '\u{1f000}'..='\u{1faff}' => Before::Emoji,
        // Arabic to Sinhala: joiners choose between forms of a letter there.
        '\u{600}'..='\u{dff}' => Before::Joining,
        _ => Before::Other,
    }
}
