//! One request over the wire. Owns the connection pool, the headers and what of a response is read when it
//! is no success; refuses to know what is asked.

use std::{sync::OnceLock, time::Duration};

use reqwest::{RequestBuilder, Response, header, redirect};
use tokio::{sync::OnceCell, task, time};

use super::{
    endpoint::Address,
    envelope,
    error::{Error, ErrorKind},
    failure, times,
};
use crate::{
    config::{Limits, Secret},
    quota::Timestamp,
};

/// What is read of the body of a failure.
const FAILURE_BODY: usize = 64 << 10;

/// How long the body of a failure may take.
const FAILURE_WAIT: Duration = Duration::from_secs(10);

/// A dead peer behind a silent stream is noticed by the system, not by guessing.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// The pool, built when it is first needed: loading the system's certificates takes 16 ms (measured, release build).
#[derive(Debug, Default)]
pub(super) struct Http {
    pool: OnceCell<reqwest::Client>,
}

/// How a request is sent: whom it asks, with which key, by which clock.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) host: String,
    pub(super) key: Option<Secret>,
    pub(super) clock: Option<fn() -> Timestamp>,
    /// How long a connection may take, for the words of its failure.
    pub(super) connect: Duration,
}

impl Http {
    /// The pool. It is built on a blocking thread, once.
    ///
    /// # Errors
    /// The system gives no TLS.
    pub(super) async fn pool(&self, address: &Address, limits: &Limits) -> Result<&reqwest::Client, Error> {
        let (direct, connect) = (address.is_loopback(), limits.connect);
        let failed = |why: String| Error::new(ErrorKind::Refused, &address.host(), format!("no TLS: {why}"));
        self.pool
            .get_or_try_init(|| async {
                let built = task::spawn_blocking(move || build(direct, connect)).await;
                built.map_err(|why| failed(why.to_string()))?.map_err(|why| failed(why.to_string()))
            })
            .await
    }
}

fn build(direct: bool, connect: Duration) -> reqwest::Result<reqwest::Client> {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // An error means that there is a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = reqwest::Client::builder()
        .user_agent(concat!("glm-tui/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(connect)
        .tcp_nodelay(true)
        .tcp_keepalive(KEEPALIVE);
    // A proxy cannot reach this machine's own loopback.
    if direct { builder.no_proxy() } else { builder }.build()
}

/// The `Authorization` value of a key, with `scheme` before it; marked so that it is never logged.
///
/// # Errors
/// The key holds characters that no header can carry.
pub(super) fn authorization(scheme: &str, call: &Call) -> Result<Option<header::HeaderValue>, Error> {
    let Some(key) = &call.key else { return Ok(None) };
    let text = format!("{scheme}{}", key.expose().trim());
    let refused = |_| Error::new(ErrorKind::Refused, &call.host, "the key holds characters that no key has");
    let mut value = header::HeaderValue::from_str(&text).map_err(refused)?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// Sends a request and returns its response when the headers are there and say success.
///
/// # Errors
/// The transport failed, a redirect came, or the status is no success.
pub(super) async fn send(request: RequestBuilder, call: &Call) -> Result<Response, Error> {
    let response = request.send().await.map_err(|error| match failure::classify(&error, &call.host) {
        Error { kind: ErrorKind::ConnectTimeout, host, .. } => {
            let message = format!("no connection within {}", times::span(call.connect));
            Error::new(ErrorKind::ConnectTimeout, &host, message)
        }
        other => other,
    })?;
    let status = response.status();
    if status.is_redirection() {
        let to = response.headers().get(header::LOCATION).map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
        let to = failure::brief(&to.unwrap_or_else(|| "elsewhere".into()), call.key.as_ref());
        let message = format!("{} sends us on to {to}", call.host);
        return Err(Error { status: Some(status.as_u16()), ..Error::new(ErrorKind::Redirect, &call.host, message) });
    }
    if status.is_success() {
        return Ok(response);
    }
    Err(refused(response, call).await)
}

async fn refused(mut response: Response, call: &Call) -> Error {
    let status = response.status();
    let retry_after = asked_wait(response.headers(), call.clock);
    let mut body = Vec::new();
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk[..chunk.len().min(FAILURE_BODY - body.len())]);
            if body.len() >= FAILURE_BODY {
                break;
            }
        }
    };
    // What came until then is enough.
    let _ = time::timeout(FAILURE_WAIT, reading).await;
    let refusal = envelope::refusal_of_status(&body);
    let message = match failure::brief(&refusal.message, call.key.as_ref()) {
        message if message.is_empty() => status.canonical_reason().unwrap_or("no reason given").to_owned(),
        message => message,
    };
    let kind = if status.as_u16() == 407 { ErrorKind::Proxy } else { ErrorKind::Status };
    Error { status: Some(status.as_u16()), code: refusal.code, retry_after, ..Error::new(kind, &call.host, message) }
}

/// `Retry-After`, dates counted from the server's own clock if it tells it, else from ours.
fn asked_wait(headers: &header::HeaderMap, clock: Option<fn() -> Timestamp>) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let now = text(header::DATE).and_then(times::http_date).or_else(|| clock.map(|clock| clock()));
    times::retry_after(text(header::RETRY_AFTER)?, now)
}

/// The whole body of a response, at most `most` bytes of it.
///
/// # Errors
/// The transport failed, or the body is longer.
pub(super) async fn whole(mut response: Response, most: usize, call: &Call) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::classify(&error, &call.host))? {
        if body.len() + chunk.len() > most {
            return Err(Error::new(ErrorKind::NotAnAnswer, &call.host, "the answer is far too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
