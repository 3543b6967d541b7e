//! Every code of the service: its class, its words, its next step; the plan of retries.

use std::{collections::HashMap, time::Duration};

use glm_tui::{
    chat::{ModelId, ProblemKind},
    config::{Limits, Preset},
    glm::{
        Context, Error, ErrorKind, RetryClass,
        retry::{Plan, plan},
    },
    quota::{TimeZone, Timestamp},
};

use super::{client, mock::Mock, spec};

fn error(status: u16, code: Option<&str>, message: &str) -> Error {
    Error {
        kind: ErrorKind::Status,
        status: Some(status),
        code: code.map(ToOwned::to_owned),
        message: message.to_owned(),
        retry_after: None,
        host: "api.z.ai".into(),
    }
}

fn context(model: &ModelId, preset: Preset) -> Context<'_> {
    Context { model, preset, now: now(), zone: TimeZone::UTC, proxy_configured: false }
}

fn now() -> Timestamp {
    "2026-09-08T20:00:00Z".parse().unwrap()
}

const RESET: &str = "Usage limit reached for 5 hour. Your limit will reset at 2026-09-09 05:38:28";

#[test]
fn every_code_has_its_class_its_words_and_a_next_step() {
    use ProblemKind::{Auth, Provider, Quota, User};
    let reset: Timestamp = "2026-09-08T21:38:28Z".parse().unwrap();
    let (never, used_up) = (RetryClass::Never, RetryClass::UsedUp(Some(reset)));
    let table: &[(&[u16], ProblemKind, &RetryClass)] = &[
        (&[1000, 1001, 1002, 1003, 1004, 1005, 1110, 1111, 1112, 1121], Auth, &never),
        (&[1113, 1220, 1309, 1311, 1313, 1314, 1315], Quota, &never),
        (&[1210, 1212, 1213, 1214, 1215, 1221, 1222, 1300, 1301, 1304], Provider, &never),
        (&[1211], User, &never),
        (&[1120, 1200, 1230, 1231, 1234, 1303], Provider, &RetryClass::Backoff),
        (&[1261], User, &RetryClass::TooLong),
        (&[1302], Provider, &RetryClass::TooMany),
        (&[1305, 1312], Provider, &RetryClass::Overloaded),
        (&[1308, 1310, 1316, 1317, 1318, 1319, 1320, 1321], Quota, &used_up),
    ];
    let model = ModelId::from("glm-5.3");
    let mut words: HashMap<String, u16> = HashMap::new();
    for (codes, kind, class) in table {
        for code in *codes {
            let error = error(429, Some(&code.to_string()), RESET);
            assert_eq!(error.class(), **class, "{code}");
            let problem = error.problem(&context(&model, Preset::CodingIntl));
            assert_eq!(problem.kind, *kind, "{code}: {}", problem.what);
            assert_eq!(problem.code.as_deref(), Some(&*code.to_string()));
            assert!(!problem.hints.is_empty(), "{code} has no next step");
            assert!(!problem.what.contains('\n') && problem.what.chars().count() < 320, "{code}: {}", problem.what);
            assert!(problem.detail.unwrap().as_str().contains(&code.to_string()), "{code}");
            assert!(
                matches!(**class, RetryClass::UsedUp(_)) == problem.what.starts_with("resets 21:38 (1 h 39 min): "),
                "{code}"
            );
            if let Some(other) = words.insert(problem.what.clone(), *code) {
                panic!("{code} and {other} have the same words: {}", problem.what);
            }
        }
    }
    assert_eq!(words.len(), 46, "codes of docs/ZAI.md §10");
}

