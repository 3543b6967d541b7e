//! Recorded quota answers to windows, through the client and a real socket.

use glm_tui::{
    glm::ErrorKind,
    quota::{Snapshot, Timestamp, Unit, WindowKind},
};

use super::{
    KEY, client,
    mock::{Mock, Reply, response},
};

fn now() -> Timestamp {
    "2026-08-24T08:00:00Z".parse().unwrap()
}

async fn snapshot(body: &[u8]) -> Result<Snapshot, glm_tui::glm::Error> {
    let reply = response("200 OK", &[("content-type", "application/json")], body);
    let mock = Mock::start(vec![Reply::Bytes(reply.clone()), Reply::Bytes(reply)]).await;
    client(&mock.base).quota(now()).await
}

/// Kind, unit, used, cap, percent, and whether a reset is told.
type Row = (WindowKind, Unit, Option<f64>, Option<f64>, Option<f64>, bool);

fn rows(snapshot: &Snapshot) -> Vec<Row> {
    let row = |w: &glm_tui::quota::Window| (w.kind.clone(), w.unit, w.used, w.cap, w.percent, w.resets_at.is_some());
    snapshot.windows.iter().map(row).collect()
}

fn credits(kind: WindowKind, used: f64, cap: f64, percent: f64, resets: bool) -> Row {
    (kind, Unit::Credits, Some(used), Some(cap), Some(percent), resets)
}

fn percent(kind: WindowKind, percent: f64, resets: bool) -> Row {
    (kind, Unit::Percent, None, None, Some(percent), resets)
}

fn calls(used: f64, percent: f64, resets: bool) -> Row {
    (WindowKind::Mcp, Unit::Calls, Some(used), Some(1000.0), Some(percent), resets)
}

#[tokio::test]
async fn every_recorded_generation() {
    use WindowKind::{FiveHour, Week};
    let table: Vec<(&str, &str, Vec<Row>)> = vec![
        (
            "credit-lite-2026-08-06",
            "lite",
            vec![credits(FiveHour, 71., 2000., 3., true), credits(Week, 71., 10000., 1., true)],
        ),
        (
            "credit-lite-5h-exhausted-2026-08-13",
            "lite",
            vec![credits(FiveHour, 2005., 2000., 100., true), credits(Week, 2005., 10000., 20., true)],
        ),
        (
            "credit-lite-5h-idle-no-reset-2026-08-13",
            "lite",
            vec![credits(FiveHour, 0., 2000., 0., false), credits(Week, 9855., 10000., 98., true)],
        ),
        (
            "credit-lite-remaining-off-by-one-2026-08-14",
            "lite",
            vec![credits(FiveHour, 27., 2000., 1., true), credits(Week, 27., 10000., 1., true)],
        ),
        (
            "credit-max-2026-08-24",
            "max",
            vec![credits(FiveHour, 3341., 28000., 11., true), credits(Week, 25224., 140_000., 18., true)],
        ),
        (
            "credit-max-2026-08-10",
            "max",
            vec![credits(FiveHour, 4715., 28000., 16., true), credits(Week, 83774., 140_000., 59., true)],
        ),
        (
            "credit-lite-cn-2026-09-28",
            "lite",
            vec![credits(FiveHour, 36., 2000., 1., true), credits(Week, 36., 10000., 1., true)],
        ),
        (
            "credit-lite-cn-idle-2026-10-06",
            "lite",
            vec![credits(FiveHour, 0., 2000., 0., false), credits(Week, 1533., 10000., 15., true)],
        ),
        (
            "tokens-pro-v2-2026-06-29",
            "pro",
            vec![percent(FiveHour, 17., true), percent(Week, 3., true), calls(0., 0., true)],
        ),
        (
            "tokens-pro-v2-idle-2026-05-23",
            "pro",
            vec![percent(FiveHour, 0., false), percent(Week, 0., true), calls(0., 0., true)],
        ),
        (
            "tokens-pro-v2-weekly-exhausted-cn-2026-09-07",
            "pro",
            vec![percent(FiveHour, 0., false), percent(Week, 100., true), calls(7., 1., false)],
        ),
        ("tokens-pro-v2-2026-06-14", "pro", vec![percent(FiveHour, 22., true), percent(Week, 25., true)]),
    ];
    let mut n_seen = 0;
    for (name, bytes) in super::files("zai/quota", ".json") {
        let Some((_, plan, expected)) = table.iter().find(|(known, ..)| name.starts_with(known)) else { continue };
        let snapshot = snapshot(&bytes).await.unwrap();
        assert_eq!(rows(&snapshot), *expected, "{name}");
        assert_eq!(snapshot.plan.as_deref(), Some(*plan), "{name}");
        assert_eq!(snapshot.taken_at, now(), "{name}");
        n_seen += 1;
    }
    assert!(n_seen == table.len() || super::recordings().is_none());
}

