//! The client against a server of raw bytes.

use std::time::Duration;

use glm_tui::{
    chat::{Finish, Message, ModelId, Role, Usage},
    config::{Endpoint, Limits, Preset, Secret, ThinkingControl},
    glm::{Client, Delta, Error, ErrorKind, Request, RetryClass, Stream},
};
use tokio::sync::mpsc;

use super::{
    KEY, client, endpoint,
    mock::{Mock, Reply, head, response},
    spec,
};

const EVENTS: &[(&str, &str)] = &[("content-type", "text/event-stream;charset=UTF-8")];
const TEXT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";
const STOP: &str = "data: {\"model\":\"glm-5.3\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":1}}}\n\n";

async fn open(client: &Client) -> Result<Stream, Error> {
    let model = spec("glm-5.3", ThinkingControl::Always, &[]);
    let messages = [Message::text(Role::User, "hi")];
    let request = Request {
        model: &model,
        tools: &[],
        messages: &messages,
        thinking: true,
        effort: None,
        max_output: None,
        omit: &[],
    };
    client.chat(&request).await
}

/// All deltas of a call, and how it failed if it did.
async fn read(client: &Client) -> (Vec<Delta>, Option<Error>) {
    let mut out = Vec::new();
    let mut stream = match open(client).await {
        Ok(stream) => stream,
        Err(error) => return (out, Some(error)),
    };
    loop {
        match stream.next(&mut out).await {
            Ok(true) => {}
            Ok(false) => return (out, None),
            Err(error) => return (out, Some(error)),
        }
    }
}

async fn read_reply(status: &str, headers: &[(&str, &str)], body: &[u8]) -> (Vec<Delta>, Option<Error>) {
    let mock = Mock::one(status, headers, body).await;
    read(&client(&mock.base)).await
}

fn end() -> Delta {
    let usage = Usage { prompt: 3, cached: 1, completion: 2, ..Usage::default() };
    Delta::End { finish: Finish::Stop, usage: Some(usage), model: Some(ModelId::from("glm-5.3")) }
}

