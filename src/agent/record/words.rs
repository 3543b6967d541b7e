//! The fixed words of tools and repairs: in the program they are `&'static str`, in a file any text.

/// Names of tools.
const TOOLS: [&str; 14] = [
    "read",
    "edit",
    "write",
    "list",
    "glob",
    "grep",
    "shell",
    "apply_changes",
    "jobs",
    "todo",
    "ask_user",
    "web_fetch",
    "exit_plan",
    "delete",
];

/// Verbs of rows.
const VERBS: [&str; 19] = [
    "Ask",
    "Delete",
    "Edit",
    "Propose",
    "Find",
    "Search",
    "List jobs",
    "Look at job",
    "End job",
    "List",
    "Read",
    "Start",
    "Run",
    "Try",
    "Apply",
    "Discard",
    "Plan",
    "Fetch",
    "Write",
];

/// What was repaired in a reply.
const REPAIRS: [&str; 21] = [
    "a call's arguments were repaired",
    "an empty choice was skipped",
    "a second choice was ignored",
    "text after the end was ignored",
    "an empty tool call was skipped",
    "markers of the model's template were removed",
    "a tool call was recovered from the answer's text",
    "a tool call was recovered from the reasoning",
    "the reply ended without a reason",
    "a tool name was cleaned",
    "a call's arguments were recovered from its name",
    "an oversized event was skipped",
    "a damaged event was mended",
    "joined events were parted",
    "an unreadable event was skipped",
    "the code fence around a call's arguments was removed",
    "a comma too many in a call's arguments was dropped",
    "Python words in a call's arguments were read as JSON",
    "bare keys in a call's arguments were quoted",
    "single quotes in a call's arguments were read as double ones",
    "raw line breaks in a call's arguments were escaped",
];

/// The word itself, if it is one of ours.
pub(super) fn known(word: &str) -> Option<&'static str> {
    TOOLS.into_iter().chain(VERBS).chain(REPAIRS).find(|known| *known == word)
}
