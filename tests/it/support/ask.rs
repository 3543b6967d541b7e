//! Questions and changes made by hand.

use glm_tui::{
    chat::{Ask, AskBody, ChangeKind, Choice, DiffLine, FileChange, Hunk, RunId, Side, StepId, TurnId},
    text::Clean,
};

/// A question with a body; nothing standing is offered.
pub(crate) fn ask(run: u64, title: &str, body: AskBody) -> Ask {
    Ask {
        run: RunId(run),
        step: StepId { turn: TurnId(4), step: 3 },
        title: Clean::strict(title),
        notes: Vec::new(),
        body,
        place: Clean::strict("~/src/app"),
        reason: Some(Clean::strict("the build needs it")),
        session: None,
        always: None,
    }
}

/// A command that needs leave, every character of it shown.
pub(crate) fn command(run: u64, raw: &str) -> Ask {
    let body = AskBody::Command { shown: Clean::strict(raw), raw: raw.to_owned() };
    Ask {
        session: Some(Clean::strict("commands starting \"npm install\"")),
        always: Some(Clean::strict("commands starting \"npm install\"")),
        ..ask(run, "run a command", body)
    }
}

/// A line of a change: ` `, `-` or `+` first.
fn line(text: &str) -> DiffLine {
    let side = match text.chars().next() {
        Some('-') => Side::Removed,
        Some('+') => Side::Added,
        _ => Side::Context,
    };
    DiffLine { side, text: Clean::strict(&text[1..]), emphasis: Vec::new() }
}

/// A hunk from its lines.
pub(crate) fn hunk(old_start: u32, new_start: u32, lines: &[&str]) -> Hunk {
    let lines: Vec<DiffLine> = lines.iter().map(|text| line(text)).collect();
    let added = lines.iter().filter(|line| line.side == Side::Added);
    let new = added.map(|line| format!("{}\n", line.text)).collect::<Vec<_>>().concat();
    Hunk { old_start, new_start, lines, new }
}

/// A change with two hunks.
pub(crate) fn change() -> FileChange {
    let mut hunks = vec![
        hunk(
            61,
            61,
            &[
                " impl Poller {",
                "     fn on_reply(&mut self, reply: Reply) -> Next {",
                "-        let body = reply.text();",
                "-        return Err(Limited);",
                "+        let body = reply.text()?;",
                "+        let resets_at = next_reset(&body);",
                "+        return Err(Limited { resets_at });",
                "     }",
            ],
        ),
        hunk(120, 121, &[" struct Limited", "-;", "+{ resets_at: Option<Timestamp> }", " ", " // end"]),
    ];
    hunks[0].lines[2].emphasis = vec![(25, 31)];
    FileChange {
        path: Clean::strict("src/quota/poll.rs"),
        kind: ChangeKind::Modified,
        hunks,
        added: 4,
        removed: 3,
        n_hidden: 0,
    }
}

/// A proposed change.
pub(crate) fn edit(run: u64) -> Ask {
    Ask {
        session: Some(Clean::strict("edits inside ~/src/app")),
        ..ask(run, "edit a file", AskBody::Change(Box::new(change())))
    }
}

/// A question with three answers.
pub(crate) fn question(run: u64, many: bool) -> Ask {
    let choice = |label: &str, about: &str| Choice { label: Clean::strict(label), about: Clean::strict(about) };
    let options = vec![
        choice("Keep the old name", "callers stay as they are"),
        choice("Rename", "eleven callers change"),
        choice("Both", ""),
    ];
    let question = Clean::strict("The field `reset` now holds an instant. Should it be renamed to `resets_at`?");
    Ask { reason: None, ..ask(run, "a question", AskBody::Question { question, options, many }) }
}

/// A plan to approve.
pub(crate) fn plan(run: u64) -> Ask {
    let text = "## Plan\n\n1. Carry the **reset time** in the error\n2. Show it in the gauge\n3. Test with `cargo test quota`\n\n\
                ```rust\nstruct Limited { resets_at: Option<Timestamp> }\n```\n\nNothing else changes.";
    Ask {
        session: Some(Clean::strict("edits inside ~/src/app")),
        reason: None,
        ..ask(run, "leave plan mode", AskBody::Plan(Clean::new(text)))
    }
}
