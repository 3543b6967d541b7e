//! The quota endpoint moves with the replies, per poll of a script, late, and by key form.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use glm_tui::{quota::Timestamp, sim::Scenario};
use serde_json::{Value, json};

use super::client::{self, CHAT, MONDAY_PEAK, Wire, question, serve};

const QUOTA: &str = "/api/monitor/usage/quota/limit";

async fn limits(addr: std::net::SocketAddr) -> Vec<Value> {
    client::get(addr, QUOTA).await.json().pointer("/data/limits").unwrap().as_array().unwrap().clone()
}

/// A server whose clock is moved by the test, in seconds after Monday's peak.
fn with_clock(toml: &str) -> (glm_tui::sim::Server, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(0));
    let hand = Arc::clone(&clock);
    let start: Timestamp = MONDAY_PEAK.parse().unwrap();
    let scenario = Scenario::parse(toml).unwrap_or_else(|p| panic!("{}", p.what));
    let server = client::serve_at(scenario, move || {
        Timestamp::from_second(start.as_second() + hand.load(Ordering::Acquire)).unwrap()
    });
    (server, clock)
}

/// 10,000 fresh, 90,000 cached, 2,000 out: 27 credits of glm-5.3 at the full rate.
const TURN: &str = "
[[reply]]
answer = 'x'
end = { usage = { prompt = 100_000, cached = 90_000, completion = 2_000 } }
";

#[tokio::test]
async fn credits_are_charged_by_formula_and_clock() {
    let (server, clock) = with_clock(&format!("[plan]\nweek = 10\n{TURN}"));
    let rows = limits(server.addr).await;
    assert_eq!(rows[0]["currentValue"], 0);
    assert!(rows[0].get("nextResetTime").is_none(), "idle");
    for (seconds, model, used) in [
        (0, "glm-5.3", 27),        // peak
        (60, "glm-5.3-flash", 35), // 8.94 more
        (7_200, "glm-5.3", 49),    // 18:00: half
        (7_260, "glm-4.7", 58),    // 9.3 more
    ] {
        clock.store(seconds, Ordering::Release);
        client::chat(server.addr, &question(model, "go")).await;
        let rows = limits(server.addr).await;
        assert_eq!(rows[0]["currentValue"], used, "{model} at {seconds}");
        assert_eq!(rows[1]["currentValue"], 1_000 + used);
        assert_eq!(rows[0]["percentage"], used / 20);
    }
    // Five hours after the first request.
    let reset = limits(server.addr).await[0]["nextResetTime"].as_i64().unwrap();
    let start: Timestamp = MONDAY_PEAK.parse().unwrap();
    assert_eq!(reset, start.as_millisecond() + 5 * 3_600_000);
    clock.store(5 * 3_600, Ordering::Release);
    let rows = limits(server.addr).await;
    assert_eq!((&rows[0]["currentValue"], rows[0].get("nextResetTime")), (&json!(0), None));
}

#[tokio::test]
async fn a_reply_that_breaks_or_is_left_is_charged_for_what_was_sent() {
    let reply = "[context]\nbase = 10_000\n[[reply]]\nanswer = { tokens = 5_000, of = 'word ' }\n";
    let (server, _clock) = with_clock(&format!("{reply}fault = {{ cut_after = 2_000 }}\n"));
    let answer = client::ask(server.addr).await;
    assert_eq!(answer.chunks().len(), 2_000);
    // 10,000 × 6.9 and 2,000 × 24 per 10,000, and a few tokens of the question.
    assert_eq!(limits(server.addr).await[0]["currentValue"], 11);

    let (server, _clock) = with_clock(&format!("{reply}fault = {{ stall_after = 2_000 }}\n"));
    let mut wire = Wire::open(server.addr).await;
    wire.send("POST", CHAT, &[], &question("glm-5.3", "go").to_string()).await;
    wire.until("data: ").await;
    drop(wire);
    server.log().wait_for_ended(1).await;
    assert_eq!(limits(server.addr).await[0]["currentValue"], 11);
}

#[tokio::test]
async fn a_full_window_refuses_until_its_reset() {
    let (server, clock) = with_clock(&format!("[plan]\nfive_hour = 99.5\nfive_hour_resets_in = 600\n{TURN}"));
    assert_eq!(client::ask(server.addr).await.status, 200);
    let refused = client::ask(server.addr).await;
    assert_eq!((refused.status, refused.code()), (429, json!("1308")));
    assert!(refused.text().contains("reset at 2026-10-05 16:10:00"), "{}", refused.text());
    let row = limits(server.addr).await[0].clone();
    assert_eq!((&row["percentage"], &row["remaining"]), (&json!(100), &json!(0)));
    assert_eq!(row["currentValue"], 2_017, "above the cap, as recorded");
    clock.store(600, Ordering::Release);
    assert_eq!(client::ask(server.addr).await.status, 200);

    let (server, _clock) = with_clock(&format!("[plan]\nweek = 100\n{TURN}"));
    assert_eq!(client::ask(server.addr).await.code(), json!("1310"));
    let (server, _clock) = with_clock(&format!("[plan]\nweek = 100\nenforce = false\n{TURN}"));
    assert_eq!(client::ask(server.addr).await.status, 200);
}

