//! Small readings of foreign JSON that several formats share. What is not there is empty; nothing fails.

use jiff::Timestamp;
use serde_json::Value;

/// The fields of a call's arguments that say best what it is about, the best first.
const TELLING: [&str; 13] = [
    "command",
    "cmd",
    "file_path",
    "path",
    "notebook_path",
    "pattern",
    "query",
    "url",
    "description",
    "prompt",
    "skill",
    "input",
    "explanation",
];
/// The longest target of a call, in characters.
const TARGET: usize = 2000;

/// The lines of a file as JSON, and how many are none.
pub(super) fn lines(bytes: &[u8]) -> (Vec<Value>, u64) {
    let mut bad = 0;
    let texts = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let values = texts.filter_map(|line| match serde_json::from_slice::<Value>(line) {
        Ok(value) if value.is_object() => Some(value),
        _ => {
            bad += 1;
            None
        }
    });
    let values = values.collect();
    (values, bad)
}

/// A field's text; empty when there is none.
pub(super) fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A field is there and true.
pub(super) fn is(of: &Value, field: &str) -> bool {
    of.get(field).and_then(Value::as_bool).unwrap_or(false)
}

/// A moment, milliseconds since 1970; 0 = not known.
pub(super) fn moment(of: &Value) -> i64 {
    text(of, "timestamp").parse().map_or(0, Timestamp::as_millisecond)
}

/// Text of a content that is a string, or a list of blocks of which some hold text.
pub(super) fn content(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let parts = blocks.iter().map(|block| match block {
                Value::String(text) => text.as_str(),
                block if matches!(text(block, "type"), "image" | "input_image") => "[image]",
                block => text(block, "text"),
            });
            parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// What a call is about, from its arguments: JSON, or JSON in a string, or plain text.
pub(super) fn target(arguments: &Value) -> String {
    let inner = arguments.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(Value::is_object);
    let arguments = inner.as_ref().unwrap_or(arguments);
    let telling = TELLING.iter().find_map(|name| words(arguments.get(name)?));
    let all = || arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
    telling.unwrap_or_else(all).chars().take(TARGET).collect()
}

/// A string, or a command given as its words.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) if words.iter().all(Value::is_string) && !words.is_empty() => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            Some(match words[..] {
                // A shell with its own line in one word: the line is what a person reads.
                [shell, "-lc" | "-c", line] if shell.ends_with("sh") => line.to_owned(),
                _ => words.join(" "),
            })
        }
        _ => None,
    }
}
