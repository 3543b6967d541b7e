//! Everything that must survive the program: what was said and done, and what files were before.
//!
//! One mechanism: an append-only log of checked JSON lines for each session ([`Journal`] writes it, [`read`]
//! reads it), and copies of files by their content ([`Blobs`]). The files are the truth; there is no database.
//! Knows neither tools nor screens.

mod blobs;
mod change;
mod disk;
mod draft;
mod export;
mod held;
mod import;
mod line;
mod log;
mod pack;
mod reader;
mod record;
mod search;
mod session_id;
mod sieve;
mod store;
mod story;
mod summary;

pub use blobs::{Blobs, Hash};
pub use change::{ChangeKind, ChangeSet, FileChange, FileState, PathText};
pub use export::{Format, export, plain_json};
pub use import::{Imported, Source, Taken, Wish};
pub use line::{Entry, encode};
pub use log::{Journal, OpenFault, Start};
pub use pack::{Pack, Slot};
pub use reader::{Damage, Read, read};
pub use record::{Call, Ended, Head, Record, Stream, VERSION};
pub use search::Searched;
pub use store::{Found, Limits, Pruned, Store};
pub use story::{Chosen, Counters, Parts, Story, Unfinished};
pub use summary::Summary;
