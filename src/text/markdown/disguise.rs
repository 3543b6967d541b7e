//! Characters that the parser must not see as what they are, exchanged for stand-ins of equal length, so
//! that every offset stays true, and the way back.
//!
//! Three kinds: the colon of a link reference definition (what a later line may redefine makes rows
//! jump); marks of quotes and items nested too deep in one line (each level costs on every line); and
//! CJK punctuation beside `*` and `~`, which by the letter of `CommonMark` keeps emphasis from ending
//! before a word without a space, as in `**“so”**的`. The stand-ins are controls and noncharacters, which
//! no clean text holds.

use std::borrow::Cow;

/// Quotes and items that may open in one line; what is beyond is text.
const DEEPEST: usize = 24;
/// ASCII marks and their stand-ins.
const ASCII: [(char, char); 7] =
    [(':', '\u{1}'), ('>', '\u{3}'), ('-', '\u{4}'), ('*', '\u{5}'), ('+', '\u{6}'), ('.', '\u{7}'), (')', '\u{8}')];
/// Punctuation of three bytes; the stand-in of the nth is U+FDD0 + n.
const WIDE: [char; 28] = [
    '。', '，', '、', '；', '：', '？', '！', '“', '”', '‘', '’', '（', '）', '《', '》', '【', '】', '「', '」', '『',
    '』', '…', '—', '〈', '〉', '～', '·', '％',
];

/// `text` with stand-ins.
pub(super) fn disguise(text: &mut Cow<'_, str>) {
    let mut swaps: Vec<(usize, char)> = Vec::new();
    swaps.extend(text.match_indices("]:").map(|(at, _)| (at + 1, '\u{1}')));
    too_deep(text, &mut swaps);
    beside_marks(text, &mut swaps);
    if swaps.is_empty() {
        return;
    }
    swaps.sort_unstable();
    swaps.dedup_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(text.len());
    for (at, stand_in) in swaps {
        out.push_str(&text[out.len()..at]);
        out.push(stand_in);
    }
    out.push_str(&text[out.len()..]);
    *text = Cow::Owned(out);
}

/// The text with the stand-ins taken out again.
pub(super) fn restore(text: &str) -> Cow<'_, str> {
    let stand_in = |c| matches!(c, '\0'..='\u{8}' | '\u{fdd0}'..='\u{fdef}');
    if !text.contains(stand_in) {
        return Cow::Borrowed(text);
    }
    let back = |c: char| match c {
        '\u{fdd0}'..='\u{fdef}' => WIDE.get(c as usize - 0xfdd0).copied().unwrap_or(c),
        c => ASCII.iter().find(|(_, stand_in)| *stand_in == c).map_or(c, |(mark, _)| *mark),
    };
    Cow::Owned(text.chars().map(back).collect())
}

fn too_deep(text: &str, swaps: &mut Vec<(usize, char)>) {
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let marks = line.char_indices().take_while(|(_, c)| " >-*+.)".contains(*c) || c.is_ascii_digit());
        let deep = marks.filter(|(_, c)| ">-*+.)".contains(*c)).skip(DEEPEST);
        swaps.extend(deep.filter_map(|(at, c)| {
            let (_, stand_in) = ASCII.iter().find(|(mark, _)| *mark == c)?;
            Some((from + at, *stand_in))
        }));
        from += line.len();
    }
}

fn beside_marks(text: &str, swaps: &mut Vec<(usize, char)>) {
    let stand_in = |c| WIDE.iter().position(|wide| *wide == c).and_then(|n| char::from_u32(0xfdd0 + n as u32));
    for (at, _) in text.match_indices(['*', '~']) {
        if let Some(before) = text[..at].chars().next_back().filter(|c| !c.is_ascii())
            && let Some(stand_in) = stand_in(before).filter(|s| s.len_utf8() == before.len_utf8())
        {
            swaps.push((at - before.len_utf8(), stand_in));
        }
        if let Some(after) = text[at + 1..].chars().next().filter(|c| !c.is_ascii())
            && let Some(stand_in) = stand_in(after).filter(|s| s.len_utf8() == after.len_utf8())
        {
            swaps.push((at + 1, stand_in));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_there_and_back_without_moving_a_byte() {
        for text in ["[a]: b", "**“引用”**的", "a·*b*·", "plain", &"> ".repeat(30), &"1. - * ".repeat(20)] {
            let mut cow = Cow::Borrowed(text);
            disguise(&mut cow);
            assert_eq!(cow.len(), text.len());
            assert_eq!(restore(&cow), text);
        }
    }
}
