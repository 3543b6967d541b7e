//! The bytes against the recordings of the real service: keys, their order, framing. Skipped where the
//! recordings are not at hand.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::{Value, json};

use super::client::{self, serve};

/// The folder of the recordings.
fn recordings() -> Option<PathBuf> {
    let found = ["/../shared/data", "/../../shared/data"]
        .map(|up| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR")).to_owned() + up).join("zai"))
        .into_iter()
        .find(|p| p.is_dir());
    if found.is_none() {
        println!("skipped: no recordings beside the repository");
    }
    found
}

/// The keys in their order, without the values; of an array its first element.
fn skeleton(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let members: Vec<String> = map.iter().map(|(k, v)| format!("{k}{}", skeleton(v))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.first().map(skeleton).unwrap_or_default()),
        Value::String(_) => ":s".into(),
        Value::Number(_) => ":n".into(),
        Value::Bool(_) => ":b".into(),
        Value::Null => ":0".into(),
    }
}

fn skeletons<'a>(chunks: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    chunks.into_iter().map(skeleton).collect()
}

const TOOLS: &str = r#"
[context]
base = 90
cached_share = 0.5
[[reply]]
reasoning = "The user wants two results."
answer = "I will do both."
tools = { call = [{ name = "add", arguments = '{"a":2,"b":3}' }, { name = "multiply", arguments = '{"a":2,"b":3}' }] }
"#;

#[tokio::test]
async fn a_stream_has_the_recorded_shape() {
    let server = serve(TOOLS);
    let answer = client::ask(server.addr).await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream;charset=UTF-8"));
    assert!(answer.text().ends_with("\n\ndata: [DONE]\n\n"));
    let Some(folder) = recordings() else { return };
    let text = std::fs::read_to_string(folder.join("chat/glm47flash-multitool-stream.0.response.sse")).unwrap();
    let recorded: Vec<Value> = text
        .lines()
        .filter_map(|l| l.strip_prefix("data: ").filter(|d| *d != "[DONE]"))
        .map(|d| serde_json::from_str(d).unwrap())
        .collect();
    assert_eq!(skeletons(&answer.chunks()), skeletons(&recorded));
    // Not only the shape: the values that are the same in every recording.
    for (ours, theirs) in
        [(answer.chunks(), recorded)].iter().flat_map(|(a, b)| [(a.first(), b.first()), (a.last(), b.last())])
    {
        for path in ["/object", "/choices/0/index", "/choices/0/delta/role", "/choices/0/finish_reason"] {
            assert_eq!(ours.unwrap().pointer(path), theirs.unwrap().pointer(path), "{path}");
        }
    }
}

#[tokio::test]
async fn an_object_has_the_recorded_shape() {
    let server = serve(TOOLS);
    let mut body = client::question("glm-5.3", "go");
    body["stream"] = false.into();
    let answer = client::chat(server.addr, &body).await;
    let Some(folder) = recordings() else { return };
    let text = std::fs::read_to_string(folder.join("chat/glm47flash-multitool.0.response.json")).unwrap();
    let recorded: Value = serde_json::from_str(&text).unwrap();
    // The recording was saved with sorted keys, so only the set of keys is a fact.
    let sorted = |v: &Value| -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        collect(v, "", &mut keys);
        keys
    };
    assert_eq!(sorted(&answer.json()), sorted(&recorded));
}

fn collect(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| collect(v, &format!("{path}/{k}"), keys)),
        Value::Array(items) => items.iter().for_each(|v| collect(v, &format!("{path}/*"), keys)),
        _ => {
            keys.insert(path.to_owned());
        }
    }
}

#[tokio::test]
async fn quota_answers_have_the_recorded_shapes() {
    let used = "five_hour = 3.5\nweek = 0.7\n";
    let cases = [
        (format!("[plan]\n{used}"), "credit-lite-2026-08-06"),
        ("[plan]\nweek = 98.6\n".to_owned(), "credit-lite-5h-idle-no-reset-2026-08-13"),
        (format!("[plan]\n{used}tier = 'max'\n"), "credit-max-2026-08-24"),
        (format!("[plan]\n{used}tier = 'pro'\ngeneration = 'v2'\n"), "tokens-pro-v2-2026-06-29"),
        (format!("[plan]\n{used}tier = 'pro'\ngeneration = 'percent'\n"), "tokens-pro-v2-2026-06-14"),
        ("[[quota.polls]]\nerror = 'bad_key'\n".to_owned(), "error-401-in-200"),
        ("[[quota.polls]]\nerror = 'no_key'\n".to_owned(), "error-1001-in-200"),
        ("[[quota.polls]]\nerror = 'no_plan'\n".to_owned(), "error-no-plan-in-200"),
    ];
    let Some(folder) = recordings() else { return };
    for (toml, file) in cases {
        let server = serve(&toml);
        let answer = client::get(server.addr, "/api/monitor/usage/quota/limit").await;
        let text = std::fs::read_to_string(folder.join(format!("quota/{file}.json"))).unwrap();
        let recorded: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer.status, 200, "{file}");
        assert_eq!(rows(&answer.json()), rows(&recorded), "{file}");
        if file.starts_with("error") {
            assert_eq!(answer.json(), recorded, "{file}");
        }
    }
}

/// The skeleton, each limit with its own.
fn rows(quota: &Value) -> Vec<String> {
    let mut rows = vec![skeleton(quota)];
    rows.extend(quota.pointer("/data/limits").and_then(Value::as_array).into_iter().flatten().map(skeleton));
    rows
}

#[tokio::test]
async fn the_usage_series_has_the_recorded_shape() {
    let server = serve("[plan]\nhistory = true\n");
    let path = "/api/monitor/usage/model-usage?startTime=2026-10-05+09%3A00%3A00&endTime=2026-10-05%2016:00:00";
    let answer = client::get(server.addr, path).await.json();
    assert_eq!(answer["data"]["x_time"][0], "2026-10-05 09:00");
    assert_eq!(answer["data"]["x_time"].as_array().unwrap().len(), 8);
    let Some(folder) = recordings() else { return };
    let text = std::fs::read_to_string(folder.join("quota/model-usage-shape.json")).unwrap();
    assert_eq!(skeleton(&answer), skeleton(&serde_json::from_str(&text).unwrap()));
}

#[tokio::test]
async fn error_bodies_are_the_published_ones() {
    let Some(folder) = recordings() else { return };
    for (code, file) in [
        ("1113", "429-1113-balance"),
        ("1302", "429-1302-rate"),
        ("1305", "429-1305-overloaded"),
        ("1309", "429-1309-expired"),
        ("1313", "429-1313-fair-use"),
    ] {
        let server = serve(&format!("[[reply]]\nrefuse = {{ code = '{code}' }}\n"));
        let answer = client::ask(server.addr).await;
        let text = std::fs::read_to_string(folder.join(format!("errors/{file}.json"))).unwrap();
        assert_eq!(answer.status, 429, "{file}");
        assert_eq!(answer.json(), serde_json::from_str::<Value>(&text).unwrap(), "{file}");
    }
    let server = serve("[[reply]]\nrefuse = { code = '1308', reset_in = 3600 }\n");
    let answer = client::ask(server.addr).await;
    let words = "Usage limit reached for 5 hour. Your limit will reset at 2026-10-05 17:00:00";
    assert_eq!(answer.json(), json!({"error": {"code": "1308", "message": words}}));
}
