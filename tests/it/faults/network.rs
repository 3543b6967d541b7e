//! Rows NET-01 to NET-16: what a network can do. NET-14 and NET-17 are in `cli`.

use std::time::Duration;

use glm_tui::chat::{Activity, Command, Event, TurnEnd};
use tokio::sync::mpsc;

use super::{is_told, key_in_its_header_only, words};
use crate::support::{
    agent::{Talk, serve},
    server::{END, Mock, Reply, response, says, stream_head},
};

const SECOND: Duration = Duration::from_secs(1);

/// An address of this machine where nothing listens.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A scenario with this answer and this fault.
fn scenario(fault: &str) -> String {
    format!("[[reply]]\nreasoning = 'Let me see.'\nanswer = 'The first half and the second half.'\n{fault}\n")
}

const WHOLE: &str = "The first half and the second half.";

#[tokio::test]
async fn net_01_refused_is_told_at_once_and_esc_works() {
    let base = nobody().await;
    let host = base.trim_start_matches("http://").to_owned();
    let mut talk = Talk::at(&base);
    let asked = tokio::time::Instant::now();
    talk.send(Command::Submit("hello there".into()));
    talk.wait_for(|talk| !talk.retries().is_empty()).await;
    // One second is the row's bound; the machine may be busy, so the agent's own clock is asked.
    assert!(talk.events.last().unwrap().0 - asked < SECOND * 5);
    let (wait, attempt, why) = talk.retries().remove(0);
    assert!(wait <= SECOND && attempt == 2, "{wait:?} {attempt}");
    assert!(why.contains(&host) && why.contains("refused"), "{why}");
    let words = talk.words();
    assert!(words.contains("Retrying in 1s") && words.contains("cannot reach 127.0.0.1"), "{words}");
    talk.press("<esc>");
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!(talk.ends(), [TurnEnd::Interrupted { untouched: Some("hello there".into()) }]);
    assert!(talk.app.composer.text().contains("hello there"), "the prompt is given back");

    let mut talk = Talk::limited(&base, |limits| limits.tries = 3);
    let problem = talk.fail("hello").await;
    assert_eq!(talk.retries().len(), 2);
    is_told(&mut talk, &problem, &[&host, "nothing listens there", "try again"]);
}

#[tokio::test]
async fn net_02_an_unknown_name_is_named_and_the_prompt_kept() {
    // The name that RFC 6761 reserves for not being there; a resolver knows that by itself.
    let mut config = crate::support::agent::config("https://models.invalid/v1");
    config.endpoint.as_mut().unwrap().preset = glm_tui::config::Preset::Custom;
    let mut talk = Talk::start(&config);
    let end = talk.ask("my long prompt").await;
    let TurnEnd::Failed { problem, untouched } = end else { panic!("{end:?}") };
    assert_eq!(untouched.as_deref(), Some("my long prompt"));
    assert_eq!(talk.app.composer.text(), "my long prompt");
    assert_eq!(talk.retries().len(), 3, "few tries for a name that is not there: {problem:?}");
    is_told(&mut talk, &problem, &["cannot reach models.invalid", "name not found", "proxy", "check the network"]);
}

#[tokio::test]
async fn net_03_a_connection_that_never_stands_is_given_up_after_ten_seconds() {
    // TCP stands, TLS is never answered: the same limit, and it needs no foreign network.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let mut talk = Talk::at(&format!("https://{host}"));
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| talk.activity() == Activity::Connecting).await;
    let began = talk.events.last().unwrap().0;
    talk.pause();
    talk.wait_for(|talk| !talk.retries().is_empty()).await;
    let took = talk.events.last().unwrap().0 - began;
    assert!((SECOND * 9..SECOND * 12).contains(&took), "{took:?}");
    let why = talk.retries().remove(0).2;
    assert!(why.contains(&host) && why.contains("no connection within 10 s"), "{why}");
}

