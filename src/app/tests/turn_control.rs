//! Sending, steering, queueing, interrupting.

use super::{Rig, submit};
use crate::{
    app::{Effect, EscMeaning, Focus, Incoming, Overlay, Scroll, Switch, esc_meaning},
    chat::{Activity, Command, Event, Problem, ProblemKind, TurnEnd},
    text::Clean,
};

/// Whether a state and its effects are as wanted.
type Check = fn(&Rig, &[Effect]) -> bool;

fn running() -> Rig {
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.step(1, 1);
    rig
}

#[test]
fn enter_steers_and_tab_queues_while_a_turn_runs() {
    let mut rig = running();
    assert!(rig.keys("more<enter>").contains(&submit("more")));
    assert!(rig.keys("later<tab>").contains(&Effect::Send(Command::Queue("later".into()))));
    assert!(rig.keys("last<c-x><enter>").contains(&Effect::Send(Command::Queue("last".into()))));
    rig.chat(Event::Waiting(vec![Clean::new("more"), Clean::new("later")]));
    assert_eq!(rig.app.live.waiting, ["more", "later"]);
    assert_eq!(rig.keys("<up>"), [Effect::Send(Command::Recall)]);
    rig.chat(Event::Recalled("later".into()));
    assert_eq!(rig.text(), "later");
}

#[test]
fn tab_sends_when_nothing_runs_and_moves_on_an_empty_prompt() {
    let mut rig = Rig::new();
    assert!(rig.keys("hi<tab>").contains(&submit("hi")));
    let mut rig = Rig::new();
    rig.keys("<tab>");
    assert_eq!(rig.app.panes.focus, Focus::Answer);
}

/// In each state the hint names what Esc then does.
#[test]
fn esc_does_what_its_hint_says() {
    type Prepare = fn(&mut Rig);
    let rows: [(&str, Prepare, EscMeaning, Check); 9] = [
        ("idle and empty", |_| {}, EscMeaning::Nothing, |_, effects| effects.is_empty()),
        ("a draft", |rig| drop(rig.keys("hi")), EscMeaning::ArmClear, |rig, _| rig.text() == "hi"),
        (
            "a draft, pressed once",
            |rig| drop(rig.keys("hi<esc>")),
            EscMeaning::Clear,
            |rig, effects| rig.text().is_empty() && effects.contains(&Effect::RememberPrompt("hi".into())),
        ),
        (
            "running, with a draft",
            |rig| {
                rig.start(1, "go");
                rig.keys("hi");
            },
            EscMeaning::Interrupt,
            |rig, effects| effects == [Effect::Send(Command::Interrupt)] && rig.text() == "hi",
        ),
        (
            "running, scrolled up",
            |rig| {
                rig.start(1, "go");
                let top = crate::app::Anchor { entry: crate::app::EntryId(1), offset: 0 };
                rig.on(Incoming::Scrolled { pane: crate::app::Pane::Answer, to: Some(top) });
            },
            EscMeaning::GoLive,
            |rig, effects| effects.is_empty() && rig.app.panes.answer == Scroll::Latest,
        ),
        (
            "an overlay while running",
            |rig| {
                rig.start(1, "go");
                rig.keys("<f1>");
            },
            EscMeaning::CloseOverlay,
            |rig, effects| effects.is_empty() && rig.overlay().is_none(),
        ),
        ("a chord", |rig| drop(rig.keys("<c-x>")), EscMeaning::CancelChord, |rig, _| rig.app.keys.pending.is_none()),
        (
            "a completion",
            |rig| drop(rig.keys("/mo")),
            EscMeaning::CloseCompletion,
            |rig, _| rig.app.composer.completion.is_none() && rig.text() == "/mo",
        ),
        (
            "a pane",
            |rig| drop(rig.keys("<f6>")),
            EscMeaning::LeavePane,
            |rig, _| rig.app.panes.focus == Focus::Composer,
        ),
    ];
    for (name, prepare, meaning, check) in rows {
        let mut rig = Rig::new();
        prepare(&mut rig);
        assert_eq!(esc_meaning(&rig.app), meaning, "{name}");
        let effects = rig.keys("<esc>");
        assert!(check(&rig, &effects), "{name}: {effects:?}");
    }
}

