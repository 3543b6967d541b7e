//! A chat request as the simulated service reads it, and what the real one would refuse in it.
//! Pure. Reads the JSON itself: no type is shared with the client.

use serde_json::Value;

use super::pieces;

/// What of a request matters here.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    pub(super) model: String,
    /// The last thing that the user said.
    pub(super) question: String,
    pub(super) after_tool: bool,
    pub(super) stream: bool,
    pub(super) tool_stream: bool,
    pub(super) thinks: bool,
    pub(super) effort: Option<String>,
    pub(super) request_id: Option<String>,
    /// Estimate of the tokens that the body carries.
    pub(super) tokens: u64,
}

/// A parameter that the service refuses: its code and words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Bad {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl Ask {
    /// Reads a body, as far as it goes.
    pub(super) fn read(body: &Value) -> Self {
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let flag = |key: &str| body.get(key).and_then(Value::as_bool).unwrap_or(false);
        let messages = body.get("messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let role = |m: &Value, is: &str| m.get("role").and_then(Value::as_str) == Some(is);
        Self {
            model: text("model").unwrap_or_default(),
            question: messages.iter().rev().find(|m| role(m, "user")).map(|m| prompt(&content(m))).unwrap_or_default(),
            after_tool: messages.last().is_some_and(|m| role(m, "tool")),
            stream: flag("stream"),
            tool_stream: flag("tool_stream"),
            thinks: body.pointer("/thinking/type").and_then(Value::as_str) != Some("disabled"),
            effort: text("reasoning_effort"),
            request_id: text("request_id"),
            tokens: messages.iter().map(weight).sum::<u64>()
                + body.get("tools").map_or(0, |t| pieces::count(&t.to_string())),
        }
    }
}

/// What the service would refuse in a body (docs/ZAI.md §2: fields, ranges, what GLM-5.3 demands).
pub(super) fn check(body: &Value) -> Result<(), Bad> {
    let Some(model) = body.get("model").and_then(Value::as_str).filter(|m| !m.is_empty()) else {
        return Err(Bad::new("1214", "The model parameter is missing."));
    };
    if model.ends_with("[1m]") {
        return Err(Bad::new("1211", format!("Unknown Model, please check the model code: {model}")));
    }
    check_messages(body)?;
    let invalid =
        |what: String| Err(Bad::new("1210", format!("Invalid API parameter, please check the documentation. {what}")));
    if let Some(kind) = body.pointer("/thinking/type") {
        match kind.as_str() {
            Some("disabled") if model == "glm-5.3" => {
                return invalid(
                    "glm-5.3 does not support disabling thinking; set reasoning_effort to low, high or max".into(),
                );
            }
            Some("enabled" | "disabled") => {}
            _ => return invalid("thinking.type must be enabled or disabled".into()),
        }
    }
    if let Some(effort) = body.get("reasoning_effort") {
        let known = matches!(effort.as_str(), Some("low" | "high" | "max"));
        if model.starts_with("glm-5.3") && !known {
            return invalid(format!("reasoning_effort {effort} is not one of low, high, max"));
        }
    }
    // 98,304 for the 4.5 family, 131,072 from 4.6 on.
    let most = if model.starts_with("glm-4.5") { 98_304 } else { 131_072 };
    if let Some(max) = body.get("max_tokens")
        && !max.as_u64().is_some_and(|n| (1..=most).contains(&n))
    {
        return invalid(format!("max_tokens {max} is not within 1 and {most}"));
    }
    if let Some(choice) = body.get("tool_choice").filter(|c| c.as_str() != Some("auto")) {
        return invalid(format!("tool_choice {choice} is not auto"));
    }
    Ok(())
}

fn check_messages(body: &Value) -> Result<(), Bad> {
    let Some(messages) = body.get("messages").and_then(Value::as_array).filter(|m| !m.is_empty()) else {
        return Err(Bad::new("1214", "The messages parameter is illegal."));
    };
    let mut answerable = false;
    for (i, message) in messages.iter().enumerate() {
        match message.get("role").and_then(Value::as_str) {
            Some("user" | "tool") => answerable = true,
            Some("system" | "assistant") => {}
            _ => return Err(Bad::new("1214", format!("messages[{i}].role is illegal."))),
        }
    }
    if answerable { Ok(()) } else { Err(Bad::new("1214", "The messages parameter is illegal: no user message.")) }
}

/// The text of a message, whether it is a string or a list of parts.
fn content(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|p| p.get("text").and_then(Value::as_str)).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// Tokens of one message; four for its frame.
fn weight(message: &Value) -> u64 {
    let texts = [content(message), message.get("reasoning_content").and_then(Value::as_str).unwrap_or_default().into()];
    let calls = message.get("tool_calls").map_or(0, |c| pieces::count(&c.to_string()));
    4 + calls + texts.iter().map(|t| pieces::count(t)).sum::<u64>()
}

/// What a person said, without the blocks that clients put before it.
fn prompt(text: &str) -> String {
    let ends = ["</environment>\n", "</instructions>\n"];
    let end = ends.iter().filter_map(|tag| Some(text.rfind(tag)? + tag.len())).max();
    end.and_then(|at| text.get(at..)).map_or(text, str::trim_start).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_service_refuses_is_refused() {
        let user = json!([{"role": "user", "content": "hi"}]);
        for (body, code) in [
            (json!({"model": "glm-5.3", "messages": user}), None),
            (json!({"model": "glm-4.7", "messages": user, "thinking": {"type": "disabled"}}), None),
            (json!({"model": "glm-5.3", "messages": user, "thinking": {"type": "disabled"}}), Some("1210")),
            (json!({"model": "glm-5.3", "messages": user, "reasoning_effort": "medium"}), Some("1210")),
            (json!({"model": "glm-5.2", "messages": user, "reasoning_effort": "medium"}), None),
            (json!({"model": "glm-5.3", "messages": user, "max_tokens": 131_072}), None),
            (json!({"model": "glm-5.3", "messages": user, "max_tokens": 131_073}), Some("1210")),
            (json!({"model": "glm-5.3", "messages": user, "max_tokens": 0}), Some("1210")),
            (json!({"model": "glm-5.3", "messages": user, "tool_choice": "none"}), Some("1210")),
            (json!({"model": "glm-5.3[1m]", "messages": user}), Some("1211")),
            (json!({"messages": user}), Some("1214")),
            (json!({"model": "glm-5.3", "messages": []}), Some("1214")),
            (json!({"model": "glm-5.3", "messages": [{"role": "system", "content": "x"}]}), Some("1214")),
            (json!({"model": "glm-5.3", "messages": [{"role": "developer", "content": "x"}]}), Some("1214")),
            (Value::Null, Some("1214")),
        ] {
            assert_eq!(check(&body).err().map(|b| b.code), code, "{body}");
        }
    }

    #[test]
    fn what_clients_put_before_a_prompt_is_no_question() {
        for text in ["hello", "<environment>\nfolder: /x\n</environment>\n\n\nhello"] {
            assert_eq!(super::prompt(text), "hello");
        }
    }

    #[test]
    fn the_question_is_the_last_of_the_user() {
        let ask = Ask::read(&json!({"model": "m", "stream": true, "messages": [
            {"role": "user", "content": "first"}, {"role": "assistant", "content": "a"},
            {"role": "user", "content": [{"type": "text", "text": "second"}]},
            {"role": "tool", "content": "t", "tool_call_id": "c"}]}));
        assert_eq!(ask.question, "second");
        assert!(ask.after_tool && ask.stream && ask.thinks);
        assert!(ask.tokens > 16);
    }
}