#[tokio::test]
async fn net_05_reset_before_data_is_retried_silently() {
    let server = serve(&scenario("fail_first = 1\nfault = { reset_after = 0 }"));
    let mut talk = Talk::at(&server.base_url());
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    assert_eq!(talk.answer(), WHOLE);
    let chats = server.log().chats();
    assert_eq!(chats.len(), 2);
    for chat in &chats {
        let users = chat.body["messages"].as_array().unwrap().iter().filter(|m| m["role"] == "user");
        assert_eq!(users.count(), 1, "{}", chat.body);
    }
    let screen = talk.words();
    assert_eq!(screen.matches("hello").count(), 1, "{screen}");
    assert!(!screen.contains("cut") && !screen.contains("broke"), "silent: {screen}");
}

#[tokio::test]
async fn net_06_reset_in_mid_text_is_not_doubled() {
    // The retry begins again, goes on, or both in part; the first bytes of the answer stay on the screen.
    for (second, want) in [
        ("The first half and the second half.", WHOLE),
        (" and the second half.", WHOLE),
        ("Something else entirely.", "The first half, that is kept,Something else entirely."),
    ] {
        let first = if want == WHOLE { "The first half" } else { "The first half, that is kept," };
        let first = if first.len() < 16 { "The first half and" } else { first };
        let second = if second.starts_with(" and") { " the second half." } else { second };
        let cut = [stream_head(), says(first).into_bytes()].concat();
        let whole = [stream_head(), says(second).into_bytes(), END.into()].concat();
        let mock = Mock::start(vec![Reply::Reset(cut), Reply::Bytes(whole)]).await;
        let mut talk = Talk::at(&mock.base);
        assert_eq!(talk.ask("hello").await, TurnEnd::Done);
        assert_eq!(talk.answer(), want, "{second}");
        let screen = talk.words();
        assert_eq!(screen.matches("The first half").count(), 1, "{screen}");
        assert!(screen.contains("the stream was cut here"), "marked: {screen}");
        key_in_its_header_only(&mock.chats());
    }
}

#[tokio::test]
async fn net_07_reset_in_mid_tool_call_runs_nothing() {
    let tools =
        "tools = { style = 'pieces', call = [{ name = 'shell', arguments = '{\"command\":\"rm -rf everything\"}' }] }";
    let server = serve(&format!(
        "order = 'stay'\nunchecked = true\n[[reply]]\ntimes = 1\nanswer = ''\n{tools}\nfault = {{ reset_after = 3 }}\n[[reply]]\nanswer = 'Done without it.'"
    ));
    let mut talk = Talk::at(&server.base_url());
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    assert_eq!(talk.answer(), "Done without it.");
    let chats = server.log().chats();
    assert_eq!((chats.len(), chats[1].body["messages"].as_array().unwrap().len()), (2, 2), "system and user only");
    assert!(!chats[1].body.to_string().contains("rm -rf"), "{}", chats[1].body);
    assert!(!talk.activities().iter().any(|activity| matches!(activity, Activity::Running(_))));
}

#[tokio::test]
async fn net_08_silence_is_said_at_20_s_offered_at_60_s_and_ends_at_600_s() {
    let server = serve(&scenario("fault = { stall_after = 4 }"));
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| talk.reasoning() == "Let me see.").await;
    talk.pause();
    let heard = talk.events.last().unwrap().0;
    let row = |talk: &mut Talk, seconds| {
        let screen = talk.screen_in(SECOND * seconds, (100, 24)).text();
        screen.lines().find(|line| line.contains("esc: interrupt")).map(str::to_owned).unwrap_or(screen)
    };
    assert!(!row(&mut talk, 19).contains("no data"));
    assert!(row(&mut talk, 20).contains("no data for 20s"), "{}", row(&mut talk, 20));
    assert!(!row(&mut talk, 59).contains("r: retry"));
    let offered = row(&mut talk, 61);
    assert!(offered.contains("no data for") && offered.contains("r: retry"), "{offered}");
    // Time passes: nothing is done before the limit, then the call is dropped and made again.
    talk.pass(SECOND * 590).await;
    assert!(talk.retries().is_empty(), "healthy streams are silent for minutes");
    talk.wait_for(|talk| !talk.retries().is_empty()).await;
    let ended = talk.events.last().unwrap().0 - heard;
    assert!((SECOND * 600..SECOND * 602).contains(&ended), "{ended:?}");
    let why = talk.retries().remove(0).2;
    assert!(why.contains("fell silent") && why.contains("600 s"), "{why}");
    talk.wait_for(|talk| talk.kinds(|e| matches!(e, Event::StepReset { .. }).then_some(())).len() == 1).await;
    assert_eq!(server.log().chats().len(), 2);
}

