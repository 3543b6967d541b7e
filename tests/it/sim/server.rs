//! Start, stop, and the log of what was asked.

use glm_tui::{
    quota::Timestamp,
    sim::{self, Ended, Scenario},
};
use serde_json::json;

use super::client::{self, CHAT, End, MONDAY_PEAK, Wire, question, serve};

#[tokio::test]
async fn the_log_holds_the_requests_without_their_keys() {
    let server = serve("[[reply]]\nanswer = 'x'\n");
    let log = server.log();
    let waiting = tokio::spawn({
        let log = log.clone();
        async move { log.wait_for(2).await }
    });
    let body = question("glm-5.3", "what?");
    client::chat(server.addr, &body).await;
    client::get(server.addr, "/api/monitor/usage/quota/limit?x=1").await;
    waiting.await.unwrap();
    let [chat, quota] = log.requests().try_into().unwrap();
    assert_eq!((chat.n, chat.method.as_str(), chat.path.as_str()), (1, "POST", CHAT));
    assert_eq!((chat.body.clone(), chat.status, chat.ended), (body, Some(200), Some(Ended::Complete)));
    assert_eq!(chat.at, MONDAY_PEAK.parse::<Timestamp>().unwrap());
    assert_eq!(chat.header("authorization"), Some("Bearer …wxyz"));
    assert_eq!(quota.query.as_deref(), Some("x=1"));
    assert_eq!(log.chats().len(), 1);
    let outside = client::get(server.addr, "/__sim/log").await;
    assert_eq!(outside.json()["count"], 2);
    assert_eq!(outside.json()["requests"][0]["body"]["messages"][0]["content"], "what?");
    assert!(!outside.text().contains("0123456789"));
    assert_eq!(log.count(), 2, "looking at it is not a request");
}

#[tokio::test]
async fn stopping_ends_streams_that_would_never_end() {
    let server = serve("[[reply]]\nanswer = 'a b'\nfault = { stall_after = 1 }\n");
    let (log, addr) = (server.log(), server.addr);
    let mut wire = Wire::open(addr).await;
    wire.send("POST", CHAT, &[], &question("glm-5.3", "go").to_string()).await;
    wire.until("data: ").await;
    server.stop().await;
    assert!(matches!(wire.answer().await, Ok(a) if a.end != End::Proper));
    log.wait_for_ended(1).await;
    assert!(tokio::net::TcpStream::connect(addr).await.is_err(), "nobody listens");
}

#[tokio::test]
async fn dropping_the_handle_ends_it_too() {
    let server = serve("[[reply]]\nanswer = 'a b'\nfault = { stall_after = 1 }\n");
    let mut wire = Wire::open(server.addr).await;
    wire.send("POST", CHAT, &[], &question("glm-5.3", "go").to_string()).await;
    wire.until("data: ").await;
    drop(server);
    assert!(matches!(wire.answer().await, Ok(a) if a.end != End::Proper));
}

#[test]
fn it_runs_in_a_thread_of_its_own() {
    let now: Timestamp = MONDAY_PEAK.parse().unwrap();
    let handle = sim::start_in_thread(Scenario::demo(), 0, move || now).unwrap();
    assert_eq!(handle.base_url(), format!("http://127.0.0.1:{}/api/coding/paas/v4", handle.addr.port()));
    assert_eq!(handle.quota_url(), format!("http://{}", handle.addr));
    assert!(sim::start_in_thread(Scenario::demo(), handle.addr.port(), move || now).is_err(), "the port is taken");
    let addr = handle.addr;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let quota = client::get(addr, "/api/monitor/usage/quota/limit").await.json();
        assert_eq!(quota["data"]["limits"][0]["percentage"], 68);
        assert_eq!(quota["data"]["level"], json!("lite"));
        // In the middle of a paced reply.
        let mut wire = Wire::open(addr).await;
        wire.send("POST", CHAT, &[], &question("glm-5.3", "go").to_string()).await;
        wire.until("HTTP/1.1 200").await;
        let log = handle.log();
        handle.stop();
        assert_eq!(log.count(), 2);
        assert!(tokio::net::TcpStream::connect(addr).await.is_err(), "nobody listens");
    });
}
