//! A server of raw bytes on loopback, for what no well-behaved one would send.
//!
//! Each chat request gets the next reply of the script; the list of models is always `404` and the quota
//! `500`, so that only what a test asks for reaches it.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// What a chat request gets.
pub(crate) enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, then a reset of the connection.
    Reset(Vec<u8>),
    /// What the test sends, when it sends it; the end of the channel ends the connection.
    Gate(mpsc::UnboundedReceiver<Vec<u8>>),
}

/// The server.
pub(crate) struct Mock {
    pub(crate) base: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Mock {
    /// Serves on any free port in the caller's runtime.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let replies = Arc::new(Mutex::new(replies.into_iter()));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&seen), Arc::clone(&replies)));
            }
        });
        Self { base, requests }
    }

    /// One reply with this head and body.
    pub(crate) async fn one(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        Self::start(vec![Reply::Bytes(response(status, headers, body))]).await
    }

    /// All requests so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The chat requests so far.
    pub(crate) fn chats(&self) -> Vec<String> {
        self.requests().into_iter().filter(|request| request.starts_with("POST ")).collect()
    }
}

type Script = Arc<Mutex<std::vec::IntoIter<Reply>>>;

async fn serve(mut socket: TcpStream, seen: Arc<Mutex<Vec<String>>>, replies: Script) {
    socket.set_nodelay(true).unwrap();
    let Some(request) = read_request(&mut socket).await else { return };
    let is_chat = request.starts_with("POST ");
    let is_quota = request.contains("/api/monitor/");
    seen.lock().unwrap().push(request);
    let reply = if is_chat { replies.lock().unwrap().next() } else { None };
    let status = if is_quota { "500 Internal Server Error" } else { "404 Not Found" };
    match reply.unwrap_or_else(|| Reply::Bytes(response(status, &[], b""))) {
        // The client may have gone already, which is its right.
        Reply::Bytes(bytes) => {
            let _ = socket.write_all(&bytes).await;
            let _ = socket.shutdown().await;
            let _ = socket.read(&mut [0; 64]).await;
        }
        Reply::Reset(bytes) => {
            let _ = socket.write_all(&bytes).await;
            // What was sent must be read before the reset, which would take it away.
            let _ = socket.writable().await;
            tokio::task::yield_now().await;
            socket.set_zero_linger().unwrap();
        }
        Reply::Gate(mut gate) => {
            while let Some(bytes) = gate.recv().await {
                if socket.write_all(&bytes).await.is_err() {
                    break;
                }
            }
        }
    }
}

/// A response with its length; the connection ends with it.
pub(crate) fn response(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    let headers = [headers, &[("content-length", length.as_str())]].concat();
    [head(status, &headers), body.to_vec()].concat()
}

/// The head of a response that ends with its connection.
pub(crate) fn head(status: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// The head of an event stream.
pub(crate) fn stream_head() -> Vec<u8> {
    head("200 OK", &[("content-type", "text/event-stream")])
}

/// An event with this piece of an answer.
pub(crate) fn says(text: &str) -> String {
    let data = serde_json::json!({"model": "glm-5.3", "choices": [{"index": 0, "delta": {"content": text}}]});
    format!("data: {data}\n\n")
}

/// The end of a stream.
pub(crate) const END: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n";

async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = socket.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lengths = head.lines().filter_map(|line| line.split_once(':'));
        let mut lengths = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if body.len() >= lengths.next().map_or(0, |(_, value)| value.trim().parse().unwrap()) {
            return Some(text);
        }
    }
}
