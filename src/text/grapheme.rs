//! Where one character that a person sees ends and the next begins.

use unicode_segmentation::UnicodeSegmentation;

/// Byte length of the first grapheme of `text`; 0 for an empty text.
#[must_use]
pub fn first_len(text: &str) -> usize {
    text.graphemes(true).next().map_or(0, str::len)
}

/// Byte length of the last grapheme of `text`; 0 for an empty text.
#[must_use]
pub fn last_len(text: &str) -> usize {
    text.graphemes(true).next_back().map_or(0, str::len)
}

/// The graphemes of `text`, in order.
pub fn all(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true)
}

/// The pieces of `text` between which a line may be broken: words, spaces, punctuation (UAX 29).
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_word_bounds()
}
