//! Questions: the answers of a person to those of tool calls, and the two that the machine asks itself.

use std::time::Duration;

use super::{
    Machine, State, Waiting, When,
    course::Halt,
    run::Stage,
    told,
    working::{About, MANY, Question},
};
use crate::{
    agent::effect::{Effect, Scope},
    chat::{Ask, AskBody, Choice, Event, PermissionMode, Problem, ProblemKind, Reply, RunId, RunKind},
    quota::Now,
    text::Clean,
    tools::Permit,
};

impl Machine {
    /// A person answered. An answer to what is not asked any more is ignored.
    pub(super) fn on_answer(&mut self, id: RunId, reply: Reply, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(working) = self.working() else { return effects };
        if working.question.as_ref().is_some_and(|own| own.run == id) {
            return self.on_own_answer(reply, now);
        }
        let Some(run) = working.run(id) else { return effects };
        let Stage::Asking(planned, ask) = &run.stage else { return effects };
        if let Reply::No { why } = reply {
            working.settle(id, told::denied(why), Duration::ZERO, &mut effects);
            return self.go_on(effects, now);
        }
        let granted = match reply {
            Reply::Session => ask.session.clone().map(|rule| (rule, Scope::Session)),
            Reply::Always => ask.always.clone().map(|rule| (rule, Scope::Always)),
            _ => None,
        };
        effects.push(Effect::Emit(Event::AskClosed { run: id }));
        run.stage = Stage::Ready(planned.clone(), Permit::Given(reply));
        if let Some((rule, scope)) = granted {
            effects.push(Effect::Grant { rule: rule.as_str().to_owned(), scope });
            self.ask_again(&rule, &mut effects);
        }
        self.go_on(effects, now)
    }

    /// Questions that the new rule answers are put to the policy again.
    fn ask_again(&mut self, rule: &Clean, effects: &mut Vec<Effect>) {
        self.check_again(|ask| ask.session.as_ref() == Some(rule) || ask.always.as_ref() == Some(rule), effects);
    }

    /// Works under this permission mode from now on. Open questions are decided again under it, but for those
    /// that only a person can answer in any mode.
    pub(super) fn enter_mode(&mut self, mode: PermissionMode, effects: &mut Vec<Effect>) {
        let is_other = std::mem::replace(&mut self.settings.mode, mode) != mode;
        effects.push(Effect::Emit(Event::Mode(mode)));
        if is_other {
            self.check_again(|ask| !matches!(ask.body, AskBody::Question { .. } | AskBody::Plan(_)), effects);
        }
    }

    /// Closes the open questions that this holds for and puts them to the policy again.
    fn check_again(&mut self, which: impl Fn(&Ask) -> bool, effects: &mut Vec<Effect>) {
        let mode = self.settings.mode;
        let Some(working) = self.working() else { return };
        let step = working.turn.step();
        for run in &mut working.runs {
            let Stage::Asking(planned, ask) = &run.stage else { continue };
            if which(ask) {
                effects.push(Effect::Emit(Event::AskClosed { run: run.id }));
                effects.push(Effect::Check { run: run.id, step, planned: planned.clone(), mode });
                run.stage = Stage::Checking(planned.clone());
            }
        }
    }

    /// Lets a running command go on in the background.
    pub(super) fn let_go_on(&mut self, id: RunId) -> Vec<Effect> {
        let run = self.working().and_then(|working| working.run(id));
        let is_command =
            run.is_some_and(|run| matches!(&run.stage, Stage::Running(planned) if planned.kind == RunKind::Command));
        if is_command { vec![Effect::Background(id)] } else { Vec::new() }
    }

    /// Asks by itself; everything waits for the answer.
    pub(super) fn ask_own(&mut self, about: About) -> Vec<Effect> {
        let run = RunId(self.next_run());
        let State::Working(working) = &mut self.state else { return Vec::new() };
        let (question, yes, no) = match about {
            About::Many(n) => (
                format!("GLM wants to make {n} tool calls at once (more than {MANY})."),
                ("make them", "a few at a time; each is still judged for itself"),
                ("stop", "none of them is made and the turn ends"),
            ),
            About::Circle => (
                "GLM makes the same call again and again, and gets the same result.".to_owned(),
                ("go on", "let it try; your own words go with it"),
                ("stop", "the turn ends"),
            ),
        };
        let choice = |(label, about): (&'static str, &'static str)| Choice {
            label: Clean::trusted(label),
            about: Clean::trusted(about),
        };
        let ask = Ask {
            run,
            step: working.turn.step(),
            title: Clean::trusted("go on?"),
            notes: Vec::new(),
            body: AskBody::Question {
                question: Clean::strict(&question),
                options: vec![choice(yes), choice(no)],
                many: false,
            },
            place: Clean::default(),
            reason: None,
            session: None,
            always: None,
        };
        working.question = Some(Question { run, about });
        let effects = vec![Effect::Emit(Event::Asked(Box::new(ask)))];
        self.tell_activity(effects)
    }

    fn on_own_answer(&mut self, reply: Reply, now: Now) -> Vec<Effect> {
        let Some(own) = self.working().and_then(|working| working.question.take()) else { return Vec::new() };
        let mut effects = vec![Effect::Emit(Event::AskClosed { run: own.run })];
        let (goes_on, words) = match reply {
            Reply::No { .. } => (false, None),
            Reply::Chosen { picks, text } => (picks.first().is_none_or(|pick| *pick == 0), text),
            _ => (true, None),
        };
        if !goes_on {
            effects.extend(self.halt(Halt::Person, now));
            return effects;
        }
        if let Some(text) = words.filter(|text| !text.trim().is_empty()) {
            self.waiting.insert(0, Waiting { text, when: When::NextStep });
        }
        effects.extend(match own.about {
            About::Many(_) => self.plan_all(now),
            About::Circle => {
                self.guard.clear();
                self.leave_step(now)
            }
        });
        effects
    }

    /// The model turns in a circle: a person decides, or the turn ends.
    pub(super) fn on_circle(&mut self, now: Now) -> Vec<Effect> {
        if self.settings.caps.interactive {
            return self.ask_own(About::Circle);
        }
        let problem = Problem::new(ProblemKind::Provider, "GLM makes the same call again and again")
            .hint("say it in other words, or take another model")
            .code("loop");
        self.halt(Halt::Problem(problem), now)
    }
}
