//! Replies: texts, order, matching, thinking, tool calls, pace, refused parameters, keys, concurrency.

use std::time::Duration;

use glm_tui::sim::{Ended, Scenario};
use serde_json::{Value, json};

use super::client::{self, CHAT, End, Wire, question, serve};

const TWO: &str = "
[[reply]]
reasoning = 'First I think.'
answer = 'Then I say **{{question}}** as {{model}}, reply {{n}}.'
[[reply]]
answer = 'second'
";

#[tokio::test]
async fn a_reply_says_what_the_script_says() {
    let server = serve(TWO);
    let first = client::chat(server.addr, &question("glm-4.7", "go on")).await;
    assert_eq!(first.said("reasoning_content"), "First I think.");
    assert_eq!(first.said("content"), "Then I say **go on** as glm-4.7, reply 1.");
    let chunks = first.chunks();
    assert!(chunks.iter().all(|c| c["model"] == "glm-4.7" && c["object"] == "chat.completion.chunk"));
    // The clock stands at 08:00 UTC: 16:00 in the id.
    assert!(chunks[0]["id"].as_str().unwrap().starts_with("20261005160000"));
    assert_eq!(chunks[0]["id"].as_str().unwrap().len(), 30);
    assert_eq!(chunks[0]["created"], 1_791_187_200);
    let usage = &chunks.last().unwrap()["usage"];
    let n = |path: &str| usage.pointer(path).and_then(Value::as_u64).unwrap();
    let n_reasoning =
        chunks.iter().filter(|c| c.pointer("/choices/0/delta/reasoning_content").is_some()).count() as u64;
    assert_eq!(n("/completion_tokens_details/reasoning_tokens"), n_reasoning);
    assert_eq!(n("/completion_tokens"), chunks.len() as u64 - 1);
    assert_eq!(n("/total_tokens"), n("/prompt_tokens") + n("/completion_tokens"));
    assert_eq!(client::ask(server.addr).await.said("content"), "second");
    assert_eq!(client::ask(server.addr).await.said("reasoning_content"), "First I think.");
}

#[tokio::test]
async fn thinking_and_effort_are_obeyed() {
    let server = serve("obey_effort = true\n[[reply]]\nreasoning = \"a\\n\\nb\\n\\nc\"\nanswer = 'x'\n");
    for (model, field, value, reasoning) in [
        ("glm-5.3", "reasoning_effort", json!("low"), "a"),
        ("glm-5.3", "reasoning_effort", json!("high"), "a\n\nb"),
        ("glm-5.3", "reasoning_effort", json!("max"), "a\n\nb\n\nc"),
        ("glm-4.7", "thinking", json!({"type": "disabled"}), ""),
        ("glm-4.7", "thinking", json!({"type": "enabled", "clear_thinking": false}), "a\n\nb\n\nc"),
    ] {
        let mut body = question(model, "go");
        body[field] = value;
        let answer = client::chat(server.addr, &body).await;
        assert_eq!(answer.said("reasoning_content"), reasoning);
        let usage = answer.chunks().last().unwrap()["usage"].clone();
        assert_eq!(usage.get("completion_tokens_details").is_some(), !reasoning.is_empty());
    }
}

