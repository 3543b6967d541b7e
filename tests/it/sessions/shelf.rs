//! A home folder with saved conversations.

use std::{
    fs,
    path::{Path, PathBuf},
};

use glm_tui::{
    chat::{Message, Role, StepId, TurnId},
    journal::{Ended, Head, Journal, Record, Start, Stream, VERSION},
    text::Clean,
};

use crate::cli::Program;

/// The head of a session of this folder.
pub(super) fn head(id: &str, folder: &Path) -> Head {
    Head {
        v: VERSION,
        id: id.into(),
        app: "0.1.0".into(),
        folder: folder.to_string_lossy().into_owned(),
        branch: Some("main".into()),
        forked_from: None,
        imported_from: None,
    }
}

/// The records of a turn with this prompt and answer.
pub(super) fn turn(n: u32, prompt: &str, answer: &str) -> Vec<Record> {
    let (turn, step) = (TurnId(n), StepId { turn: TurnId(n), step: 1 });
    vec![
        Record::Turn { turn, prompt: Clean::new(prompt) },
        Record::Message(Box::new(Message::text(Role::User, prompt))),
        Record::Step { step, model: "glm-5.3".into() },
        Record::Text { step, of: Stream::Reasoning, text: Clean::new("Thinking about it.") },
        Record::Text { step, of: Stream::Answer, text: Clean::new(answer) },
        Record::Message(Box::new(Message::text(Role::Assistant, answer))),
        Record::TurnEnd { turn, end: Ended::Done },
    ]
}

/// The folder of a session in this program's home.
pub(super) fn dir(program: &Program, id: &str) -> PathBuf {
    program.home.path().join("state/sessions").join(id)
}

/// Its log.
pub(super) fn log(program: &Program, id: &str) -> PathBuf {
    dir(program, id).join("log.jsonl")
}

/// Writes a session with these records; it stays open until the journal is closed.
pub(super) fn open(program: &Program, head: Head, records: Vec<Record>) -> Journal {
    let journal = Journal::create(Start { dir: Some(dir(program, head.id.as_str())), head });
    for record in records {
        journal.append(record);
    }
    journal.barrier_blocking().unwrap();
    journal
}

/// Writes a session of the program's folder with this one prompt and answer.
pub(super) fn write(program: &Program, id: &str, prompt: &str, answer: &str) {
    let here = fs::canonicalize(program.home.path()).unwrap();
    open(program, head(id, &here), turn(1, prompt, answer)).close();
}

/// The session was used last this many seconds after 1970.
pub(super) fn aged(program: &Program, id: &str, seconds: u64) {
    let file = fs::File::open(log(program, id)).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
}
