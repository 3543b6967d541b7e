//! The view of the background commands: choosing one, stopping it.

use crossterm::event::KeyCode;

use super::{App, Chord, Effect, Overlay, update::Effects};
use crate::chat::{Command, JobId};

impl App {
    pub(super) fn open_tasks(&mut self) {
        self.overlays.push(Overlay::Tasks { selected: 0 });
    }

    pub(super) fn on_tasks_key(&mut self, chord: Chord, selected: usize, out: &mut Effects) {
        let last = self.live.work.jobs.len().saturating_sub(1);
        let to = match (chord.parts().0, chord.typed()) {
            (KeyCode::Up, _) | (_, Some('k')) => selected.saturating_sub(1),
            (KeyCode::Down, _) | (_, Some('j')) => selected + 1,
            (KeyCode::Home, _) => 0,
            (KeyCode::End, _) => last,
            (KeyCode::Delete, _) | (_, Some('x' | 'K')) => {
                if let Some(job) = self.job_at(selected) {
                    out.push(Effect::Send(Command::StopJob(job)));
                }
                selected
            }
            (_, Some('q')) => {
                self.close_overlay();
                return;
            }
            _ => selected,
        };
        if let Some(Overlay::Tasks { selected }) = self.overlays.last_mut() {
            *selected = to.min(last);
        }
    }

    /// The command that runs at a place of the list.
    fn job_at(&self, at: usize) -> Option<JobId> {
        self.live.work.jobs.get(at).filter(|job| job.exit.is_none()).map(|job| job.job)
    }
}
