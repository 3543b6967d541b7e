//! NET-04 and NET-14 through the binary, whose environment names proxies and trusted certificates.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use super::{
    CANARY, Program,
    secure::{authority, secure},
    serve,
};

#[test]
fn net_04_a_bad_certificate_is_refused_and_named() {
    for (certificate, word) in [
        ("selfsigned.pem", "nobody that this computer trusts"),
        ("expired.pem", "has expired"),
        ("future.pem", "not valid yet; is this computer's clock right?"),
        ("other.pem", "belongs to another host"),
    ] {
        let (port, seen) = secure(certificate);
        let program = Program::at(&format!("https://localhost:{port}/v1")).env("SSL_CERT_FILE", &authority());
        let run = program.run(&["-p", "hello"]);
        run.ends(75).says(&["no secure connection to localhost", word, "check the clock"]);
        assert!(!run.err.contains("insecure") && !run.err.contains("disable"), "no offer to go on: {}", run.err);
        assert_eq!(*seen.lock().unwrap(), "", "nothing was sent: {certificate}");
    }
    let (port, seen) = secure("good.pem");
    let program = Program::at(&format!("https://localhost:{port}/v1")).env("SSL_CERT_FILE", &authority());
    let run = program.run(&["-p", "hello"]);
    run.ends(0);
    assert_eq!((run.out.trim_end(), seen.lock().unwrap().matches(CANARY).count() >= 1), ("safe", true));
}

/// A proxy that answers every request with these bytes and keeps what it was asked.
fn proxy(answer: &'static [u8]) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&seen);
    std::thread::spawn(move || {
        while let Ok((mut socket, _)) = listener.accept() {
            let mut buffer = [0; 8192];
            let n = socket.read(&mut buffer).unwrap_or(0);
            heard.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..n]));
            let _ = socket.write_all(answer);
        }
    });
    (address, seen)
}

#[test]
fn net_14_a_proxy_that_refuses_or_dies_is_named() {
    let outside = || Program::at("https://models.example/v1").args(&["--config", "limits.tries=1"]);
    let (address, seen) = proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let run = outside().env(name, &format!("http://{address}")).run(&["-p", "hello"]);
        run.ends(75).says(&["the proxy", "407", "HTTPS_PROXY", "→"]);
    }
    let asked = seen.lock().unwrap().clone();
    assert!(asked.starts_with("CONNECT models.example:443 ") && !asked.contains(CANARY), "{asked}");
    for answer in [&b""[..], b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"] {
        let (address, _seen) = proxy(answer);
        let run = outside().env("HTTPS_PROXY", &format!("http://{address}")).run(&["-p", "hello"]);
        run.ends(75).says(&["proxy", "HTTPS_PROXY", "→"]);
    }
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = outside().env("HTTPS_PROXY", &format!("http://{gone}")).run(&["-p", "hello"]);
    run.ends(75).says(&[&format!("the proxy {gone} does not work"), "HTTPS_PROXY", "→"]);
}

#[test]
fn net_14_this_computer_is_reached_without_the_proxy() {
    let server = serve("[[reply]]\nanswer = 'direct'");
    let (address, seen) = proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let mut program = Program::at(&server.base_url());
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        program = program.env(name, &format!("http://{address}"));
    }
    let run = program.run(&["-p", "hello"]);
    run.ends(0);
    assert_eq!((run.out.trim_end(), seen.lock().unwrap().as_str()), ("direct", ""));
}

#[test]
fn net_14_no_proxy_is_respected() {
    let (address, seen) = proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let program = Program::at("https://models.invalid/v1").args(&["--config", "limits.tries=1"]);
    let program = program.env("HTTPS_PROXY", &format!("http://{address}")).env("NO_PROXY", "models.invalid");
    program.run(&["-p", "hello"]).ends(75).says(&["cannot reach models.invalid"]);
    assert_eq!(*seen.lock().unwrap(), "");
}
