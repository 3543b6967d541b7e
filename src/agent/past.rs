//! What a machine goes on from: the end of a saved conversation as a value. Knows the story of a log, not its file.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::clock::clock;
use crate::{
    chat::{Effort, Message, ModelId, PermissionMode, Restored, RunId, TurnId, Usage},
    journal::{ChangeKind, Chosen, Counters, Parts, Record, Story},
};

/// Files that the model is told by name.
const TOLD: usize = 20;

/// What a machine goes on from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// The conversation, without the system prompt.
    pub messages: Vec<Message>,
    /// The service's newest count, and how many of the messages it covers.
    pub counted: Option<(Usage, usize)>,
    /// The highest number of a turn, on any branch.
    pub last_turn: TurnId,
    /// The highest number of a call, on any branch.
    pub last_run: RunId,
    /// The model of the next call; `None` = as the settings say.
    pub model: Option<PastModel>,
    /// The permission mode; `None` = as the settings say.
    pub mode: Option<PermissionMode>,
    /// What the model was not told yet, though a person did it.
    #[serde(default)]
    pub aside: Option<String>,
}

/// How the model was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastModel {
    /// The model.
    pub id: ModelId,
    /// It thinks.
    pub thinking: bool,
    /// How hard; `None` = its default.
    pub effort: Option<Effort>,
}

impl Past {
    /// The end of the story's path.
    #[must_use]
    pub fn of(story: &Story) -> Self {
        Self { aside: aside(story), ..Self::after(story.conversation(), story.counters, story.chosen.clone()) }
    }

    fn after((messages, counted): (Vec<Message>, Option<(Usage, usize)>), counters: Counters, chosen: Chosen) -> Self {
        Self {
            messages,
            counted,
            last_turn: counters.turn,
            last_run: counters.run,
            model: chosen.model.map(|(id, thinking, effort)| PastModel { id, thinking, effort }),
            mode: chosen.mode,
            aside: None,
        }
    }
}

/// What a person put back since the last prompt.
fn aside(story: &Story) -> Option<String> {
    let since = story.path.iter().rev().take_while(|entry| !matches!(entry.record, Record::Turn { .. }));
    let put_back = since.filter_map(|entry| match &entry.record {
        Record::Change(set) if set.kind != ChangeKind::Made => Some(&set.files),
        _ => None,
    });
    let names: BTreeSet<String> =
        put_back.flatten().map(|file| file.path.path().to_string_lossy().into_owned()).collect();
    let shown: Vec<&str> = names.iter().take(TOLD).map(String::as_str).collect();
    let more = names.len().saturating_sub(TOLD);
    let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| {
        format!(
            "[The user undid or redid changes of these files since then:\n{}{more}\nRead a file again before you change it.]",
            shown.join("\n")
        )
    })
}

/// What the machine goes on from and what a front end is told, of a conversation that takes the place of another.
#[must_use]
pub fn taken_up(story: Story) -> (Past, Restored) {
    let (notes, prompt) = (story.notes(), story.unfinished.prompt.clone());
    let (left, counters, chosen) = (story.left.clone(), story.counters, story.chosen.clone());
    let aside = aside(&story);
    let Parts { messages, counted, events } = story.into_parts(clock().wall.as_millisecond());
    let past = Past { aside, ..Past::after((messages, counted), counters, chosen) };
    (past, Restored { events, left, prompt, notes })
}
