//! Failures of the transport in our words. Owns which link of an error chain names the cause and what of a
//! foreign text may be shown; refuses to judge what the service says.

use std::{error::Error as StdError, io};

use rustls::{CertificateError, Error as TlsError};

use super::error::{Error, ErrorKind};
use crate::{config::Secret, text::Clean};

/// The most characters of a foreign body in a message.
const SHOWN: usize = 200;

/// Parts of a key at least this long are taken out of messages.
const TELLING: usize = 8;

/// The error behind a failed request to `host`.
pub(super) fn classify(error: &reqwest::Error, host: &str) -> Error {
    let chain = chain(error);
    let words: Vec<String> = chain.iter().map(ToString::to_string).collect();
    let has = |text: &str| words.iter().any(|word| word.contains(text));
    let last = words.last().cloned().unwrap_or_default();
    if has("proxy authorization required") {
        let message = "the proxy wants a name and a password";
        return Error { status: Some(407), ..Error::new(ErrorKind::Proxy, &proxy(&chain), message) };
    }
    if has("tunnel error") || has("SOCKS") || has("socks") {
        return Error::new(ErrorKind::Proxy, &proxy(&chain), format!("the proxy fails: {last}"));
    }
    if error.is_dns() || has("dns error") {
        return Error::new(ErrorKind::Dns, host, "name not found");
    }
    if let Some(tls) = chain.iter().find_map(|cause| tls_cause(*cause)) {
        return Error::new(ErrorKind::Tls, host, tls_words(tls));
    }
    let (kind, message) = match () {
        () if error.is_timeout() && error.is_connect() => (ErrorKind::ConnectTimeout, "no connection in time".into()),
        () if error.is_timeout() => (ErrorKind::Silent, "no answer in time".into()),
        () if error.is_connect() => (ErrorKind::Connect, connect_words(&chain).unwrap_or(last)),
        () if error.is_builder() => (ErrorKind::Refused, format!("the request cannot be sent: {last}")),
        () if has("gzip") => (ErrorKind::NotAnAnswer, "the body is labelled as gzip and is not".into()),
        () if error.is_body() || error.is_decode() => (ErrorKind::Cut, format!("the connection broke: {last}")),
        () => (ErrorKind::Connect, format!("the connection broke before an answer: {last}")),
    };
    Error::new(kind, host, message)
}

fn chain<'a>(error: &'a reqwest::Error) -> Vec<&'a (dyn StdError + 'static)> {
    let mut all: Vec<&'a (dyn StdError + 'static)> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        all.push(cause);
        next = cause.source();
    }
    all
}

fn tls_cause<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a TlsError> {
    let mut cause = cause;
    // An io::Error hides the error that it carries from the chain, and may carry another io::Error.
    while let Some(carried) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        cause = carried;
    }
    cause.downcast_ref()
}

fn tls_words(error: &TlsError) -> String {
    use CertificateError as Bad;
    match error {
        TlsError::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "its certificate has expired".into(),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "its certificate is not valid yet; is this computer's clock right?".into()
            }
            Bad::UnknownIssuer => "its certificate comes from nobody that this computer trusts".into(),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "its certificate belongs to another host".into()
            }
            Bad::BadSignature => "its certificate was not signed by whom it names".into(),
            Bad::Revoked => "its certificate was revoked".into(),
            // The name that the verifier gives to most self-signed ones.
            Bad::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                "its certificate is self-signed".into()
            }
            other => format!("its certificate is bad: {other}"),
        },
        TlsError::InvalidMessage(_) => "it does not speak TLS".into(),
        other => other.to_string(),
    }
}

fn connect_words(chain: &[&(dyn StdError + 'static)]) -> Option<String> {
    let io = chain.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>())?;
    Some(match io.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there (connection refused)".into(),
        io::ErrorKind::NetworkUnreachable => "the network is unreachable".into(),
        io::ErrorKind::HostUnreachable => "the host is unreachable".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => "the connection was closed at once".into(),
        _ => io.to_string(),
    })
}

/// The proxy's address where the chain tells it: the connector's debug text holds it and nothing else does.
fn proxy(chain: &[&(dyn StdError + 'static)]) -> String {
    let address = chain.iter().find_map(|cause| {
        let text = format!("{cause:?}");
        let inner = text.strip_prefix("ConnectError(")?;
        inner.split(", ").find_map(|part| part.parse::<std::net::SocketAddr>().ok())
    });
    address.map_or_else(|| "the proxy".to_owned(), |address| address.to_string())
}

/// Foreign text for a message: one clean line of at most 200 characters, without the key.
pub(super) fn brief(foreign: &str, key: Option<&Secret>) -> String {
    // Enough for what is shown and for a key that reaches over its end.
    let end = foreign.char_indices().nth(SHOWN * 20).map_or(foreign.len(), |(at, _)| at);
    let mut text = foreign[..end].to_owned();
    if let Some(key) = key {
        let key = key.expose().trim();
        for part in std::iter::once(key).chain(key.split('.')).filter(|part| part.len() >= TELLING) {
            text = text.replace(part, "…");
        }
    }
    let clean = Clean::new(&text);
    let mut line = String::new();
    for word in clean.as_str().split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(SHOWN - 1) {
        Some((at, last)) if at + last.len_utf8() < line.len() => format!("{}…", &line[..at]),
        _ => line,
    }
}
