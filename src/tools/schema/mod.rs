//! From a Rust type to what the model is told of a tool, and back from what it sent to that type.
//!
//! Owns the one shape in which schemas are sent (small, flat, the same bytes every time) and the reading of
//! arguments, which forgives what GLM is known to send and says precisely what else is wrong. Knows no tool.

mod arguments;
mod shape;

#[cfg(test)]
mod tests;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Refusal;
use crate::chat::ToolSpec;

/// What the model is told of a tool whose arguments are an `A`. Doc comments of its fields become their
/// descriptions; `words` is the tool's page in `assets/tools`.
pub(crate) fn spec<A: JsonSchema>(name: &str, words: &'static str) -> ToolSpec {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let schema = settings.into_generator().into_root_schema_for::<A>();
    ToolSpec {
        name: name.to_owned(),
        description: words.trim_end().to_owned(),
        parameters: shape::compact(schema.to_value()).to_string(),
    }
}

/// Reads the arguments of a call.
///
/// # Errors
/// Names the field, what was expected there and what came; the text is for the model.
pub(crate) fn args<A: DeserializeOwned>(value: Value) -> Result<A, Refusal> {
    arguments::read(value).map_err(|fault| Refusal(format!("{fault}; call again with that put right")))
}
