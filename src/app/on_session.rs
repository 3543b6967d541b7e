//! What a person does about the conversation as a whole, and what the agent says of it.

use std::fmt::Write as _;

use super::{App, Asked, Effect, EntryKind, Now, Switch, action::SessionAct, slash, update::Effects};
use crate::chat::{Command, FileUndo, RewindScope, Saving, SessionInfo, UndoReport};

/// The formats of an export.
pub(super) const EXPORTS: [&str; 3] = ["md", "json", "html"];

/// Files that are named of an undo; the diff view knows all.
const NAMED: usize = 40;

impl App {
    pub(super) fn act_on_session(&mut self, what: SessionAct, now: Now, out: &mut Effects) {
        match what {
            SessionAct::Pick => self.open_sessions("", out),
            SessionAct::Rewind => self.open_rewind(now),
            SessionAct::New => self.switch(Switch::New, now, out),
            SessionAct::Fork => self.switch(Switch::Fork, now, out),
            SessionAct::Undo if self.is_free(now) => out.push(Effect::Send(Command::Undo)),
            SessionAct::Redo if self.is_free(now) => out.push(Effect::Send(Command::Redo)),
            SessionAct::Undo | SessionAct::Redo => {}
        }
    }

    /// Asks for another conversation; what is on the screen stays until it is there.
    pub(super) fn switch(&mut self, to: Switch, now: Now, out: &mut Effects) {
        if self.is_free(now) {
            self.live.session.asked = Some(Asked::Switch(to.clone()));
            // The draft belongs to the conversation that is left, and comes along all the same.
            out.push(Effect::Switch(to));
        }
    }

    /// No turn runs; else says what to do first.
    pub(super) fn is_free(&mut self, now: Now) -> bool {
        let free = !self.is_running();
        if !free {
            let key = self.keys.binding_of(super::Action::Back).to_lowercase();
            self.warn(format!("a turn runs: interrupt first ({key})"), now);
        }
        free
    }

    pub(super) fn rename_session(&mut self, name: &str, now: Now, out: &mut Effects) {
        match name {
            "" => {
                let name = self.live.session.info.as_ref().and_then(|info| info.name.clone());
                match (name, slash::command("rename")) {
                    (Some(name), _) => self.say(format!("this session is named {name}"), now),
                    (None, Some(command)) => self.usage_of(command, now),
                    (None, None) => {}
                }
            }
            "-" => out.push(Effect::Send(Command::Rename(String::new()))),
            name => out.push(Effect::Send(Command::Rename(name.to_owned()))),
        }
    }

    /// `/export [FORMAT] [FILE]`: the format may also be told by the file's ending.
    pub(super) fn export(&mut self, arg: &str, now: Now, out: &mut Effects) {
        let (word, rest) = arg.split_once(char::is_whitespace).unwrap_or((arg, ""));
        let ending = |file: &str| file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let (format, file) = match (named(word), ending(arg).as_deref().and_then(named)) {
            (Some(format), _) => (format, rest.trim()),
            (None, _) if arg.is_empty() => (EXPORTS[0], ""),
            (None, Some(format)) => (format, arg),
            (None, None) => {
                self.warn("the format is md, json or html: /export html [FILE]", now);
                return;
            }
        };
        out.push(Effect::Export { format: format.to_owned(), file: file.to_owned() });
    }

    pub(super) fn on_session(&mut self, info: SessionInfo, out: &mut Effects) {
        let renamed = self.live.session.info.as_ref().is_none_or(|old| old.name != info.name);
        self.live.session.info = Some(info);
        if renamed {
            out.push(Effect::Title(self.title()));
        }
    }

    pub(super) fn on_saving(&mut self, saving: Saving, now: Now) {
        let failed = matches!(self.live.session.saving, Saving::Failing(_));
        if failed && saving == Saving::Well {
            self.say("saved again: what was held in memory is on disk", now);
        }
        self.live.session.saving = saving;
    }

    pub(super) fn on_undone(&mut self, report: &UndoReport, now: Now) {
        let session = &mut self.live.session;
        match &session.asked {
            // The conversation follows; the report is told again behind it.
            Some(Asked::Rewind(_, RewindScope::Both)) => session.told = Some(Box::new(report.clone())),
            _ => session.asked = None,
        }
        self.transcript.changes.take(report);
        let n_kept = report.files.iter().filter(|(_, what)| matches!(what, FileUndo::Kept(_))).count();
        let verb = if report.redo { "redone" } else { "undone" };
        match (report.files.is_empty(), n_kept) {
            (true, _) if report.what.is_empty() => {
                self.say(format!("there is nothing to {}", if report.redo { "redo" } else { "undo" }), now);
                self.live.session.told = None;
                return;
            }
            (_, 0) => self.say(format!("{verb}: {}", report.what), now),
            // Those that were left alone are among the files that are counted there.
            (_, 1) => self.warn(format!("{verb}: {}; 1 of them was left alone", report.what), now),
            (_, n) => self.warn(format!("{verb}: {}; {n} of them were left alone", report.what), now),
        }
        self.print_undone(report);
        self.note_news();
    }

    /// What became of each file, behind the conversation.
    pub(super) fn print_undone(&mut self, report: &UndoReport) {
        if !report.what.is_empty() || !report.files.is_empty() {
            self.transcript.push(EntryKind::Output(words_of(report)));
        }
    }
}

fn named(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "markdown" => Some("md"),
        "htm" => Some("html"),
        word => EXPORTS.into_iter().find(|format| *format == word),
    }
}

/// The report as Markdown; what was left alone first.
fn words_of(report: &UndoReport) -> String {
    let mut text = format!("**{}** {}\n", if report.redo { "Redone" } else { "Undone" }, plain(report.what.as_str()));
    let is_kept = |what: &FileUndo| matches!(what, FileUndo::Kept(_));
    let kept = report.files.iter().filter(|(_, what)| is_kept(what));
    let rest = report.files.iter().filter(|(_, what)| !is_kept(what));
    // Writing to a String cannot fail.
    for (path, what) in kept.chain(rest).take(NAMED) {
        let what = match what {
            FileUndo::Restored if report.redo => "as the turn had left it".to_owned(),
            FileUndo::Restored => "as it was before".to_owned(),
            FileUndo::Removed if report.redo => "deleted again".to_owned(),
            FileUndo::Removed => "removed, since it had not existed".to_owned(),
            FileUndo::Merged => "merged: your later edit stays".to_owned(),
            FileUndo::Kept(why) => format!("**left alone**: {}", plain(why.as_str())),
        };
        let _ = write!(text, "\n- {} {what}", code(path.as_str()));
    }
    if let Some(n @ 1..) = report.files.len().checked_sub(NAMED) {
        let _ = write!(text, "\n- … and {n} more");
    }
    text
}

/// A path as Markdown code, whatever it holds.
fn code(path: &str) -> String {
    let longest = path.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if longest > 0 { " " } else { "" };
    format!("{fence}{gap}{path}{gap}{fence}")
}

/// Words in which nothing means Markdown.
fn plain(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for c in words.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&') {
            text.push('\\');
        }
        text.push(if c == '\n' { ' ' } else { c });
    }
    text
}