#[tokio::test]
async fn net_08_r_retries_at_once() {
    let server = serve(&scenario("fail_first = 1\nfault = { stall_after = 4 }"));
    let mut talk = Talk::at(&server.base_url());
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| talk.reasoning() == "Let me see.").await;
    talk.pause();
    talk.pass(SECOND * 61).await;
    talk.resume();
    talk.press("r");
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!((talk.ends(), talk.answer()), (vec![TurnEnd::Done], WHOLE.to_owned()));
    assert_eq!(server.log().chats().len(), 2);
}

#[tokio::test]
async fn net_09_bytes_without_an_event_are_silence() {
    let (gate, held) = mpsc::unbounded_channel();
    let mock = Mock::start(vec![Reply::Gate(held)]).await;
    let mut talk = Talk::at(&mock.base);
    talk.send(Command::Submit("hello".into()));
    gate.send([stream_head(), says("Hi").into_bytes(), b"data: ".to_vec()].concat()).unwrap();
    talk.wait_for(|talk| talk.answer() == "Hi").await;
    talk.pause();
    let heard = talk.events.last().unwrap().0;
    // A byte a second, for ever, as a part of an event that never ends.
    let trickle = tokio::spawn(async move {
        let (mut n_sent, mut each_second) = (0, tokio::time::interval(SECOND));
        while gate.send(b"x".to_vec()).is_ok() {
            n_sent += 1;
            each_second.tick().await;
        }
        n_sent
    });
    talk.pass(SECOND * 22).await;
    let screen = talk.words();
    assert!(screen.contains("no data for 2"), "said although bytes flow: {screen}");
    talk.wait_for(|talk| !talk.retries().is_empty()).await;
    let ended = talk.events.last().unwrap().0 - heard;
    assert!((SECOND * 600..SECOND * 602).contains(&ended), "{ended:?}");
    talk.send(Command::Interrupt);
    let n_sent: u32 = trickle.await.unwrap();
    assert!(n_sent > 500, "bytes did flow: {n_sent}");
}

/// The events of a refusal with 429, the second try being fine.
async fn too_many(headers: &[(&str, &str)]) -> (Talk, Mock) {
    let refusal = response("429 Too Many Requests", headers, b"");
    let fine = [stream_head(), says("fine").into_bytes(), END.into()].concat();
    let mock = Mock::start(vec![Reply::Bytes(refusal), Reply::Bytes(fine)]).await;
    let mut talk = Talk::at(&mock.base);
    talk.send(Command::Submit("hello".into()));
    talk.wait_for(|talk| !talk.retries().is_empty() || !talk.ends().is_empty()).await;
    (talk, mock)
}

#[tokio::test]
async fn net_10_retry_after_seconds_is_waited_counted_down_and_cancelled() {
    let (mut talk, mock) = too_many(&[("retry-after", "7")]).await;
    let wait = talk.retries()[0].0;
    assert!((SECOND * 7..SECOND * 8).contains(&wait), "{wait:?}");
    let at = |talk: &mut Talk, seconds| talk.screen_in(SECOND * seconds, (120, 24)).text();
    assert!(at(&mut talk, 0).contains("Retrying in 8s"), "{}", at(&mut talk, 0));
    assert!(at(&mut talk, 4).contains("Retrying in 4s"), "{}", at(&mut talk, 4));
    let began = talk.events.last().unwrap().0;
    talk.wait_for(|talk| talk.activity() == Activity::Connecting).await;
    assert!(talk.events.last().unwrap().0 - began >= SECOND * 7, "not before");
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!((talk.answer().as_str(), mock.chats().len()), ("fine", 2));

    let (mut talk, mock) = too_many(&[("retry-after", "200")]).await;
    talk.press("<esc>");
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!(talk.ends(), [TurnEnd::Interrupted { untouched: Some("hello".into()) }]);
    assert_eq!(mock.chats().len(), 1);
}

