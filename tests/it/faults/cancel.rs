//! Esc while something is awaited: every wait ends at once and gives back what can be given back.

use std::net::TcpListener;

use glm_tui::chat::{Activity, Command, TurnEnd};
use tokio::sync::mpsc;

use crate::support::{
    agent::Talk,
    server::{Mock, Reply, says, stream_head},
};

/// Presses Esc once this holds; the turn then ends as interrupted, and nothing runs any more.
async fn esc_when(talk: &mut Talk, holds: impl Fn(&Talk) -> bool) -> Option<String> {
    talk.send(Command::Submit("my prompt".into()));
    talk.wait_for(holds).await;
    talk.press("<esc>");
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!(talk.activity(), Activity::Idle);
    let TurnEnd::Interrupted { untouched } = talk.ends().remove(0) else { panic!("{:?}", talk.ends()) };
    untouched
}

#[tokio::test]
async fn prc_10_esc_ends_every_wait() {
    // A connection that never stands: TLS is never answered.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let mut talk = Talk::at(&format!("https://{address}"));
    let given_back = esc_when(&mut talk, |talk| talk.activity() == Activity::Connecting).await;
    assert_eq!(given_back.as_deref(), Some("my prompt"), "connecting");

    // A stream in its middle.
    let (chunks, reply) = mpsc::unbounded_channel();
    chunks.send([stream_head(), says("half an answer").into_bytes()].concat()).unwrap();
    let server = Mock::start(vec![Reply::Gate(reply)]).await;
    let mut talk = Talk::at(&server.base);
    let given_back = esc_when(&mut talk, |talk| talk.answer().contains("half an answer")).await;
    assert_eq!(given_back, None, "streaming");
    assert!(talk.words().contains("half an answer") && talk.words().contains("interrupted"), "{}", talk.words());

    // A wait before a retry.
    drop(silent);
    let mut talk = Talk::at(&format!("http://{address}"));
    let given_back = esc_when(&mut talk, |talk| matches!(talk.activity(), Activity::Retrying { .. })).await;
    assert_eq!(given_back.as_deref(), Some("my prompt"), "retrying");
}
