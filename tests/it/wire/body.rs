//! Request bodies per model.

use glm_tui::{
    chat::{CallId, Effort, Message, Role, ToolCall},
    config::{ModelSpec, ThinkingControl},
    glm::{Request, encode},
};
use serde_json::{Value, json};

use super::spec;

fn request<'a>(model: &'a ModelSpec, messages: &'a [Message]) -> Request<'a> {
    Request { model, tools: &[], messages, thinking: true, effort: None, max_output: None, omit: &[] }
}

fn body(request: &Request<'_>) -> Value {
    serde_json::from_slice(&encode(request).unwrap()).unwrap()
}

#[test]
fn thinking_and_effort_by_model() {
    use Effort::{High, Low, Max};
    use ThinkingControl::{Always, Toggle, Unknown};
    let on = json!({"type": "enabled", "clear_thinking": false});
    let off = json!({"type": "disabled", "clear_thinking": false});
    let cases = [
        // (model, control, efforts, thinking asked, effort asked) → (thinking, reasoning_effort)
        (("glm-5.3", Always, &[Low, High, Max][..], true, Some(Low)), (Some(&on), Some("low"))),
        (("glm-5.3", Always, &[Low, High, Max], false, None), (Some(&on), None)),
        (("glm-5.3-flash", Always, &[Low, High, Max], false, Some(Max)), (Some(&on), Some("max"))),
        (("glm-5.2", Toggle, &[High, Max], true, Some(Low)), (Some(&on), Some("high"))),
        (("glm-5.2", Toggle, &[High, Max], false, Some(Max)), (Some(&off), None)),
        (("glm-5.2", Toggle, &[Low, High], true, Some(Max)), (Some(&on), Some("high"))),
        (("glm-4.7", Toggle, &[], true, Some(High)), (Some(&on), None)),
        (("glm-4.7", Toggle, &[], false, None), (Some(&off), None)),
        (("qwen3", Unknown, &[], true, Some(High)), (Some(&on), None)),
        (("qwen3", Unknown, &[], false, None), (None, None)),
    ];
    for ((id, control, efforts, thinking, effort), (sent_thinking, sent_effort)) in cases {
        let model = spec(id, control, efforts);
        let messages = [Message::text(Role::User, "hi")];
        let body = body(&Request { thinking, effort, ..request(&model, &messages) });
        let case = format!("{id} thinking {thinking} effort {effort:?}");
        assert_eq!(body.get("thinking"), sent_thinking, "{case}");
        assert_eq!(body.get("reasoning_effort").map(|e| e.as_str().unwrap()), sent_effort, "{case}");
        assert_eq!(body["model"], id, "{case}");
        assert_eq!(
            (&body["stream"], &body["stream_options"]),
            (&json!(true), &json!({"include_usage": true})),
            "{case}"
        );
        assert_eq!(body.get("tools"), None, "{case}");
    }
}

#[test]
fn max_tokens_stay_within_the_model() {
    let mut model = spec("glm-4.6v", ThinkingControl::Toggle, &[]);
    for (most, asked, sent) in [
        (Some(32_768), None, Some(32_768)),
        (Some(32_768), Some(1000), Some(1000)),
        (Some(32_768), Some(900_000), Some(32_768)),
        (Some(32_768), Some(0), Some(1)),
        (None, Some(5), Some(5)),
        (None, None, None),
    ] {
        model.max_output = most;
        let body = body(&Request { max_output: asked, ..request(&model, &[]) });
        assert_eq!(body.get("max_tokens").map(|n| n.as_u64().unwrap()), sent, "{most:?} {asked:?}");
    }
}

