//! The jobs of a session as a plain table: what runs, what ended, how each is told and shown.

use super::{
    super::Refusal,
    words::{how_it_ended, seconds},
};
use crate::{
    chat::{JobCard, JobId},
    guard::runner::{End, Exit, Running},
    text::Clean,
};

/// Jobs that may run at once.
const RUNNING: usize = 16;
/// Ended jobs whose output is kept.
const ENDED: usize = 32;
/// Characters of a command in a list.
const SHOWN: usize = 120;

/// All jobs, oldest first.
#[derive(Default)]
pub(super) struct Table {
    pub(super) jobs: Vec<Job>,
    pub(super) n_started: u32,
    pub(super) closed: bool,
}

/// One job.
pub(super) struct Job {
    pub(super) id: JobId,
    pub(super) command: String,
    pub(super) running: Running,
    /// Bytes of its output that the model was shown.
    pub(super) told: u64,
    /// The model knows that it ended.
    pub(super) reported: bool,
}

impl Table {
    pub(super) fn has_room(&self) -> bool {
        !self.closed && self.jobs.iter().filter(|job| job.running.exit().is_none()).count() < RUNNING
    }

    /// Drops the oldest ended jobs beyond those that are kept.
    pub(super) fn forget(&mut self) {
        let mut surplus = self.jobs.iter().filter(|job| job.running.exit().is_some()).count().saturating_sub(ENDED);
        self.jobs.retain(|job| {
            let goes = surplus > 0 && job.running.exit().is_some();
            surplus -= usize::from(goes);
            !goes
        });
    }

    pub(super) fn no_such(&self, id: JobId) -> Refusal {
        let known: Vec<String> = self.jobs.iter().map(|job| job.id.0.to_string()).collect();
        let known = if known.is_empty() { "there are none".into() } else { format!("there are: {}", known.join(", ")) };
        Refusal(format!("there is no job {}; {known}", id.0))
    }
}

impl Job {
    pub(super) fn state(&self, exit: Option<&Exit>) -> String {
        let how = exit.map_or_else(|| format!("running for {}", seconds(self.running.age())), how_it_ended);
        format!("job {}: {how}: {}", self.id.0, self.shown())
    }

    pub(super) fn shown(&self) -> String {
        let line = self.command.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
        let cut: String = line.chars().take(SHOWN).collect();
        let whole = cut.len() == line.len() && self.command.trim().lines().count() <= 1;
        if whole { cut } else { cut + " …" }
    }

    pub(super) fn card(&self) -> JobCard {
        let exit = self.running.exit();
        JobCard {
            job: self.id,
            command: Clean::strict(&self.shown()),
            exit: exit.map(|exit| match exit.end {
                End::Code(code) => code,
                End::Signal(signal) => -signal,
                End::Stuck => -9,
            }),
            age: self.running.age(),
            tail: self.running.live().borrow().tail.clone(),
        }
    }
}

pub(super) fn full() -> Refusal {
    Refusal(format!("{RUNNING} jobs run already or the session ends; end one with `jobs` first"))
}
