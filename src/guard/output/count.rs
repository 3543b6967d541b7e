//! Counting line ends, a word at a time: this runs over every byte that a command prints.

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// How many `\n` there are.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let in_words: u64 = words.iter().map(|word| u64::from(in_word(u64::from_ne_bytes(*word)))).sum();
    in_words + rest.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

/// Bytes that are zero after the exclusive or, found without carries between bytes (Hacker's Delight, 6-1).
fn in_word(word: u64) -> u32 {
    let x = word ^ (ONES * u64::from(b'\n'));
    (!(((x & LOW) + LOW) | x | LOW)).count_ones()
}

#[cfg(test)]
mod tests {
    use super::newlines;

    #[test]
    fn counts_as_the_plain_loop_does() {
        let mut bytes: Vec<u8> = (0..=255).cycle().take(4000).collect();
        bytes.extend(b"\n\n\n\n\n\n\n\n\n\x0b\x09\x8a\n");
        for from in 0..9 {
            let plain: u64 = bytes[from..].iter().map(|byte| u64::from(*byte == b'\n')).sum();
            assert_eq!(newlines(&bytes[from..]), plain, "from {from}");
        }
        assert_eq!(newlines(b""), 0);
    }
}
