//! How a call ends, in every form: well, badly, by the user, by silence. Each leads on or ends the turn.

use super::{
    Machine, Resume, State, Turn, activity,
    calling::{Calling, Ending},
    course::Halt,
    joint::WORTH_KEEPING,
    notice,
    retrying::Retrying,
};
use crate::{
    agent::effect::Effect,
    chat::{Activity, Event, Finish, ModelId, Problem, ProblemKind, Severity, TurnEnd},
    glm::{Context, Error, ErrorKind, retry},
    quota::{Now, WindowKind},
};

/// Said to the model when a cut answer is to go on.
const GO_ON: &str =
    "The connection was cut. Continue your answer exactly where it stopped, without repeating anything.";

/// Said to the model when it thought and then answered nothing.
const ANSWER_NOW: &str = "Please write your answer.";

/// Codes that mean "not this model": unknown, no right, not in the plan (docs/ZAI.md §10).
const MODEL_REFUSED: [&str; 3] = ["1211", "1220", "1311"];

impl Machine {
    /// The reply is over.
    pub(super) fn on_end(&mut self, ending: &Ending, now: Now) -> Vec<Effect> {
        let finish = &ending.finish;
        let Some(mut calling) = self.take_calling() else { return Vec::new() };
        let mut effects = Vec::new();
        calling.seal(&mut effects);
        if calling.reply.n_skipped > 0 {
            let n = calling.reply.n_skipped;
            effects.push(notice(Severity::Warn, format!("{n} unreadable pieces of the reply were skipped")));
        }
        effects.extend(self.price(&mut calling, ending, now));
        if self.may_run(&calling, finish) {
            effects.extend(self.take_calls(*calling, finish, now));
            return effects;
        }
        self.conversation.answer(&calling.reply.reasoning, &calling.reply.answer, Vec::new());
        let turn = calling.turn.clone();
        if self.has_steered() {
            effects.extend(self.next_step(&turn, now));
            return effects;
        }
        let only_thought = calling.reply.answer.trim().is_empty() && !calling.reply.reasoning.is_empty();
        if *finish == Finish::Stop && only_thought && calling.reply.calls.is_empty() && !turn.nudged {
            self.conversation.ask(ANSWER_NOW);
            effects.push(notice(Severity::Info, "GLM thought but did not answer: asked once more"));
            effects.extend(self.next_step(&Turn { nudged: true, ..turn }, now));
            return effects;
        }
        let end = turn_end(finish, &mut effects);
        effects.extend(self.end_turn(&turn, end, now));
        effects
    }

    /// The effects that close a step: its event, its price, the context that it left.
    fn price(&mut self, calling: &mut Calling, ending: &Ending, now: Now) -> Vec<Effect> {
        let usage = ending.usage;
        let spec = self.settings.catalogue.spec(&calling.model);
        let rate = self.settings.peak().map_or(1.0, |rule| rule.rate_at(now.wall).factor);
        let credits = usage.zip(spec.factors).map(|(u, f)| f.credits(u.fresh(), u.cached, u.completion) * rate);
        let usd = usage.zip(spec.price).map(|(u, p)| p.dollars(u.fresh(), u.cached, u.completion));
        if let Some(usage) = usage {
            self.conversation.counted(usage);
        }
        calling.turn.credits += credits.unwrap_or_default();
        let step = calling.turn.step();
        let served_by = ending.model.clone().filter(|id| *id != calling.model);
        let mut effects =
            vec![Effect::Emit(Event::StepEnded { step, finish: ending.finish.clone(), usage, credits, served_by })];
        if credits.is_some() || usd.is_some() {
            effects.push(Effect::Spent { credits, usd });
        }
        effects
    }