#[test]
fn failures_without_a_code() {
    use RetryClass::{Backoff, Never, TooLong};
    let cases = [
        (400, Never),
        (401, Never),
        (403, Never),
        (404, Never),
        (408, Backoff),
        (413, TooLong),
        (422, Never),
        (425, Backoff),
        (429, Backoff),
        (500, Backoff),
        (501, Never),
        (502, Backoff),
        (503, Backoff),
        (504, Backoff),
        (529, Backoff),
        (200, Backoff),
    ];
    let model = ModelId::from("glm-5.3");
    for (status, class) in cases {
        let error = error(status, None, "Bad things");
        assert_eq!(error.class(), class, "{status}");
        let problem = error.problem(&context(&model, Preset::Custom));
        assert!(problem.what.contains("api.z.ai") && !problem.hints.is_empty(), "{status}: {}", problem.what);
    }
    for (kind, class, word) in [
        (ErrorKind::Dns, Backoff, "name not found"),
        (ErrorKind::Connect, Backoff, "cannot reach"),
        (ErrorKind::ConnectTimeout, Backoff, "cannot reach"),
        (ErrorKind::Tls, Never, "no secure connection"),
        (ErrorKind::Proxy, Backoff, "proxy"),
        (ErrorKind::Cut, Backoff, "cut"),
        (ErrorKind::Silent, Backoff, "silent"),
        (ErrorKind::Redirect, Never, "not followed"),
        (ErrorKind::NotAnAnswer, Never, "sent no answer"),
        (ErrorKind::Refused, Never, "nothing was sent"),
    ] {
        let error = Error { kind: kind.clone(), status: None, ..error(0, None, "why") };
        let problem = error.problem(&context(&model, Preset::CodingIntl));
        assert_eq!(error.class(), class, "{kind:?}");
        assert!(problem.what.contains(word) && !problem.hints.is_empty(), "{kind:?}: {}", problem.what);
    }
}

#[test]
fn a_refused_key_is_told_from_other_refusals() {
    for (status, code, refused) in [
        (401, None, true),
        (401, Some("1002"), true),
        (200, Some("1001"), true),
        (200, Some("401"), true),
        (401, Some("authentication_error"), true),
        (400, Some("invalid_api_key"), true),
        (401, Some("1005"), false),
        (429, Some("1113"), false),
        (403, None, false),
        (200, None, false),
    ] {
        assert_eq!(error(status, code, "x").is_bad_key(), refused, "{status} {code:?}");
    }
}

#[test]
fn an_empty_balance_depends_on_the_address() {
    let model = ModelId::from("glm-5.3");
    let what = |preset| error(429, Some("1113"), "x").problem(&context(&model, preset)).what;
    assert!(what(Preset::CodingIntl).starts_with("the plan does not pay"));
    assert!(what(Preset::MeteredCn).starts_with("this address bills per token"));
    assert!(what(Preset::Custom).starts_with("the balance is empty"));
}

/// The recorded bodies through a socket: code, class and the words that matter.
#[tokio::test]
async fn recorded_bodies() {
    let expect = |name: &str| match name {
        n if n.contains("1302") => ("1302", RetryClass::TooMany, "too many requests at once"),
        n if n.contains("1305") => ("1305", RetryClass::Overloaded, "glm-5.3 is overloaded"),
        n if n.contains("1308") => {
            let at = "2026-09-08T21:38:28Z".parse().unwrap();
            ("1308", RetryClass::UsedUp(Some(at)), "resets 21:38 (1 h 39 min): 5-hour quota used up")
        }
        n if n.contains("1309") => ("1309", RetryClass::Never, "the key works but has no Coding Plan"),
        n if n.contains("1311") => ("1311", RetryClass::Never, "the plan does not include glm-5.3"),
        n if n.contains("1313") => ("1313", RetryClass::Never, "fair use"),
        n if n.contains("1113") => ("1113", RetryClass::Never, "the plan does not pay for this"),
        n if n.contains("1001") => ("1001", RetryClass::Never, "got no key"),
        other => panic!("no expectation for {other}"),
    };
    let model = spec("glm-5.3", glm_tui::config::ThinkingControl::Always, &[]);
    for (name, bytes) in super::files("zai/errors", ".json") {
        let status = if name.starts_with("401") { "401 Unauthorized" } else { "429 Too Many Requests" };
        let mock = Mock::one(status, &[("content-type", "application/json")], &bytes).await;
        let request = glm_tui::glm::Request {
            model: &model,
            tools: &[],
            messages: &[],
            thinking: true,
            effort: None,
            max_output: None,
            omit: &[],
        };
        let error = client(&mock.base).chat(&request).await.unwrap_err();
        let (code, class, words) = expect(&name);
        assert_eq!(error.code.as_deref(), Some(code), "{name}");
        assert_eq!(error.class(), class, "{name}");
        let what = error.problem(&context(&model.id, Preset::CodingIntl)).what;
        assert!(what.contains(words), "{name}: {what}");
    }
}