#[tokio::test]
async fn tool_calls_come_whole_or_in_pieces() {
    let calls = r#"[{ name = "a", arguments = '{"path":"src/main.rs"}' }, { name = "b", arguments = '{}', index = 4, id = "call_x" }]"#;
    for (style, tool_stream, n_chunks) in [
        ("auto", false, 2),
        ("auto", true, 2 + 4 + 1),
        ("pieces", false, 7),
        ("interleaved", false, 7),
        ("whole", true, 2),
    ] {
        let server = serve(&format!("[[reply]]\nanswer = 'x'\ntools = {{ style = '{style}', call = {calls} }}\n"));
        let mut body = question("glm-5.3", "go");
        body["tool_stream"] = tool_stream.into();
        let chunks = client::chat(server.addr, &body).await.chunks();
        let deltas: Vec<&Value> = chunks.iter().filter_map(|c| c.pointer("/choices/0/delta/tool_calls/0")).collect();
        assert_eq!(deltas.len(), n_chunks, "{style} {tool_stream}");
        assert!(
            chunks
                .iter()
                .filter(|c| c.pointer("/choices/0/delta/tool_calls").is_some())
                .all(|c| c.pointer("/choices/0/delta/role").is_none())
        );
        let arguments = |index: u64| -> String {
            let mine = deltas.iter().filter(|d| d["index"] == index);
            mine.filter_map(|d| d.pointer("/function/arguments")?.as_str()).collect()
        };
        assert_eq!((arguments(0), arguments(4)), ("{\"path\":\"src/main.rs\"}".into(), "{}".into()), "{style}");
        let ids: Vec<&str> = deltas.iter().filter_map(|d| d.get("id")?.as_str()).collect();
        assert_eq!(ids.len(), 2, "one id for each call");
        assert!(ids.contains(&"call_x") && ids.iter().any(|i| i.len() == 29 && i.starts_with("call_")));
        assert_eq!(chunks.last().unwrap().pointer("/choices/0/finish_reason").unwrap(), "tool_calls");
        if style == "interleaved" {
            assert_eq!(deltas[0]["index"], 4, "out of order");
        }
    }
}

#[tokio::test]
async fn wrong_parameters_are_refused_as_the_service_does() {
    let server = serve(&format!("accept_keys = ['0123456789.abcdwxyz']\nmodels = {{ strict = true }}\n{TWO}"));
    let mut rests = question("glm-5.3", "go");
    rests["thinking"] = json!({"type": "disabled"});
    for (body, status, code) in [
        (rests, 400, "1210"),
        (question("glm-9", "go"), 400, "1211"),
        (json!({"model": "glm-5.3", "messages": []}), 400, "1214"),
        (json!("no object"), 400, "1214"),
    ] {
        let answer = client::chat(server.addr, &body).await;
        assert_eq!((answer.status, answer.code()), (status, json!(code)), "{body}");
    }
    for (key, code) in [("", "1001"), ("Bearer wrong", "1000")] {
        let mut wire = Wire::open(server.addr).await;
        let headers = [("Authorization", key)];
        let body = question("glm-5.3", "go").to_string();
        wire.send("POST", CHAT, if key.is_empty() { &[] } else { &headers }, &body).await;
        let answer = wire.answer().await.unwrap();
        assert_eq!((answer.status, answer.code()), (401, json!(code)));
        assert_eq!(client::get_with(server.addr, "/v1/models", key).await.status, 401);
    }
    assert_eq!(client::ask(server.addr).await.status, 200);
}

#[tokio::test]
async fn any_path_in_front_is_fine_and_others_are_unknown() {
    let server = serve("[[reply]]\nanswer = 'x'\n[models]\nids = ['glm-5.3', 'own']\n");
    for base in ["", "/v1", "/api/paas/v4", "/api/coding/paas/v4"] {
        let mut wire = Wire::open(server.addr).await;
        let body = question("own", "go").to_string();
        wire.send("POST", &format!("{base}/chat/completions"), &[], &body).await;
        assert_eq!(wire.answer().await.unwrap().said("content"), "x");
        let models = client::get(server.addr, &format!("{base}/models")).await.json();
        let ids: Vec<&Value> = models["data"].as_array().unwrap().iter().map(|m| &m["id"]).collect();
        assert_eq!(ids, ["glm-5.3", "own"]);
    }
    assert_eq!(client::get(server.addr, "/elsewhere").await.status, 404);
    assert_eq!(client::get(server.addr, CHAT).await.status, 404);
    let server = serve("[models]\nstatus = 404\n");
    assert_eq!(client::get(server.addr, "/v1/models").await.status, 404);
}

#[tokio::test]
async fn too_many_at_once_are_refused_until_a_place_is_free() {
    let server = serve(
        "concurrency = 1\n[[reply]]\nwhen = { says = 'wait' }\nanswer = 'a b c'\nfault = { stall_after = 1 }\n[[reply]]\nanswer = 'x'\n",
    );
    let mut first = Wire::open(server.addr).await;
    first.send("POST", CHAT, &[], &question("glm-5.3", "wait").to_string()).await;
    first.until("data: ").await;
    let refused = client::ask(server.addr).await;
    assert_eq!((refused.status, refused.code()), (429, json!("1302")));
    drop(first);
    // The refused request has ended as well.
    server.log().wait_for_ended(2).await;
    assert_eq!(server.log().chats()[0].ended, Some(Ended::Left));
    assert_eq!(client::ask(server.addr).await.said("content"), "x");
}

