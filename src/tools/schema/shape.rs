//! The shape of a schema as GLM gets it: no more than names, types, words and what is required.

use serde_json::{Map, Value, json};

/// Keys that say nothing to a model, or that some services refuse.
const NOISE: [&str; 4] = ["$schema", "title", "format", "$defs"];

/// A schema without what a model has no use for: meta keys, `null` as a type or a default, unions with
/// `null`, alternatives of single words, a lower bound of zero. Objects take no other fields.
pub(super) fn compact(schema: Value) -> Value {
    let mut schema = node(schema);
    if let Value::Object(map) = &mut schema {
        // The type's own doc comment is for readers of the source: the tool has its page of words.
        map.shift_remove("description");
        map.entry("properties").or_insert_with(|| json!({}));
        map.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    schema
}

fn node(schema: Value) -> Value {
    let Value::Object(map) = schema else { return schema };
    let mut map: Map<String, Value> = map.into_iter().filter(|(key, value)| !is_noise(key, value)).collect();
    flatten_union(&mut map);
    words_to_list(&mut map);
    for (key, value) in &mut map {
        let taken = value.take();
        *value = match key.as_str() {
            "type" => single_type(taken),
            "properties" => each_property(taken),
            "items" => node(taken),
            "description" => one_line(taken),
            _ => taken,
        };
    }
    if map.contains_key("properties") {
        map.insert("additionalProperties".into(), Value::Bool(false));
    }
    Value::Object(map)
}

fn is_noise(key: &str, value: &Value) -> bool {
    NOISE.contains(&key)
        || (key == "default" && (matches!(value, Value::Null | Value::Bool(false)) || *value == json!([])))
        || (key == "minimum" && value.as_f64() == Some(0.0))
}

fn each_property(properties: Value) -> Value {
    let Value::Object(map) = properties else { return properties };
    Value::Object(map.into_iter().map(|(name, schema)| (name, node(schema))).collect())
}

/// `["string", "null"]` → `"string"`: that a field may be left out is said by `required`.
fn single_type(kind: Value) -> Value {
    let Value::Array(kinds) = &kind else { return kind };
    let mut real = kinds.iter().filter(|kind| *kind != "null");
    match (real.next(), real.next()) {
        (Some(only), None) => only.clone(),
        _ => kind,
    }
}

/// `anyOf: [X, null]` → `X`, under the description that stands beside it.
fn flatten_union(map: &mut Map<String, Value>) {
    let Some(Value::Array(parts)) = map.get("anyOf") else { return };
    let mut real = parts.iter().filter(|part| part.get("type") != Some(&json!("null")));
    let (Some(Value::Object(only)), None) = (real.next().cloned(), real.next()) else { return };
    map.shift_remove("anyOf");
    for (key, value) in only {
        if !is_noise(&key, &value) {
            map.entry(key).or_insert(value);
        }
    }
}

/// `oneOf: [{const: a}, {const: b}]`, which a documented Rust enum becomes → `enum: [a, b]`.
fn words_to_list(map: &mut Map<String, Value>) {
    let Some(Value::Array(parts)) = map.get("oneOf") else { return };
    let words: Option<Vec<Value>> = parts.iter().map(|part| part.get("const").cloned()).collect();
    let Some(words) = words else { return };
    map.shift_remove("oneOf");
    map.insert("type".into(), json!("string"));
    map.insert("enum".into(), Value::Array(words));
}

/// The line breaks of a doc comment mean nothing.
fn one_line(text: Value) -> Value {
    match text {
        Value::String(text) => Value::String(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        other => other,
    }
}
