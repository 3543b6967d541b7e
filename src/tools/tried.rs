//! The dry runs of a session that are neither applied nor thrown away.

use std::{
    collections::VecDeque,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Refusal;
use crate::guard::{
    Files,
    sandbox::{Overlay, Piece},
};

/// Dry runs that wait; the oldest goes when there is one more. Each may hold half a gigabyte of disk.
const KEPT: usize = 4;

/// The dry runs of a session. What is still here at its end is thrown away.
#[derive(Debug, Default)]
pub struct DryRuns(Mutex<VecDeque<(u64, Arc<DryRun>)>>);

/// What one command would change.
#[derive(Debug)]
pub(super) struct DryRun {
    /// Where the new contents lie, reached without following a link.
    pub(super) contents: Files,
    /// What is not applied yet.
    pub(super) pieces: Vec<Piece>,
    /// Removes the contents when nobody holds them any more.
    overlay: Arc<Overlay>,
}

impl DryRun {
    pub(super) fn new(overlay: Overlay, pieces: Vec<Piece>) -> io::Result<Self> {
        Ok(Self { contents: Files::open(&overlay.contents(), &[])?, pieces, overlay: Arc::new(overlay) })
    }

    pub(super) fn with(self, pieces: Vec<Piece>) -> Self {
        Self { pieces, ..self }
    }
}

impl DryRuns {
    pub(super) fn keep(&self, number: u64, run: DryRun) {
        let mut runs = self.lock();
        runs.retain(|(other, _)| *other != number);
        if runs.len() == KEPT {
            runs.pop_front();
        }
        runs.push_back((number, Arc::new(run)));
    }

    /// The dry run of this number.
    pub(super) fn get(&self, number: u64) -> Result<Arc<DryRun>, Refusal> {
        let runs = self.lock();
        let found = runs.iter().find(|(other, _)| *other == number).map(|(_, run)| Arc::clone(run));
        found.ok_or_else(|| {
            let known: Vec<String> = runs.iter().map(|(number, _)| number.to_string()).collect();
            let known = if known.is_empty() { "none waits".into() } else { format!("there are: {}", known.join(", ")) };
            Refusal(format!("there is no dry run {number} any more; {known}; run the command again"))
        })
    }

    /// It is thrown away.
    pub(super) fn discard(&self, number: u64) {
        self.lock().retain(|(other, _)| *other != number);
    }

    /// These paths of it are applied; with the last one it goes.
    pub(super) fn applied(&self, number: u64, paths: &[PathBuf]) {
        let mut runs = self.lock();
        let Some(at) = runs.iter().position(|(other, _)| *other == number) else { return };
        let Some((_, run)) = runs.remove(at) else { return };
        let pieces: Vec<Piece> = run.pieces.iter().filter(|piece| !paths.contains(&piece.path)).cloned().collect();
        if pieces.is_empty() {
            return;
        }
        if let Ok(contents) = Files::open(&run.overlay.contents(), &[]) {
            let rest = DryRun { contents, pieces, overlay: Arc::clone(&run.overlay) };
            runs.insert(at, (number, Arc::new(rest)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(u64, Arc<DryRun>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
