//! Writes events as server-sent events, in the recorded form or in the others that the standard
//! allows, and the things that a scenario puts in. Pure.

use bytes::Bytes;

use super::{
    chunk::Head,
    refusal,
    scenario::{Frame, Inject, Newline, What},
};
use crate::quota::Timestamp;

/// Writes the events of one stream.
#[derive(Clone, Debug)]
pub(super) struct Framer {
    frame: Frame,
    n: u64,
}

impl Framer {
    /// For a stream in this form.
    pub(super) fn new(frame: &Frame) -> Self {
        Self { frame: frame.clone(), n: 0 }
    }

    /// One event with this data.
    pub(super) fn event(&mut self, data: &str) -> Bytes {
        let newline = self.newline();
        let mut out = Vec::with_capacity(data.len() + 16);
        if self.n == 0 && self.frame.bom {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        self.n += 1;
        let once = self.written(data);
        for _ in 0..=usize::from(self.frame.twice) {
            out.extend_from_slice(once.as_bytes());
        }
        if self.frame.comment_every > 0 && self.n.is_multiple_of(self.frame.comment_every) {
            out.extend_from_slice(b": keep-alive");
            out.extend_from_slice(newline.as_bytes());
            out.extend_from_slice(newline.as_bytes());
        }
        out.into()
    }

    /// What a scenario puts in, once.
    pub(super) fn injected(&self, inject: &Inject, head: &Head) -> Bytes {
        let text = inject.text.as_deref();
        let newline = self.newline();
        let data = |json: &str| format!("data: {json}{newline}{newline}").into_bytes();
        let bytes = match inject.what {
            What::BadJson => data(text.unwrap_or("{\"id\":\"x\",,\"choices\": nonsense}")),
            What::Truncated => {
                let whole = head.answer(text.unwrap_or("(truncated)"));
                data(whole.get(..whole.len() / 2).unwrap_or_default())
            }
            What::BadUtf8 => bad_utf8(&data(&head.answer("a@b"))),
            What::Huge => data(&head.answer(&"x".repeat(inject.size.max(1)))),
            What::Empty => data(&head.answer("")),
            What::Comment => format!(": {}{newline}{newline}", text.unwrap_or("keep-alive")).into_bytes(),
            What::Error => data(&error(inject)),
            What::ErrorEvent => format!("event: error{newline}data: {}{newline}{newline}", error(inject)).into_bytes(),
            What::Odd => data(&odd(head, text.unwrap_or("(odd)"))),
            What::Event => format!("event: ping{newline}data: {}{newline}{newline}", text.unwrap_or("{}")).into_bytes(),
            What::Raw => raw(inject),
        };
        bytes.into()
    }

    fn written(&self, data: &str) -> String {
        let newline = self.newline();
        let field = if self.frame.tight { "data:" } else { "data: " };
        let mut out = if self.frame.ids { format!("id: {}{newline}", self.n) } else { String::new() };
        out.reserve(data.len() + 16);
        if let Some(name) = &self.frame.event_name {
            out.extend(["event: ", name, newline]);
        }
        if self.frame.multiline && data.starts_with('{') {
            // A line end is white space between the members of an object.
            for line in split_members(data) {
                out.push_str(field);
                out.push_str(line);
                out.push_str(newline);
            }
        } else {
            out.push_str(field);
            out.push_str(data);
            out.push_str(newline);
        }
        out.push_str(newline);
        out
    }

    fn newline(&self) -> &'static str {
        match self.frame.newline {
            Newline::Lf => "\n",
            Newline::Crlf => "\r\n",
            Newline::Cr => "\r",
        }
    }
}

/// Cuts an object behind its first three top-level commas (`id`, `created`, `object` hold no comma).
fn split_members(json: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = json;
    for _ in 0..3 {
        let Some(i) = rest.find(',') else { break };
        let (line, after) = rest.split_at(i + 1);
        lines.push(line);
        rest = after;
    }
    lines.push(rest);
    lines
}

/// A lone lead byte, a lone continuation byte and a byte that never occurs, in place of the `@`.
fn bad_utf8(event: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(event.len() + 2);
    for byte in event {
        if *byte == b'@' { out.extend_from_slice(&[0xe4, 0x80, 0xff]) } else { out.push(*byte) }
    }
    out
}

fn error(inject: &Inject) -> String {
    let code = inject.code.as_deref().unwrap_or("1234");
    let words = inject.text.clone().unwrap_or_else(|| refusal::words(code, Timestamp::UNIX_EPOCH));
    refusal::envelope(code, &words).to_string()
}

fn odd(head: &Head, text: &str) -> String {
    serde_json::json!({
        "id": head.id,
        "created": head.created.to_string(),
        "object": null,
        "model": head.model,
        "system_fingerprint": null,
        "x_new_field": {"nested": [1, 2, 3]},
        "choices": [{"index": "0", "finish_reason": null, "logprobs": null,
            "delta": {"role": null, "content": text, "reasoning_content": null, "tool_calls": null, "audio": null}}],
        "usage": null,
    })
    .to_string()
}

fn raw(inject: &Inject) -> Vec<u8> {
    let mut out: Vec<u8> = inject.text.clone().unwrap_or_default().into_bytes();
    let digits: Vec<u8> =
        inject.hex.iter().flat_map(|h| h.chars()).filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    out.extend(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)));
    out
}
