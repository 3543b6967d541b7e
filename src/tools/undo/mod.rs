//! Taking changes of files back: what every call and command changed, and putting it back without git.
//!
//! [`Changes`] writes down each change with the contents before and after, on disk before a file is touched. A
//! plan (pure) says for each path what it should be; later edits by a person are merged or left alone, never
//! overwritten. Knows neither turns' texts nor screens.

mod act;
mod changes;
mod commit;
mod ground;
mod ledger;
mod merge;
mod now;
mod plan;
mod report;
mod snapshot;
mod steps;
mod watch;

pub use changes::{Changes, Limits, Who};
pub use report::Undone;
pub use watch::Watch;

pub(super) use act::{finish_pending, redo, rewind, undo};
pub(super) use changes::missing_above;
pub(super) use commit::{Wanted, Wish, commit};
pub(super) use ground::Ground;
pub(super) use now::digest;
pub(super) use snapshot::wall;
pub(super) use steps::Bins;
pub(super) use watch::{Before, Found, Running};

#[cfg(test)]
mod tests;
