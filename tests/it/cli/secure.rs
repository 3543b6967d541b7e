//! Servers that speak TLS with certificates of an authority made for these tests; `leaf.key` guards nothing.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli/tls").join(name)
}

/// The authority's certificate, for `SSL_CERT_FILE`.
pub(super) fn authority() -> String {
    file("authority.pem").to_str().unwrap().to_owned()
}

fn config(certificate: &str) -> Arc<ServerConfig> {
    let chain = vec![CertificateDer::from_pem_file(file(certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("leaf.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A server with this certificate that answers every request with a stream; gives its port and what it read.
pub(super) fn secure(certificate: &str) -> (u16, Arc<Mutex<String>>) {
    let (config, (listener, address)) = (config(certificate), listen());
    let seen = Arc::new(Mutex::new(String::new()));
    let requests = Arc::clone(&seen);
    std::thread::spawn(move || {
        while let Ok((socket, _)) = listener.accept() {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
            // A client that does not trust us hangs up.
            let Some(text) = read_request(&mut stream) else { continue };
            requests.lock().unwrap().push_str(&text);
            let body = "data: {\"choices\":[{\"delta\":{\"content\":\"safe\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n";
            answer(stream, format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    });
    (address.port(), seen)
}

/// A proxy behind which the service's own hosts are the simulated one; gives its address and the hosts that
/// were asked for.
pub(super) fn gateway(service: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let (config, (listener, address)) = (config("service.pem"), listen());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let hosts = Arc::clone(&asked);
    std::thread::spawn(move || {
        while let Ok((mut socket, _)) = listener.accept() {
            let Some(connect) = read_request(&mut socket) else { continue };
            assert!(!connect.to_lowercase().contains("bearer"), "{connect}");
            hosts.lock().unwrap().extend(connect.split(' ').nth(1).map(str::to_owned));
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
            let Some(request) = read_request(&mut stream) else { continue };
            let mut behind = TcpStream::connect(service).unwrap();
            behind.write_all(request.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes()).unwrap();
            let mut reply = Vec::new();
            behind.read_to_end(&mut reply).unwrap();
            answer(stream, &reply);
        }
    });
    (address, asked)
}

fn answer(mut stream: StreamOwned<ServerConnection, TcpStream>, bytes: &[u8]) {
    // The client may have gone already, which is its right.
    let _ = stream.write_all(bytes);
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

/// Head and body; `None` when the peer goes before the end.
fn read_request(from: &mut impl Read) -> Option<String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let n = from.read(&mut buffer).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let mut lengths =
            head.lines().filter_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= lengths.next().unwrap_or(0) {
            return Some(text);
        }
    }
}
