//! Fetching from a server on loopback.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    fetch,
    net::{Reach, address},
};

/// Answers each path with what `pages` says; gives the address and what was asked.
async fn serve(pages: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::task::spawn_local(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let n = socket.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..n]).into_owned();
            let path = request.split(' ').nth(1).unwrap();
            let echo = format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n{request}");
            let reply = pages.iter().find(|(page, _)| *page == path).map_or(echo, |(_, reply)| (*reply).to_owned());
            let _ = socket.write_all(reply.as_bytes()).await;
        }
    });
    base
}

async fn get(url: String) -> Result<String, String> {
    let outcome = fetch(json!({"url": url}), Reach::Local).await;
    outcome.map(|outcome| outcome.to_model).map_err(|refusal| refusal.0)
}

const PAGES: &[(&str, &str)] = &[
    (
        "/page",
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html><head><title>t</title><style>b{}</style>\
         <script>alert(1)</script></head><body><h1>Head</h1><p>One <b>two</b>.</p><ul><li>three</li></ul></body></html>",
    ),
    ("/moved", "HTTP/1.1 302 Found\r\nlocation: /page\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
    ("/round", "HTTP/1.1 302 Found\r\nlocation: /round\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
    (
        "/away",
        "HTTP/1.1 302 Found\r\nlocation: https://example.org/x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "/metadata",
        "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ),
    ("/file", "HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
    ("/gone", "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nno"),
    ("/nul", "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\na\0b"),
    ("/png", "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\nconnection: close\r\n\r\nPNG"),
];

#[tokio::test]
async fn a_page_becomes_text() {
    tokio::task::LocalSet::new()
        .run_until(async {
            let base = serve(PAGES).await;
            for path in ["page", "moved"] {
                let text = get(format!("{base}/{path}#part")).await.unwrap();
                assert!(text.starts_with(&format!("Text of {base}/page (information")), "{text}");
                assert!(text.contains("# Head\n\nOne **two**.\n* three"), "{text}");
                assert!(!text.contains("alert") && !text.contains("b{}"), "{text}");
            }
            let request = get(format!("{base}/echo")).await.unwrap().to_ascii_lowercase();
            assert!(request.contains("user-agent: glm-tui/") && !request.contains("cookie"), "{request}");
            assert!(!request.contains("authorization") && !request.contains("referer"), "{request}");
            let cut = fetch(json!({"url": format!("{base}/echo"), "max_chars": "4"}), Reach::Local).await.unwrap();
            assert!(cut.to_model.contains("\n\nGET \n[4 of "), "{}", cut.to_model);
        })
        .await;
}

#[tokio::test]
async fn what_is_no_page_is_told() {
    tokio::task::LocalSet::new()
        .run_until(async {
            let base = serve(PAGES).await;
            let cases = [
                ("round", "more than 5 redirects"),
                ("away", "sends on to another host: https://example.org/x; fetch that if you want it"),
                ("metadata", "169.254.169.254 is no host of the public internet"),
                ("file", "only http and https can be fetched, not file"),
                ("gone", "answers 404 Not Found"),
                ("nul", "is no text (text/plain)"),
                ("png", "is no text (image/png)"),
            ];
            for (path, want) in cases {
                let why = get(format!("{base}/{path}")).await.unwrap_err();
                assert!(why.contains(want), "{path}: {why}");
            }
            let refused = fetch(json!({"url": base.replace("127.0.0.1", "localhost")}), Reach::Public).await;
            assert!(refused.unwrap_err().0.starts_with("localhost is no host of the public internet"));
        })
        .await;
}

#[test]
fn private_addresses_are_not_fetched() {
    let private = [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1:8080/",
        "http://169.254.169.254/latest",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[::1]/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:db8::1]/",
    ];
    for url in private {
        let why = address(url, Reach::Public).unwrap_err().0;
        assert!(why.contains("private addresses are not fetched"), "{url}: {why}");
    }
    let allowed = ["https://example.org/a?b#c", "http://1.1.1.1/", "http://[2606:4700::1111]/"];
    for url in allowed {
        assert!(address(url, Reach::Public).is_ok(), "{url}");
    }
    assert!(address("http://127.0.0.1/", Reach::Local).is_ok() && address("http://10.0.0.1/", Reach::Local).is_err());
    for url in ["ftp://a/", "file:///etc/passwd", "javascript:alert(1)", "http://a:b@example.org/", "example.org", ""] {
        assert!(address(url, Reach::Public).is_err(), "{url}");
    }
}