#[tokio::test(start_paused = true)]
async fn the_pace_is_kept() {
    let server = serve(
        "[pace]\nrate = 4\nfirst_ms = 1000\npause_ms = 2000\n[[reply]]\nreasoning = 'a b c d'\nanswer = 'e f g h'\n",
    );
    let begun = tokio::time::Instant::now();
    let answer = client::ask(server.addr).await;
    assert_eq!(answer.said("content"), "e f g h");
    // 1 s, eight tokens of a quarter, the pause; the end comes when the last token's time is over.
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(4_950) && took <= Duration::from_millis(5_200), "{took:?}");

    // No drift at a high rate, where a token takes less than the timer's fineness lets one see.
    for (rate, tokens) in [(200, 2_000), (3_000, 30_000)] {
        let server =
            serve(&format!("pace = {{ rate = {rate} }}\n[[reply]]\nanswer = {{ tokens = {tokens}, of = 'word ' }}\n"));
        let begun = tokio::time::Instant::now();
        assert_eq!(client::ask(server.addr).await.chunks().len(), tokens + 1);
        let took = begun.elapsed().as_secs_f64();
        assert!((9.9..10.2).contains(&took), "{took} s at {rate}");
    }
}

#[tokio::test]
async fn pieces_are_cut_as_asked_and_flushed_one_by_one() {
    for (by, n) in [("'token'", 7), ("'word'", 4), ("'line'", 2), ("'whole'", 1), ("5", 4)] {
        let server = serve(&format!("[pace]\nby = {by}\n[[reply]]\nanswer = \"one two.\\nthree. four\"\n"));
        let answer = client::ask(server.addr).await;
        assert_eq!(answer.said("content"), "one two.\nthree. four");
        assert_eq!(answer.chunks().len(), n + 1, "{by}");
    }
    // The first token is on the wire while the second is not even due.
    let server = serve("[pace]\nrate = 0.001\n[[reply]]\nanswer = 'one two'\n");
    let mut wire = Wire::open(server.addr).await;
    wire.send("POST", CHAT, &[], &question("glm-5.3", "go").to_string()).await;
    wire.until("\"content\":\"one\"").await;
    assert!(!String::from_utf8_lossy(wire.buffer()).contains("two"));
}

#[tokio::test]
async fn fifty_thousand_tokens_come_flat_out_each_in_its_event() {
    let scenario = Scenario::parse("[[reply]]\nanswer = { tokens = 50_000, of = 'All work and no play. ' }\n").unwrap();
    let now = client::MONDAY_PEAK.parse().unwrap();
    let server = client::serve_at(scenario, move || now);
    let answer = client::ask(server.addr).await;
    assert_eq!(answer.end, End::Proper);
    assert_eq!(answer.data().len(), 50_002);
    assert!(answer.said("content").starts_with("All work and no play. All work"));
    assert_eq!(answer.chunks().last().unwrap()["usage"]["completion_tokens"], 50_000);
}

#[tokio::test]
async fn the_demo_says_that_it_is_simulated_and_echoes_the_question() {
    let server = serve(&client::demo_flat_out());
    let mut answers = Vec::new();
    for _ in 0..4 {
        let answer = client::chat(server.addr, &question("glm-5.3", "How do I sort a list?")).await;
        let text = answer.said("content");
        assert!(text.contains("imulated") && text.contains("How do I sort a list?"), "{text}");
        assert!(text.contains("```rust") && text.contains("\n|---") && text.contains("\n## "), "{text}");
        assert!(!text.contains("{{") && !answer.said("reasoning_content").contains("{{"));
        // Twenty to sixty seconds at 42 tokens a second.
        let n = answer.chunks().last().unwrap()["usage"]["completion_tokens"].as_u64().unwrap();
        assert!((840..2_520).contains(&n), "{n}");
        answers.push(text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 4);
    let hello = client::chat(server.addr, &question("glm-5.3", "Hello?")).await;
    assert!(hello.said("content").contains("no model"));
}
