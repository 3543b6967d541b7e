//! Scenarios for the simulated service, of replies that call tools.

use serde_json::{Value, json};

/// A scenario whose replies come in this order, each once.
pub(crate) fn script(replies: &[Value]) -> String {
    toml::to_string(&json!({"order": "once", "reply": replies})).unwrap()
}

/// A reply of these words and calls.
pub(crate) fn says(answer: &str, calls: &[Value]) -> Value {
    let mut reply = json!({"answer": answer});
    if !calls.is_empty() {
        reply["tools"] = json!({"call": calls});
    }
    reply
}

/// A call of a tool.
pub(crate) fn call(name: &str, arguments: &Value) -> Value {
    json!({"name": name, "arguments": arguments.to_string()})
}

/// A command.
pub(crate) fn shell(line: &str) -> Value {
    call("shell", &json!({"command": line}))
}
