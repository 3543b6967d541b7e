//! Three texts become one: what the file was after our change, what it is now, what it was before. Pure.

/// Largest text that is merged; finding the differences of larger ones takes too long.
const MOST: usize = 4 << 20;
/// Most lines likewise: the time grows with lines times differences.
const MOST_LINES: usize = 20_000;

/// `now` without what led from `before` to `after`. `None`: the two touch the same lines, or it is no text.
pub(super) fn without(after: &[u8], now: &[u8], before: &[u8]) -> Option<Vec<u8>> {
    if now == after {
        return Some(before.to_vec());
    }
    let text = |bytes: &[u8]| {
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        bytes.len() <= MOST && lines <= MOST_LINES && memchr::memchr(0, bytes).is_none()
    };
    if ![after, now, before].into_iter().all(text) {
        return None;
    }
    diffy::merge_bytes(after, now, before).ok()
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn later_edits_stay_where_they_do_not_touch_ours() {
        let before = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
        let after = before.replace("two", "TWO");
        let cases = [
            // (what it is now, what it becomes)
            (after.clone(), Some(before.to_owned())),
            (before.to_owned(), Some(before.to_owned())),
            (after.replace("six", "mine"), Some(before.replace("six", "mine"))),
            (after.clone() + "eight\n", Some(before.to_owned() + "eight\n")),
            (format!("zero\n{after}"), None),
            (after.replace("TWO", "TWO and mine"), None),
            (after.replace("six\n", ""), Some(before.replace("six\n", ""))),
        ];
        for (now, want) in cases {
            let got = without(after.as_bytes(), now.as_bytes(), before.as_bytes());
            let got = got.map(|bytes| String::from_utf8(bytes).unwrap());
            // Lines that touch may be merged or refused, but never lost.
            match want {
                Some(want) => assert_eq!(got.as_deref(), Some(want.as_str()), "{now}"),
                None => assert!(got.is_none_or(|got| got.contains("zero\n") && got.contains("two\n")), "{now}"),
            }
        }
        assert_eq!(without(b"a\0b", b"a\0c", b"a"), None);
        assert_eq!(
            without(b"a\xff\nx\ny\nz\n", b"a\xff\nx\ny\nZ\n", b"b\xff\nx\ny\nz\n").unwrap(),
            b"b\xff\nx\ny\nZ\n"
        );
    }
}