#[tokio::test]
async fn a_good_reply() {
    let body = format!("{TEXT}{TEXT}{STOP}data: [DONE]\n\n");
    let mock = Mock::one("200 OK", EVENTS, body.as_bytes()).await;
    let (deltas, error) = read(&client(&mock.base)).await;
    assert_eq!((deltas, error), (vec![Delta::Answer("hihi".into()), end()], None));
    let request = mock.requests().remove(0);
    let lower = request.to_lowercase();
    assert!(request.starts_with("POST /api/coding/paas/v4/chat/completions HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("uthorization: Bearer {KEY}\r\n")), "{request}");
    assert!(lower.contains(&format!("user-agent: glm-tui/{}\r\n", env!("CARGO_PKG_VERSION"))), "{request}");
    assert!(!lower.contains("x-stainless") && !lower.contains("cookie") && !lower.contains("referer"), "{request}");
}

#[tokio::test]
async fn ends_without_its_mark() {
    // The connection stays open after the reason: the end comes after a short grace, not never.
    let (gate, receiver) = mpsc::unbounded_channel();
    let mock = Mock::start(vec![Reply::Gate(receiver)]).await;
    gate.send([head("200 OK", EVENTS), TEXT.into(), STOP.into()].concat()).unwrap();
    let (deltas, error) = read(&client(&mock.base)).await;
    assert_eq!((deltas.last(), error), (Some(&end()), None));
    drop(gate);

    let (deltas, error) = read_reply("200 OK", EVENTS, TEXT.as_bytes()).await;
    let error = error.unwrap();
    assert_eq!(
        (deltas, error.kind.clone(), error.class()),
        (vec![Delta::Answer("hi".into())], ErrorKind::Cut, RetryClass::Backoff)
    );

    // The connection breaks in the middle: the length says more than came.
    let mut cut = response("200 OK", EVENTS, format!("{TEXT}{STOP}").as_bytes());
    cut.truncate(cut.len() - STOP.len());
    let mock = Mock::start(vec![Reply::Bytes(cut)]).await;
    let (deltas, error) = read(&client(&mock.base)).await;
    assert_eq!((deltas, error.unwrap().kind), (vec![Delta::Answer("hi".into())], ErrorKind::Cut));

    let (deltas, error) = read_reply("200 OK", EVENTS, b"").await;
    assert_eq!((deltas, error.unwrap().kind), (vec![], ErrorKind::Cut));
}

#[tokio::test]
async fn bytes_without_an_event_wake_the_reader_up() {
    let (gate, receiver) = mpsc::unbounded_channel();
    let mock = Mock::start(vec![Reply::Gate(receiver)]).await;
    gate.send(head("200 OK", EVENTS)).unwrap();
    let mut stream = open(&client(&mock.base)).await.unwrap();
    let mut out = Vec::new();
    let (first, second) = TEXT.split_at(20);
    gate.send(first.into()).unwrap();
    assert_eq!((stream.next(&mut out).await, out.len()), (Ok(true), 0));
    gate.send(second.into()).unwrap();
    assert_eq!((stream.next(&mut out).await, out.len()), (Ok(true), 1));
    gate.send(format!("{STOP}data: [DONE]\n\n").into()).unwrap();
    assert_eq!(stream.next(&mut out).await, Ok(true));
    assert_eq!(out.last(), Some(&end()));
    assert_eq!(stream.next(&mut out).await, Ok(false));
    assert_eq!(stream.next(&mut out).await, Ok(false));
}

#[tokio::test]
async fn a_dropped_wait_loses_nothing() {
    let (gate, receiver) = mpsc::unbounded_channel();
    let mock = Mock::start(vec![Reply::Gate(receiver)]).await;
    gate.send(head("200 OK", EVENTS)).unwrap();
    let mut stream = open(&client(&mock.base)).await.unwrap();
    let mut out = Vec::new();
    for _ in 0..3 {
        tokio::select! {
            biased;
            _ = stream.next(&mut out) => panic!("nothing was sent"),
            () = tokio::task::yield_now() => {}
        }
    }
    gate.send(format!("{TEXT}{STOP}data: [DONE]\n\n").into()).unwrap();
    while stream.next(&mut out).await.unwrap() {}
    assert_eq!(out, [Delta::Answer("hi".into()), end()]);
}

#[tokio::test]
async fn an_error_comes_after_the_text_before_it() {
    let body = format!("{TEXT}data: {{\"error\":{{\"code\":1305,\"message\":\"busy {KEY}\"}}}}\n\n{TEXT}");
    let mock = Mock::one("200 OK", EVENTS, body.as_bytes()).await;
    let mut stream = open(&client(&mock.base)).await.unwrap();
    let mut out = Vec::new();
    assert_eq!(stream.next(&mut out).await, Ok(true));
    assert_eq!(out, [Delta::Answer("hi".into())]);
    let error = stream.next(&mut out).await.unwrap_err();
    assert_eq!((error.code.as_deref(), error.class()), (Some("1305"), RetryClass::Overloaded));
    assert_eq!(error.message, "busy …", "a key in a message is taken out");
    assert_eq!(stream.next(&mut out).await, Ok(false));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = Mock::start(vec![]).await;
        let (deltas, error) = read_reply(status, &[("location", &format!("{}/x?k=1", elsewhere.base))], b"").await;
        let error = error.unwrap();
        assert_eq!(
            (deltas.len(), error.kind.clone(), error.class()),
            (0, ErrorKind::Redirect, RetryClass::Never),
            "{status}"
        );
        assert!(error.message.contains(&elsewhere.base), "{}", error.message);
        assert!(elsewhere.requests().is_empty());
        let mock = Mock::one(status, &[("location", "https://elsewhere.example/")], b"").await;
        let error = client(&mock.base).quota("2026-09-01T00:00:00Z".parse().unwrap()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Redirect, "{status}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_stream() {
    let page =
        format!("<!DOCTYPE html>\n<html><head><title>Log\u{1b}[31m in</title></head>{}</html>", "x".repeat(5000));
    for kind in ["text/html", "text/event-stream", "application/json"] {
        let (_, error) = read_reply("200 OK", &[("content-type", kind)], page.as_bytes()).await;
        let error = error.unwrap();
        assert_eq!((error.kind.clone(), error.class()), (ErrorKind::NotAnAnswer, RetryClass::Never), "{kind}");
        assert!(
            error.message.starts_with("<!DOCTYPE html> <html>") && !error.message.contains('\u{1b}'),
            "{}",
            error.message
        );
        assert_eq!(error.message.chars().count(), 200);
    }

    let answer = r#"{"model":"glm-5.3","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"r","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}"#;
    let (deltas, error) = read_reply("200 OK", &[("content-type", "application/json")], answer.as_bytes()).await;
    assert_eq!((deltas, error), (vec![Delta::Reasoning("r".into()), Delta::Answer("hi".into()), end()], None));

    for envelope in [
        r#"{"error":{"code":"1302","message":"slow"}}"#,
        r#"{"code":1302,"msg":"slow","success":false}"#,
        "{\n \"success\": false,\n \"code\": \"1302\",\n \"msg\": \"slow\"\n}\n",
    ] {
        let (_, error) = read_reply("200 OK", &[], envelope.as_bytes()).await;
        let error = error.unwrap();
        assert_eq!(
            (error.code.as_deref(), error.message.as_str(), error.class()),
            (Some("1302"), "slow", RetryClass::TooMany)
        );
    }

    let (_, error) = read_reply("200 OK", &[], br#"{"hello":"world"}"#).await;
    assert_eq!(error.unwrap().kind, ErrorKind::NotAnAnswer);

    let labelled = [("content-type", "text/event-stream"), ("content-encoding", "gzip")];
    let (_, error) = read_reply("200 OK", &labelled, TEXT.as_bytes()).await;
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::NotAnAnswer, "{}", error.message);
    assert!(error.message.contains("gzip"), "{}", error.message);

    let packed = [("content-type", "text/event-stream"), ("content-encoding", "br")];
    let (_, error) = read_reply("200 OK", &packed, b"\x8b\x02\x80hi\x03").await;
    let error = error.unwrap();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NotAnAnswer, "a body packed as br"));
    // Only the label is wrong: the events are there.
    let (deltas, error) = read_reply("200 OK", &packed, format!("{TEXT}{STOP}").as_bytes()).await;
    assert_eq!((deltas.len(), error), (2, None));

    let (_, error) = read_reply("502 Bad Gateway", &[("content-type", "text/html")], b"<html>bad</html>").await;
    let error = error.unwrap();
    assert_eq!((error.kind.clone(), error.status, error.class()), (ErrorKind::Status, Some(502), RetryClass::Backoff));
    let (_, error) = read_reply("503 Service Unavailable", &[], b"").await;
    assert_eq!(error.unwrap().message, "Service Unavailable");
}

#[tokio::test]
async fn retry_after() {
    let cases = [
        (vec![("retry-after", "7")], Some(7)),
        (vec![("retry-after", " 1.5 ")], Some(1)),
        (vec![("retry-after", "-5")], None),
        (vec![("retry-after", "soon")], None),
        (vec![("retry-after", "99999999999999999999999999")], Some(315_360_000)),
        (vec![("date", "Wed, 21 Oct 2026 07:28:00 GMT"), ("retry-after", "Wed, 21 Oct 2026 07:29:30 GMT")], Some(90)),
        (vec![("date", "Wed, 21 Oct 2026 07:28:00 GMT"), ("retry-after", "Wed, 21 Oct 2026 07:00:00 GMT")], Some(0)),
        (vec![("retry-after", "Wed, 21 Oct 2026 07:29:00 GMT")], Some(60)), // by our clock
        (vec![], None),
    ];
    for (headers, expected) in cases {
        let mock = Mock::one("429 Too Many Requests", &headers, b"").await;
        let client = client(&mock.base).with_clock(|| "2026-10-21T07:28:00Z".parse().unwrap());
        let error = open(&client).await.unwrap_err();
        assert_eq!(error.retry_after.map(|wait| wait.as_secs()), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn connections_that_fail() {
    let mock = Mock::start(vec![Reply::Reset]).await;
    let error = open(&client(&mock.base)).await.unwrap_err();
    assert_eq!((error.kind.clone(), error.class()), (ErrorKind::Connect, RetryClass::Backoff), "{}", error.message);

    let nobody = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let error = open(&client(&format!("http://{nobody}"))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Connect);
    assert_eq!(error.host, nobody.to_string());
    assert!(error.message.contains("refused"), "{}", error.message);

    // A server that does not speak TLS.
    let mock = Mock::start(vec![Reply::AtOnce(b"220 mail.example ready\r\n")]).await;
    let plain = Client::new(&endpoint(&mock.base.replace("http:", "https:")), &Limits::default());
    let error = open(&plain).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Tls, "it does not speak TLS"));
}

#[tokio::test]
async fn a_connection_that_never_stands_is_given_up() {
    // A listener whose queue is full answers no handshake; TLS that is never answered is the same wait.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let limits = Limits { connect: Duration::from_millis(200), ..Limits::default() };
    let error = open(&Client::new(&endpoint(&base), &limits)).await.unwrap_err();
    assert_eq!(
        (error.kind.clone(), error.class()),
        (ErrorKind::ConnectTimeout, RetryClass::Backoff),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn addresses_that_must_not_be_asked() {
    let asked = |preset, base: &str, key: &str| {
        let endpoint = Endpoint {
            preset,
            base_url: base.to_owned(),
            quota_url: None,
            key: (!key.is_empty()).then(|| Secret::new(key.to_owned())),
            demo: false,
        };
        Client::new(&endpoint, &Limits::default())
    };
    for (preset, base, key, why) in [
        (Preset::Custom, "http://models.example/v1", KEY, "https"),
        (Preset::Custom, "https://me:pw@models.example/v1", KEY, "password"),
        (Preset::Custom, "https://", KEY, "no usable address"),
        (Preset::Custom, "", KEY, "no usable address"),
        (Preset::Custom, "ftp://models.example", KEY, "scheme"),
        (Preset::Custom, "models.example/v1", KEY, "no usable address"),
        (Preset::Custom, "https://api.z.\u{430}i/v1", KEY, "really api.z.xn--"),
        (Preset::CodingIntl, "https://open.bigmodel.cn/api/coding/paas/v4", KEY, "belongs to coding-intl"),
        (Preset::MeteredCn, "https://api.z.ai/api/paas/v4", KEY, "belongs to metered-cn"),
        (Preset::Custom, "http://127.0.0.1:1/v1", "a\nb: c", "characters"),
    ] {
        let error = open(&asked(preset, base, key)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused, "{base}");
        assert!(error.message.contains(why), "{base}: {}", error.message);
        assert!(!format!("{error:?}").contains("pw@") && !format!("{error:?}").contains(KEY), "{error:?}");
    }
    let now = "2026-09-01T00:00:00Z".parse().unwrap();
    for (base, quota_url, why) in [
        ("https://api.z.ai/api/coding/paas/v4", "https://quota.example", "belongs to api.z.ai"),
        ("https://models.example/v1", "https://api.z.ai", "belongs to models.example"),
        ("https://models.example/v1", "http://127.0.0.1:1", "belongs to models.example"),
        ("https://models.example/v1", "https://models.example:444", "belongs to models.example"),
    ] {
        let endpoint = Endpoint { base_url: base.into(), quota_url: Some(quota_url.into()), ..endpoint("") };
        let error = Client::new(&endpoint, &Limits::default()).quota(now).await.unwrap_err();
        assert!(error.kind == ErrorKind::Refused && error.message.contains(why), "{base} {quota_url}: {error:?}");
    }
    let error = asked(Preset::CodingIntl, "", KEY).quota(now).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused, "no quota address");
}

#[tokio::test]
async fn the_list_of_models() {
    for body in [
        r#"{"object":"list","data":[{"id":"glm-5.3","object":"model"},{"id":"glm-4.7"},{"x":1}]}"#,
        r#"{"models":["glm-5.3",{"id":"glm-4.7"}]}"#,
        r#"["glm-5.3","glm-4.7"]"#,
    ] {
        let mock = Mock::one("200 OK", &[], body.as_bytes()).await;
        let models = client(&mock.base).models().await.unwrap();
        assert_eq!(models, ["glm-5.3", "glm-4.7"].map(ModelId::from), "{body}");
        assert!(mock.requests()[0].starts_with("GET /api/coding/paas/v4/models HTTP/1.1"));
    }
    let mock = Mock::one("200 OK", &[], b"<html>").await;
    assert_eq!(client(&mock.base).models().await.unwrap_err().kind, ErrorKind::NotAnAnswer);
}

#[tokio::test]
async fn a_custom_server_without_a_key_gets_none() {
    let mock = Mock::one("200 OK", EVENTS, format!("{TEXT}{STOP}").as_bytes()).await;
    let base = format!("{}/v1/chat/completions/", mock.base);
    let endpoint = Endpoint { preset: Preset::Custom, base_url: base, quota_url: None, key: None, demo: false };
    let (_, error) = read(&Client::new(&endpoint, &Limits::default())).await;
    assert_eq!(error, None);
    let request = mock.requests().remove(0);
    assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1"), "{request}");
    assert!(!request.to_lowercase().contains("authorization"), "{request}");
}

#[tokio::test]
async fn usage_that_cannot_be_is_clamped() {
    for (usage, expected) in [
        (r#"{"prompt_tokens":-1,"completion_tokens":2}"#, Usage { completion: 2, doubtful: true, ..Usage::default() }),
        (
            r#"{"prompt_tokens":18446744073709551615,"completion_tokens":"NaN"}"#,
            Usage { doubtful: true, ..Usage::default() },
        ),
        (r#"{"prompt_tokens":"12","completion_tokens":3.0}"#, Usage { prompt: 12, completion: 3, ..Usage::default() }),
        (
            r#"{"prompt_tokens":5,"completion_tokens":6,"prompt_tokens_details":{"cached_tokens":9},"completion_tokens_details":{"reasoning_tokens":4}}"#,
            Usage { prompt: 5, cached: 5, completion: 6, reasoning: 4, doubtful: true },
        ),
        (r#"{"prompt_tokens":NaN,"completion_tokens":1}"#, Usage { completion: 1, doubtful: true, ..Usage::default() }),
    ] {
        let body =
            format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}],\"usage\":{usage}}}\n\n");
        let (deltas, error) = read_reply("200 OK", EVENTS, body.as_bytes()).await;
        assert_eq!(error, None);
        let Some(Delta::End { usage: Some(clamped), .. }) = deltas.last() else { panic!("{deltas:?}") };
        assert_eq!(*clamped, expected, "{usage}");
    }
    for usage in ["null", "{}", "\"none\""] {
        let body =
            format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}],\"usage\":{usage}}}\n\n");
        let (deltas, _) = read_reply("200 OK", EVENTS, body.as_bytes()).await;
        assert!(matches!(deltas.last(), Some(Delta::End { usage: None, .. })), "{usage}: {deltas:?}");
    }
}

#[tokio::test]
async fn vision_models_lose_their_markers() {
    let mut model = spec("glm-4.5v", ThinkingControl::Toggle, &[]);
    model.vision = true;
    let text = |t: &str| format!("data: {}\n\n", serde_json::json!({"choices":[{"index":0,"delta":{"content":t}}]}));
    let body: String =
        ["<thi", "nk>so</think>It", " is <|begin_of_", "box|>4 < 5<|end_of_box|>", "<", "b>"].map(text).concat();
    let mock = Mock::one("200 OK", EVENTS, format!("{body}{STOP}").as_bytes()).await;
    let request =
        Request { model: &model, tools: &[], messages: &[], thinking: true, effort: None, max_output: None, omit: &[] };
    let mut stream = client(&mock.base).chat(&request).await.unwrap();
    let mut out = Vec::new();
    while stream.next(&mut out).await.unwrap() {}
    let removed = Delta::Repaired("markers of the model's template were removed");
    assert_eq!(out, [Delta::Reasoning("so".into()), Delta::Answer("It is 4 < 5<b>".into()), removed, end()]);
}
