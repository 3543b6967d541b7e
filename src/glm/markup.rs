//! The markup in which GLM's template writes a tool call, read as a call.
//!
//! Three dialects (docs/ZAI.md §3): `NAME<arg_key>k</arg_key><arg_value>v</arg_value>`,
//! `<function=NAME><parameter=k>v</parameter></function>` and `{"name":…,"arguments":…}`, each between
//! `<tool_call>` and `</tool_call>`. Refuses to guess: what is not complete is no call.

use serde_json::{Map, Value};

use super::offer::Offer;
use crate::chat::{CallId, ToolCall};

/// What a text is, read as the inside of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A complete call.
    Call(ToolCall),
    /// It may become one.
    More,
    /// Nothing that may become one.
    Text,
}

/// Reads the inside of a call up to a possible end of it.
pub(super) fn read(body: &str, offer: &Offer) -> Read {
    let body = body.trim();
    if body.starts_with('{') {
        return json(body, offer);
    }
    if let Some(rest) = body.strip_prefix("<function=") {
        return functions(rest, offer);
    }
    let (name, rest) = body.split_at(body.find('<').unwrap_or(body.len()));
    let name = name.trim();
    if !offer.knows(name) {
        return Read::Text;
    }
    match pairs(rest) {
        Pairs::All(pairs) => call(name, &pairs, offer),
        Pairs::Cut(_) => Read::More,
        Pairs::None => Read::Text,
    }
}

/// `text`, the beginning of the inside of a call, may still become one.
pub(super) fn may_become(text: &str, offer: &Offer) -> bool {
    let text = text.trim_start();
    let starts = |start: &str| text.starts_with(start) || start.starts_with(text);
    if text.is_empty() || text.starts_with('{') || starts("<function=") {
        return true;
    }
    let (name, rest) = text.split_at(text.find(['<', ' ', '\n', '\r', '\t']).unwrap_or(text.len()));
    if rest.is_empty() {
        return offer.may_begin(name);
    }
    let rest = rest.trim_start();
    let follows = |start: &str| rest.starts_with(start) || start.starts_with(rest);
    offer.knows(name) && (follows("<arg_key>") || follows("</tool_call>"))
}

/// The arguments that leaked into a name: what follows `read` in `read<arg_key>path</arg_key><arg_value>a`.
/// The last value may lack its end, which the template cut off with the name.
pub(super) fn debris(rest: &str, tool: &str, offer: &Offer) -> Option<String> {
    let pairs = match pairs(rest) {
        Pairs::All(pairs) | Pairs::Cut(Some(pairs)) if !pairs.is_empty() => pairs,
        _ => return None,
    };
    match call(tool, &pairs, offer) {
        Read::Call(call) => Some(call.arguments),
        Read::More | Read::Text => None,
    }
}

enum Pairs<'a> {
    /// All of the text was pairs.
    All(Vec<(&'a str, &'a str)>),
    /// It ends within a pair; the pairs are given if it ends within a value.
    Cut(Option<Vec<(&'a str, &'a str)>>),
    None,
}

fn pairs(text: &str) -> Pairs<'_> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let Some(after) = rest.strip_prefix("<arg_key>") else { return Pairs::None };
        let Some((key, after)) = after.split_once("</arg_key>") else { return Pairs::Cut(None) };
        let Some(after) = after.trim_start().strip_prefix("<arg_value>") else { return Pairs::None };
        let Some((value, after)) = after.split_once("</arg_value>") else {
            pairs.push((key.trim(), after));
            return Pairs::Cut(Some(pairs));
        };
        pairs.push((key.trim(), value));
        rest = after.trim_start();
    }
    Pairs::All(pairs)
}

fn functions(rest: &str, offer: &Offer) -> Read {
    let Some((name, mut rest)) = rest.split_once('>') else { return Read::More };
    let name = name.trim();
    if !offer.knows(name) {
        return Read::Text;
    }
    let mut pairs = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("</function>") {
            return if after.trim().is_empty() { call(name, &pairs, offer) } else { Read::Text };
        }
        if rest.is_empty() {
            return Read::More;
        }
        let Some(after) = rest.strip_prefix("<parameter=") else { return Read::Text };
        let Some((key, after)) = after.split_once('>') else { return Read::More };
        let Some((value, after)) = after.split_once("</parameter>") else { return Read::More };
        let value = value.strip_prefix('\n').unwrap_or(value);
        pairs.push((key.trim(), value.strip_suffix('\n').unwrap_or(value)));
        rest = after;
    }
}

fn json(body: &str, offer: &Offer) -> Read {
    let Ok(value) = serde_json::from_str::<Value>(body) else { return Read::More };
    let Some(name) = value["name"].as_str().filter(|name| offer.knows(name)) else { return Read::Text };
    let arguments = match value.get("arguments").or_else(|| value.get("parameters")) {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(object @ Value::Object(_)) => object.to_string(),
        Some(_) => return Read::Text,
    };
    Read::Call(ToolCall { id: CallId::default(), name: name.to_owned(), arguments })
}

fn call(name: &str, pairs: &[(&str, &str)], offer: &Offer) -> Read {
    let mut arguments = Map::new();
    for (key, value) in pairs {
        let value = offer.value(name, key, value);
        if key.is_empty() || arguments.insert((*key).to_owned(), value).is_some() {
            return Read::Text;
        }
    }
    let arguments = Value::Object(arguments).to_string();
    Read::Call(ToolCall { id: CallId::default(), name: name.to_owned(), arguments })
}
