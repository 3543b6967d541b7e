//! Tool calls that leak into text: held back from their opener on, read, and given out as calls.
//!
//! What only mentions the markup is let through at once: as soon as what follows the opener cannot become a
//! call of an offered tool it is text. So is what stands in code. Knows nothing of chunks.

use super::{
    markup::{self, Read},
    offer::Offer,
};
use crate::chat::ToolCall;

const OPENER: &str = "<tool_call>";
const CLOSER: &str = "</tool_call>";
const FENCE: &str = "```";

/// The most bytes that are held back; a call is not longer (see `arguments`).
const MOST_HELD: usize = 1 << 20;

/// Finds calls in a stream of text, cut anywhere.
#[derive(Debug, Default)]
pub(super) struct Leak {
    offer: Offer,
    /// Text that may become a call, its opener first; or the beginning of an opener.
    held: String,
    /// How far `held` was searched for a closer.
    searched: usize,
    /// Backquotes at the end of the text that was let through, for the next piece.
    code: Code,
    calls: Vec<ToolCall>,
}

/// Whether text stands in code.
#[derive(Debug, Default)]
struct Code {
    in_fence: bool,
    /// Backquotes at the end.
    ticks: usize,
}

impl Code {
    fn take(&mut self, text: &str) {
        for byte in text.bytes() {
            if byte == b'`' {
                self.ticks += 1;
                if self.ticks == FENCE.len() {
                    self.in_fence = !self.in_fence;
                }
            } else {
                self.ticks = 0;
            }
        }
    }

    fn is_code(&self) -> bool {
        self.in_fence || self.ticks > 0
    }
}

impl Leak {
    /// Looks for calls of these tools.
    pub(super) fn new(offer: Offer) -> Self {
        Self { offer, ..Self::default() }
    }

    /// Takes the next text and returns what is surely text.
    pub(super) fn push(&mut self, text: &str) -> String {
        if self.offer.is_empty() {
            return text.to_owned();
        }
        self.held.push_str(text);
        let mut out = String::new();
        let mut at = 0;
        while at < self.held.len() {
            let rest = &self.held[at..];
            if rest.starts_with(OPENER) && !self.code.is_code() {
                match self.look(at) {
                    (Read::More, _) => break,
                    (Read::Text, _) => at = self.let_through(at, OPENER.len(), &mut out),
                    (Read::Call(call), len) => {
                        self.calls.push(call);
                        self.searched = 0;
                        at += len;
                    }
                }
                continue;
            }
            if rest.starts_with('<') && OPENER.starts_with(rest) && !self.code.is_code() {
                break;
            }
            let first = usize::from(rest.starts_with('<'));
            let len = rest[first..].find('<').map_or(rest.len(), |next| first + next);
            at = self.let_through(at, len, &mut out);
        }
        self.held.drain(..at);
        out
    }

    /// What the text from the opener at `at` is, and the length of a whole call.
    fn look(&mut self, at: usize) -> (Read, usize) {
        let held = &self.held[at..];
        if held.len() > MOST_HELD || !markup::may_become(&held[OPENER.len()..], &self.offer) {
            return (Read::Text, 0);
        }
        // A closer may have begun at the end of what was searched before.
        let from = held.floor_char_boundary(self.searched.saturating_sub(CLOSER.len()).max(OPENER.len()));
        for (end, _) in held[from..].match_indices(CLOSER) {
            match markup::read(&held[OPENER.len()..from + end], &self.offer) {
                // The closer stands within an argument.
                Read::More => {}
                read => return (read, from + end + CLOSER.len()),
            }
        }
        self.searched = held.len();
        (Read::More, 0)
    }

    /// Lets `len` bytes through; returns where the rest begins.
    fn let_through(&mut self, at: usize, len: usize, out: &mut String) -> usize {
        let text = &self.held[at..at + len];
        self.code.take(text);
        out.push_str(text);
        self.searched = 0;
        at + len
    }

