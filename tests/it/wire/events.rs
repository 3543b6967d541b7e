//! The event-stream reader against the cases of another project and its own.

use glm_tui::glm::sse::{Item, MAX_EVENT, Parser};
use serde_json::Value;

/// Name and data of all events of the chunks.
pub(crate) fn events<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut parser = Parser::default();
    let mut sink = |item: Item<'_>| match item {
        Item::Event(event) => all.push((lossy(event.name), lossy(event.data))),
        Item::TooLong => all.push(("too long".into(), String::new())),
    };
    for chunk in chunks {
        parser.push(chunk, &mut sink);
    }
    parser.finish(&mut sink);
    all
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn cases_of_a_peer() {
    for (_, bytes) in super::files("peers/sse", "cases.jsonl") {
        for line in std::str::from_utf8(&bytes).unwrap().lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let chunks: Vec<&[u8]> =
                case["chunks"].as_array().unwrap().iter().map(|chunk| chunk.as_str().unwrap().as_bytes()).collect();
            let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
            let expected: Vec<_> =
                case["events"].as_array().unwrap().iter().map(|e| (text(&e["event"]), text(&e["data"]))).collect();
            assert_eq!(events(chunks.iter().copied()), expected, "{}", case["name"]);
            let joined = chunks.concat();
            assert_eq!(events([joined.as_slice()]), expected, "{} joined", case["name"]);
            assert_eq!(events(joined.chunks(1)), expected, "{} byte by byte", case["name"]);
        }
    }
}

/// Bytes, and name and data of the events in them.
type Case = (&'static [u8], &'static [(&'static str, &'static str)]);

#[test]
fn lines_and_fields() {
    let cases: [Case; 14] = [
        (b"data: a\n\n", &[("", "a")]),
        (b"data:a\r\n\r\ndata:b\r\rdata:c\n\n", &[("", "a"), ("", "b"), ("", "c")]),
        (b"\xEF\xBB\xBFdata: a\n\n", &[("", "a")]),
        (b"\xEF\xBBdata: a\n\ndata: b\n\n", &[("", "b")]),
        (b": comment\n\n:\n\ndata: a\n\n", &[("", "a")]),
        (b"data:  two spaces\n\n", &[("", " two spaces")]),
        (b"data: a\ndata\ndata:b\n\n", &[("", "a\n\nb")]),
        (b"event: error\nid: 7\nretry: 10\ndata: a\n\n", &[("error", "a")]),
        (b"event: lost\n\ndata: a\n\n", &[("", "a")]),
        (b"unknown: x\ndatax: y\nDATA: z\ndata: a\n\n", &[("", "a")]),
        (b"data: not ended", &[("", "not ended")]),
        (b"data: a\r", &[("", "a")]),
        (b"", &[]),
        (b"\n\n\r\r\r\n\r\n", &[]),
    ];
    for (bytes, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(n, d)| ((*n).to_owned(), (*d).to_owned())).collect();
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(events([bytes]), expected, "{shown:?}");
        assert_eq!(events(bytes.chunks(1)), expected, "{shown:?} byte by byte");
        for at in 0..bytes.len() {
            assert_eq!(events([&bytes[..at], &bytes[at..]]), expected, "{shown:?} cut at {at}");
        }
    }
}

#[test]
fn an_endless_event_is_dropped_and_the_next_one_read() {
    let long = vec![b'x'; MAX_EVENT + 10];
    let one_line = [b"data: ", long.as_slice(), b"\n\ndata: next\n\n"].concat();
    let expected = vec![("too long".to_owned(), String::new()), (String::new(), "next".to_owned())];
    assert_eq!(events([one_line.as_slice()])[1..], expected[1..], "a chunk that is there is in memory already");
    assert_eq!(events(one_line.chunks(1 << 20)), expected);
    let many_lines = [b"data: y\n".repeat(MAX_EVENT / 2 + 10).as_slice(), b"\ndata: next\n\n"].concat();
    assert_eq!(events(many_lines.chunks(1 << 20)), expected);
}

#[test]
fn time_is_linear_in_a_long_line_of_small_chunks() {
    // Ten megabytes of one line in pieces of a kilobyte: a reader that looks at a byte again for every
    // chunk would look at 50 thousand million.
    let body = "z".repeat(10 << 20);
    let line = format!("data: {body}\n\n");
    let all = events(line.as_bytes().chunks(1024));
    assert_eq!(all, vec![(String::new(), body)]);
}
