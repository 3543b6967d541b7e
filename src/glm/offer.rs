//! The tools that a call offered: what a call that is recovered from text must name, and which of its
//! arguments are text.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::chat::ToolSpec;

/// The tools that were offered.
#[derive(Clone, Debug, Default)]
pub(super) struct Offer {
    tools: Vec<Offered>,
}

#[derive(Clone, Debug)]
struct Offered {
    name: String,
    /// Parameters that the schema calls strings.
    texts: BTreeSet<String>,
}

impl Offer {
    /// These tools. A schema that is no JSON has no text parameters.
    pub(super) fn new(specs: &[ToolSpec]) -> Self {
        let tools = specs.iter().map(|spec| Offered { name: spec.name.clone(), texts: texts(&spec.parameters) });
        Self { tools: tools.collect() }
    }

    /// Nothing was offered.
    pub(super) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    /// This tool was offered.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.tools.iter().any(|tool| tool.name == name)
    }

    /// The name of an offered tool begins so.
    pub(super) fn may_begin(&self, part: &str) -> bool {
        self.tools.iter().any(|tool| tool.name.starts_with(part))
    }

    /// An argument that was written as bare text: a string where the schema wants one, else the JSON that it is.
    pub(super) fn value(&self, tool: &str, key: &str, text: &str) -> Value {
        let is_text = self.tools.iter().any(|offered| offered.name == tool && offered.texts.contains(key));
        let as_json = || serde_json::from_str(text.trim()).ok();
        if is_text { None } else { as_json() }.unwrap_or_else(|| Value::String(text.to_owned()))
    }
}

fn texts(schema: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let Some(properties) = schema["properties"].as_object() else { return BTreeSet::new() };
    let is_text = |property: &Value| match &property["type"] {
        Value::String(kind) => kind == "string",
        Value::Array(kinds) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    };
    properties.iter().filter(|(_, property)| is_text(property)).map(|(key, _)| key.clone()).collect()
}
