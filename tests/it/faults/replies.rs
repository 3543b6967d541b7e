//! Rows API-01 to API-14: bodies that are not what was asked for.

use std::time::Duration;

use glm_tui::chat::{Activity, Event, Finish, TurnEnd, Usage};

use super::{is_told, key_in_its_header_only};
use crate::support::{
    agent::{Talk, serve},
    server::{END, Mock, Reply, says, stream_head},
};

const REASONING: &str = "Let me see: 一二三, é and 😀.";
const WHOLE: &str = "The whole answer, with 中文 and 👩\u{200d}🚀, to its end.";

fn scenario(extra: &str) -> String {
    format!("[[reply]]\nreasoning = '{REASONING}'\nanswer = '{WHOLE}'\n{extra}\n")
}

/// The talk after one good turn with this scenario.
async fn well(extra: &str) -> (Talk, glm_tui::sim::Server) {
    let server = serve(&scenario(extra));
    let mut talk = Talk::at(&server.base_url());
    assert_eq!(talk.ask("hello").await, TurnEnd::Done, "{extra}");
    (talk, server)
}

fn notices(talk: &Talk) -> Vec<String> {
    talk.kinds(|event| match event {
        Event::Notice(notice) => Some(notice.text.clone()),
        _ => None,
    })
}

fn usages(talk: &Talk) -> Vec<(Option<Usage>, Option<f64>)> {
    talk.kinds(|event| match event {
        Event::StepEnded { usage, credits, .. } => Some((*usage, *credits)),
        _ => None,
    })
}

#[tokio::test]
async fn api_01_a_web_page_is_named_in_one_line() {
    let page = format!("<!DOCTYPE html>\n<html><title>Hotel\u{1b}[2J WLAN</title>{}</html>", "<p>pay</p>".repeat(900));
    for kind in ["text/html", "text/event-stream", "application/json"] {
        let mock = Mock::one("200 OK", &[("content-type", kind)], page.as_bytes()).await;
        let mut talk = Talk::at(&mock.base);
        let problem = talk.fail("hello").await;
        assert_eq!(mock.chats().len(), 1, "asked once: a login page does not go away by itself");
        is_told(&mut talk, &problem, &["127.0.0.1", "<!DOCTYPE html>", "Hotel", "login page of the network"]);
        assert!(problem.what.chars().count() < 300, "{}", problem.what);
        assert!(talk.app.composer.text().contains("hello"), "the prompt is given back");
    }
}

#[tokio::test]
async fn api_02_truncated_json_is_skipped_and_counted() {
    let (talk, server) =
        well("inject = [{ after = 2, what = 'truncated' }, { after = 9, what = 'bad_json' }, { after = 10, what = 'truncated' }]")
            .await;
    assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE));
    assert_eq!(server.log().chats().len(), 1);
    let notices = notices(&talk);
    assert!(notices.iter().any(|text| text.contains('3') && text.contains("skipped")), "counted: {notices:?}");
}

#[tokio::test]
async fn api_03_only_what_is_truly_bad_becomes_a_replacement() {
    for size in [1, 2, 3, 5, 4096] {
        let trickle = format!("fault = {{ trickle = {{ bytes = {size} }} }}");
        let (talk, _server) = well(&format!("inject = [{{ after = 12, what = 'bad_utf8' }}]\n{trickle}")).await;
        // The scenario puts the bytes e4 80 ff between an a and a b.
        let answer = talk.answer();
        let bad = answer.find("a\u{FFFD}").unwrap_or_else(|| panic!("{size}: {answer}"));
        let rest = answer[bad + 1..].trim_start_matches('\u{FFFD}');
        assert_eq!(format!("{}{}", &answer[..bad], &rest[1..]), WHOLE, "{size}: nothing else is lost");
        assert_eq!((rest.starts_with('b'), talk.reasoning().as_str()), (true, REASONING), "{size}");
    }
}

#[tokio::test]
async fn api_04_the_result_does_not_depend_on_the_chunks() {
    for size in (1..40).chain([64, 100, 1000]) {
        let (talk, _server) = well(&format!("fault = {{ trickle = {{ bytes = {size} }} }}")).await;
        assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE), "{size}");
    }
}