#[test]
fn an_armed_press_runs_out() {
    let mut rig = Rig::new();
    rig.keys("hi<esc>");
    rig.ms(2100);
    rig.keys("<esc>");
    assert_eq!(rig.text(), "hi");
    rig.keys("<esc>");
    assert_eq!(rig.text(), "");
    rig.keys("<c-_>");
    assert_eq!(rig.text(), "hi", "undo brings it back");
}

#[test]
fn a_key_between_disarms() {
    let mut rig = Rig::new();
    rig.keys("hi<esc>!<esc>");
    assert_eq!(rig.text(), "hi!");
}

#[test]
fn ctrl_c() {
    let quits = |effects: &[Effect]| effects.contains(&Effect::Quit);
    let mut rig = Rig::new();
    assert!(!quits(&rig.keys("<c-c>")));
    assert_eq!(rig.toast(), "^C again quits");
    assert!(quits(&rig.keys("<c-c>")), "twice quits");

    let mut rig = Rig::new();
    rig.keys("<c-c>");
    rig.ms(2100);
    assert!(!quits(&rig.keys("<c-c>")), "too late for twice");

    let mut rig = Rig::new();
    rig.keys("draft<c-c>");
    assert_eq!(rig.text(), "", "a draft goes into the history");
    assert!(!quits(&rig.keys("<up>")));
    assert_eq!(rig.text(), "draft");

    let mut rig = running();
    assert_eq!(rig.keys("draft<c-c>"), [Effect::Send(Command::Interrupt)]);
    assert_eq!(rig.text(), "draft");

    let mut rig = running();
    assert!(rig.keys("<f1><c-c>").is_empty(), "closes first");
    assert!(rig.overlay().is_none());
}

#[test]
fn leaving() {
    for script in ["<c-d>", "<c-x>q", "/exit<enter>", "/quit<enter>", "/q<enter>"] {
        let mut rig = Rig::new();
        let effects = rig.keys(script);
        assert!(effects.ends_with(&[Effect::Send(Command::Close), Effect::Quit]), "{script}: {effects:?}");
        assert!(rig.chat(Event::Closed).is_empty(), "once is enough");
    }
    let mut rig = Rig::new();
    rig.keys("x<c-a><c-d>");
    assert_eq!(rig.text(), "", "Ctrl-D deletes while there is text");
    assert_eq!(Rig::new().chat(Event::Closed), [Effect::Quit], "the agent ended by itself");
}

#[test]
fn an_untouched_prompt_comes_back() {
    let ends = [
        TurnEnd::Interrupted { untouched: Some("go".into()) },
        TurnEnd::Failed { problem: Problem::new(ProblemKind::Network, "no route"), untouched: Some("go".into()) },
    ];
    for end in ends {
        let mut rig = Rig::new();
        rig.keys("go<enter>");
        rig.start(1, "go");
        rig.turn_ends(1, end.clone());
        assert_eq!(rig.text(), "go", "into the empty composer");

        let mut rig = Rig::new();
        rig.keys("go<enter>");
        rig.start(1, "go");
        rig.keys("next");
        rig.turn_ends(1, end);
        assert_eq!(rig.text(), "next", "a draft stays");
        assert!(rig.toast().contains("history"));
        rig.keys("<up>");
        assert_eq!(rig.text(), "go");
    }
}

#[test]
fn the_draft_survives() {
    let mut rig = running();
    rig.keys("my dra");
    rig.keys("<f2><s-f2><a-p><esc><f1><esc><c-p><esc><f4><esc><c-o><c-t><c-x>M<c-x>T<down><esc><f3>x<esc>");
    rig.on(Incoming::Resize { columns: 30, rows: 8 });
    rig.turn_ends(1, TurnEnd::Failed { problem: Problem::new(ProblemKind::Provider, "500"), untouched: None });
    rig.keys("<pgup><pgdn><f6><f6><f6>ft");
    assert_eq!(rig.text(), "my draft");
}

