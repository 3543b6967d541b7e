//! What coming back to a conversation costs on the screen's side: telling its events again, the first frame, a
//! page up. Budgets at 120×40: 2,000 turns of 5 MB in 100 ms, a page up in 10 ms; twice the turns, twice the time.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a bench measures with the real clock and stops at the first surprise"
)]

#[path = "../tests/it/support/screen.rs"]
#[allow(dead_code, reason = "the bench needs a part of what the tests need")]
mod screen;

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use glm_tui::{
    app::{Incoming, Pane, Scroll},
    chat::{Detail, Event, Finish, ModelId, Restored, RunCard, RunEnd, RunId, RunKind, RunReport, TurnEnd, TurnId},
    text::Clean,
    ui::{self, ViewCache},
};
use ratatui::{Terminal, backend::TestBackend};

use screen::{Stage, step};

const SIZE: (u16, u16) = (120, 40);

/// A conversation of `turns` turns, each with `steps` steps of reasoning, answer and a call.
fn restored(turns: u32, steps: u32) -> Restored {
    let reasoning = Clean::new(&"The retry loop swallows the body. ".repeat(30));
    let answer = Clean::new(&"The **reset time** is lost in `poll()`.\n\n- keep it\n- parse it\n\n".repeat(20));
    let mut events = Vec::new();
    for turn in 1..=turns {
        events.push(Event::TurnStarted { turn: TurnId(turn), prompt: Clean::new("please look at what is wrong") });
        for n in 1..=steps {
            let id = step(turn, n);
            let run = RunId(u64::from(turn) * u64::from(steps) + u64::from(n));
            let card = RunCard {
                run,
                step: id,
                tool: Clean::new("read"),
                kind: RunKind::Explore,
                verb: Clean::new("Read"),
                target: Clean::new("src/quota/poll.rs"),
            };
            let report = RunReport {
                end: RunEnd::Ok,
                summary: Clean::new("212 lines"),
                detail: Detail::None,
                took: Duration::from_millis(3),
            };
            events.extend([
                Event::StepStarted { step: id, model: ModelId::from("glm-5.3") },
                Event::Reasoning { step: id, text: reasoning.clone() },
                Event::Answer { step: id, text: answer.clone() },
                Event::RunQueued(Box::new(card)),
                Event::RunEnded { run, report: Box::new(report) },
                Event::StepEnded { step: id, finish: Finish::Stop, usage: None, credits: None, served_by: None },
            ]);
        }
        events.push(Event::TurnEnded { turn: TurnId(turn), end: TurnEnd::Done });
    }
    let events = events.into_iter().map(|event| (Duration::from_secs(3_600), event)).collect();
    Restored { events, ..Restored::default() }
}

fn restore(stage: &mut Stage, restored: Restored) {
    let now = stage.now;
    black_box(stage.app.on(Incoming::Chat(Event::Restored(Box::new(restored))), now));
}

fn tell(c: &mut Criterion) {
    for (turns, steps) in [(2_000, 1), (4_000, 1), (1, 2_000), (1_000, 5)] {
        let all = restored(turns, steps);
        c.bench_function(&format!("restore {turns} turns of {steps} steps"), |b| {
            b.iter_batched(
                || (Stage::new(), all.clone()),
                |(mut stage, all)| {
                    restore(&mut stage, all);
                    stage
                },
                BatchSize::LargeInput,
            );
        });
    }
}

fn frames(c: &mut Criterion) {
    let mut stage = Stage::new();
    restore(&mut stage, restored(2_000, 1));
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    c.bench_function("first frame of 2,000 turns", |b| {
        b.iter_batched_ref(
            ViewCache::new,
            |cache| terminal.draw(|frame| _ = black_box(ui::draw(&stage.app, cache, frame, stage.now))).unwrap().area,
            BatchSize::SmallInput,
        );
    });
    let mut cache = ViewCache::new();
    terminal.draw(|frame| _ = ui::draw(&stage.app, &mut cache, frame, stage.now)).unwrap();
    c.bench_function("page up with its frame, 2,000 turns", |b| {
        b.iter(|| {
            let to = ui::scroll(&stage.app, &mut cache, Pane::Answer, -29);
            stage.app.panes.answer = to.map_or(Scroll::Latest, Scroll::Reading);
            terminal.draw(|frame| _ = black_box(ui::draw(&stage.app, &mut cache, frame, stage.now))).unwrap();
        });
    });
}

criterion_group!(restoring, tell, frames);
criterion_main!(restoring);
