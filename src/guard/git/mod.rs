//! Asking git about a repository that may be hostile: it reads, and nothing that the repository names runs.
//!
//! A repository's own settings can name programs for almost everything (fsmonitor, filters, external diff,
//! textconv, pagers, aliases, ssh, hooks). Switching them off one by one is not enough: with an empty
//! `GIT_ATTR_SOURCE` git 2.47 still runs a clean filter that `.git/info/attributes` names (measured). So git
//! never sees these settings: it gets a [`Shell`], a git folder of ours with settings of ours, and of the
//! repository only the objects, the index and the files. What this module reads itself ([`Repository`]) it
//! parses. Runs nothing: callers do, caged.

mod repository;
mod shell;

pub use repository::Repository;
pub use shell::{Inquiry, Question, Shell};

#[cfg(test)]
mod tests;
