//! A bare HTTP/1.1 client on a socket: nothing is decoded behind the test's back.

use std::{net::SocketAddr, time::Duration};

use glm_tui::{
    quota::Timestamp,
    sim::{self, Scenario, Server},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Far above what any answer takes; a wait of this length is a failure.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// A Monday at 16:00 in UTC+8: the full rate.
pub(super) const MONDAY_PEAK: &str = "2026-10-05T08:00:00Z";
pub(super) const CHAT: &str = "/api/coding/paas/v4/chat/completions";

/// The demo's script without its waits.
pub(super) fn demo_flat_out() -> String {
    let toml = include_str!("../../../assets/demo/talk.toml");
    let pace = "rate = 42\nfirst_ms = 600\npause_ms = 350\n";
    assert!(toml.contains(pace), "the pace of the demo has changed");
    toml.replace(pace, "")
}

/// Serves a scenario at a fixed time.
pub(super) fn serve(toml: &str) -> Server {
    let scenario = Scenario::parse(toml).unwrap_or_else(|p| panic!("{}", p.what));
    let now: Timestamp = MONDAY_PEAK.parse().unwrap();
    serve_at(scenario, move || now)
}

/// Serves a scenario with a clock.
pub(super) fn serve_at(scenario: Scenario, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Server {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    sim::serve(listener, scenario, clock).unwrap()
}

/// How a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By its length or its last chunk.
    Proper,
    /// The connection was closed before that.
    Closed,
    /// The connection was reset.
    Reset,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) end: End,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The data of the events, of a stream in the recorded form.
    pub(super) fn data(&self) -> Vec<&str> {
        let events: Vec<&str> = self.text().split_terminator("\n\n").collect();
        events.into_iter().map(|e| e.strip_prefix("data: ").unwrap_or_else(|| panic!("{e:?}"))).collect()
    }

    /// The chunks of such a stream.
    pub(super) fn chunks(&self) -> Vec<Value> {
        self.data().into_iter().filter(|d| *d != "[DONE]").map(|d| serde_json::from_str(d).unwrap()).collect()
    }

    /// All text under this key of the first choice's deltas.
    pub(super) fn said(&self, key: &str) -> String {
        let path = format!("/choices/0/delta/{key}");
        self.chunks().iter().filter_map(|c| c.pointer(&path)?.as_str().map(String::from)).collect()
    }

    /// The code of an error body.
    pub(super) fn code(&self) -> Value {
        self.json().pointer("/error/code").cloned().unwrap_or_default()
    }
}

/// A connection.
pub(super) struct Wire {
    tcp: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    pub(super) async fn open(addr: SocketAddr) -> Self {
        Self { tcp: TcpStream::connect(addr).await.unwrap(), buffer: Vec::new() }
    }

    pub(super) async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: sim\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        self.tcp.write_all(format!("{head}\r\n{body}").as_bytes()).await.unwrap();
    }

    /// Reads once more; `Err` tells how the connection ended.
    pub(super) async fn more(&mut self) -> Result<(), End> {
        let mut piece = vec![0; 64 * 1024];
        match tokio::time::timeout(PATIENCE, self.tcp.read(&mut piece)).await.expect("an answer in time") {
            Ok(0) => Err(End::Closed),
            Ok(n) => {
                self.buffer.extend_from_slice(&piece[..n]);
                Ok(())
            }
            Err(e) if e.kind() == std::io::ErrorKind::ConnectionReset => Err(End::Reset),
            Err(e) => panic!("{e}"),
        }
    }

    /// Returns when there is something to read, or the end.
    pub(super) async fn readable_more(&mut self) {
        let mut byte = [0];
        self.tcp.peek(&mut byte).await.unwrap();
    }

    /// What was received and not taken yet.
    pub(super) fn buffer(&self) -> &[u8] {
        &self.buffer
    }

    /// Reads until the received bytes hold `text`.
    pub(super) async fn until(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.buffer).contains(text) {
            self.more().await.unwrap();
        }
    }

    /// Reads a whole answer; `Err` when the connection ends before its headers do.
    pub(super) async fn answer(&mut self) -> Result<Answer, End> {
        let head_len = loop {
            if let Some(i) = find(&self.buffer, b"\r\n\r\n") {
                break i + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8(self.buffer.drain(..head_len).collect()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> =
            lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
        let mut answer = Answer { status, headers, body: Vec::new(), end: End::Proper };
        let result = if answer.header("transfer-encoding") == Some("chunked") {
            self.chunked(&mut answer.body).await
        } else {
            let len = answer.header("content-length").unwrap_or("0").parse().unwrap();
            self.exactly(len).await.map(|body| answer.body = body)
        };
        if let Err(end) = result {
            answer.end = end;
        }
        Ok(answer)
    }

    async fn chunked(&mut self, body: &mut Vec<u8>) -> Result<(), End> {
        loop {
            let line = loop {
                if let Some(i) = find(&self.buffer, b"\r\n") {
                    break self.exactly(i + 2).await?;
                }
                self.more().await?;
            };
            let len = usize::from_str_radix(std::str::from_utf8(&line).unwrap().trim(), 16).unwrap();
            let chunk = self.exactly(len + 2).await?;
            body.extend_from_slice(&chunk[..len]);
            if len == 0 {
                return Ok(());
            }
        }
    }

    async fn exactly(&mut self, n: usize) -> Result<Vec<u8>, End> {
        while self.buffer.len() < n {
            self.more().await?;
        }
        Ok(self.buffer.drain(..n).collect())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// A streaming chat request of one user message.
pub(super) fn question(model: &str, text: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": text}], "stream": true})
}

/// Sends a chat request on a new connection.
pub(super) async fn chat(addr: SocketAddr, body: &Value) -> Answer {
    post(addr, body).await.unwrap_or_else(|end| panic!("no answer: {end:?}"))
}

/// The same; `Err` when the connection ended without an answer.
pub(super) async fn post(addr: SocketAddr, body: &Value) -> Result<Answer, End> {
    let mut wire = Wire::open(addr).await;
    wire.send("POST", CHAT, &[("Authorization", "Bearer 0123456789.abcdwxyz")], &body.to_string()).await;
    wire.answer().await
}

/// Asks the first thing of a scenario.
pub(super) async fn ask(addr: SocketAddr) -> Answer {
    chat(addr, &question("glm-5.3", "go")).await
}

/// Gets a path.
pub(super) async fn get(addr: SocketAddr, path: &str) -> Answer {
    get_with(addr, path, "0123456789.abcdwxyz").await
}

/// Gets a path with this `Authorization`.
pub(super) async fn get_with(addr: SocketAddr, path: &str, key: &str) -> Answer {
    let mut wire = Wire::open(addr).await;
    let headers = [("Authorization", key)];
    wire.send("GET", path, if key.is_empty() { &[] } else { &headers }, "").await;
    wire.answer().await.unwrap()
}