#[tokio::test]
async fn the_endpoint_may_lag() {
    let (server, clock) = with_clock(&format!("[plan]\nlag_s = 600\n{TURN}"));
    client::ask(server.addr).await;
    assert_eq!(limits(server.addr).await[0]["currentValue"], 0);
    clock.store(600, Ordering::Release);
    assert_eq!(limits(server.addr).await[0]["currentValue"], 27);
}

#[tokio::test]
async fn polls_follow_the_script() {
    let server = serve(
        "[plan]\nweek = 20
        [[quota.polls]]
        five_hour = 71.9
        times = 2
        [[quota.polls]]
        generation = 'v1'
        five_hour = 0
        [[quota.polls]]
        status = 503
        [[quota.polls]]
        body = 'not json'
        [[quota.polls]]
        error = 'no_plan'
        ",
    );
    for _ in 0..2 {
        let rows = limits(server.addr).await;
        assert_eq!((&rows[0]["percentage"], &rows[0]["currentValue"]), (&json!(71), &json!(1_438)));
        assert_eq!(rows[1]["percentage"], 20);
    }
    let rows = limits(server.addr).await;
    assert_eq!(rows.iter().map(|r| r["unit"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 5], "no week");
    assert!(rows[0].get("nextResetTime").is_none(), "idle");
    assert_eq!(client::get(server.addr, QUOTA).await.status, 503);
    assert_eq!(client::get(server.addr, QUOTA).await.text(), "not json");
    for _ in 0..3 {
        let answer = client::get(server.addr, QUOTA).await;
        assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(500)), "the last one stays");
    }
}

#[tokio::test]
async fn the_key_is_taken_in_the_scripted_form() {
    for (auth, key, code) in [
        ("both", "Bearer good", 200),
        ("both", "good", 200),
        ("raw", "good", 200),
        ("raw", "Bearer good", 401),
        ("bearer", "good", 401),
        ("bearer", "Bearer good", 200),
        ("both", "bad", 401),
        ("both", "", 1001),
    ] {
        let server = serve(&format!("accept_keys = ['good']\n[quota]\nauth = '{auth}'\n"));
        let answer = client::get_with(server.addr, QUOTA, key).await;
        assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(code)), "{auth} {key:?}");
    }
}

#[tokio::test]
async fn the_usage_series_counts_the_replies() {
    let server = serve(TURN);
    client::ask(server.addr).await;
    client::chat(server.addr, &question("glm-5.3-flash", "go")).await;
    let path = "/api/monitor/usage/model-usage?startTime=2026-10-05%2015:00:00&endTime=2026-10-05%2016:59:59";
    let data = client::get(server.addr, path).await.json()["data"].clone();
    assert_eq!(data["x_time"], json!(["2026-10-05 15:00", "2026-10-05 16:00"]));
    assert_eq!(data["modelCallCount"], json!([0, 2]));
    assert_eq!(data["tokensUsage"], json!([0, 204_000]));
    assert_eq!(data["totalUsage"]["totalTokensUsage"], 204_000);
    assert_eq!(data["modelDataList"][1]["modelName"], "GLM-5.3-FLASH");
    assert_eq!(data["modelDataList"][1]["tokensUsage"], json!([null, 102_000]));
    let path = "/api/monitor/usage/model-usage?startTime=2026-09-21+00:00:00&endTime=2026-10-05+23:59:59";
    let data = client::get(server.addr, path).await.json()["data"].clone();
    assert_eq!((&data["granularity"], &data["x_time"][14]), (&json!("daily"), &json!("2026-10-05")));
    let wrong = client::get(server.addr, "/api/monitor/usage/model-usage?startTime=never").await.json();
    assert_eq!(wrong["success"], json!(false));
}

#[tokio::test]
async fn the_demo_moves_from_68_towards_74() {
    // Off-peak, where a turn costs half: the slower of the two.
    let (server, clock) = with_clock(&client::demo_flat_out());
    clock.store(7_200, Ordering::Release);
    let percent = async || limits(server.addr).await[0]["percentage"].as_u64().unwrap();
    assert_eq!(percent().await, 68);
    let mut seen = Vec::new();
    for _ in 0..5 {
        client::ask(server.addr).await;
        seen.push(percent().await);
    }
    assert!(seen.windows(2).all(|w| w[0] <= w[1]) && seen[0] >= 69, "{seen:?}");
    assert!((73..=76).contains(&seen[4]), "{seen:?}");
    for _ in 0..60 {
        client::ask(server.addr).await;
    }
    assert_eq!(percent().await, 96, "it never locks anybody out");
}
