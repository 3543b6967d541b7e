//! What a person puts back: the conversation at an earlier moment, the files as they were. Reads the log and
//! touches files, so it works on threads that may block; nothing else begins meanwhile.

use std::{path::Path, sync::Arc};

use super::{
    effect::PutBack,
    past::{Past, taken_up},
};
use crate::{
    chat::{Event, FileUndo, Notice, Point, Restored, RewindScope, Severity, TurnId},
    journal::{Journal, Read, Record, Story},
    text::Clean,
    tools::{Toolbox, Undone},
};

/// What came of it.
#[derive(Default)]
pub(super) struct Done {
    /// What the front end is told.
    pub(super) events: Vec<Event>,
    /// What the machine is told.
    pub(super) back: PutBack,
}

/// Which way files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Undo,
    Redo,
    /// Onwards: a crash cut it off.
    Finish,
}

impl Done {
    fn of(undone: Undone) -> Self {
        let events = vec![Event::Undone(Box::new(undone.report))];
        Self { events, back: PutBack { past: None, told: undone.told } }
    }

    /// A file was not put back.
    fn left_files_alone(&self) -> bool {
        let is_kept = |(_, what): &(Clean, FileUndo)| matches!(what, FileUndo::Kept(_));
        self.events.iter().any(|event| matches!(event, Event::Undone(report) if report.files.iter().any(is_kept)))
    }

    fn refused(why: impl Into<String>) -> Self {
        let notice = Notice { severity: Severity::Warn, text: why.into() };
        Self { events: vec![Event::Notice(notice)], ..Self::default() }
    }
}

/// Goes back to a moment. Files go first: if the program ends in between, the conversation still knows of them.
pub(super) async fn rewind(
    journal: Option<Journal>,
    (quiet, toolbox): (impl Future<Output = ()>, Arc<Toolbox>),
    (to, scope): (Point, RewindScope),
) -> Done {
    quiet.await;
    let Some(journal) = journal else { return Done::refused("this session has no log to go back in") };
    let work = move || {
        let read = match journal.read() {
            Ok(read) => read,
            Err(error) => return Done::refused(format!("the session's log cannot be read: {error}")),
        };
        let prompt = if let Point::Before(turn) = to { prompt_of(&read, turn) } else { None };
        let from = first_undone(&read, to);
        let Some(story) = Story::tell_until(read, Some(to)) else {
            return Done::refused("that moment is not in the session's log");
        };
        let mut done = match (scope, from) {
            (RewindScope::Conversation, _) => Done::default(),
            (_, Some(from)) => Done::of(toolbox.rewind_files(from)),
            (_, None) => Done::refused("the files stay as they are: that moment is on a branch that was left"),
        };
        if scope == RewindScope::Files {
            return done;
        }
        journal.append(Record::Rewound(story.end()));
        let (past, restored) = taken_up(story);
        // What is in force now stays so; the model knows the files as they were at that moment, unless one was left
        // alone.
        let told = done.back.told.take().filter(|_| done.left_files_alone());
        done.back = PutBack { past: Some(Past { model: None, mode: None, ..past }), told };
        // What it read since then it does not know.
        toolbox.bench().seen.forget(Path::new("/"));
        done.events.push(Event::Restored(Box::new(Restored { prompt, notes: Vec::new(), ..restored })));
        done.events.push(Event::Jobs(toolbox.bench().jobs().borrow().clone()));
        done
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Done::refused("going back broke; nothing is lost"))
}

/// Undoes the last turn's changes of files, takes that back, or finishes what a crash cut off.
pub(super) async fn files((quiet, toolbox): (impl Future<Output = ()>, Arc<Toolbox>), way: Way) -> Done {
    quiet.await;
    let work = move || match way {
        Way::Undo => Done::of(toolbox.undo()),
        Way::Redo => Done::of(toolbox.redo()),
        Way::Finish => toolbox.finish_pending().map(Done::of).unwrap_or_default(),
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Done::refused("putting files back broke; what was there is kept, resume the session to finish it")
    })
}

/// The first turn whose changes of files go when this moment is gone back to; `None` for a moment of a branch that
/// was left: what other branches did since is not undone turn by turn.
fn first_undone(read: &Read, to: Point) -> Option<TurnId> {
    let Point::After(turn) = to else {
        let Point::Before(turn) = to else { return None };
        return Some(turn);
    };
    let is_end = |record: &Record| matches!(record, Record::TurnEnd { turn: ended, .. } if *ended == turn);
    let after = read.entries.iter().skip_while(|entry| !is_end(&entry.record));
    let is_left = after.into_iter().any(|entry| matches!(entry.record, Record::Rewound(_)));
    (!is_left).then_some(TurnId(turn.0 + 1))
}

/// The prompt of a turn, on whatever branch.
fn prompt_of(read: &Read, at: TurnId) -> Option<String> {
    read.entries.iter().find_map(|entry| match &entry.record {
        Record::Turn { turn, prompt } if *turn == at => Some(prompt.as_str().to_owned()),
        _ => None,
    })
}
