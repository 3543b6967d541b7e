//! What a frame costs: at the live end of short and long histories, scrolled, at a new width, while
//! deltas come in. Budgets at 120×40: a tail frame 0.5 ms, a resize 1 ms.
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

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use glm_tui::{
    app::{EntryKind, Pane, ReasoningState, Scroll},
    ui::{self, ViewCache},
};
use ratatui::{Terminal, backend::TestBackend};

use screen::{Stage, step};

const SIZE: (u16, u16) = (120, 40);

/// A history of `n` entries in the shape of real sessions: prompt, reasoning, answer.
fn history(n: u32) -> Stage {
    let mut stage = Stage::new();
    for turn in 1..=n / 3 {
        stage.prompt(turn, "please look at the failing test and fix what is wrong with it");
        stage.step(step(turn, 1), 100, Some(4));
        stage.reasoning(step(turn, 1), &"the loop swallows the error and the gauge never learns of it. ".repeat(12));
        let text = "The error is **lost** in `poll()`.\n\n```rust\nlet body = resp.text().await?;\nreturn Err(Limited);\n```\n\n- keep the body\n- parse it\n";
        stage.answer(step(turn, 1), text, true);
    }
    stage.app.panes.state = ReasoningState::Pinned;
    stage
}

struct Rig {
    stage: Stage,
    cache: ViewCache,
    terminal: Terminal<TestBackend>,
}

impl Rig {
    fn new(stage: Stage, size: (u16, u16)) -> Self {
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        let mut rig = Self { stage, cache: ViewCache::new(), terminal };
        rig.frame();
        while rig.cache.pending() {
            rig.cache.poll();
            std::thread::yield_now();
        }
        rig.frame();
        rig
    }

    fn frame(&mut self) {
        let Self { stage, cache, terminal } = self;
        terminal.draw(|frame| _ = black_box(ui::draw(&stage.app, cache, frame, stage.now))).unwrap();
    }

    fn push(&mut self, delta: &str) {
        let last = self.stage.app.transcript.entries.last_mut().unwrap();
        last.revision += 1;
        if let EntryKind::Answer { text, .. } = &mut last.kind {
            text.push_str(delta);
        }
    }
}

fn tails(c: &mut Criterion) {
    for n in [4_500, 45_000] {
        let mut rig = Rig::new(history(n), SIZE);
        c.bench_function(&format!("tail frame, {n} entries"), |b| b.iter(|| rig.frame()));
    }
}

fn gauge(c: &mut Criterion) {
    let mut stage = history(300);
    stage.app.board.history = (0..500u32)
        .map(|n| glm_tui::quota::Sample {
            at: screen::wall() - std::time::Duration::from_secs(u64::from(500 - n) * 20),
            five_hour: Some(f64::from(n) * 0.144),
            week: Some(20.0 + f64::from(n) * 0.022),
        })
        .collect();
    let mut rig = Rig::new(stage, SIZE);
    c.bench_function("tail frame, long history of the gauge", |b| b.iter(|| rig.frame()));
}

fn scrolled(c: &mut Criterion) {
    let mut rig = Rig::new(history(4_500), SIZE);
    for _ in 0..40 {
        let to = ui::scroll(&rig.stage.app, &mut rig.cache, Pane::Answer, -38).unwrap();
        rig.stage.app.panes.answer = Scroll::Reading(to);
        rig.frame();
    }
    c.bench_function("scrolled frame", |b| b.iter(|| rig.frame()));
}

fn resize(c: &mut Criterion) {
    let mut rig = Rig::new(history(4_500), SIZE);
    let mut width = 120;
    c.bench_function("resize to a new width", |b| {
        b.iter(|| {
            width = if width == 120 { 119 } else { 120 };
            rig.terminal.backend_mut().resize(width, 40);
            rig.frame();
        });
    });
}

fn stream(c: &mut Criterion) {
    let mut rig = Rig::new(history(4_500), SIZE);
    let open = "words of an answer that streams, ".repeat(64);
    rig.stage.step(step(2_000, 1), 3, None);
    c.bench_function("128 deltas on a 2 KiB tail, one frame each", |b| {
        b.iter_batched(
            || (),
            |()| {
                rig.stage.answer(step(2_000, 1), &open, false);
                for _ in 0..128 {
                    rig.push("token ");
                    rig.frame();
                }
                rig.stage.app.transcript.entries.pop();
            },
            criterion::BatchSize::PerIteration,
        );
    });
    let code = "Some words.\n\n```rust\nfn main() {\n    let x = 1; // why\n}\n```\n\n".repeat(10);
    rig.stage.answer(step(2_000, 1), &code, false);
    rig.frame();
    c.bench_function("frame with a delta behind ten code blocks", |b| {
        b.iter(|| {
            rig.push("w ");
            rig.frame();
        });
    });
}

fn composer(c: &mut Criterion) {
    let mut stage = history(300);
    stage.draft(&"a line of a long draft\n".repeat(100 * 1024 / 23));
    let mut rig = Rig::new(stage, SIZE);
    c.bench_function("100 KiB composer", |b| b.iter(|| rig.frame()));
}

criterion_group!(frames, tails, gauge, scrolled, resize, stream, composer);
criterion_main!(frames);
