//! No size and no state makes drawing panic or leave the screen.

use std::time::Duration;

use glm_tui::{
    app::{Anchor, EntryId, EntryKind, Overlay, Pane, ReasoningState, Run, Scroll, UsageTab},
    chat::{
        Activity, Detail, JobCard, JobId, PermissionMode, PlanItem, PlanState, Problem, ProblemKind, Progress, RunCard,
        RunEnd, RunId, RunKind, RunReport, SandboxCard,
    },
    text::{Clean, width::width},
    ui::{self, ViewCache},
};
use proptest::prelude::*;

use super::thinking;
use crate::support::screen::{Screen, Stage, draw, step};

/// Wide, joined, combining and right-to-left text in all places.
const WORDS: [&str; 6] = ["中文的推理过程", "👨‍👩‍👧 family", "e\u{301}e\u{301}", "plain words here", "שלום", "ｆｕｌｌ"];

fn stage(seed: u64) -> Stage {
    let mut stage = thinking();
    let word = |n: u64| WORDS[((seed >> (n % 8)) % 6) as usize];
    stage.prompt(5, word(0));
    stage.step(step(5, 1), 3, None);
    stage.reasoning(step(5, 1), &[word(1), word(2), "\n\n", word(3)].concat().repeat(7));
    stage.answer(
        step(5, 1),
        &format!(
            "# {}\n\n| {} | b |\n|---|---|\n| c | {} |\n\n```py\n{}\n",
            word(1),
            word(2),
            word(3),
            word(4).repeat(9)
        ),
        false,
    );
    stage.entry(EntryKind::Trouble(Problem::new(ProblemKind::Network, word(5).repeat(9)).hint(word(4))));
    work(&mut stage, seed);
    stage.draft(&word(2).repeat((seed % 40) as usize));
    stage.app.status.place.0 = word(3).into();
    stage.app.live.waiting.push(word(1).repeat(20));
    stage.app.panes.state =
        [ReasoningState::Live, ReasoningState::Rest, ReasoningState::Pinned, ReasoningState::Off][(seed % 4) as usize];
    stage.app.panes.zoomed = [None, None, Some(Pane::Answer), Some(Pane::Reasoning)][(seed / 4 % 4) as usize];
    stage.app.panes.swapped = seed.is_multiple_of(3);
    stage.app.panes.share = [(seed % 101) as u16, (seed / 7 % 101) as u16];
    if seed.is_multiple_of(5) {
        stage.app.panes.answer = Scroll::Reading(Anchor { entry: EntryId(seed % 14), offset: (seed % 97) as usize });
    }
    stage.app.overlays = match seed % 9 {
        0 => vec![Overlay::Help { top: (seed % 60) as usize }],
        1 => vec![Overlay::Usage(UsageTab::Week)],
        3 => vec![Overlay::Tasks { selected: (seed % 5) as usize }],
        2 => vec![Overlay::Detail(Problem::new(ProblemKind::User, word(0).repeat(50)))],
        _ => Vec::new(),
    };
    stage.app.look.ascii = seed.is_multiple_of(11);
    if seed.is_multiple_of(2) {
        stage.busy(Activity::Writing, seed % 100, seed % 1000);
    }
    stage
}

