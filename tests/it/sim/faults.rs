//! Every fault of a script, as it is seen on the wire.

use serde_json::{Value, json};

use super::client::{self, CHAT, End, Wire, question, serve};

fn scenario(extra: &str) -> String {
    format!("[[reply]]\nanswer = 'one two three four'\n{extra}\n")
}

#[tokio::test]
async fn streams_break_as_asked() {
    for (fault, n_chunks, end) in [
        ("cut_after = 2", 2, End::Proper),
        ("cut_after = 0", 0, End::Proper),
        ("drop_after = 2", 2, End::Closed),
        ("drop_after = 0", 0, End::Closed),
        ("reset_after = 2", 2, End::Reset),
        ("reset_after = 0", 0, End::Reset),
        ("reset_after = 3, drop_after = 1", 1, End::Closed),
        ("cut_after = 99", 5, End::Proper),
    ] {
        for pace in ["", "pace = { rate = 500 }"] {
            let server = serve(&scenario(&format!("fault = {{ {fault} }}\n{pace}")));
            let answer = client::ask(server.addr).await;
            assert_eq!((answer.chunks().len(), answer.end), (n_chunks, end), "{fault} {pace}");
            assert_eq!(answer.text().contains("[DONE]"), n_chunks == 5, "{fault}");
        }
    }
}

#[tokio::test]
async fn before_an_answer_there_may_be_nothing() {
    for (before, end) in [("drop", End::Closed), ("reset", End::Reset)] {
        let server = serve(&scenario(&format!("fault = {{ before = '{before}' }}")));
        assert_eq!(client::post(server.addr, &question("glm-5.3", "go")).await.unwrap_err(), end);
    }
    let server =
        serve(&scenario("fault = { raw_http = \"HTTP/1.1 200 OK\\r\\nContent-Length: 99\\r\\n\\r\\nshort\" }"));
    let answer = client::ask(server.addr).await;
    assert_eq!((answer.status, answer.end), (200, End::Closed));
}

