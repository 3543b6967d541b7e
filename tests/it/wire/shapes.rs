//! Odd and broken chunks: what each of them does to a reply.

use glm_tui::glm::{Decoded, decode};
use serde_json::json;

const STOP: &str =
    r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;

/// Decodes these chunks as a stream that ends well.
fn stream(chunks: &[&str]) -> Decoded {
    let events: Vec<String> = chunks.iter().chain(&["[DONE]"]).map(|chunk| format!("data: {chunk}\n\n")).collect();
    decode(events.concat().as_bytes())
}

fn text(content: &str) -> String {
    json!({"choices": [{"index": 0, "delta": {"content": content}}]}).to_string()
}

#[test]
fn texts() {
    let cases = [
        (r#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#, "", "a"),
        (r#"{"choices":[{"index":"0","delta":{"content":"a","extra":{"b":[1]}}}],"new":1}"#, "", "a"),
        (r#"{"choices":[{"delta":{"content":"a","reasoning_content":null,"tool_calls":null}}]}"#, "", "a"),
        (r#"{"choices":[{"index":0,"delta":{"reasoning_content":"r","content":""}}]}"#, "r", ""),
        (r#"{"choices":[{"index":0,"delta":{"reasoning":"r"}}]}"#, "r", ""),
        (r#"{"choices":[{"index":0,"delta":{"reasoning":"r","reasoning_content":"r"}}]}"#, "r", ""),
        (r#"{"choices":[{"index":0,"delta":{"content":7}}]}"#, "", "7"),
        (r#"{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"a"},{"text":"b"}]}}]}"#, "", "ab"),
        (r#"{"choices":[{"index":0,"delta":null}]}"#, "", ""),
        (r#"{"choices":[{"index":0,"message":{"content":"a"}}]}"#, "", "a"),
        (r#"{"choices":[{"index":0,"delta":{"content":"é😀"}}]}"#, "", "é😀"),
        (r#"{"choices":null}"#, "", ""),
        (r#"{"choices":[],"usage":null,"error":null}"#, "", ""),
        ("{}", "", ""),
    ];
    for (chunk, reasoning, answer) in cases {
        let decoded = stream(&[chunk, STOP]);
        assert_eq!((decoded.reasoning.as_str(), decoded.answer.as_str()), (reasoning, answer), "{chunk}");
        assert_eq!(decoded.problems, Vec::<String>::new(), "{chunk}");
        assert_eq!(decoded.finish_reason.as_deref(), Some("stop"), "{chunk}");
    }
}

#[test]
fn damage_is_mended_or_said() {
    let cases = [
        // (chunk, answer, what is said)
        (r#"{"choices":[{"index":0,"delta":{"content":"a"#, "", "an unreadable event was skipped"),
        (r#"{"choices":[null,{"index":0,"delta":{"content":"a"}}]}"#, "a", "an empty choice was skipped"),
        (
            r#"{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}"#,
            "a",
            "a second choice was ignored",
        ),
        (
            r#"{"choices":[{"index":0,"delta":{"tool_calls":[null],"content":"a"}}]}"#,
            "a",
            "an empty tool call was skipped",
        ),
        (r#"{"choices":[{"index":0,"delta":{"content":"\ud83d"}}]}"#, "\u{fffd}", "a damaged event was mended"),
        (
            r#"{"x":NaN,"y":-Infinity,"choices":[{"delta":{"content":"NaN\\\""}}]}"#,
            "NaN\\\"",
            "a damaged event was mended",
        ),
        (r#"{"choices":{"0":{}}}"#, "", "an unreadable event was skipped"),
    ];
    for (chunk, answer, problem) in cases {
        let decoded = stream(&[chunk, STOP]);
        assert_eq!(decoded.answer, answer, "{chunk}");
        assert_eq!(decoded.problems, [problem], "{chunk}");
    }
    let deep = |field: &str| {
        format!("{{\"choices\":[{{\"delta\":{{\"{field}\":{}{}}}}}]}}", "[".repeat(100_000), "]".repeat(100_000))
    };
    assert_eq!(stream(&[&deep("content"), STOP]).problems, ["an unreadable event was skipped"]);
    assert_eq!(stream(&[&deep("unknown"), STOP]).problems, [""; 0]);
}

#[test]
fn bytes_that_are_no_utf8_cost_only_themselves() {
    let mut bytes = b"data: {\"choices\":[{\"delta\":{\"content\":\"a\xFFb\xC3\xA9\"}}]}\n\n".to_vec();
    bytes.extend_from_slice(format!("data: {STOP}\n\n").as_bytes());
    assert_eq!(decode(&bytes).answer, "a\u{fffd}bé");
}

#[test]
fn chunks_that_lost_their_blank_lines() {
    let bytes = format!("data: {}\ndata: {}\ndata: {STOP}\n\n", text("a"), text("b"));
    let decoded = decode(bytes.as_bytes());
    assert_eq!((decoded.answer.as_str(), decoded.finish_reason.as_deref()), ("ab", Some("stop")));
}

#[test]
fn the_end() {
    let (a, late) = (text("a"), text("late"));
    let usage_only = r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6}}"#;
    let bare_stop = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

    let repeated = stream(&[&a, STOP, &late, STOP]);
    assert_eq!((repeated.answer.as_str(), repeated.problems.len()), ("a", 1), "{repeated:?}");

    let later_usage = stream(&[&a, bare_stop, usage_only]);
    assert_eq!(later_usage.usage.unwrap()["prompt_tokens"], 5);
    assert!(later_usage.problems.is_empty());

    let without_done = decode(format!("data: {a}\n\ndata: {bare_stop}\n\n").as_bytes());
    assert_eq!((without_done.answer.as_str(), without_done.problems.len()), ("a", 0));

    let without_reason = stream(&[&a]);
    assert_eq!(without_reason.problems, ["the reply ended without a reason"]);

    let after_done = decode(format!("data: {a}\n\ndata: {STOP}\n\ndata: [DONE]\n\ndata: {late}\n\n").as_bytes());
    assert_eq!((after_done.answer.as_str(), after_done.problems.len()), ("a", 0));

    let broken = stream(&[&a, r#"{"choices":[{"index":0,"delta":{},"finish_reason":"network_error"}]}"#]);
    assert_eq!(broken.answer, "a");
    assert!(broken.problems[0].contains("network_error"), "{:?}", broken.problems);

    for (bytes, problem) in
        [("", "the reply is empty"), (" \n ", "the reply is empty"), ("<!doctype html>", "this is neither")]
    {
        assert!(decode(bytes.as_bytes()).problems[0].starts_with(problem), "{bytes:?}");
    }
}

#[test]
fn errors_in_the_stream() {
    let cases = [
        r#"{"error":{"code":"1302","message":"slow down"}}"#,
        r#"{"error":{"code":1302,"message":"slow down"},"choices":[]}"#,
        r#"{"code":1302,"msg":"slow down","success":false}"#,
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"[1302][slow down][id]"}}"#,
    ];
    for chunk in cases {
        let decoded = stream(&[&text("a"), chunk, &text("b"), STOP]);
        assert_eq!(decoded.answer, "a", "{chunk}");
        assert_eq!(decoded.finish_reason, None, "{chunk}");
        assert!(decoded.problems[0].starts_with("the service says 1302: "), "{:?}", decoded.problems);
        assert!(decoded.problems[0].contains("slow down"), "{:?}", decoded.problems);
    }
    let named = decode(b"event: error\ndata: {\"message\":\"gone\"}\n\n");
    assert_eq!(named.problems, ["the service says: gone"]);
    let plain = decode(b"event: error\ndata: gone\n\n");
    assert_eq!(plain.problems, ["the service says: gone"]);
}

/// What it is about, the chunks, and id, name and arguments of the calls in them.
type Case = (&'static str, Vec<String>, &'static [(&'static str, &'static str, &'static str)]);

#[test]
fn tool_calls() {
    let piece =
        |call: serde_json::Value| json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}).to_string();
    let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#;
    let whole = |index: u64, id: &str| {
        piece(json!({"index": index, "id": id, "type": "function", "function": {"name": "n", "arguments": "{}"}}))
    };
    let more = |index: u64, part: &str| piece(json!({"index": index, "function": {"arguments": part}}));
    let first = |index: u64| {
        piece(json!({"index": index, "id": format!("c{index}"), "function": {"name": "n", "arguments": ""}}))
    };

    let cases: [Case; 9] = [
        ("whole", vec![whole(0, "c0"), whole(1, "c1")], &[("c0", "n", "{}"), ("c1", "n", "{}")]),
        ("pieces", vec![first(0), more(0, "{\"a"), more(0, "\":1}")], &[("c0", "n", "{\"a\":1}")]),
        (
            "interleaved, out of order, with a gap",
            vec![first(7), first(2), more(7, "{\"x\""), more(2, "{}"), more(7, ":1}")],
            &[("c2", "n", "{}"), ("c7", "n", "{\"x\":1}")],
        ),
        ("one index for all", vec![whole(0, "a"), whole(0, "b")], &[("a", "n", "{}"), ("b", "n", "{}")]),
        (
            "no index",
            vec![
                piece(json!({"id": "a", "function": {"name": "n", "arguments": "{"}})),
                piece(json!({"id": "b", "function": {"name": "m", "arguments": "{}"}})),
                piece(json!({"id": "a", "function": {"arguments": "}"}})),
            ],
            &[("a", "n", "{}"), ("b", "m", "{}")],
        ),
        (
            "nothing but the first has an id",
            vec![piece(json!({"id": "a", "function": {"name": "n"}})), piece(json!({"function": {"arguments": "{}"}}))],
            &[("a", "n", "{}")],
        ),
        (
            "id and name repeated in every piece",
            vec![
                piece(json!({"index": "0", "id": "a", "function": {"name": "n", "arguments": "{"}})),
                piece(json!({"index": 0, "id": "a", "function": {"name": "n", "arguments": "}"}})),
            ],
            &[("a", "n", "{}")],
        ),
        (
            "arguments as an object, null function",
            vec![
                piece(json!({"index": 0, "id": "a", "function": {"name": "n", "arguments": {"k": [1]}}})),
                piece(json!({"index": 0, "function": null})),
            ],
            &[("a", "n", "{\"k\":[1]}")],
        ),
        ("the largest index", vec![whole(u64::MAX, "a")], &[("a", "n", "{}")]),
    ];
    for (name, mut chunks, expected) in cases {
        chunks.push(end.into());
        let decoded = stream(&chunks.iter().map(String::as_str).collect::<Vec<_>>());
        let calls: Vec<_> = decoded.tool_calls.iter().map(|c| (&*c.id, &*c.name, &*c.arguments)).collect();
        assert_eq!(calls, expected, "{name}");
    }

    let debris =
        stream(&[&piece(json!({"index": 0, "id": "a", "function": {"name": "read<arg_key>f", "arguments": ""}})), end]);
    assert_eq!((debris.tool_calls[0].name.as_str(), debris.problems.len()), ("read", 1));

    let cut = decode(format!("data: {}\n\n", first(0)).as_bytes());
    assert!(cut.tool_calls.is_empty(), "a call that was cut must never run");
}