    /// The text is over: what is still held back is text.
    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// The calls that were found.
    pub(super) fn take_calls(&mut self) -> Vec<ToolCall> {
        std::mem::take(&mut self.calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ToolSpec;

    fn offer() -> Offer {
        let parameters = r#"{"type":"object","properties":{"path":{"type":"string"},"lines":{"type":"integer"}}}"#;
        let tool =
            |name: &str| ToolSpec { name: name.into(), description: String::new(), parameters: parameters.into() };
        Offer::new(&["read", "read_all", "list"].map(tool))
    }

    /// What comes out of `text` in pieces of this many bytes.
    fn through(text: &str, size: usize) -> (String, Vec<(String, String)>) {
        let mut leak = Leak::new(offer());
        let mut out = String::new();
        let mut from = 0;
        while from < text.len() {
            let to = text.ceil_char_boundary((from + size).min(text.len()));
            out.push_str(&leak.push(&text[from..to]));
            from = to;
        }
        out.push_str(&leak.finish());
        (out, leak.take_calls().into_iter().map(|call| (call.name, call.arguments)).collect())
    }

    #[test]
    fn calls_in_each_dialect_are_found_at_every_cut() {
        let read = |args: &str| vec![("read".to_owned(), args.to_owned())];
        let cases = [
            (
                "I look. <tool_call>read<arg_key>path</arg_key><arg_value>12</arg_value>\n<arg_key>lines</arg_key>\
                 <arg_value>7</arg_value></tool_call>",
                "I look. ",
                read(r#"{"path":"12","lines":7}"#),
            ),
            ("<tool_call>list\n</tool_call>.", ".", vec![("list".into(), "{}".into())]),
            (
                "<tool_call>\n<function=read>\n<parameter=path>\na b\n</parameter>\n</function>\n</tool_call>",
                "",
                read(r#"{"path":"a b"}"#),
            ),
            (
                "é<tool_call>{\"name\": \"read\", \"arguments\": {\"path\": \"a\"}}</tool_call>",
                "é",
                read(r#"{"path":"a"}"#),
            ),
            (
                "<tool_call>read<arg_key>path</arg_key><arg_value>say </tool_call> loud</arg_value></tool_call>",
                "",
                read(r#"{"path":"say </tool_call> loud"}"#),
            ),
        ];
        for (text, rest, calls) in cases {
            for size in 1..=text.len() {
                assert_eq!(through(text, size), (rest.to_owned(), calls.clone()), "{text} by {size}");
            }
        }
    }

    #[test]
    fn what_is_no_call_stays_text() {
        for text in [
            "The `<tool_call>` tag opens a call and </tool_call> ends it.",
            "<tool_call> is a tag",
            "<tool_call>fly<arg_key>path</arg_key><arg_value>a</arg_value></tool_call>",
            "<tool_call>read<arg_key>path</arg_key><arg_value>never ended",
            "<tool_call>read and write</tool_call>",
            "```\n<tool_call>list</tool_call>\n```",
            "`<tool_call>list</tool_call>`",
            "<tool_call>{\"name\": \"fly\"}</tool_call>",
            "a < b <tool <tool_calls> <tool_call",
            "<tool_call>read<arg_key>a</arg_key><arg_value>1</arg_value><arg_key>a</arg_key><arg_value>2</arg_value>\
             </tool_call>",
        ] {
            for size in 1..=text.len() {
                assert_eq!(through(text, size), (text.to_owned(), vec![]), "by {size}");
            }
        }
    }

    #[test]
    fn a_mention_is_not_held_back() {
        let mut leak = Leak::new(offer());
        assert_eq!(leak.push("see <tool_call> in"), "see <tool_call> in");
        assert_eq!(leak.push(" <tool_call>rea"), " ");
        assert_eq!(leak.push("son"), "<tool_call>reason");
        let mut nothing = Leak::default();
        assert_eq!(nothing.push("<tool_call>list</tool_call>"), "<tool_call>list</tool_call>");
    }
}