#[tokio::test]
async fn silence_is_silence() {
    for fault in ["fault = { stall_after = 2 }", "fault = { before = 'hang' }", "fault = { headers_ms = 4_000_000 }"] {
        let server = serve(&scenario(fault));
        let mut wire = Wire::open(server.addr).await;
        wire.send("POST", CHAT, &[], &question("glm-5.3", "go").to_string()).await;
        server.log().wait_for(1).await;
        if fault.contains("stall") {
            wire.until("\"content\":\" two\"").await;
        }
        let before = wire.buffer().len();
        tokio::time::pause();
        let hour = std::time::Duration::from_secs(3_600);
        // Not by `more`, whose own patience is shorter.
        let silent = tokio::time::timeout(hour, wire.readable_more()).await;
        assert!(silent.is_err(), "{fault}");
        assert_eq!(wire.buffer().len(), before);
        tokio::time::resume();
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_trickle() {
    let server = serve(&scenario("fault = { trickle = { bytes = 1, every_ms = 1000 } }"));
    let begun = tokio::time::Instant::now();
    let answer = client::ask(server.addr).await;
    assert_eq!(answer.said("content"), "one two three four");
    assert!(begun.elapsed().as_secs() >= answer.body.len() as u64);
    let server = serve(&scenario("fault = { trickle = { bytes = 7 } }"));
    assert_eq!(client::ask(server.addr).await.said("content"), "one two three four");
}

#[tokio::test]
async fn garbage_is_put_where_it_belongs() {
    for (inject, sign) in [
        ("what = 'bad_json'", "nonsense"),
        ("what = 'bad_json', text = '{'", "data: {\n\n"),
        ("what = 'truncated'", "\"object\":\"chat.comp\n\n"),
        ("what = 'empty', count = 3", "\"content\":\"\"}}]}\n\ndata: "),
        ("what = 'comment'", ": keep-alive\n\n"),
        ("what = 'error', code = '1305'", "data: {\"error\":{\"code\":\"1305\",\"message\":\"The service may be"),
        ("what = 'error_event'", "event: error\ndata: {\"error\":{\"code\":\"1234\""),
        ("what = 'odd'", "\"index\":\"0\",\"finish_reason\":null"),
        ("what = 'event'", "event: ping\ndata: {}\n\n"),
        ("what = 'raw', text = 'x', hex = '0a 41'", "x\nA"),
    ] {
        let server = serve(&scenario(&format!("inject = [{{ after = 2, {inject} }}]")));
        let answer = client::ask(server.addr).await;
        let text = answer.text();
        // The cut JSON is half of a chunk, whose length is not the test's business.
        let sign = if inject.contains("truncated") { "\"object\":\"chat" } else { sign };
        let (before, after) = text.split_at(text.find("\" two\"").unwrap());
        assert!(before.contains("\"one\"") && after.contains(sign), "{inject}: {text}");
        assert!(text.ends_with("data: [DONE]\n\n"));
    }
    let server = serve(&scenario("inject = [{ what = 'huge', size = 2_000_000 }]"));
    assert!(client::ask(server.addr).await.data()[0].len() > 2_000_000);
    let server = serve(&scenario("inject = [{ after = 1, what = 'bad_utf8' }]"));
    let answer = client::ask(server.addr).await;
    assert!(answer.body.windows(5).any(|w| w == [b'a', 0xe4, 0x80, 0xff, b'b']));
    let server = serve(&scenario("inject = [{ after = 4, what = 'empty', count = 100_000 }]"));
    assert_eq!(client::ask(server.addr).await.chunks().len(), 100_005);
    // The error comes, then the end.
    let server = serve(&scenario("inject = [{ after = 1, what = 'error' }]\nfault = { cut_after = 1 }"));
    let answer = client::ask(server.addr).await;
    assert_eq!((answer.chunks().len(), &answer.chunks()[1]["error"]["code"]), (2, &json!("1234")));
}

#[tokio::test]
async fn truncated_json_is_not_json() {
    let server = serve(&scenario("inject = [{ after = 1, what = 'truncated' }]"));
    let answer = client::ask(server.addr).await;
    let bad: Vec<&str> =
        answer.data().into_iter().filter(|d| serde_json::from_str::<Value>(d).is_err() && *d != "[DONE]").collect();
    assert_eq!(bad.len(), 1);
    assert!(bad[0].starts_with("{\"id\":"));
}

#[tokio::test]
async fn framing_follows_the_script() {
    let text = |frame: &str| {
        let toml = scenario(&format!("frame = {{ {frame} }}"));
        async move { client::ask(serve(&toml).addr).await.text().to_owned() }
    };
    let crlf = text("newline = 'crlf'").await;
    assert!(crlf.ends_with("\r\n\r\ndata: [DONE]\r\n\r\n") && !crlf.replace("\r\n", "").contains('\n'));
    let cr = text("newline = 'cr'").await;
    assert!(cr.ends_with("\r\rdata: [DONE]\r\r") && !cr.contains('\n'));
    assert!(text("bom = true").await.starts_with("\u{feff}data: {"));
    assert_eq!(text("comment_every = 2").await.matches(": keep-alive\n\n").count(), 3);
    assert!(text("tight = true").await.starts_with("data:{"));
    assert!(text("event_name = 'message'").await.starts_with("event: message\ndata: {"));
    assert!(text("ids = true").await.starts_with("id: 1\ndata: {"));
    let lines = text("multiline = true").await;
    let first = lines.split("\n\n").next().unwrap();
    assert_eq!(first.lines().count(), 4);
    let joined: String = first.lines().map(|l| l.strip_prefix("data: ").unwrap()).collect::<Vec<_>>().join("\n");
    assert_eq!(serde_json::from_str::<Value>(&joined).unwrap().pointer("/choices/0/delta/content").unwrap(), "one");
    assert_eq!(text("twice = true").await.matches("\"one\"").count(), 2);
    let again = text("again = true").await;
    assert_eq!((again.matches("\"one\"").count(), again.matches("[DONE]").count()), (2, 2));
    assert!(text("two_choices = true").await.contains("{\"index\":1,\"delta\":{\"role\":\"assistant\",\"content\":"));
}

#[tokio::test]
async fn encodings_and_plain_json() {
    let server = serve(&scenario("frame = { as_json = true }"));
    let answer = client::ask(server.addr).await;
    assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
    assert_eq!(answer.json().pointer("/choices/0/message/content").unwrap(), "one two three four");
    for (encoding, label, is_gzip) in [
        ("plain", None, false),
        ("gzip", Some("gzip"), true),
        ("false_gzip", Some("gzip"), false),
        ("silent_gzip", None, true),
    ] {
        let server = serve(&scenario(&format!("frame = {{ encoding = '{encoding}' }}")));
        let answer = client::ask(server.addr).await;
        assert_eq!((answer.header("content-encoding"), answer.body.starts_with(&[0x1f, 0x8b, 8])), (label, is_gzip));
        if is_gzip {
            // Stored blocks: the text is in there as it is.
            assert!(answer.body.windows(6).any(|w| w == b"[DONE]"));
        }
    }
}

#[tokio::test]
async fn the_end_is_as_scripted() {
    let last = |end: &str| {
        let toml = scenario(&format!("end = {{ {end} }}"));
        async move { client::ask(serve(&toml).addr).await }
    };
    let usage = |answer: &client::Answer| answer.chunks().last().unwrap().get("usage").cloned();
    assert_eq!(usage(&last("usage = 'missing'").await), None);
    for (word, value) in
        [("negative", json!(-7)), ("huge", json!(u64::MAX)), ("text", json!("NaN")), ("nulls", Value::Null)]
    {
        let usage = usage(&last(&format!("usage = '{word}'")).await).unwrap();
        assert_eq!((&usage["prompt_tokens"], &usage["completion_tokens"]), (&value, &value), "{word}");
    }
    assert_eq!(usage(&last("usage = 'strings'").await).unwrap()["completion_tokens"], json!("4"));
    let separate = last("usage = 'separate'").await;
    assert_eq!(separate.chunks().last().unwrap()["choices"], json!([]));
    assert!(usage(&separate).is_some());
    let numbers = usage(&last("usage = { prompt = 7, cached = 3 }").await).unwrap();
    assert_eq!((&numbers["prompt_tokens"], &numbers["completion_tokens"]), (&json!(7), &json!(4)));
    let no_done = last("done = false").await;
    assert!(!no_done.text().contains("[DONE]") && usage(&no_done).is_some());
    let finish = |answer: &client::Answer| answer.chunks().last().unwrap().pointer("/choices/0/finish_reason").cloned();
    assert_eq!(finish(&last("finish = 'sensitive'").await), Some(json!("sensitive")));
    assert_eq!(finish(&last("finish = 'none'").await), None);
    assert_eq!(last("model = 'glm-other'").await.chunks()[0]["model"], "glm-other");
}

#[tokio::test]
async fn refusals_of_every_form() {
    for (refuse, status, header, body) in [
        ("code = '1302', retry_after = '7'", 429, Some(("retry-after", "7")), "\"1302\""),
        ("code = '1305', retry_after = 'date+30'", 429, Some(("retry-after", "Mon, 05 Oct 2026 08:00:30 GMT")), "1305"),
        ("status = 429, retry_after = '-1'", 429, Some(("retry-after", "-1")), ""),
        ("status = 529, retry_after = '1000000000'", 529, Some(("retry-after", "1000000000")), ""),
        ("status = 502, message = 'bad gateway'", 502, None, "bad gateway"),
        ("code = '1234'", 500, None, "1234"),
        ("code = '1220', status = 200", 200, None, "1220"),
        ("html = true", 200, Some(("content-type", "text/html; charset=UTF-8")), "<!DOCTYPE html>"),
        ("html = true, status = 503", 503, None, "<html>"),
        ("location = 'http://127.0.0.1:9/x'", 302, Some(("location", "http://127.0.0.1:9/x")), ""),
        ("status = 307, location = 'http://x/'", 307, Some(("location", "http://x/")), ""),
        (
            "status = 200, body = '{\"code\":500}', content_type = 'application/json'",
            200,
            Some(("content-type", "application/json")),
            "500",
        ),
        ("code = '1000', headers = { x-log = 'abc' }", 401, Some(("x-log", "abc")), "Authentication"),
    ] {
        let server = serve(&scenario(&format!("refuse = {{ {refuse} }}")));
        let answer = client::ask(server.addr).await;
        assert_eq!(answer.status, status, "{refuse}");
        assert!(answer.text().contains(body), "{refuse}: {}", answer.text());
        if let Some((name, value)) = header {
            assert_eq!(answer.header(name), Some(value), "{refuse}");
        }
    }
}

#[tokio::test]
async fn faults_may_pass_after_some_tries() {
    let server = serve(&scenario("fail_first = 3\nrefuse = { status = 503 }"));
    // The only reply is given again, and its first tries are over.
    for status in [503, 503, 503, 200, 200] {
        assert_eq!(client::ask(server.addr).await.status, status);
    }
    let server = serve(&scenario("fail_first = 1\nfault = { reset_after = 1 }"));
    assert_eq!(client::ask(server.addr).await.end, End::Reset);
    assert_eq!(client::ask(server.addr).await.said("content"), "one two three four");
}

#[tokio::test]
async fn the_shipped_fault_scenario_does_what_it_says() {
    let toml =
        include_str!("../../../assets/demo/faults.toml").replace("rate = 60", "rate = 0").replace("first_ms = 200", "");
    let server = serve(&toml);
    for (word, status, end) in [
        ("anything", 200, End::Proper),
        ("cut", 200, End::Proper),
        ("drop", 200, End::Closed),
        ("drop", 200, End::Proper),
        ("reset", 200, End::Reset),
        ("midway", 200, End::Proper),
        ("html", 200, End::Proper),
        ("redirect", 307, End::Proper),
        ("overloaded", 429, End::Proper),
        ("used-up", 429, End::Proper),
        ("bad-key", 401, End::Proper),
        ("server", 503, End::Proper),
        ("control", 200, End::Proper),
    ] {
        let answer = client::chat(server.addr, &question("glm-5.3", word)).await;
        assert_eq!((answer.status, answer.end), (status, end), "{word}");
        let is_whole = answer.body.windows(6).any(|w| w == b"[DONE]");
        assert_eq!(
            is_whole,
            matches!((word, status, end), ("anything" | "control" | "drop", 200, End::Proper)),
            "{word}"
        );
    }
}
