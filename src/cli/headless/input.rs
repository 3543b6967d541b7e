//! What a run without a screen reads: the prompt from words or a pipe, or prompts as JSON lines.

use std::{
    io::{BufRead, IsTerminal, Read},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use serde::Deserialize;

use crate::chat::{Problem, ProblemKind};

/// The longest prompt that is read from standard input: far above any model's window.
const STDIN_BYTES: u64 = 16 * 1024 * 1024;

/// How long a pipe that says nothing is waited for when there is a prompt already: a parent that leaves its
/// pipe open must not hang us.
const PIPE_WITHIN: Duration = Duration::from_secs(3);

/// The prompt: the words of the command line, standard input for `-` or a pipe.
///
/// # Errors
/// When there is no prompt, or standard input is not UTF-8.
pub(crate) fn prompt(words: &[String]) -> Result<String, Problem> {
    let typed = words.join(" ");
    let typed = typed.trim();
    let piped = match typed {
        "" | "-" => read_stdin().recv().unwrap_or_else(|_| Ok(String::new())),
        _ if std::io::stdin().is_terminal() => Ok(String::new()),
        _ => read_stdin().recv_timeout(PIPE_WITHIN).unwrap_or_else(|_| Ok(String::new())),
    };
    let piped = piped.map_err(|error| {
        Problem::new(ProblemKind::User, format!("standard input cannot be read as text: {error}"))
            .hint("pipe UTF-8 text")
    })?;
    let typed = if typed == "-" { "" } else { typed };
    let prompt = match (typed.is_empty(), piped.trim().is_empty()) {
        (false, false) => format!("{typed}\n\n{piped}"),
        (false, true) => typed.to_owned(),
        (true, _) => piped,
    };
    if prompt.trim().is_empty() {
        return Err(Problem::new(ProblemKind::User, "there is no prompt")
            .hint("glm-tui --print \"your question\", or pipe one in"));
    }
    Ok(prompt)
}

/// Reads standard input to its end on a thread of its own, so that the wait for it can be bounded.
fn read_stdin() -> Receiver<std::io::Result<String>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = std::io::stdin().lock().take(STDIN_BYTES).read_to_string(&mut text);
        let _ = sender.send(read.map(|_| text));
    });
    receiver
}

/// The prompts of standard input as they come, one JSON object a line; ends with the input. A line that is
/// no prompt is an error in its place.
pub(super) fn prompts() -> tokio::sync::mpsc::UnboundedReceiver<Result<String, Problem>> {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = Vec::new();
            match (&mut input).take(STDIN_BYTES).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    if sender.send(said(&line)).is_err() {
                        return;
                    }
                }
            }
        }
    });
    receiver
}

#[derive(Deserialize)]
struct Line {
    message: Said,
}

#[derive(Deserialize)]
struct Said {
    content: Content,
}

/// Content is a text, or a list of parts of which the texts count.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

fn said(line: &[u8]) -> Result<String, Problem> {
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        Problem::new(ProblemKind::User, format!("a line of standard input is no message: {error}"))
            .hint(r#"write {"type":"user","message":{"role":"user","content":"…"}}"#)
    })?;
    Ok(match line.message.content {
        Content::Text(text) => text,
        Content::Parts(parts) => parts.into_iter().map(|part| part.text).collect::<Vec<_>>().join("\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn a_line_is_a_prompt_or_says_what_is_wrong() {
        let cases = [
            (r#"{"type":"user","message":{"role":"user","content":"hello"}}"#, Some("hello")),
            (r#"{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}"#, Some("a\nb")),
            (r#"{"message":"hello"}"#, None),
            ("hello", None),
        ];
        for (line, want) in cases {
            assert_eq!(said(line.as_bytes()).ok().as_deref(), want, "{line}");
        }
    }
}
