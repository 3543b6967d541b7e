//! A server of raw bytes: what a real one would never send can be sent here.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// What one connection gets after its request was read.
pub(super) enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes at once, whatever is asked.
    AtOnce(&'static [u8]),
    /// What the test sends, when it sends it; the end of the channel ends the connection.
    Gate(mpsc::UnboundedReceiver<Vec<u8>>),
    /// The connection is closed with unread bytes, which resets it.
    Reset,
}

/// The server: connection n gets reply n.
pub(super) struct Mock {
    pub(super) base: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Mock {
    pub(super) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            for reply in replies {
                let (mut socket, _) = listener.accept().await.unwrap();
                if matches!(reply, Reply::Reset) {
                    // Wait for the request to be there, read nothing of it.
                    socket.readable().await.unwrap();
                    continue;
                }
                if let Reply::AtOnce(bytes) = reply {
                    let _ = socket.write_all(bytes).await;
                    let _ = socket.read(&mut [0; 4096]).await;
                    continue;
                }
                let request = read_request(&mut socket).await;
                seen.lock().unwrap().push(request);
                match reply {
                    Reply::Bytes(bytes) => {
                        // The client may have gone already, which is its right.
                        let _ = socket.write_all(&bytes).await;
                        let _ = socket.shutdown().await;
                    }
                    Reply::Gate(mut gate) => {
                        while let Some(bytes) = gate.recv().await {
                            if socket.write_all(&bytes).await.is_err() {
                                break;
                            }
                        }
                    }
                    Reply::AtOnce(_) | Reply::Reset => {}
                }
            }
        });
        Self { base, requests }
    }

    /// One reply with `Connection: close`.
    pub(super) async fn one(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        Self::start(vec![Reply::Bytes(response(status, headers, body))]).await
    }

    /// The requests so far, head and body.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// A response with its length.
pub(super) fn response(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut all = head(status, headers);
    all.truncate(all.len() - 2);
    all.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    all.extend_from_slice(body);
    all
}

/// The head of a response that ends with its connection.
pub(super) fn head(status: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\n{}\r\n", lines.concat()).into_bytes()
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = socket.read(&mut buffer).await.unwrap();
        bytes.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse::<usize>().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        if n == 0 {
            return text;
        }
    }
}