#[test]
fn a_conversation_goes_back_byte_for_byte() {
    let model = spec("glm-5.3", ThinkingControl::Always, &[Effort::Low]);
    let call = ToolCall { id: CallId("call_1".into()), name: "read".into(), arguments: "{\"path\" :\"a\"}".into() };
    let messages = [
        Message::text(Role::System, "s"),
        Message::text(Role::User, "q\u{1b}[31m ✔"),
        Message { reasoning: Some("\n r ".into()), tool_calls: vec![call], ..Message::text(Role::Assistant, "") },
        Message { answers: Some(CallId("call_1".into())), ..Message::text(Role::Tool, "result") },
        Message { reasoning: Some(String::new()), ..Message::text(Role::Assistant, "a") },
    ];
    let sent = body(&request(&model, &messages));
    let expected = json!([
        {"role": "system", "content": "s"},
        {"role": "user", "content": "q\u{1b}[31m ✔"},
        {"role": "assistant", "content": "", "reasoning_content": "\n r ", "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "read", "arguments": "{\"path\" :\"a\"}"}}]},
        {"role": "tool", "content": "result", "tool_call_id": "call_1"},
        {"role": "assistant", "content": "a", "reasoning_content": ""},
    ]);
    assert_eq!(sent["messages"], expected);
}

/// The recorded requests of the real service, read into messages and written again, say the same.
#[test]
fn recorded_conversations_survive() {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    for (name, bytes) in super::files("zai/chat", "request.json") {
        let recorded: Value = serde_json::from_slice(&bytes).unwrap();
        let messages: Vec<Message> = recorded["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| Message {
                role: serde_json::from_value(message["role"].clone()).unwrap(),
                content: text(&message["content"]),
                reasoning: message["reasoning_content"].as_str().map(ToOwned::to_owned),
                tool_calls: message["tool_calls"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|call| ToolCall {
                        id: CallId(text(&call["id"])),
                        name: text(&call["function"]["name"]),
                        arguments: text(&call["function"]["arguments"]),
                    })
                    .collect(),
                answers: message["tool_call_id"].as_str().map(|id| CallId(id.to_owned())),
                images: Vec::new(),
            })
            .collect();
        let model = spec(recorded["model"].as_str().unwrap(), ThinkingControl::Toggle, &[]);
        let sent = body(&request(&model, &messages));
        let mut expected = recorded["messages"].clone();
        for message in expected.as_array_mut().unwrap() {
            let map = message.as_object_mut().unwrap();
            map.retain(|_, value| !value.is_null());
            map.entry("content").or_insert_with(|| json!(""));
        }
        assert_eq!(sent["messages"], expected, "{name}");
    }
}

#[test]
fn a_growing_conversation_keeps_its_prefix() {
    let model = spec("glm-5.3", ThinkingControl::Always, &[]);
    let mut messages = vec![Message::text(Role::System, "s"), Message::text(Role::User, "q")];
    let first = encode(&request(&model, &messages)).unwrap();
    messages.push(Message { reasoning: Some("r".into()), ..Message::text(Role::Assistant, "a") });
    messages.push(Message::text(Role::User, "again"));
    let second = encode(&Request { thinking: false, max_output: Some(5), ..request(&model, &messages) }).unwrap();
    let end = first.windows(2).position(|pair| pair == b"}]").unwrap() + 1;
    assert_eq!(first[..end], second[..end]);
    assert!(String::from_utf8_lossy(&first[..end]).ends_with(r#"{"role":"user","content":"q"}"#));
}

#[test]
fn refused_fields_are_left_out() {
    let model = spec("glm-5.3", ThinkingControl::Always, &[Effort::Low]);
    let messages = [Message { reasoning: Some("r".into()), ..Message::text(Role::Assistant, "a") }];
    let omit: Vec<String> =
        ["thinking", "reasoning_effort", "max_tokens", "stream_options", "reasoning_content"].map(Into::into).to_vec();
    let body = body(&Request { effort: Some(Effort::Low), omit: &omit, ..request(&model, &messages) });
    assert_eq!(body, json!({"model": "glm-5.3", "messages": [{"role": "assistant", "content": "a"}], "stream": true}));
}