#[test]
fn retry_is_r_only_while_offered() {
    let mut rig = running();
    rig.chat(Event::Activity(Activity::Waiting));
    rig.keys("r<bs>");
    assert_eq!(rig.text(), "");
    rig.ms(61_000);
    assert_eq!(rig.keys("r"), [Effect::Send(Command::RetryNow)]);
    rig.reasoning(1, 1, "hm");
    rig.keys("r");
    assert_eq!(rig.text(), "r");
}

#[test]
fn commands() {
    let rows: [(&str, Check); 12] = [
        ("/help<enter>", |rig, _| matches!(rig.overlay(), Some(Overlay::Help { .. }))),
        ("/model<enter>", |rig, _| matches!(rig.overlay(), Some(Overlay::Picker(_)))),
        ("/mod<enter>", |rig, _| matches!(rig.overlay(), Some(Overlay::Picker(_)))),
        ("/model glm-9<enter>", |_, effects| effects.contains(&Effect::Send(Command::SetModel("glm-9".into())))),
        ("/think off<enter>", |_, effects| effects.contains(&Effect::Send(Command::SetThinking(false)))),
        ("/clear<enter>", |_, effects| effects.contains(&Effect::Switch(Switch::New))),
        ("/quota<enter>", |rig, _| matches!(rig.overlay(), Some(Overlay::Usage(_)))),
        ("/status<enter>", |rig, _| rig.kinds()[0].starts_with("output **model** glm-5.3")),
        ("/config<enter>", |rig, _| rig.kinds()[0].contains("model = \"glm-5.3\"")),
        ("/login<enter>", |_, effects| effects.contains(&Effect::Login)),
        ("/usr/bin/x is broken<enter>", |_, effects| effects.contains(&submit("/usr/bin/x is broken"))),
        (" /mdel<enter>", |_, effects| effects.contains(&submit(" /mdel"))),
    ];
    for (script, check) in rows {
        let mut rig = Rig::new();
        let effects = rig.keys(script);
        assert!(check(&rig, &effects), "{script}: {effects:?} {:?}", rig.app.overlays);
        assert_eq!(rig.text(), "", "{script}");
    }
}

#[test]
fn a_mistyped_command_is_told_and_never_run() {
    let mut rig = Rig::new();
    assert!(rig.keys("/hlpe<enter>").is_empty());
    assert!(rig.overlay().is_none());
    assert!(rig.toast().starts_with("there is no command /hlpe"), "{}", rig.toast());
    assert_eq!(rig.text(), "/hlpe");
}

#[test]
fn enter_means_what_stands_there() {
    let set = |id: &str| Effect::Send(Command::SetModel(id.into()));
    let rows: [(&str, Option<&str>); 4] = [
        ("/mo<tab><enter>", None),
        ("/model glm<enter>", Some("glm")),
        ("/model glm<down><enter>", Some("glm-5")),
        ("/model glm-4.7<enter>", Some("glm-4.7")),
    ];
    for (script, wanted) in rows {
        let mut rig = Rig::new();
        let effects = rig.keys(script);
        match wanted {
            Some(id) => assert!(effects.contains(&set(id)), "{script}: {effects:?}"),
            None => assert!(matches!(rig.overlay(), Some(Overlay::Picker(_))), "{script}"),
        }
    }
    let mut rig = Rig::new();
    assert!(rig.keys("/think of<enter>").contains(&Effect::Send(Command::SetThinking(false))));
}

#[test]
fn completion() {
    let mut rig = Rig::new();
    rig.keys("/mo");
    let list = rig.app.composer.completion.clone().unwrap();
    assert_eq!(list.rows[0].0, "/model");
    rig.keys("<down><tab>");
    assert_eq!(rig.text(), "/mouse ");
    rig.keys("wh<tab>");
    assert_eq!(rig.text(), "/mouse wheel");
    assert!(rig.keys("<enter>").contains(&Effect::Mouse(crate::config::MouseMode::Wheel)));
}
