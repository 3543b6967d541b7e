//! The calls of a step are worked through: read, judged, run, told to the model in their order.
//!
//! A call begins when no earlier unfinished one touches the same, so that the end is as if they had run one
//! after the other. At most [`AT_ONCE`] are in work at a time.

use std::time::Duration;

use super::{
    Machine, State, Turn, activity,
    run::{Run, SHOWN, Stage},
    told,
};
use crate::{
    agent::effect::Effect,
    chat::{Activity, Event, PermissionMode, RunId},
    quota::Now,
    text::Clean,
    tools::{Check, Outcome, Permit, Planned, Refusal},
};

/// Calls in work at a time: enough to hide the latency of reads, few enough for a small machine.
const AT_ONCE: usize = 8;

/// More calls than this in one message are asked for first: in another agent 997 of them ran at once
/// (docs/TESTING.md, row MOD-10).
pub(super) const MANY: usize = 64;

/// A step whose calls are in work.
#[derive(Debug)]
pub(super) struct Working {
    pub(super) turn: Turn,
    pub(super) runs: Vec<Run>,
    /// A question of the machine's own, which holds everything up.
    pub(super) question: Option<Question>,
    shown: Option<Activity>,
}

/// A question that the machine asks by itself.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) run: RunId,
    pub(super) about: About,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum About {
    /// So many calls in one message.
    Many(usize),
    /// The same call again and again.
    Circle,
}

impl Working {
    pub(super) fn new(turn: Turn, runs: Vec<Run>) -> Self {
        Self { turn, runs, question: None, shown: None }
    }

    pub(super) fn is_done(&self) -> bool {
        self.runs.iter().all(Run::is_done)
    }

    pub(super) fn run(&mut self, id: RunId) -> Option<&mut Run> {
        self.runs.iter_mut().find(|run| run.id == id && !run.is_done())
    }

    /// Ends the call with this number.
    pub(super) fn settle(&mut self, id: RunId, outcome: Outcome, took: Duration, effects: &mut Vec<Effect>) {
        let step = self.turn.step();
        if let Some(run) = self.run(id) {
            run.settle(step, outcome, took, effects);
        }
    }

    /// Begins what may begin.
    fn pump(&mut self, mode: PermissionMode, effects: &mut Vec<Effect>) {
        let step = self.turn.step();
        let in_work = |run: &Run| matches!(run.stage, Stage::Checking(_) | Stage::Running(_));
        let mut room = AT_ONCE.saturating_sub(self.runs.iter().filter(|run| in_work(run)).count());
        let mut ahead = Vec::new();
        for run in &mut self.runs {
            if room == 0 {
                return;
            }
            let id = run.id;
            run.stage = match std::mem::replace(&mut run.stage, Stage::Taken) {
                // What it touches is not known, so nothing may overtake it.
                Stage::Taken => return,
                Stage::Waiting(planned) if !ahead.iter().any(|other| planned.access.conflicts(other)) => {
                    room -= 1;
                    effects.push(Effect::Check { run: id, step, planned: planned.clone(), mode });
                    Stage::Checking(planned)
                }
                Stage::Ready(planned, permit) => {
                    room -= 1;
                    effects.push(Effect::Emit(Event::RunStarted { run: id }));
                    let call = run.call.id.clone();
                    effects.push(Effect::Run { run: id, call, planned: planned.clone(), permit });
                    Stage::Running(planned)
                }
                other => other,
            };
            ahead.extend(run.stage.planned().map(|planned| planned.access.clone()));
        }
    }

    /// What is going on, in a few words.
    fn activity(&self) -> Activity {
        let running: Vec<&Planned> = self
            .runs
            .iter()
            .filter_map(|run| if let Stage::Running(planned) = &run.stage { Some(&**planned) } else { None })
            .collect();
        let is_asking = self.question.is_some() || self.runs.iter().any(|run| matches!(run.stage, Stage::Asking(..)));
        match running.as_slice() {
            [] if is_asking => Activity::Asking,
            [] => Activity::Running(Clean::trusted("tool calls")),
            [one] => {
                let first = one.target.as_str().lines().next().unwrap_or_default();
                let short: String = first.chars().take(SHOWN).collect();
                Activity::Running(Clean::strict(&format!("{} {short}", one.verb)))
            }
            many => Activity::Running(Clean::strict(&format!("{} calls", many.len()))),
        }
    }
}

impl Machine {
    /// The step in work, if there is one.
    pub(super) fn working(&mut self) -> Option<&mut Working> {
        if let State::Working(working) = &mut self.state { Some(working) } else { None }
    }

    /// Has the arguments of all calls read; those that cannot be run end.
    pub(super) fn plan_all(&mut self, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(working) = self.working() else { return effects };
        let step = working.turn.step();
        for run in &mut working.runs {
            match run.refusal.take() {
                Some(why) => {
                    run.settle(step, told::unfit(why), Duration::ZERO, &mut effects);
                }
                None if matches!(run.stage, Stage::Taken) => {
                    effects.push(Effect::Plan { run: run.id, call: run.call.clone() });
                }
                None => {}
            }
        }
        self.go_on(effects, now)
    }