#[tokio::test]
async fn api_05_every_form_of_an_event_stream() {
    for frame in [
        "newline = 'crlf'",
        "newline = 'cr'",
        "bom = true",
        "comment_every = 1",
        "tight = true",
        "multiline = true",
        "event_name = 'message'",
        "ids = true",
        "newline = 'crlf', bom = true, comment_every = 2, tight = true, multiline = true, event_name = 'x', ids = true",
        "newline = 'cr', bom = true, comment_every = 2, multiline = true",
    ] {
        for trickle in ["", "fault = { trickle = { bytes = 3 } }"] {
            let extra = format!("frame = {{ {frame} }}\n{trickle}\ninject = [{{ after = 3, what = 'event' }}]");
            let (talk, _server) = well(&extra).await;
            assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE), "{frame}");
        }
    }
}

#[tokio::test]
async fn api_06_encodings_are_decoded_or_named() {
    let (talk, _server) = well("frame = { encoding = 'gzip' }").await;
    assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE));
    for (encoding, word) in [("false_gzip", "labelled as gzip"), ("silent_gzip", "a gzip body")] {
        let server = serve(&scenario(&format!("frame = {{ encoding = '{encoding}' }}")));
        let mut talk = Talk::at(&server.base_url());
        let problem = talk.fail("hello").await;
        is_told(&mut talk, &problem, &["127.0.0.1", word]);
        assert!(!problem.what.contains('\u{FFFD}'), "{}", problem.what);
    }
    for encoding in ["br", "deflate", "zstd"] {
        let headers = [("content-type", "text/event-stream"), ("content-encoding", encoding)];
        let mock = Mock::one("200 OK", &headers, b"\x8b\x03\x80garbage\x01").await;
        let mut talk = Talk::at(&mock.base);
        let problem = talk.fail("hello").await;
        is_told(&mut talk, &problem, &["127.0.0.1", encoding]);
        assert!(!problem.what.contains('\u{FFFD}'), "{}", problem.what);
        assert!(!mock.chats()[0].to_lowercase().contains(&format!("accept-encoding: {encoding}")), "not asked for");
    }
}

#[tokio::test]
async fn api_07_an_error_in_the_stream_is_the_services_own() {
    // Of a kind that heals: tried again.
    let (talk, server) =
        well("fail_first = 1\ninject = [{ after = 2, what = 'error', code = '1305' }]\nfault = { cut_after = 2 }")
            .await;
    let why = talk.retries().remove(0).2;
    assert!(why.contains("overloaded"), "{why}");
    assert_eq!((talk.answer().as_str(), server.log().chats().len()), (WHOLE, 2));
    // Of a kind that does not.
    for what in ["error", "error_event"] {
        let fault = format!("inject = [{{ after = 2, what = '{what}', code = '1301' }}]\nfault = {{ cut_after = 2 }}");
        let server = serve(&scenario(&fault));
        let mut talk = Talk::at(&server.base_url());
        let problem = talk.fail("hello").await;
        assert_eq!((problem.code.as_deref(), server.log().chats().len()), (Some("1301"), 1));
        is_told(&mut talk, &problem, &["unsafe", "change the prompt"]);
    }
}

#[tokio::test]
async fn api_08_oddities_are_tolerated() {
    for extra in [
        "inject = [{ after = 2, what = 'odd', text = '' }, { after = 4, what = 'odd', text = '' }]",
        "end = { usage = 'missing' }",
        "end = { usage = 'nulls' }",
        "end = { usage = 'strings' }",
        "end = { usage = 'separate' }",
        "end = { done = false }",
        "end = { model = 'glm-other' }",
    ] {
        let (talk, _server) = well(extra).await;
        assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE), "{extra}");
        let told = usages(&talk).remove(0).0.is_some();
        assert_eq!(told, !extra.contains("missing") && !extra.contains("nulls"), "{extra}");
    }
}

#[tokio::test]
async fn api_09_only_the_first_choice_is_the_answer() {
    let (mut talk, _server) = well("frame = { two_choices = true }").await;
    assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE));
    assert!(talk.words().contains("to its end."));
    // Calls whose pieces take turns, with a gap in their numbers.
    let calls = "[{ name = 'read', arguments = '{\"path\":\"a\"}', index = 5 }, { name = 'list', arguments = '{}', index = 0 }]";
    let then = "[[reply]]\nwhen = { tool_result = true }\nanswer = ' And so on.'";
    let (talk, server) = well(&format!("tools = {{ style = 'interleaved', call = {calls} }}\n{then}")).await;
    assert_eq!(talk.answer(), format!("{WHOLE} And so on."));
    let told = &server.log().chats()[1].body["messages"];
    let made: Vec<&str> = [0, 1].iter().filter_map(|n| told[2]["tool_calls"][n]["function"]["name"].as_str()).collect();
    assert_eq!(made, ["list", "read"], "by their numbers: {told}");
    assert_eq!(told[2]["tool_calls"][1]["function"]["arguments"], "{\"path\":\"a\"}");
    assert_eq!(told.as_array().unwrap().len(), 5, "{told}");
}

