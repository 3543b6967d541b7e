//! The shapes in which the service says no. Owns finding code and message in a body; refuses to judge them.

use serde_json::Value;

/// What a body says of a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The service's code, a number or a word.
    pub(super) code: Option<String>,
    /// Its message, foreign text.
    pub(super) message: String,
}

/// The failure that `body` tells of; `None` if it tells of none. Knows `{"error":{code,message}}`,
/// `{"error":"…"}`, and the envelope of the monitor API, which comes with HTTP 200 (docs/ZAI.md §3, §5).
pub(super) fn refusal(body: &Value) -> Option<Refusal> {
    match &body["error"] {
        Value::Null => {}
        Value::String(message) => return Some(Refusal { code: word(&body["code"]), message: message.clone() }),
        error @ Value::Object(_) => return Some(from_error(error)),
        other => return Some(Refusal { code: None, message: other.to_string() }),
    }
    let code = word(&body["code"]);
    let is_bad_code = code.as_deref().is_some_and(|code| code != "0" && code != "200");
    let is_failure = matches!(&body["success"], Value::Bool(false));
    if is_bad_code || is_failure {
        return Some(Refusal { code, message: message(body) });
    }
    None
}

/// As [`refusal`] for a body that came with an HTTP error status, so that it is a failure whatever it looks like.
pub(super) fn refusal_of_status(body: &[u8]) -> Refusal {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Refusal { code: None, message: String::from_utf8_lossy(body).into_owned() };
    };
    refusal(&value).unwrap_or_else(|| Refusal { code: word(&value["code"]), message: message(&value) })
}

fn from_error(error: &Value) -> Refusal {
    let message = message(error);
    let code = word(&error["code"]).or_else(|| bracketed(&message)).or_else(|| word(&error["type"]));
    Refusal { code, message }
}

fn message(body: &Value) -> String {
    ["message", "msg", "detail"]
        .iter()
        .find_map(|key| body[*key].as_str())
        .map_or_else(|| body.to_string(), ToOwned::to_owned)
}

/// A code, whether it is written as a string or as a number.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().chars().take(40).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The code of `[1113][text][request id]`.
fn bracketed(message: &str) -> Option<String> {
    let (code, _) = message.strip_prefix('[')?.split_once(']')?;
    code.bytes().all(|b| b.is_ascii_digit()).then(|| code.to_owned())
}
