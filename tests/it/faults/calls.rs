//! Rows MOD-06, 07, 10, 11 and NET-07 with the real tools: what a model may ask for.

use std::fmt::Write as _;

use glm_tui::{
    agent::{Caps, Settings},
    chat::{AskBody, Command, Event, Reply, RunEnd, TurnEnd},
    quota::TimeZone,
};
use serde_json::Value;

use crate::support::{
    agent::{Talk, config, serve},
    server::{END, Mock, Reply as Answer, stream_head},
};

/// One reply with these calls (TOML of a list), then one with words.
fn calls(calls: &str) -> String {
    format!("[[reply]]\nwhen = {{ tool_result = true }}\nanswer = 'All told.'\n[[reply]]\ntools = {{ call = {calls} }}")
}

/// The results that the second request holds.
fn told(server: &glm_tui::sim::Server) -> Vec<String> {
    let chats = server.log().chats();
    let messages = chats[1].body["messages"].as_array().unwrap();
    let results = messages.iter().filter(|message| message["role"] == "tool");
    results.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

/// The calls in the second request's history.
fn history(server: &glm_tui::sim::Server) -> Vec<Value> {
    server.log().chats()[1].body["messages"][2]["tool_calls"].as_array().unwrap().clone()
}

#[tokio::test]
async fn mod_06_arguments_that_cannot_be_used_are_told_and_nothing_runs() {
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    let cases = [
        ("", "path"),
        ("no json at all", "valid JSON"),
        ("[1, 2]", "object"),
        ("\"read\"", "object"),
        (r#"{"path": "a", "limit": "many"}"#, "limit"),
        (r#"{"path": "a"} and so on"#, "after the end"),
        (r#"{"path": "a"}{"path": "b"}"#, "more than one"),
        (r#"{"path": "C:\dir"}"#, "backslash"),
        (r#"{"path": "cut off"#, "cut off"),
        (deep.as_str(), "deep"),
    ];
    for (arguments, word) in cases {
        let call = format!("[{{ name = 'read', arguments = '{arguments}' }}]");
        let server = serve(&calls(&call));
        let mut talk = Talk::at(&server.base_url());
        assert_eq!(talk.ask("hello").await, TurnEnd::Done, "{word}");
        let told = told(&server).remove(0);
        assert!(told.contains(word), "{word:?} in {}", &told[..told.len().min(400)]);
        assert!(told.len() < 4_000, "{word}: {} bytes", told.len());
        assert_eq!(talk.runs(), [RunEnd::Failed], "{word}");
        let kept = history(&server)[0]["function"]["arguments"].as_str().unwrap().to_owned();
        assert!(serde_json::from_str::<Value>(&kept).is_ok(), "{word}: the history holds JSON: {kept}");
        assert!(talk.words().contains("All told."), "{word}");
    }
}

#[tokio::test]
async fn mod_06_almost_json_is_mended_and_told() {
    let server = serve(&calls("[{ name = 'read', arguments = \"{'path': 'note.txt',}\" }]"));
    let mut talk = Talk::at(&server.base_url());
    std::fs::write(talk.workspace.join("note.txt"), "forty-two\n").unwrap();
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    assert!(told(&server)[0].contains("forty-two"), "{:?}", told(&server));
    let repaired = talk.kinds(|event| if let Event::Repaired { what, .. } = event { Some(*what) } else { None });
    assert_eq!(repaired, ["a call's arguments were repaired"]);
    assert_eq!(history(&server)[0]["function"]["arguments"], r#"{"path":"note.txt"}"#);
}

#[tokio::test]
async fn mod_06_a_call_in_the_text_is_found_and_a_mention_is_not() {
    for (field, text, shown) in [
        (
            "answer",
            "I look.<tool_call>read<arg_key>path</arg_key><arg_value>note.txt</arg_value></tool_call>",
            "I look.",
        ),
        ("reasoning", "So: <tool_call>read<arg_key>path</arg_key><arg_value>note.txt</arg_value></tool_call>", ""),
    ] {
        let server = serve(&format!(
            "[[reply]]\nwhen = {{ tool_result = true }}\nanswer = 'All told.'\n[[reply]]\n{field} = '{text}'\npace = {{ by = 3 }}"
        ));
        let mut talk = Talk::at(&server.base_url());
        std::fs::write(talk.workspace.join("note.txt"), "forty-two\n").unwrap();
        assert_eq!(talk.ask("hello").await, TurnEnd::Done);
        assert!(told(&server)[0].contains("forty-two"), "{field}");
        assert_eq!(talk.answer(), format!("{shown}All told."), "{field}");
    }
    let server = serve("[[reply]]\nanswer = 'The tag `<tool_call>` opens read and </tool_call> ends it.'");
    let mut talk = Talk::at(&server.base_url());
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    assert_eq!(talk.answer(), "The tag `<tool_call>` opens read and </tool_call> ends it.");
    assert_eq!(server.log().chats().len(), 1);
}

#[tokio::test]
async fn mod_07_unknown_tools_and_doubled_ids_are_told() {
    let server = serve(&calls(
        "[{ name = 'fly', arguments = '{}', id = 'same' }, { name = '', arguments = '{}' }, \
         { name = 'list', arguments = '{}', id = 'same' }, { name = \"li\\u001Bst\", arguments = '{}', id = '' }]",
    ));
    let mut talk = Talk::at(&server.base_url());
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    let told = told(&server);
    assert!(told[0].contains("no tool of that name") && told[0].contains("read"), "{told:?}");
    assert!(told[1].contains("no tool of that name") && told[3].contains("no tool of that name"), "{told:?}");
    assert_eq!(talk.runs().iter().filter(|end| **end == RunEnd::Ok).count(), 1);
    let calls = history(&server);
    let mut ids: Vec<&str> = calls.iter().map(|call| call["id"].as_str().unwrap()).collect();
    assert_eq!(ids[0], "same");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), ids.contains(&"")), (4, false), "{ids:?}");
    let names: Vec<&str> = calls.iter().map(|call| call["function"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["fly", "unnamed", "list", "list"], "as the service takes them back");
    let cards = talk.kinds(|e| if let Event::RunQueued(card) = e { Some(card.tool.as_str().to_owned()) } else { None });
    assert!(cards.iter().all(|tool| !tool.contains('\u{1b}')), "{cards:?}");
}

#[tokio::test]
async fn mod_07_ten_megabytes_of_arguments_are_refused() {
    let arguments = format!(r#"{{\"path\":\"a\",\"content\":\"{}\"}}"#, "x".repeat(10 << 20));
    let call = format!(r#"{{"index":0,"id":"big","function":{{"name":"write","arguments":"{arguments}"}}}}"#);
    let big = format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{call}]}}}}]}}\n\n");
    let body = [stream_head(), big.into_bytes(), END.replace("\"stop\"", "\"tool_calls\"").into_bytes()].concat();
    let words = [stream_head(), crate::support::server::says("All told.").into_bytes(), END.into()].concat();
    let mock = Mock::start(vec![Answer::Bytes(body), Answer::Bytes(words)]).await;
    let mut talk = Talk::at(&mock.base);
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    assert_eq!(talk.runs(), [RunEnd::Failed]);
    let second = &mock.chats()[1];
    assert!(second.contains("larger than 1 MiB") && second.len() < 200_000, "{} bytes", second.len());
    assert!(!talk.workspace.join("a").exists());
}

