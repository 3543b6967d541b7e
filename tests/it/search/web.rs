//! Fetching pages through the door of the tools.

use glm_tui::{
    chat::{AskBody, Reply, RunEnd},
    tools::Permit,
};
use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpListener};

use super::Desk;

#[tokio::test]
async fn pages_are_off_unless_the_settings_allow_them() {
    let mut desk = Desk::new();
    let offered = |desk: &Desk| desk.toolbox().specs().iter().any(|spec| spec.name == "web_fetch");
    assert!(!offered(&desk));
    let why = desk.refusal("web_fetch", json!({"url": "https://example.org"})).await;
    assert!(why.starts_with("there is no tool of that name; there are: "), "{why}");
    desk.options.web = true;
    assert!(offered(&desk));
    let why = desk.refusal("web_fetch", json!({"url": "http://127.0.0.1/"})).await;
    assert!(why.contains("private addresses are not fetched"), "{why}");
}

#[tokio::test]
async fn a_page_is_asked_for_by_its_whole_address() {
    let mut desk = Desk::new();
    (desk.options.web, desk.options.web_local, desk.rules.web) = (true, true, true);
    let server = crate::support::server::Mock::one("200 OK", &[("content-type", "text/html")], b"<p>hi</p>").await;
    let url = format!("{}/a\u{202e}b?q=\u{1b}z", server.base);
    let args = json!({"url": url});
    let outcome = desk.try_call("web_fetch", &args, |ask| {
        let AskBody::Plain(shown) = &ask.body else { panic!("{:?}", ask.body) };
        assert!(shown.as_str().ends_with("/a%E2%80%AEb?q=%1Bz"), "{shown}");
        Permit::Given(Reply::Once)
    });
    let outcome = outcome.await.unwrap();
    assert!(outcome.to_model.contains("answers 404"), "the server knows no such page: {}", outcome.to_model);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_silent_server_can_be_left() {
    let mut desk = Desk::new();
    (desk.options.web, desk.options.web_local, desk.rules.web) = (true, true, true);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let cancel = desk.cancel.clone();
    let silent = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 64]).await;
        cancel.cancel();
        let _ = socket.read(&mut [0; 4096]).await;
    });
    let outcome = desk.try_call("web_fetch", &json!({"url": url}), |_| Permit::Given(Reply::Once)).await.unwrap();
    assert_eq!(outcome.end, RunEnd::Stopped);
    silent.await.unwrap();
}
