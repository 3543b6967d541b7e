//! The visible checklist of a key test.

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is checked; rows are told apart by it.
    pub what: String,
    /// How it stands.
    pub state: CheckState,
}

/// How a row stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// Under way.
    Running,
    /// Well, with a word more.
    Good(String),
    /// Badly, with a word more.
    Bad(String),
    /// Left out.
    Skipped,
}

/// Puts `news` in the place of the row of the same name, or at the end.
pub(super) fn update(checks: &mut Vec<Check>, news: Check) {
    match checks.iter_mut().find(|c| c.what == news.what) {
        Some(row) => *row = news,
        None => checks.push(news),
    }
}