#[tokio::test]
async fn net_11_every_form_of_retry_after() {
    let date = |s: &'static str| ("retry-after", s);
    let server_time = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
    for (headers, least, most) in [
        (vec![server_time, date("Wed, 21 Oct 2026 07:29:30 GMT")], 90, 100),
        (vec![server_time, date("Wed, 21 Oct 2026 07:00:00 GMT")], 0, 2),
        (vec![], 0, 2),
        (vec![("retry-after", "-5")], 0, 2),
        (vec![("retry-after", "soon")], 0, 2),
        (vec![("retry-after", "0")], 0, 2),
    ] {
        let (mut talk, mock) = too_many(&headers).await;
        let wait = talk.retries().first().unwrap_or_else(|| panic!("{headers:?}: {:?}", talk.ends())).0;
        assert!((SECOND * least..SECOND * most).contains(&wait), "{headers:?}: {wait:?}");
        assert!(wait > Duration::from_millis(300), "{headers:?}: a wait all the same: {wait:?}");
        talk.wait_for(|talk| !talk.ends().is_empty()).await;
        assert_eq!((talk.answer().as_str(), mock.chats().len()), ("fine", 2), "{headers:?}");
    }
    for (headers, when) in [
        (vec![("retry-after", "1000000000")], "asks to wait"),
        (vec![("retry-after", "99999999999999999999999999")], "asks to wait"),
        (vec![("retry-after", "7200")], "asks to wait 2 h 00 min, until "),
        (vec![server_time, date("Wed, 21 Oct 2026 08:28:00 GMT")], "asks to wait 1 h 00 min, until "),
    ] {
        let (mut talk, mock) = too_many(&headers).await;
        let ends = talk.ends();
        let Some(TurnEnd::Failed { problem, untouched }) = ends.first() else { panic!("{headers:?}: {ends:?}") };
        assert_eq!((untouched.as_deref(), mock.chats().len()), (Some("hello"), 1));
        is_told(&mut talk, problem, &["127.0.0.1", when, "try again then"]);
    }
}

#[tokio::test]
async fn net_12_server_faults_heal_and_the_tries_are_seen() {
    for status in [500, 502, 503, 504, 529] {
        let server = serve(&scenario(&format!("fail_first = 3\nrefuse = {{ status = {status} }}")));
        let mut talk = Talk::at(&server.base_url());
        talk.send(Command::Submit("hello".into()));
        for attempt in 2..=4 {
            talk.wait_for(|talk| talk.retries().last().is_some_and(|(_, n, _)| *n == attempt)).await;
            let words = talk.words();
            assert!(words.contains(&format!("try {attempt} of 8")), "{status}: {words}");
            assert!(words.contains("Retrying in"), "{status}: {words}");
        }
        talk.wait_for(|talk| !talk.ends().is_empty()).await;
        assert_eq!((talk.ends(), talk.answer()), (vec![TurnEnd::Done], WHOLE.to_owned()), "{status}");
        assert_eq!(server.log().chats().len(), 4);
    }
}

#[tokio::test]
async fn net_12_tries_are_capped_over_all_causes() {
    let reset = || Reply::Reset(stream_head());
    let refused = |status: &str| Reply::Bytes(response(status, &[], b"<html>down</html>"));
    let page = vec![
        refused("502 Bad Gateway"),
        reset(),
        refused("429 Too Many Requests"),
        Reply::Bytes([stream_head(), says("short").into_bytes()].concat()),
        refused("503 Service Unavailable"),
        reset(),
        refused("500 Internal Server Error"),
        refused("504 Gateway Timeout"),
        refused("504 Gateway Timeout"),
        refused("504 Gateway Timeout"),
    ];
    let mock = Mock::start(page).await;
    let mut talk = Talk::at(&mock.base);
    let problem = talk.fail("hello").await;
    assert_eq!(mock.chats().len(), 8, "the cap counts all causes together");
    is_told(&mut talk, &problem, &["504", "try again"]);
}

