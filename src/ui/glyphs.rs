//! The two sets of decoration: box drawing and blocks, or ASCII. Knows nothing of colour and never
//! touches what a person or a model wrote.

/// Which glyphs decorate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum GlyphSet {
    /// Box drawing, blocks, arrows.
    #[default]
    Unicode,
    /// ASCII only, for terminals that draw ambiguous glyphs two cells wide.
    Ascii,
}

impl GlyphSet {
    /// The glyph of this set for a decorating character; always one cell.
    pub(super) fn map(self, glyph: char) -> char {
        if self == Self::Unicode || glyph.is_ascii() {
            return glyph;
        }
        match glyph {
            '─' | '—' | '–' | '−' | '·' | '⊘' | '━' | '┄' | '▁' => '-',
            '│' | '┃' | '┊' | '┤' | '├' | '▌' | '▍' | '▎' | '▏' => '|',
            '█' | '▉' | '▊' | '▋' | '▆' | '▇' => '#',
            '▂' | '▃' => '_',
            '▄' | '▅' | '≈' => '=',
            '›' | '▸' | '→' | '»' => '>',
            '▾' | '↓' => 'v',
            '↑' => '^',
            '←' => '<',
            '✓' | '•' | '⟲' => '*',
            '✗' | '×' => 'x',
            '◐' | '◓' | '◑' | '◒' | '└' | '┘' | '┌' | '┐' | '┼' | '┬' | '┴' => '+',
            '”' | '“' => '"',
            '’' => '\'',
            _ => '.',
        }
    }

    /// The frames of the spinner.
    pub(super) fn spinner(self) -> [char; 4] {
        match self {
            Self::Unicode => ['◐', '◓', '◑', '◒'],
            Self::Ascii => ['|', '/', '-', '\\'],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::GlyphSet;

    #[test]
    fn ascii_has_only_ascii() {
        for glyph in "─│┤█▉▊▋▌▍▎▏░▁▂▃▄▅▆▇›▸▾✓✗◐○⊘…×·→↓⟲−—“”•".chars()
        {
            assert!(GlyphSet::Ascii.map(glyph).is_ascii(), "{glyph}");
            assert_eq!(GlyphSet::Unicode.map(glyph), glyph);
        }
        assert!(GlyphSet::Ascii.spinner().iter().all(char::is_ascii));
    }
}
