//! `--json-schema`: the answer must be JSON of a given shape. Owns the words to the model and the check.

use serde_json::Value;

use crate::chat::{Problem, ProblemKind};

/// A schema longer than this is a mistake (a pasted file).
const SCHEMA_BYTES: u64 = 256 * 1024;

/// What the checker calls the schema.
const NAME: &str = "mem:///schema.json";

/// The asked shape.
pub(super) struct Schema {
    text: String,
    compiled: boon::Schemas,
    root: boon::SchemaIndex,
}

impl Schema {
    /// Reads `--json-schema`: JSON text, or `@FILE`.
    ///
    /// # Errors
    /// When the file cannot be read or the text is no JSON schema.
    pub(super) fn read(wish: &str) -> Result<Self, Problem> {
        let bad = |what: String| Problem::new(ProblemKind::User, what).hint("give a JSON schema, or @FILE with one");
        let text = match wish.strip_prefix('@') {
            Some(path) => {
                use std::io::Read;
                let mut text = String::new();
                let file = std::fs::File::open(path).map_err(|error| bad(format!("cannot read {path}: {error}")))?;
                file.take(SCHEMA_BYTES)
                    .read_to_string(&mut text)
                    .map_err(|error| bad(format!("cannot read {path}: {error}")))?;
                text
            }
            None => wish.to_owned(),
        };
        let schema: Value =
            serde_json::from_str(&text).map_err(|error| bad(format!("the schema is no JSON: {error}")))?;
        let text = schema.to_string();
        let (mut compiled, mut builder) = (boon::Schemas::new(), boon::Compiler::new());
        let invalid = |error: boon::CompileError| bad(format!("the schema is not valid: {error}"));
        builder.add_resource(NAME, schema).map_err(invalid)?;
        let root = builder.compile(NAME, &mut compiled).map_err(invalid)?;
        Ok(Self { text, compiled, root })
    }

    /// The prompt with what is wanted of the answer.
    pub(super) fn ask(&self, prompt: &str) -> String {
        format!(
            "{prompt}\n\nWhen you are done, answer with one JSON value and nothing else (no prose, no code fence). It must \
             be valid against this JSON schema:\n{}",
            self.text
        )
    }

    /// What is said when the answer did not fit.
    pub(super) fn again(wrong: &str) -> String {
        format!("That answer does not fit the JSON schema: {wrong}. Answer again with the JSON value only.")
    }

    /// The value of an answer, if it fits.
    ///
    /// # Errors
    /// What is wrong with it, for the model.
    pub(super) fn check(&self, answer: &str) -> Result<Value, String> {
        let text = unfenced(answer);
        let value: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON ({error})"))?;
        match self.compiled.validate(&value, self.root) {
            Ok(()) => Ok(value),
            Err(error) => Err(error.to_string().replace(NAME, "it")),
        }
    }
}

/// The text without the code fence that models like to put around JSON.
fn unfenced(answer: &str) -> &str {
    let text = answer.trim();
    let Some(rest) = text.strip_prefix("```") else { return text };
    let body = rest.split_once('\n').map_or(rest, |(_, body)| body);
    body.strip_suffix("```").unwrap_or(body).trim()
}

#[cfg(test)]
mod tests {
    use super::Schema;

    #[test]
    fn answers_are_taken_or_told_what_is_wrong() {
        let schema =
            Schema::read(r#"{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}"#).unwrap();
        let cases = [
            (r#"{"n": 3}"#, true),
            ("```json\n{\"n\": 3}\n```", true),
            (r#"{"n": "three"}"#, false),
            ("{}", false),
            ("three", false),
        ];
        for (answer, fits) in cases {
            assert_eq!(schema.check(answer).is_ok(), fits, "{answer}");
        }
        assert!(Schema::read("{").is_err());
        assert!(Schema::read("@/nowhere/schema.json").is_err());
    }
}