/// A list of this many reads, as TOML.
fn crowd(n: usize) -> String {
    let mut list = String::from("[");
    for _ in 0..n {
        let _ = write!(list, "{{ name = 'read', arguments = '{{\"path\":\"note.txt\"}}' }},");
    }
    list + "]"
}

#[tokio::test]
async fn mod_10_a_thousand_calls_are_asked_for_and_bounded() {
    let server = serve(&calls(&crowd(1_000)));
    let mut talk = Talk::at(&server.base_url());
    std::fs::write(talk.workspace.join("note.txt"), "forty-two\n").unwrap();
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| talk.asks().len() == 1).await;
    let ask = talk.asks().remove(0);
    assert!(matches!(&ask.body, AskBody::Question { question, .. } if question.as_str().contains("1000")), "{ask:?}");
    talk.send(Command::Answer { run: ask.run, reply: Reply::Chosen { picks: vec![0], text: None } });
    // The same call a thousand times is a circle too; that is asked once all have run.
    talk.wait_for(|talk| talk.asks().len() == 2).await;
    let mut most = 0;
    let mut now = 0_i64;
    for (_, event) in &talk.events {
        match event {
            Event::RunStarted { .. } => now += 1,
            Event::RunEnded { .. } => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    assert!((1..=8).contains(&most), "{most} at once");
    assert_eq!(talk.runs().len(), 1_000);
    talk.press("<esc>");
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!(talk.ends(), [TurnEnd::Interrupted { untouched: None }]);
}

#[tokio::test]
async fn mod_10_a_crowd_can_be_stopped() {
    let server = serve(&calls(&crowd(1_000)));
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| talk.asks().len() == 1).await;
    talk.send(Command::Interrupt);
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert!(talk.runs().iter().all(|end| *end == RunEnd::Stopped));
    assert_eq!(server.log().chats().len(), 1);
}

