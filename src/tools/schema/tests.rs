//! What the model is told, and what it may send.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{args, spec};

/// Not for the model.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Args {
    /// The file,
    /// or folder.
    path: String,
    /// From this line.
    from: Option<u32>,
    #[serde(default)]
    whole: bool,
    state: Option<State>,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Not begun.
    Open,
    /// Done.
    Done,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Item {
    text: String,
    n: f64,
}

#[test]
fn a_schema_holds_only_what_a_model_needs() {
    let told = spec::<Args>("try", "Words.\n");
    assert_eq!((told.name.as_str(), told.description.as_str()), ("try", "Words."));
    let want = concat!(
        r#"{"type":"object","properties":{"path":{"type":"string","description":"The file, or folder."},"#,
        r#""from":{"type":"integer","description":"From this line."},"whole":{"type":"boolean"},"#,
        r#""state":{"type":"string","enum":["open","done"]},"#,
        r#""items":{"type":"array","items":{"type":"object","properties":{"text":{"type":"string"},"#,
        r#""n":{"type":"number"}},"required":["text","n"],"additionalProperties":false}}},"#,
        r#""required":["path"],"additionalProperties":false}"#,
    );
    assert_eq!(told.parameters, want);
    assert_eq!(spec::<Args>("try", "Words.\n"), told);
}

#[test]
fn what_glm_sends_is_taken() {
    let value = json!({
        "path": 7, "from": "12", "whole": "True", "state": null,
        "items": "[{\"text\": \"a\", \"n\": \"1.5\"}]",
    });
    let want = Args {
        path: "7".into(),
        from: Some(12),
        whole: true,
        state: None,
        items: vec![Item { text: "a".into(), n: 1.5 }],
    };
    assert_eq!(args::<Args>(value).unwrap(), want);
    assert_eq!(args::<Args>(json!({"path": "a", "from": 3.0})).unwrap().from, Some(3));
}

#[test]
fn what_does_not_fit_is_named_with_its_place() {
    let cases: [(Value, &str); 10] = [
        (json!({}), "`path` is missing"),
        (json!({"path": "a", "file": "b"}), "there is no field `file`; there are: path, from, whole, state, items"),
        (json!({"path": ["a"]}), "`path`: expected a text, got a list"),
        (json!({"path": null}), "`path`: expected a text, got null"),
        (json!({"path": "a", "from": "ten"}), "`from`: expected a whole number from 0, got the text \"ten\""),
        (json!({"path": "a", "from": -1}), "`from`: expected a whole number from 0, got -1"),
        (json!({"path": "a", "whole": "maybe"}), "`whole`: expected true or false, got the text \"maybe\""),
        (json!({"path": "a", "state": "doing"}), "`state`: expected one of open, done, got `doing`"),
        (json!({"path": "a", "items": [{"text": "x", "n": 1}, {"text": "y"}]}), "`items[1]`: `n` is missing"),
        (json!({"path": "a", "items": [{"text": {}, "n": 1}]}), "`items[0].text`: expected a text, got an object"),
    ];
    for (value, want) in cases {
        let said = args::<Args>(value.clone()).unwrap_err().0;
        assert_eq!(said, format!("wrong arguments: {want}; call again with that put right"), "{value}");
    }
    let long = args::<Args>(json!({"path": "a", "from": "x".repeat(100_000)})).unwrap_err().0;
    assert!(long.len() < 300, "{long}");
}