#[tokio::test]
async fn net_13_a_refused_key_is_not_tried_again() {
    for (refusal, causes) in [
        (response("401 Unauthorized", &[], b""), ["does not accept this key", "/login"]),
        (
            response(
                "401 Unauthorized",
                &[("content-type", "application/json")],
                br#"{"error":{"code":"1000","message":"Authentication Failed"}}"#,
            ),
            ["could not check this key", "/login"],
        ),
        (response("403 Forbidden", &[], b"<html>not for you</html>"), ["forbids this", "the key and its plan"]),
        (
            response("403 Forbidden", &[], br#"{"error":{"code":"1220","message":"no right"}}"#),
            ["may not use", "another model"],
        ),
    ] {
        let fine = [stream_head(), says("fine").into_bytes(), END.into()].concat();
        let mock = Mock::start(vec![Reply::Bytes(refusal), Reply::Bytes(fine)]).await;
        let mut config = crate::support::agent::config(&mock.base);
        config.ring = vec![config.model.clone()];
        let mut talk = Talk::start(&config);
        let problem = talk.fail("hello").await;
        assert_eq!((mock.chats().len(), talk.retries()), (1, vec![]), "{}", words(&problem));
        is_told(&mut talk, &problem, &causes);
        key_in_its_header_only(&mock.chats());
        // The session is intact: the next prompt is asked as ever.
        assert_eq!(talk.ask("again").await, TurnEnd::Done);
        assert_eq!(talk.answer(), "fine");
    }
}

#[tokio::test]
async fn net_15_an_end_without_its_mark_is_a_cut() {
    // A body that ends properly but too early is asked again.
    let server = serve(&scenario("fail_first = 1\nfault = { cut_after = 6 }"));
    let mut talk = Talk::at(&server.base_url());
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    assert_eq!((talk.answer().as_str(), server.log().chats().len()), (WHOLE, 2));
    // When no try is left the cut is told, and what came is kept.
    let server = serve(&scenario("fault = { cut_after = 6 }"));
    let mut talk = Talk::limited(&server.base_url(), |limits| limits.tries = 1);
    let problem = talk.fail("hello").await;
    let shown = talk.answer();
    assert!(!shown.is_empty() && WHOLE.starts_with(&shown), "{shown}");
    is_told(&mut talk, &problem, &["was cut", "without its end mark", "try again"]);
    let screen = talk.words();
    assert!(screen.contains(shown.trim()) && screen.contains("the stream was cut here"), "{screen}");
}

#[tokio::test]
async fn net_16_a_quota_that_is_down_is_stale_and_chat_goes_on() {
    for broken in ["status = 500", "body = '<html>'"] {
        let server = serve(&format!(
            "quota = {{ polls = [{{ times = 1, five_hour = 40, week = 20 }}, {{ {broken} }}] }}\n[[reply]]\nanswer = 'fine'"
        ));
        let mut config = crate::support::agent::config(&server.base_url());
        config.endpoint.as_mut().unwrap().quota_url = Some(server.quota_url());
        let mut talk = Talk::start(&config);
        talk.wait_for(|talk| talk.board.snapshot.is_some()).await;
        let polls = |server: &glm_tui::sim::Server| {
            server.log().requests().iter().filter(|r| r.path.ends_with("/quota/limit")).count()
        };
        assert_eq!(polls(&server), 1);
        talk.send(Command::RefreshQuota);
        talk.wait_for(|talk| matches!(talk.board.health, glm_tui::quota::Health::Stale(_))).await;
        assert_eq!(talk.ask("hello").await, TurnEnd::Done);
        assert_eq!(talk.answer(), "fine");
        let row = |talk: &mut Talk, minutes: u32| talk.screen_in(SECOND * 60 * minutes, (140, 30)).text();
        let (soon, late) = (row(&mut talk, 0), row(&mut talk, 30));
        assert!(soon.contains("40%") || soon.contains("40 %"), "the old figure stays: {soon}");
        assert!(late.contains("~40% used") && late.contains("⟲30m"), "marked as old, with its age: {late}");
    }
}