#[tokio::test]
async fn mod_11_the_same_failing_call_stops_and_asks_at_three() {
    let server = serve("[[reply]]\ntools = { call = [{ name = 'read', arguments = '{\"path\":\"nowhere.txt\"}' }] }");
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| talk.asks().len() == 1).await;
    assert_eq!((server.log().chats().len(), talk.runs().len()), (3, 3));
    let run = talk.asks()[0].run;
    talk.send(Command::Answer { run, reply: Reply::Chosen { picks: vec![0], text: Some("try note.txt".into()) } });
    talk.wait_for(|talk| talk.asks().len() == 2).await;
    let chats = server.log().chats();
    assert_eq!(chats.len(), 6, "three more");
    assert!(chats[3].body.to_string().contains("try note.txt"));
    let run = talk.asks()[1].run;
    talk.send(Command::Answer { run, reply: Reply::Chosen { picks: vec![1], text: None } });
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!(talk.ends(), [TurnEnd::Interrupted { untouched: None }]);

    // With nobody there the turn ends by itself.
    let settings = config(&server.base_url());
    let mut alone = Settings::new(&settings, TimeZone::UTC, false);
    alone.caps = Caps { interactive: false, ..Caps::default() };
    let mut talk = Talk::with(&settings, alone);
    let problem = talk.fail("hello").await;
    assert_eq!(problem.code.as_deref(), Some("loop"));
    assert_eq!(server.log().chats().len(), 9);
}

#[tokio::test]
async fn net_07_a_call_runs_only_from_a_complete_reply() {
    for fault in ["reset_after = 3", "cut_after = 3", "drop_after = 3"] {
        let server = serve(&format!(
            "order = 'stay'\n[[reply]]\ntimes = 1\ntools = {{ style = 'pieces', call = [{{ name = 'read', \
             arguments = '{{\"path\":\"note.txt\"}}' }}] }}\nfault = {{ {fault} }}\n[[reply]]\nanswer = 'Done without it.'"
        ));
        let mut talk = Talk::at(&server.base_url());
        assert_eq!(talk.ask("hello").await, TurnEnd::Done, "{fault}");
        assert_eq!((talk.answer().as_str(), talk.runs().len()), ("Done without it.", 0), "{fault}");
        assert!(!server.log().chats()[1].body.to_string().contains("note.txt"), "{fault}");
    }
    // A retry after the tools ran asks the model again and runs nothing again.
    let server = serve(
        "[[reply]]\nwhen = { tool_result = true }\nfail_first = 1\nfault = { before = 'drop' }\nanswer = 'Written.'\n\
         [[reply]]\ntools = { call = [{ name = 'write', arguments = '{\"path\":\"new.txt\",\"content\":\"once\"}' }] }",
    );
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| talk.asks().len() == 1).await;
    let run = talk.asks()[0].run;
    talk.send(Command::Answer { run, reply: Reply::Once });
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!((talk.retries().len(), talk.runs()), (1, vec![RunEnd::Ok]));
    assert_eq!(talk.answer(), "Written.");
}