#[tokio::test]
async fn odd_rows() {
    let body = br#"{"code":"200","msg":"ok","success":true,"data":{"planName":7,"limits":[
        null,
        {"type":"NEW_LIMIT","unit":9,"number":2,"percentage":"40.5"},
        {"type":"TIME_LIMIT","unit":5,"number":1,"usage":"100","currentValue":"12","usageDetails":[{"modelCode":"zread","usage":12},{}]},
        {"type":"CREDIT_LIMIT","unit":6,"number":7,"usage":10,"currentValue":-3,"percentage":130,"nextResetTime":0},
        {"type":"CREDIT_LIMIT","unit":"3","number":"5","percentage":1e400,"nextResetTime":"1786073946574"},
        {"type":"TOKENS_LIMIT","unit":3,"number":1,"usage":5,"currentValue":1,"nextResetTime":null}]}}"#;
    // 1e400 is no number at all for a JSON reader; without it the row must still be there.
    let body = String::from_utf8_lossy(body).replace("1e400", "\"NaN\"");
    let snapshot = snapshot(body.as_bytes()).await.unwrap();
    assert_eq!(snapshot.plan.as_deref(), Some("7"));
    assert_eq!(
        rows(&snapshot),
        [
            (WindowKind::FiveHour, Unit::Percent, None, None, None, true),
            (WindowKind::Week, Unit::Credits, Some(0.), Some(10.), Some(130.), false),
            (WindowKind::Mcp, Unit::Calls, Some(12.), Some(100.), None, false),
            (WindowKind::Other("1-hour".into()), Unit::Tokens, Some(1.), Some(5.), None, false),
            (WindowKind::Other("new 9/2".into()), Unit::Percent, None, None, Some(40.5), false),
        ]
    );
    assert_eq!(snapshot.windows[2].details, [("zread".to_owned(), 12)]);
}

#[tokio::test]
async fn refusals_with_status_200() {
    for (name, bytes) in super::files("zai/quota", ".json").into_iter().filter(|(name, _)| name.starts_with("error")) {
        let error = snapshot(&bytes).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Status, "{name}");
        assert_eq!(error.is_bad_key(), name.contains("401") || name.contains("1001"), "{name}");
        assert_eq!(error.is_no_plan(), name.contains("no-plan"), "{name}");
    }
    let elsewhere = snapshot(br#"{"code":200,"success":true,"data":{}}"#).await.unwrap_err();
    assert_eq!(elsewhere.kind, ErrorKind::NotAnAnswer);
}

#[tokio::test]
async fn the_raw_key_first_then_a_bearer_which_is_remembered() {
    let refused = response("200 OK", &[], br#"{"code":401,"msg":"token expired or incorrect","success":false}"#);
    let good = response("200 OK", &[], br#"{"code":200,"success":true,"data":{"limits":[],"level":"pro"}}"#);
    let mock = Mock::start([refused, good.clone(), good].map(Reply::Bytes).into()).await;
    let client = client(&mock.base);
    client.quota(now()).await.unwrap();
    client.clone().quota(now()).await.unwrap();
    let sent: Vec<String> = mock
        .requests()
        .iter()
        .map(|request| {
            request.lines().find(|line| line.to_lowercase().starts_with("authorization")).unwrap()[15..].to_owned()
        })
        .collect();
    assert_eq!(sent, [KEY.to_owned(), format!("Bearer {KEY}"), format!("Bearer {KEY}")]);
    let first = &mock.requests()[0];
    assert!(first.starts_with("GET /api/monitor/usage/quota/limit HTTP/1.1"), "{first}");
    assert!(first.to_lowercase().contains("accept-language: en-us,en"), "{first}");
}

#[tokio::test]
async fn a_key_that_is_refused_twice_is_refused() {
    let refused = response("401 Unauthorized", &[], br#"{"error":{"code":"1002","message":"no"}}"#);
    let mock = Mock::start(vec![Reply::Bytes(refused.clone()), Reply::Bytes(refused)]).await;
    assert!(client(&mock.base).quota(now()).await.unwrap_err().is_bad_key());
    assert_eq!(mock.requests().len(), 2);
}

#[tokio::test]
async fn model_usage_is_folded_to_days() {
    let body = br#"{"code":200,"success":true,"data":{"x_time":["2026-08-18 08:00","2026-08-23 23:00","2026-08-24 08:00","2026-08-24 09:00","2026-09-01 00:00"],
        "tokensUsage":[1,2,3,4,5],
        "modelDataList":[{"modelName":"GLM-5.3-Flash","tokensUsage":[null,null,1]},{"modelName":"GLM-5.3","tokensUsage":[7,null,100,"20",9]},{"tokensUsage":[1]}],
        "granularity":"hourly"}}"#;
    let mock = Mock::one("200 OK", &[], body).await;
    // 20:00 UTC is the next day in UTC+8, in which the service counts.
    let (series, last) = client(&mock.base).model_usage("2026-08-23T20:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(last, "2026-08-24");
    let series: Vec<_> = series.into_iter().map(|one| (one.model, one.days)).collect();
    assert_eq!(
        series,
        [
            ("GLM-5.3".to_owned(), vec![Some(7), None, None, None, None, None, Some(120)]),
            ("GLM-5.3-Flash".to_owned(), vec![None, None, None, None, None, None, Some(1)]),
        ]
    );
    let line = mock.requests()[0].lines().next().unwrap().to_owned();
    assert_eq!(
        line,
        "GET /api/monitor/usage/model-usage?startTime=2026-08-18+00%3A00%3A00&endTime=2026-08-24+23%3A59%3A59 HTTP/1.1"
    );
}

#[tokio::test]
async fn the_recorded_model_usage() {
    for (name, bytes) in super::files("zai/quota", "model-usage-shape.json") {
        let mock = Mock::one("200 OK", &[], &bytes).await;
        let (series, _) = client(&mock.base).model_usage("2026-08-02T02:00:00Z".parse().unwrap()).await.unwrap();
        assert_eq!(series.len(), 1, "{name}");
        assert_eq!((series[0].model.as_str(), series[0].days[6]), ("GLM-5.3", Some(100)), "{name}");
    }
}