    /// The call failed: retry, step to another model, or end the turn.
    pub(super) fn on_failed(&mut self, number: u64, error: &Error, jitter: f64, now: Now) -> Vec<Effect> {
        if !matches!(&self.state, State::Calling(c) if c.number == number) {
            return Vec::new();
        }
        let Some(mut calling) = self.take_calling() else { return Vec::new() };
        let mut effects = vec![Effect::Abort];
        calling.seal(&mut effects);
        effects.extend(used_up(error, now));
        if let Some(more) = self.step_to_other_model(&calling, error, now) {
            effects.extend(more);
            return effects;
        }
        match retry::plan(error, calling.turn.attempt, jitter, &self.settings.limits) {
            retry::Plan::Wait(wait) => effects.extend(self.wait_to_retry(*calling, error, wait, now)),
            retry::Plan::Stop => {
                let problem = self.problem_of(&calling.model, error, now);
                effects.extend(self.give_up(&mut calling, problem, now));
            }
        }
        effects
    }

    fn wait_to_retry(
        &mut self,
        mut calling: Calling,
        error: &Error,
        wait: std::time::Duration,
        now: Now,
    ) -> Vec<Effect> {
        let why = self.problem_of(&calling.model, error, now).what;
        let mut effects = Vec::new();
        let kept = calling.reply.answer.len() >= WORTH_KEEPING;
        if kept {
            effects.extend(self.price(&mut calling, &Ending::early(Finish::Cut), now));
        }
        let mut turn = calling.turn.clone();
        turn.attempt += 1;
        let resume = if kept {
            self.conversation.answer(&calling.reply.reasoning, &calling.reply.answer, Vec::new());
            self.conversation.ask(GO_ON);
            turn.steps += 1;
            Resume::After(calling.reply.answer)
        } else {
            Resume::SameStep(calling.before)
        };
        let (attempt, of) = (turn.attempt, self.settings.limits.tries);
        effects.push(activity(Activity::Retrying { wait, attempt, of, why }));
        self.state = State::Retrying(Box::new(Retrying { turn, resume, until: now.instant + wait }));
        effects
    }

    /// The plan refuses the model: go on with the next one of the ring, and say so.
    fn step_to_other_model(&mut self, calling: &Calling, error: &Error, now: Now) -> Option<Vec<Effect>> {
        let code = error.code.as_deref().unwrap_or_default();
        if !MODEL_REFUSED.contains(&code) {
            return None;
        }
        self.settings.refused.insert(calling.model.clone(), error.message.clone());
        let other = self.settings.other_in_ring();
        let mut effects = vec![Effect::Emit(self.settings.models_event())];
        let problem = self.problem_of(&calling.model, error, now);
        let other = other?;
        effects.push(notice(Severity::Warn, format!("{} · going on with {other}", problem.what)));
        self.settings.model = other;
        effects.push(Effect::Emit(self.settings.model_event()));
        effects.extend(self.open(calling.turn.clone(), Resume::SameStep(calling.before.clone()), now));
        Some(effects)
    }

    fn problem_of(&self, model: &ModelId, error: &Error, now: Now) -> Problem {
        let settings = &self.settings;
        error.problem(&Context {
            model,
            preset: settings.preset,
            now: now.wall,
            zone: settings.zone.clone(),
            proxy_configured: settings.proxied,
        })
    }

    /// Ends the turn with a problem; what was shown is kept, an untouched prompt is given back.
    fn give_up(&mut self, calling: &mut Calling, problem: Problem, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        if calling.showed() {
            effects.extend(self.price(calling, &Ending::early(Finish::Cut), now));
            self.conversation.answer(&calling.reply.reasoning, &calling.reply.answer, Vec::new());
        }
        let untouched = self.give_back(&calling.turn);
        effects.extend(self.end_turn(&calling.turn, TurnEnd::Failed { problem, untouched }, now));
        effects
    }

    /// The prompt of a turn that nothing answered, taken out of the conversation.
    pub(super) fn give_back(&mut self, turn: &Turn) -> Option<String> {
        if turn.touched { None } else { self.conversation.take_back() }
    }

    /// No event for too long.
    pub(super) fn on_silence(&mut self, now: Now) -> Vec<Effect> {
        let number = self.last_call;
        let message = format!("no event for {} s", self.settings.limits.quiet_abort.as_secs());
        self.on_failed(number, &failure(ErrorKind::Silent, message), 0.5, now)
    }

