//! Text to the clipboard: by the desktop's own tool, through tmux, or by asking the terminal (OSC 52).
//!
//! Owns which way is tried and what is said about it. Reads no clipboard, ever.

use std::{process::Stdio, time::Duration};

use tokio::io::AsyncWriteExt;

use super::{egress, surroundings::Surroundings};

/// A tool that needs longer has lost its display.
const PATIENCE: Duration = Duration::from_secs(2);

/// Terminals drop longer OSC 52 texts (hterm, and tmux of old, at about 100,000 bytes of base64).
const MAX_ENCODED: usize = 100_000;

/// How a copy ended.
#[derive(Debug)]
pub(super) struct Copied {
    /// One line for the user.
    pub(super) line: String,
    /// What the terminal is to be sent.
    pub(super) bytes: Option<Vec<u8>>,
}

/// A tool that takes text on its standard input.
type Tool = &'static [&'static str];

const WAYLAND: Tool = &["wl-copy"];
const X11: [Tool; 2] = [&["xclip", "-selection", "clipboard"], &["xsel", "--clipboard", "--input"]];
const TMUX: Tool = &["tmux", "load-buffer", "-w", "-"];

/// The tools worth trying, best first.
fn tools(around: &Surroundings) -> Vec<Tool> {
    let mut tools: Vec<Tool> = Vec::new();
    if !around.ssh {
        if cfg!(target_os = "macos") {
            tools.push(&["pbcopy"]);
        }
        if around.wayland {
            tools.push(WAYLAND);
        }
        if around.x11 {
            tools.extend(X11);
        }
        if around.wsl {
            tools.push(&["clip.exe"]);
        }
    }
    if around.tmux {
        tools.push(TMUX);
    }
    tools
}

/// Copies a text by the first way that works.
pub(super) async fn copy(text: String, around: Surroundings) -> Copied {
    let count = text.chars().count();
    let what = if count == 1 { "1 character".to_owned() } else { format!("{count} characters") };
    for tool in tools(&around) {
        if run(tool, &text).await {
            return Copied { line: format!("copied {what} ({})", tool[0]), bytes: None };
        }
    }
    let bytes = egress::clipboard(&text, around.tmux);
    if around.gnu_screen {
        // GNU screen prints the text instead.
        return Copied {
            line: "not copied: no clipboard tool, and GNU screen passes no OSC 52".to_owned(),
            bytes: None,
        };
    }
    if bytes.len() > MAX_ENCODED {
        return Copied {
            line: format!("not copied: {what} are too many for OSC 52, and there is no clipboard tool"),
            bytes: None,
        };
    }
    Copied { line: format!("copied {what} (OSC 52)"), bytes: Some(bytes) }
}

async fn run(tool: Tool, text: &str) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the clipboard's tool is a helper of the terminal")]
    let mut command = tokio::process::Command::new(tool[0]);
    command.args(&tool[1..]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let Ok(mut child) = command.spawn() else { return false };
    let Some(mut stdin) = child.stdin.take() else { return false };
    let done = async {
        let written = stdin.write_all(text.as_bytes()).await;
        drop(stdin);
        written.is_ok() && child.wait().await.is_ok_and(|status| status.success())
    };
    tokio::time::timeout(PATIENCE, done).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_tools_are_tried() {
        let around = |ssh, wayland, x11, tmux| Surroundings { ssh, tmux, wayland, x11, ..Surroundings::default() };
        let native = usize::from(cfg!(target_os = "macos"));
        for (around, first, count) in [
            (around(false, true, true, false), Some("wl-copy"), 3),
            (around(false, false, true, true), Some("xclip"), 3),
            (around(true, true, true, false), None, 0),
            (around(true, true, true, true), Some("tmux"), 1),
        ] {
            let tools = tools(&around);
            let native = if around.ssh { 0 } else { native };
            assert_eq!((tools.get(native).map(|tool| tool[0]), tools.len() - native), (first, count), "{around:?}");
        }
    }

    #[tokio::test]
    async fn without_a_tool_the_terminal_is_asked() {
        let cases = [
            (Surroundings::default(), "copied 2 characters (OSC 52)", true),
            (Surroundings { gnu_screen: true, ..Surroundings::default() }, "not copied", false),
        ];
        for (around, line, asks) in cases {
            let copied = copy("hi".into(), Surroundings { ssh: true, ..around }).await;
            assert!(copied.line.starts_with(line), "{}", copied.line);
            assert_eq!(copied.bytes.is_some(), asks);
        }
        let long = copy("x".repeat(200_000), Surroundings { ssh: true, ..Surroundings::default() }).await;
        assert!(long.line.starts_with("not copied: 200000 characters"));
    }
}