/// Calls in all states, a plan, background commands, modes.
fn work(stage: &mut Stage, seed: u64) {
    let word = |n: u64| WORDS[((seed >> (n % 7)) % 6) as usize];
    let text = |n: u64, times: u64| Clean::new(&[word(n), "\n "].concat().repeat((seed % times) as usize + 1));
    for n in 0..8_u64 {
        let kind = [RunKind::Explore, RunKind::Edit, RunKind::Command, RunKind::Plan, RunKind::Other]
            [((seed >> n) % 5) as usize];
        let mut run = Run::new(RunCard {
            run: RunId(n),
            step: step(5, 1),
            tool: Clean::strict(word(n)),
            kind,
            verb: Clean::strict(word(n + 1)),
            target: text(n, 9),
        });
        if n % 4 > 0 {
            run.start(stage.now.instant);
        }
        if n % 4 > 1 {
            let tail = vec![Clean::strict(word(n)); (seed % 9) as usize];
            run.advance(Progress { tail, lines: seed % 1_000, bytes: seed }, stage.now.instant);
        }
        if n % 4 > 2 {
            let detail = if seed.is_multiple_of(2) {
                Detail::Text(text(n + 3, 90))
            } else {
                let lines = [word(n), "", &word(n + 1).repeat(30)].concat();
                let lines = ["-", "+", " ", "+"].map(|sign| super::runs::line(&[sign, &lines].concat()));
                let text: Vec<String> = lines.iter().map(|line| format!("+{}", line.text)).collect();
                let text: Vec<&str> = text.iter().map(String::as_str).collect();
                Detail::Change(Box::new(super::runs::change(word(n), (1, 2), (seed % 100_000) as u32, &text)))
            };
            let end = [RunEnd::Ok, RunEnd::Failed, RunEnd::Denied, RunEnd::Stopped][(seed / 3 % 4) as usize];
            run.end(RunReport { end, summary: text(n, 3), detail, took: Duration::from_millis(seed % 100_000) });
        }
        run.open = [None, Some(true), Some(false)][((seed >> n) % 3) as usize];
        stage.entry(EntryKind::Run(Box::new(run)));
    }
    let how = |n: u64| [PlanState::Done, PlanState::Active, PlanState::Open][(n % 3) as usize];
    let item = |n| PlanItem { text: text(n, 4), state: how(n) };
    stage.app.live.work.plan = (0..seed % 15).map(item).collect();
    stage.app.live.work.drawer = seed.is_multiple_of(3);
    let exit = |n: u32| [None, Some(0), Some(1), Some(-9)][(n % 4) as usize];
    let card = |n: u32| JobCard {
        job: JobId(n),
        command: text(u64::from(n), 3),
        exit: exit(n),
        age: Duration::from_secs(seed % 1_000_000),
        tail: vec![text(2, 3); (seed % 12) as usize],
    };
    stage.app.live.work.jobs = (0..(seed % 20) as u32).map(card).collect();
    stage.app.status.mode = PermissionMode::ALL[(seed % 4) as usize];
    let weak = seed.is_multiple_of(2);
    stage.app.status.sandbox = Some(SandboxCard { label: text(4, 2), about: Clean::default(), weak });
    stage.app.look.detailed = seed.is_multiple_of(7);
}

/// No glyph stands with a part of it beyond the edge, or over another glyph.
fn is_sound(screen: &Screen) {
    let area = screen.buffer.area;
    for y in 0..area.height {
        let mut free = 0;
        for x in 0..area.width {
            let symbol = screen.buffer[(x, y)].symbol();
            let wide = width(symbol) as u16;
            assert!(x + wide.max(1) <= area.width, "{symbol:?} at {x},{y} of {area:?}\n{}", screen.text());
            if x < free {
                assert!(symbol == " ", "{symbol:?} under a wide glyph at {x},{y}\n{}", screen.text());
            } else {
                free = x + wide.max(1);
            }
        }
    }
    let (x, y) = screen.caret;
    assert!(area.is_empty() || (x < area.width && y < area.height), "caret {x},{y} of {area:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_size_any_state(seed in any::<u64>(), sizes in prop::collection::vec((0u16..230, 0u16..75), 1..4), rows in -60i32..60) {
        let stage = stage(seed);
        let mut cache = ViewCache::new();
        for size in sizes {
            is_sound(&draw(&stage.app, &mut cache, size, stage.now));
            let _ = ui::scroll(&stage.app, &mut cache, Pane::Answer, rows);
            let _ = ui::scroll(&stage.app, &mut cache, Pane::Reasoning, rows);
        }
    }

    #[test]
    fn tiny_sizes(seed in any::<u64>(), size in (0u16..24, 0u16..8)) {
        is_sound(&stage(seed).draw(size));
    }
}

#[test]
fn a_used_cache_draws_what_a_fresh_one_draws() {
    let mut stage = thinking();
    let mut cache = ViewCache::new();
    for (n, size) in [(80, 24), (40, 12), (120, 40), (20, 5), (80, 24), (200, 60), (60, 15)].into_iter().enumerate() {
        stage.answer(step(4, 3), &format!("more {n}\n\n"), true);
        let used = draw(&stage.app, &mut cache, size, stage.now);
        let fresh = stage.draw(size);
        // Colours of code come when they are ready; all else is the same.
        assert_eq!((used.text(), used.caret, used.view), (fresh.text(), fresh.caret, fresh.view), "{size:?}");
    }
}
