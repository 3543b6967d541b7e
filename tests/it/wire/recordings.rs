//! Every recorded stream, decoded whole, in pieces and byte by byte, equals a naive reading of its lines.

use std::collections::BTreeMap;

use glm_tui::glm::{Decoded, decode, decode_chunks};
use serde_json::Value;

fn streams() -> Vec<(String, Vec<u8>)> {
    [files_of("zai/chat"), files_of("peers/compat-wire")].concat()
}

fn files_of(folder: &str) -> Vec<(String, Vec<u8>)> {
    super::files(folder, ".sse")
}

/// The reading that needs no parser: one JSON value per `data:` line.
fn naive(bytes: &[u8]) -> Decoded {
    let mut decoded = Decoded::default();
    let mut calls: BTreeMap<u64, [String; 3]> = BTreeMap::new();
    for line in std::str::from_utf8(bytes).unwrap().lines() {
        let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else { continue };
        let chunk: Value = serde_json::from_str(data).unwrap();
        if chunk["usage"].is_object() {
            decoded.usage = Some(chunk["usage"].clone());
        }
        let choice = &chunk["choices"][0];
        let delta = &choice["delta"];
        decoded.reasoning.push_str(delta["reasoning_content"].as_str().unwrap_or(""));
        decoded.answer.push_str(delta["content"].as_str().unwrap_or(""));
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            let parts = calls.entry(call["index"].as_u64().unwrap()).or_default();
            parts[0].push_str(call["id"].as_str().unwrap_or(""));
            parts[1].push_str(call["function"]["name"].as_str().unwrap_or(""));
            parts[2].push_str(call["function"]["arguments"].as_str().unwrap_or(""));
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            decoded.finish_reason = Some(reason.to_owned());
        }
    }
    decoded.tool_calls =
        calls.into_values().map(|[id, name, arguments]| glm_tui::glm::Call { id, name, arguments }).collect();
    decoded
}

#[test]
fn whole() {
    for (name, bytes) in streams() {
        let decoded = decode(&bytes);
        assert_eq!(decoded, naive(&bytes), "{name}");
        assert!(decoded.finish_reason.is_some(), "{name}");
        assert!(decoded.usage.is_some(), "{name}");
    }
}

#[test]
fn byte_by_byte_and_joined() {
    for (name, bytes) in streams() {
        assert_eq!(decode_chunks(bytes.chunks(1)), naive(&bytes), "{name}");
        for size in [2, 3, 7, 64, 1000] {
            assert_eq!(decode_chunks(bytes.chunks(size)), naive(&bytes), "{name} in pieces of {size}");
        }
    }
}

/// Cut into two at every byte of every recording. What a cut may disturb is the event that it splits and the
/// one behind it, so each event is tried with the next one and the recording's end: the whole file at every
/// cut would take the square of its length.
#[test]
fn cut_at_every_byte() {
    for (name, bytes) in streams() {
        let text = std::str::from_utf8(&bytes).unwrap();
        let events: Vec<&str> = text.split_inclusive("\n\n").collect();
        let end = events.len().saturating_sub(2);
        for (n, event) in events.iter().enumerate() {
            let near = &events[n..(n + 2).min(events.len())];
            let stream = [near, &events[end.max(n + near.len()).min(events.len())..]].concat().concat();
            let expected = decode(stream.as_bytes());
            if expected.finish_reason.is_some() {
                assert_eq!(expected, naive(stream.as_bytes()), "{name}, event {n}");
            }
            for at in 0..=event.len() {
                let (first, second) = stream.as_bytes().split_at(at);
                assert_eq!(decode_chunks([first, second]), expected, "{name}, event {n} cut at {at}");
            }
        }
    }
}

#[test]
fn cut_off_is_said() {
    for (name, bytes) in streams() {
        let half = &bytes[..bytes.len() / 2];
        let problems = decode(half).problems;
        assert!(problems.iter().any(|problem| problem.contains("end mark")), "{name}: {problems:?}");
    }
}

#[test]
fn answers_without_a_stream() {
    for (name, bytes) in super::files("zai/chat", "response.json") {
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let (decoded, choice) = (decode(&bytes), &value["choices"][0]);
        let message = &choice["message"];
        assert_eq!(decoded.answer, message["content"].as_str().unwrap_or(""), "{name}");
        assert_eq!(decoded.reasoning, message["reasoning_content"].as_str().unwrap_or(""), "{name}");
        assert_eq!(decoded.finish_reason.as_deref(), choice["finish_reason"].as_str(), "{name}");
        assert_eq!(decoded.usage.as_ref(), Some(&value["usage"]), "{name}");
        let ids: Vec<&str> = decoded.tool_calls.iter().map(|call| call.id.as_str()).collect();
        let calls = message["tool_calls"].as_array().cloned().unwrap_or_default();
        assert_eq!(ids, calls.iter().map(|call| call["id"].as_str().unwrap()).collect::<Vec<_>>(), "{name}");
        assert_eq!(decoded.problems, Vec::<String>::new(), "{name}");
    }
}