    /// The model lost itself in one endless word: asked once more with less thinking, then given up.
    pub(super) fn on_drone(&mut self, now: Now) -> Vec<Effect> {
        let Some(mut calling) = self.take_calling() else { return Vec::new() };
        let mut effects = vec![Effect::Abort];
        calling.seal(&mut effects);
        if calling.turn.calm {
            let problem = Problem::new(ProblemKind::Provider, "GLM repeats one word without end")
                .hint_with("choose another model", "F2")
                .hint("or say it in other words");
            effects.extend(self.give_up(&mut calling, problem, now));
            return effects;
        }
        effects.push(notice(Severity::Warn, "GLM repeated one word without end: asked again with less thinking"));
        let turn = Turn { calm: true, attempt: calling.turn.attempt + 1, ..calling.turn };
        effects.extend(self.open(turn, Resume::SameStep(calling.before), now));
        effects
    }

    /// The user stops the turn; partial text is kept and marked.
    pub(super) fn interrupt(&mut self, now: Now) -> Vec<Effect> {
        self.halt(Halt::Person, now)
    }

    /// Stops the turn whatever it does.
    pub(super) fn halt(&mut self, why: Halt, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let turn = match std::mem::replace(&mut self.state, State::Idle) {
            state @ (State::Idle | State::Held(_)) => {
                self.state = state;
                return effects;
            }
            State::Retrying(retrying) => retrying.turn,
            State::Working(working) => {
                let turn = working.turn.clone();
                effects.extend(self.abandon(*working));
                turn
            }
            State::Calling(mut calling) => {
                effects.push(Effect::Abort);
                calling.seal(&mut effects);
                if calling.showed() {
                    effects.extend(self.price(&mut calling, &Ending::early(Finish::Interrupted), now));
                    self.conversation.answer(&calling.reply.reasoning, &calling.reply.answer, Vec::new());
                }
                calling.turn
            }
        };
        let untouched = self.give_back(&turn);
        let end = match why {
            Halt::Person => TurnEnd::Interrupted { untouched },
            Halt::Problem(problem) => TurnEnd::Failed { problem, untouched },
        };
        effects.extend(self.end_turn(&turn, end, now));
        effects
    }

    fn take_calling(&mut self) -> Option<Box<Calling>> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Calling(calling) => Some(calling),
            other => {
                self.state = other;
                None
            }
        }
    }
}

/// Which window a refusal names: the weekly codes, or the five hours (docs/ZAI.md §10).
fn used_up(error: &Error, now: Now) -> Option<Effect> {
    let kind = match error.code.as_deref()? {
        "1308" | "1316" => WindowKind::FiveHour,
        "1310" | "1317" => WindowKind::Week,
        _ => return None,
    };
    Some(Effect::UsedUp(kind, error.reset_at(now.wall)))
}

fn turn_end(finish: &Finish, effects: &mut Vec<Effect>) -> TurnEnd {
    let problem = match finish {
        Finish::Sensitive => {
            Problem::new(ProblemKind::Provider, "Z.ai withheld the rest of the answer (content policy)")
                .hint("rephrase the prompt")
        }
        Finish::ContextFull => {
            Problem::new(ProblemKind::Provider, "the conversation no longer fits the model's window")
                .hint_with("start a new conversation", "/new")
                .hint_with("or switch to a model with a larger window", "F2")
        }
        Finish::Length => {
            effects.push(notice(Severity::Warn, "the answer reached the output limit · say “go on” to continue"));
            return TurnEnd::Done;
        }
        Finish::ToolCalls => {
            effects.push(notice(Severity::Warn, "GLM asked for a tool, but none was offered"));
            return TurnEnd::Done;
        }
        _ => return TurnEnd::Done,
    };
    TurnEnd::Failed { problem, untouched: None }
}

fn failure(kind: ErrorKind, message: String) -> Error {
    Error { kind, status: None, code: None, message, retry_after: None, host: String::new() }
}