    pub(super) fn on_planned(&mut self, id: RunId, result: Result<Planned, Refusal>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(working) = self.working() else { return effects };
        let step = working.turn.step();
        let Some(run) = working.run(id).filter(|run| matches!(run.stage, Stage::Taken)) else { return effects };
        match result {
            Ok(planned) => {
                run.stage = Stage::Waiting(Box::new(planned));
                run.card(step, &mut effects);
            }
            Err(refusal) => {
                let outcome = Outcome::failed(refusal, Clean::trusted("refused"));
                run.settle(step, outcome, Duration::ZERO, &mut effects);
            }
        }
        self.go_on(effects, now)
    }

    pub(super) fn on_checked(&mut self, id: RunId, check: Check, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let is_interactive = self.settings.caps.interactive;
        let Some(working) = self.working() else { return effects };
        let step = working.turn.step();
        let Some(run) = working.run(id) else { return effects };
        let Stage::Checking(planned) = &run.stage else { return effects };
        let planned = planned.clone();
        match check {
            Check::Go => run.stage = Stage::Ready(planned, Permit::Unasked),
            Check::Refuse(outcome) => run.settle(step, *outcome, Duration::ZERO, &mut effects),
            Check::Ask(ask) if is_interactive => {
                effects.push(Effect::Emit(Event::Asked(ask.clone())));
                run.stage = Stage::Asking(planned, ask);
            }
            Check::Ask(ask) => {
                run.settle(step, told::nobody(&ask), Duration::ZERO, &mut effects);
            }
        }
        self.go_on(effects, now)
    }

    pub(super) fn on_ran(&mut self, id: RunId, mut outcome: Outcome, took: Duration, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(working) = self.working() else { return effects };
        if working.run(id).is_none() {
            return effects;
        }
        let (plan, mode) = (outcome.plan.take(), outcome.mode.take());
        working.settle(id, outcome, took, &mut effects);
        effects.extend(plan.map(|plan| Effect::Emit(Event::Plan(plan))));
        if let Some(mode) = mode {
            self.enter_mode(mode, &mut effects);
        }
        self.go_on(effects, now)
    }

    /// Begins what may begin; when all is done, goes on to the next step.
    pub(super) fn go_on(&mut self, mut effects: Vec<Effect>, now: Now) -> Vec<Effect> {
        let mode = self.settings.mode;
        let Some(working) = self.working() else { return effects };
        if working.question.is_none() {
            if working.is_done() {
                effects.extend(self.step_done(now));
                return effects;
            }
            working.pump(mode, &mut effects);
        }
        self.tell_activity(effects)
    }

    /// Says what is going on, if that is something else now.
    pub(super) fn tell_activity(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        let Some(working) = self.working() else { return effects };
        let doing = working.activity();
        if working.shown.as_ref() != Some(&doing) {
            working.shown = Some(doing.clone());
            effects.push(activity(doing));
        }
        effects
    }

    /// All calls of the step ended.
    fn step_done(&mut self, now: Now) -> Vec<Effect> {
        let Self { state: State::Working(working), guard, .. } = self else { return Vec::new() };
        let mut circles = false;
        for run in &working.runs {
            if let Stage::Done(told, _) = &run.stage {
                circles |= guard.note(&run.call.name, &run.call.arguments, told);
            }
        }
        if circles {
            return self.on_circle(now);
        }
        self.leave_step(now)
    }

    /// Tells the model the results and opens the next step.
    pub(super) fn leave_step(&mut self, now: Now) -> Vec<Effect> {
        let state = std::mem::replace(&mut self.state, State::Idle);
        let State::Working(working) = state else {
            self.state = state;
            return Vec::new();
        };
        let turn = working.turn.clone();
        self.record(*working);
        self.next_step(&turn, now)
    }

    /// Stops all calls of a step; each still gets its answer in the history.
    pub(super) fn abandon(&mut self, mut working: Working) -> Vec<Effect> {
        let mut effects = vec![Effect::StopRuns];
        let step = working.turn.step();
        effects.extend(working.question.take().map(|own| Effect::Emit(Event::AskClosed { run: own.run })));
        for run in working.runs.iter_mut().filter(|run| !run.is_done()) {
            let is_running = matches!(run.stage, Stage::Running(_));
            let outcome = if is_running { told::stopped() } else { told::never_begun() };
            run.settle(step, outcome, Duration::ZERO, &mut effects);
        }
        self.record(working);
        effects
    }

    /// Appends the results to the history, in the order of the calls, then their pictures.
    pub(super) fn record(&mut self, working: Working) {
        let has_eyes = self.settings.spec().vision;
        let mut shown = Vec::new();
        for run in working.runs {
            let Stage::Done(mut text, images) = run.stage else { continue };
            if has_eyes {
                shown.extend(images);
            } else if !images.is_empty() {
                text = format!("{text}\n({} pictures left out: this model cannot see)", images.len());
            }
            self.conversation.result(run.call.id, text);
        }
        if !shown.is_empty() {
            self.conversation.show(shown, "The pictures that the calls above returned, in order.");
        }
    }
}
