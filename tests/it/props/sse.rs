//! The event reader gives the same events whatever the chunks, and bears any bytes.

use glm_tui::glm::{decode, decode_chunks};
use proptest::prelude::*;

use crate::wire::events;

/// Bytes that are rich in what a reader of event streams must tell apart.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n\n".to_vec()),
        Just(b"data:".to_vec()),
        Just(b"data: ".to_vec()),
        Just(b"event: error".to_vec()),
        Just(b": ping".to_vec()),
        Just(vec![0xEF, 0xBB, 0xBF]),
        Just("✔ é".as_bytes().to_vec()),
        Just(b"[DONE]".to_vec()),
        Just(br#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#.to_vec()),
        Just(br#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#.to_vec()),
        Just(br#"{"error":{"code":1302,"message":"x"}}"#.to_vec()),
        Just(br#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"a","function":{"name":"n","arguments":"{}"}}]}}]}"#.to_vec()),
        proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// `bytes` cut at the given places.
fn cut<'a>(bytes: &'a [u8], at: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = at.iter().map(|index| index.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    let mut rest = bytes;
    let mut done = 0;
    let mut chunks = Vec::new();
    for place in places {
        let (chunk, after) = rest.split_at(place - done);
        chunks.push(chunk);
        rest = after;
        done = place;
    }
    chunks.push(rest);
    chunks
}

proptest! {
    #[test]
    fn any_chunks_give_the_same_events(bytes in stream(), at in proptest::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let whole = events([bytes.as_slice()]);
        prop_assert_eq!(events(cut(&bytes, &at)), whole.clone());
        prop_assert_eq!(events(bytes.chunks(1)), whole);
    }

    #[test]
    fn any_chunks_give_the_same_reply(bytes in stream(), at in proptest::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let whole = decode(&bytes);
        prop_assert_eq!(decode_chunks(cut(&bytes, &at)), whole);
    }

    #[test]
    fn no_bytes_are_fatal(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let event = [b"data: ".as_slice(), &bytes, b"\n\n"].concat();
        let _ = (decode(&bytes), decode(&event));
    }

    #[test]
    fn a_text_comes_out_as_it_went_in(text in "\\PC{0,80}", size in 1usize..40) {
        let chunk = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text.as_str()}}]});
        let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
        let bytes = format!("data: {chunk}\n\ndata:{end}\r\n\r\ndata: [DONE]\n\n");
        let decoded = decode_chunks(bytes.as_bytes().chunks(size));
        prop_assert_eq!(decoded.answer, text);
        prop_assert!(decoded.problems.is_empty());
    }
}
