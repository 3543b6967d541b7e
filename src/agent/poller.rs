//! Asks the quota endpoint when the schedule says so and keeps the board that everyone sees.
//!
//! Decides nothing about time (that is `quota::schedule`) and nothing about figures (`quota::Board`).
//! At most one question is under way, bounded in time; it never delays a model call.

use std::{future::pending, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use super::{clock::clock, turn::Machine};
use crate::{
    chat::{Notice, Severity},
    config::Config,
    glm::{Client, Error},
    quota::{Activity, Alerts, Board, Health, ModelSeries, Now, Snapshot, Timestamp, WindowKind, next_poll},
};

/// How long one question may take (clients in the field use 10–15 s).
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Tokens by model and the day of the last bucket.
type ByModel = (Vec<ModelSeries>, String);

/// What a question brought; the history is a convenience and may be missing.
struct Answer {
    snapshot: Result<Snapshot, Error>,
    by_model: Option<ByModel>,
}

/// The poller.
pub(super) struct Poller {
    board: Board,
    activity: Activity,
    /// The schedule asks; else only a person does.
    scheduled: bool,
    asked: bool,
    under_way: Option<BoxFuture<'static, Option<Answer>>>,
    alerts: Alerts,
    /// A refusal that came before any figures.
    early: Option<(WindowKind, Option<Timestamp>)>,
    turn_credits: f64,
    metered: bool,
}

impl Poller {
    /// A poller that asks at once and by the schedule if `machine` is watched, else only when told.
    pub(super) fn new(config: &Config, machine: &Machine) -> Self {
        let endpoint = config.endpoint.as_ref();
        let off = endpoint.is_none_or(|e| e.quota_url.is_none());
        let board = Board {
            health: if off { Health::Off } else { Health::Unknown },
            peak: config.catalogue.peak.clone(),
            demo: endpoint.is_some_and(|e| e.demo),
            ..Board::default()
        };
        Self {
            board,
            activity: Activity { last_activity: Some(clock().wall), ..Activity::default() },
            scheduled: machine.is_watched(),
            asked: machine.is_watched() && !off,
            under_way: None,
            alerts: Alerts::new(machine.zone()),
            early: None,
            turn_credits: 0.0,
            metered: endpoint.is_some_and(|e| e.preset.is_metered()),
        }
    }

    pub(super) fn board(&self) -> &Board {
        &self.board
    }

    /// Waits for the next change of the board. Dropping this future loses nothing.
    pub(super) async fn next(&mut self, client: &Arc<Client>) {
        loop {
            if let Some(question) = &mut self.under_way {
                let answer = question.await;
                self.under_way = None;
                self.take(answer);
                return;
            }
            if self.board.health == Health::Off {
                return pending().await;
            }
            if !std::mem::take(&mut self.asked) {
                if !self.scheduled {
                    return pending().await;
                }
                let now = clock();
                match next_poll(&self.board, self.activity, now.wall) {
                    None => return pending().await,
                    Some(at) => {
                        let wait = Duration::try_from(at.duration_since(now.wall)).unwrap_or_default();
                        tokio::time::sleep(wait).await;
                    }
                }
            }
            self.ask(Arc::clone(client));
        }
    }

    /// Asks as soon as possible, whatever the schedule says.
    pub(super) fn poll_now(&mut self) {
        self.asked = self.board.health != Health::Off;
    }

    pub(super) fn turn_began(&mut self, now: Now) {
        self.activity.turn_running = true;
        self.activity.last_activity = Some(now.wall);
        self.turn_credits = 0.0;
    }

    pub(super) fn turn_ended(&mut self, now: Now) {
        self.activity.turn_running = false;
        self.activity.last_activity = Some(now.wall);
        self.activity.last_turn_end = Some(now.wall);
        if self.turn_credits > 0.0 {
            self.board.turn_cost(self.turn_credits);
        }
    }

    /// A call of ours cost this.
    pub(super) fn spent(&mut self, credits: Option<f64>, usd: Option<f64>) {
        if let Some(credits) = credits {
            self.turn_credits += credits;
            self.board.spend(credits, clock().wall);
        }
        if let Some(usd) = usd.filter(|_| self.metered) {
            self.board.spent_usd = Some(self.board.spent_usd.unwrap_or(0.0) + usd);
        }
    }

    /// A refusal said so, before a poll could.
    pub(super) fn used_up(&mut self, kind: &WindowKind, resets_at: Option<Timestamp>) {
        if self.board.snapshot.is_none() {
            self.early = Some((kind.clone(), resets_at));
        }
        self.board.used_up(kind, resets_at, clock().wall);
    }

    /// What the board's figures now call for telling, once each.
    pub(super) fn alerts(&mut self, now: Now) -> Vec<Notice> {
        let reading = self.board.read(now.wall);
        let alerts = self.alerts.on(&reading);
        alerts
            .into_iter()
            .map(|a| Notice { severity: loudness(a.severity), text: format!("{} · {}", a.what, a.hint) })
            .collect()
    }

    fn ask(&mut self, client: Arc<Client>) {
        self.under_way = Some(Box::pin(async move {
            let question = async {
                let snapshot = client.quota(clock().wall).await;
                let by_model = client.model_usage(clock().wall).await.ok();
                Answer { snapshot, by_model }
            };
            tokio::time::timeout(ANSWER_WITHIN, question).await.ok()
        }));
    }

    fn take(&mut self, answer: Option<Answer>) {
        let now = clock().wall;
        let Some(answer) = answer else {
            return self.board.failed(format!("no answer within {} s", ANSWER_WITHIN.as_secs()), now);
        };
        match answer.snapshot {
            Ok(snapshot) => self.board.absorb(snapshot, now),
            Err(error) if error.is_bad_key() => self.board.refused(now),
            Err(error) if error.is_no_plan() => self.board.has_no_plan(now),
            Err(error) => self.board.failed(error.message, now),
        }
        if let Some((kind, resets_at)) = self.early.take_if(|_| self.board.snapshot.is_some()) {
            self.board.used_up(&kind, resets_at, now);
        }
        if answer.by_model.is_some() {
            self.board.by_model = answer.by_model;
        }
        if self.board.n_failures == 0 {
            self.board.next_poll_at = next_poll(&self.board, self.activity, now);
        }
    }
}

fn loudness(severity: crate::quota::Severity) -> Severity {
    use crate::quota::Severity as Quota;
    match severity {
        Quota::Ok => Severity::Info,
        Quota::Warn => Severity::Warn,
        Quota::Crit | Quota::Full => Severity::Danger,
    }
}
