//! Between the HTTP library's types and ours. Decides nothing.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use super::{log::mask, refusal::Refusal};

/// Undoes URL encoding.
pub(super) fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16)).unwrap_or_default() as u8;
                digit(bytes.next()) << 4 | digit(bytes.next())
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A body as JSON; as a text when it is none.
pub(super) fn read(bytes: &Bytes) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into())
}

/// Headers as they may be logged: keys are masked.
pub(super) fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            let is_secret = [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE].contains(name);
            let is_secret = is_secret || name.as_str() == "x-api-key";
            (name.to_string(), if is_secret { mask(&value) } else { value.into_owned() })
        })
        .collect()
}

/// An answer that is no reply as an HTTP response.
pub(super) fn send(refusal: Refusal) -> Response {
    let Refusal { status, content_type: kind, headers, body } = refusal;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    content_type(&mut response, &kind);
    for (name, value) in headers {
        // A scenario may ask for a header that HTTP does not allow; then it is left out.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Says what the body is.
pub(super) fn content_type(response: &mut Response, kind: &str) {
    if let Ok(kind) = HeaderValue::try_from(kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
}