#[tokio::test]
async fn api_10_impossible_usage_is_clamped_and_doubtful() {
    for (usage, doubtful) in [("negative", true), ("huge", true), ("text", true), ("strings", false)] {
        let (mut talk, _server) = well(&format!("end = {{ usage = '{usage}' }}")).await;
        let (counted, credits) = usages(&talk).remove(0);
        let counted = counted.unwrap();
        assert_eq!(counted.doubtful, doubtful, "{usage}: {counted:?}");
        assert!(counted.prompt < 1_000_000 && counted.completion < 1_000_000, "{usage}: {counted:?}");
        assert!(credits.is_none_or(|credits| (0.0..1000.0).contains(&credits)), "{usage}: {credits:?}");
        let screen = talk.words();
        assert!(!screen.contains("NaN") && !screen.contains("18446744"), "{usage}: {screen}");
    }
}

#[tokio::test]
async fn api_11_a_repeated_stream_is_not_doubled() {
    for frame in ["again = true", "again = true, ids = true"] {
        let (mut talk, _server) = well(&format!("frame = {{ {frame} }}")).await;
        assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE), "{frame}");
        assert_eq!(talk.words().matches("to its end.").count(), 1);
    }
    // Without an end mark in between.
    let once = [says("The answer."), END.replace("data: [DONE]\n\n", "")].concat();
    let body = [stream_head(), once.clone().into(), once.clone().into(), once.into(), END.into()].concat();
    let mock = Mock::start(vec![Reply::Bytes(body)]).await;
    let mut talk = Talk::at(&mock.base);
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    assert_eq!(talk.answer(), "The answer.");
}

#[tokio::test]
async fn api_12_a_redirect_is_not_followed_and_said() {
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let elsewhere = Mock::start(vec![]).await;
        let mock = Mock::one(status, &[("location", &format!("{}/take/it", elsewhere.base))], b"").await;
        let mut talk = Talk::at(&mock.base);
        let problem = talk.fail("hello").await;
        assert_eq!((mock.chats().len(), elsewhere.requests()), (1, vec![]), "{status}");
        is_told(&mut talk, &problem, &["not followed", "/take/it", "the key was not sent on", "base URL"]);
        key_in_its_header_only(&mock.chats());
    }
}

#[tokio::test]
async fn api_13_empty_events_are_no_sign_of_life() {
    let (talk, _server) =
        well("inject = [{ what = 'empty', count = 100_000 }, { after = 3, what = 'comment', count = 10_000 }]").await;
    assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE));
    assert!(talk.events.len() < 200, "nothing is published for nothing: {}", talk.events.len());

    // Kept alive for ever by empty pieces: silent all the same.
    let (gate, held) = tokio::sync::mpsc::unbounded_channel();
    let mock = Mock::start(vec![Reply::Gate(held)]).await;
    let mut talk = Talk::at(&mock.base);
    talk.send(glm_tui::chat::Command::Submit("hello".into()));
    gate.send([stream_head(), says("Hi").into_bytes()].concat()).unwrap();
    talk.wait_for(|talk| talk.answer() == "Hi").await;
    talk.pause();
    let heard = talk.events.last().unwrap().0;
    tokio::spawn(async move {
        let mut now_and_then = tokio::time::interval(Duration::from_secs(5));
        while gate.send([says(""), ": keep-alive\n\n".into()].concat().into_bytes()).is_ok() {
            now_and_then.tick().await;
        }
    });
    talk.pass(Duration::from_secs(25)).await;
    let screen = talk.words();
    assert!(screen.contains("no data for 2"), "{screen}");
    talk.wait_for(|talk| !talk.retries().is_empty()).await;
    let after = talk.events.last().unwrap().0 - heard;
    assert!((600..606).contains(&after.as_secs()), "{after:?}");
}

#[tokio::test]
async fn api_14_a_plain_json_answer_is_accepted() {
    let (talk, server) = well("frame = { as_json = true }").await;
    assert_eq!((talk.reasoning().as_str(), talk.answer().as_str()), (REASONING, WHOLE));
    assert_eq!(server.log().chats().len(), 1);
    assert!(usages(&talk)[0].0.is_some());
    let finishes = talk.kinds(|event| match event {
        Event::StepEnded { finish, .. } => Some(finish.clone()),
        _ => None,
    });
    assert_eq!((finishes, talk.activity()), (vec![Finish::Stop], Activity::Idle));
}
