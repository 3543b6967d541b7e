//! Live output of running calls on its way up: the newest report of each call, told a few times a second.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::chat::{Progress, RunId};

/// Between two reports: fifteen a second read as live and cost little.
const EVERY: Duration = Duration::from_millis(66);

/// The newest reports.
#[derive(Debug, Default)]
pub(super) struct Reports {
    shared: Arc<Shared>,
    told_at: Option<Instant>,
}

#[derive(Debug, Default)]
struct Shared {
    newest: Mutex<BTreeMap<RunId, Progress>>,
    news: Notify,
}

impl Shared {
    fn newest(&self) -> std::sync::MutexGuard<'_, BTreeMap<RunId, Progress>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reports {
    /// Where the call reports to; never blocks for long.
    pub(super) fn sink(&self, run: RunId) -> Arc<dyn Fn(Progress) + Send + Sync> {
        let shared = Arc::clone(&self.shared);
        Arc::new(move |progress| {
            shared.newest().insert(run, progress);
            shared.news.notify_one();
        })
    }

    /// Waits for reports, at most fifteen times a second. Dropping this future loses nothing.
    pub(super) async fn next(&mut self) -> BTreeMap<RunId, Progress> {
        while self.shared.newest().is_empty() {
            self.shared.news.notified().await;
        }
        if let Some(at) = self.told_at {
            tokio::time::sleep_until(at + EVERY).await;
        }
        self.told_at = Some(Instant::now());
        std::mem::take(&mut *self.shared.newest())
    }

    /// The call ended: its last report is not told any more.
    pub(super) fn forget(&self, run: RunId) {
        self.shared.newest().remove(&run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_newest_report_of_each_call_is_told_at_most_fifteen_times_a_second() {
        let mut reports = Reports::default();
        let (one, two) = (reports.sink(RunId(1)), reports.sink(RunId(2)));
        let lines = |lines| Progress { lines, ..Progress::default() };
        one(lines(1));
        let begun = Instant::now();
        assert_eq!(reports.next().await, BTreeMap::from([(RunId(1), lines(1))]));
        assert_eq!(begun.elapsed(), Duration::ZERO, "the first is told at once");
        one(lines(2));
        two(lines(7));
        one(lines(3));
        assert_eq!(reports.next().await, BTreeMap::from([(RunId(1), lines(3)), (RunId(2), lines(7))]));
        assert!(begun.elapsed() >= EVERY, "{:?}", begun.elapsed());
        one(lines(4));
        reports.forget(RunId(1));
        assert!(tokio::time::timeout(Duration::from_secs(9), reports.next()).await.is_err());
    }
}