#[test]
fn reset_times() {
    let cases = [
        (RESET, Some("2026-09-08T21:38:28Z")),
        ("reset at 2026-09-09T05:38:28Z.", Some("2026-09-09T05:38:28Z")),
        ("reset at 2026-09-09T05:38:28.123+02:00", Some("2026-09-09T03:38:28Z")),
        ("reset at 2026-09-09 05:38:28 UTC", Some("2026-09-09T05:38:28Z")),
        ("reset at 2026-09-09 05:38:28 UTC+8", Some("2026-09-08T21:38:28Z")),
        ("限额将在 2026-09-09 05:38:28 重置", Some("2026-09-08T21:38:28Z")),
        ("reset at 2026-09-08 05:38:28", None), // past
        ("reset at 2027-09-09 05:38:28", None), // too far
        ("reset at 2026-13-45 05:38:28", None),
        ("reset at 2026-09-09", None),
        ("reset soon", None),
        ("2026-09-09 05:38:2", None),
        ("", None),
    ];
    for (message, expected) in cases {
        let at = error(429, Some("1308"), message).reset_at(now());
        assert_eq!(at, expected.map(|at| at.parse().unwrap()), "{message}");
    }
    let model = ModelId::from("m");
    let what =
        error(429, Some("1310"), "reset at 2026-09-12 05:38:28").problem(&context(&model, Preset::CodingCn)).what;
    assert_eq!(what, "resets Fri 21:38 (3 d 1 h): weekly or monthly quota used up");
    let what = error(429, Some("1308"), "no time").problem(&context(&model, Preset::CodingCn)).what;
    assert!(what.starts_with("reset time unknown: 5-hour quota used up"), "{what}");
}

fn waits(error: &Error, jitter: f64) -> Vec<u64> {
    let wait = |attempt| match plan(error, attempt, jitter, &Limits::default()) {
        Plan::Wait(wait) => Some(u64::try_from(wait.as_millis()).unwrap()),
        Plan::Stop => None,
    };
    (1..100).map_while(wait).collect()
}

#[test]
fn waits_by_cause() {
    let lost = Error { kind: ErrorKind::Cut, ..error(200, None, "") };
    let unknown = Error { kind: ErrorKind::Dns, ..error(0, None, "") };
    let cases: [(&Error, &[u64]); 10] = [
        (&lost, &[1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]),
        (&error(503, None, ""), &[1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]),
        (&unknown, &[1000, 2000, 4000]),
        (&error(429, Some("1302"), ""), &[1250, 2500, 5000, 10_000, 10_000, 10_000, 10_000]),
        (&error(429, Some("1305"), ""), &[1100, 2200, 4400, 33_000, 66_000, 99_000, 132_000]),
        (&error(500, Some("1200"), ""), &[1000, 2000, 4000, 8000]),
        (&error(400, Some("1120"), ""), &[1000]),
        (&error(429, Some("1308"), RESET), &[]),
        (&error(400, Some("1261"), ""), &[]),
        (&error(401, None, ""), &[]),
    ];
    for (error, expected) in cases {
        assert_eq!(waits(error, 1.0), expected, "{error:?}");
    }
    assert_eq!(waits(&lost, 0.0), [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    assert_eq!(waits(&lost, f64::NAN).len(), 7);
    for code in [1001, 1113, 1210, 1211, 1220, 1301, 1309, 1311, 1313, 1314, 1315] {
        assert_eq!(waits(&error(429, Some(&code.to_string()), ""), 0.5), [0; 0], "{code}");
    }
    let one = Limits { tries: 1, ..Limits::default() };
    assert_eq!(plan(&lost, 1, 0.5, &one), Plan::Stop);
}

#[test]
fn wishes_of_the_service() {
    let asking = |seconds| Error { retry_after: Some(Duration::from_secs(seconds)), ..error(429, None, "") };
    assert_eq!(plan(&asking(7), 1, 0.0, &Limits::default()), Plan::Wait(Duration::from_secs(7)));
    assert_eq!(plan(&asking(300), 3, 0.0, &Limits::default()), Plan::Wait(Duration::from_secs(300)));
    assert_eq!(plan(&asking(301), 1, 0.0, &Limits::default()), Plan::Stop);
    assert_eq!(plan(&asking(0), 1, 1.0, &Limits::default()), Plan::Wait(Duration::from_secs(1)));
    let model = ModelId::from("m");
    let what = asking(3600).problem(&context(&model, Preset::CodingIntl)).what;
    assert!(what.starts_with("api.z.ai asks to wait 1 h 00 min, until 2026-09-08 21:00: "), "{what}");
    let for_ever = Error { retry_after: Some(Duration::MAX), ..error(429, None, "") };
    assert!(for_ever.problem(&context(&model, Preset::CodingIntl)).what.starts_with("api.z.ai asks to wait "));
}
