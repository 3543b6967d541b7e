//! Where to cut a block that is too long to lay out whole. The place depends on the window's text only,
//! so a text is cut the same however it arrived.

/// Bytes that are laid out at a time; also the most that an update lays out again. At a few hundred
/// microseconds it stays far below a frame.
pub(super) const WINDOW: usize = 16 * 1024;

/// The longest start of `text` of at most `len` bytes that ends between two characters.
pub(super) fn clip(text: &str, len: usize) -> &str {
    let mut end = len.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Two line ends stand behind byte `start`: its line and the one that may still say what it is (the
/// second line of a table) are whole, so no later text changes that a block begins there.
pub(super) fn settled(window: &str, start: usize) -> bool {
    window.as_bytes()[start..].iter().filter(|byte| **byte == b'\n').nth(1).is_some()
}

/// The byte where a window that holds one block only is cut: behind half of it, at the best of the last
/// blank line, the last line that is not indented, any line, a sentence, a word, a character.
pub(super) fn cut(window: &str) -> usize {
    let half = clip(window, window.len() / 2).len();
    let late = &window[half..];
    let line_before = |fits: fn(&str, &str) -> bool| {
        late.rmatch_indices('\n')
            .map(|(at, _)| half + at + 1)
            .find(|at| *at < window.len() && fits(&window[..*at], &window[*at..]))
    };
    line_before(|before, behind| before.ends_with("\n\n") && !behind.starts_with(' '))
        .or_else(|| line_before(|_, behind| !behind.starts_with(' ')))
        .or_else(|| line_before(|_, _| true))
        .or_else(|| {
            late.rfind(['。', '！', '？']).and_then(|at| Some(half + at + late[at..].chars().next()?.len_utf8()))
        })
        .or_else(|| late.rfind(". ").map(|at| half + at + 2))
        .or_else(|| late.rfind(' ').map(|at| half + at + 1))
        .filter(|at| *at > 0 && *at < window.len())
        .unwrap_or(window.len())
}

/// Bytes of the first two lines, a table's head, if they are whole.
pub(super) fn two_lines(text: &str) -> Option<usize> {
    let first = text.find('\n')? + 1;
    Some(first + text[first..].find('\n')? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_the_best_place_of_the_later_half() {
        for (window, want) in [
            ("aaaa\n\nbbbb\n\ncccc\ndd", "aaaa\n\nbbbb\n\n"),
            ("aaaa bbbb\ncccc\n dd", "aaaa bbbb\n"),
            ("aaaa. bbbb. cc dd", "aaaa. bbbb. "),
            ("aaaabbbb cccc", "aaaabbbb "),
            ("aaaabbbb", "aaaabbbb"),
            ("一二三。四五。六", "一二三。四五。"),
        ] {
            assert_eq!(&window[..cut(window)], want);
        }
    }

    #[test]
    fn a_start_is_settled_by_two_whole_lines() {
        assert!(settled("a\nb\nc", 0));
        assert!(!settled("a\nb\nc", 2));
    }
}
