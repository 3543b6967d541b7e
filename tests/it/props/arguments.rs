//! Repair of arguments: valid JSON is never changed, no text is fatal, what comes out is JSON and stays.

use glm_tui::glm::mend_arguments;
use proptest::prelude::*;
use serde_json::Value;

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[\"'`{}\\[\\],:\\\\\n\t ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((".{0,6}", inner), 0..6).prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

/// Text that is rich in what a reader of almost-JSON must tell apart.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[{}\\[\\],:\"' \n\\\\`]",
        Just("\"a\"".to_owned()),
        Just("'b'".to_owned()),
        Just("```json\n".to_owned()),
        Just("True".to_owned()),
        Just("key:".to_owned()),
        Just("\\u00".to_owned()),
        Just("1.5".to_owned()),
        Just("é".to_owned()),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn valid_json_is_never_changed(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        prop_assert_eq!(mend_arguments(&text), Ok((text, None)));
    }

    #[test]
    fn raw_line_breaks_and_a_last_comma_change_no_meaning(value in ".{0,30}") {
        let valid = serde_json::json!({ "a": &value });
        let raw = value.replace('\\', "\\\\").replace('"', "\\\"");
        let (mended, _) = mend_arguments(&format!("{{\"a\": \"{raw}\",}}")).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&mended).unwrap(), valid);
    }

    #[test]
    fn no_text_is_fatal_and_what_comes_out_stays(text in text()) {
        if let Ok((mended, _)) = mend_arguments(&text) {
            prop_assert!(serde_json::from_str::<Value>(&mended).is_ok(), "{}", mended);
            prop_assert_eq!(mend_arguments(&mended), Ok((mended.clone(), None)));
        }
    }
}
