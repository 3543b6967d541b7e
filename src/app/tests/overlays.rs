//! Help, pickers, usage, details.

use super::{Rig, card, config};
use crate::{
    app::{Effect, Incoming, Overlay, Picker, UsageTab},
    chat::{Command, Event, Problem, ProblemKind, TurnEnd},
    config::ThemeName,
    text::Clean,
};

fn picker(rig: &Rig) -> &Picker {
    match rig.overlay() {
        Some(Overlay::Picker(picker)) => picker,
        other => panic!("no picker: {other:?}"),
    }
}

#[test]
fn each_opens_by_its_keys_and_closes() {
    let rows =
        ["?", "<f1>", "<c-x>?", "<c-p>", "<c-x>p", "<a-p>", "<c-x>m", "<c-x>T", "<c-r>", "<c-x>h", "<f4>", "<c-x>u"];
    for script in rows {
        for close in ["<esc>", "<c-c>"] {
            let mut rig = Rig::new();
            rig.keys(script);
            assert_eq!(rig.app.overlays.len(), 1, "{script}");
            rig.keys(close);
            assert!(rig.app.overlays.is_empty(), "{script}{close}");
            rig.keys("draft");
            assert_eq!(rig.text(), "draft");
        }
    }
    for script in ["<f1><f1>", "<c-p><c-p>", "<a-p><a-p>", "<f4><f4>", "?q", "<f4>q"] {
        let mut rig = Rig::new();
        rig.keys(script);
        assert!(rig.app.overlays.is_empty(), "{script}");
    }
}

#[test]
fn the_palette_finds_and_does() {
    let mut rig = Rig::new();
    rig.keys("<c-p>model");
    let first = &picker(&rig).rows[picker(&rig).matches[0]];
    assert!(first.label.contains("model"), "{first:?}");
    let rows: Vec<&str> = picker(&rig).matches.iter().map(|at| picker(&rig).rows[*at].value.as_str()).collect();
    assert!(rows.contains(&"pick-model") && rows.contains(&"next-model"), "{rows:?}");
    let mut rig = Rig::new();
    rig.keys("<c-p>quota and<enter>");
    assert!(matches!(rig.overlay(), Some(Overlay::Usage(_))));
    let mut rig = Rig::new();
    assert_eq!(rig.keys("<c-p>/login<enter>"), [Effect::Login]);
}

#[test]
fn the_model_picker() {
    let mut rig = Rig::new();
    let mut refused = card("glm-5", 5.0);
    refused.refused = Some("not in your plan".into());
    rig.chat(Event::Models(vec![card("glm-4.7", 4.6), refused, card("glm-5.3", 6.9)]));
    rig.keys("<a-p>");
    assert_eq!(picker(&rig).rows[picker(&rig).selected].value, "glm-5.3", "the one in use is chosen");
    assert_eq!(picker(&rig).rows[0].note, "about 1/3 fewer credits");
    assert!(rig.keys("<up><enter>").is_empty(), "a refused one cannot be chosen");
    assert_eq!(rig.toast(), "glm-5: not in your plan");
    assert_eq!(rig.keys("<up><enter>"), [Effect::Send(Command::SetModel("glm-4.7".into()))]);
    assert_eq!(
        rig.keys("<a-p>glm-7-preview<enter>"),
        [Effect::Send(Command::SetModel("glm-7-preview".into()))],
        "any id can be typed"
    );
}

#[test]
fn the_theme_shows_itself_first() {
    let mut rig = Rig::new();
    rig.keys("<c-x>T<down>");
    assert_eq!(rig.app.look.theme, ThemeName::Named("dark".into()));
    rig.keys("<esc>");
    assert_eq!(rig.app.look.theme, ThemeName::Auto);
    let effects = rig.keys("<c-x>T<down><down><enter>");
    assert_eq!(effects, [Effect::SaveSetting { key: "ui.theme".into(), value: "\"light\"".into() }]);
    assert_eq!(rig.app.look.theme, ThemeName::Named("light".into()));
}

#[test]
fn history_search() {
    let mut rig = Rig::new();
    rig.app.restore(vec!["fix the gauge".into(), "write docs".into()], None, None);
    rig.keys("draft<c-r>gauge<enter>");
    assert_eq!(rig.text(), "fix the gauge");
    rig.keys("<up>");
    assert_eq!(rig.text(), "draft", "the draft is in the history");
}

#[test]
fn the_usage_view() {
    let mut rig = Rig::new();
    assert_eq!(rig.keys("<f4>"), [Effect::Send(Command::RefreshQuota)]);
    rig.keys("<tab>");
    assert_eq!(rig.overlay(), Some(&Overlay::Usage(UsageTab::Week)));
    rig.keys("<s-tab><s-tab>");
    assert_eq!(rig.overlay(), Some(&Overlay::Usage(UsageTab::Models)));
    assert_eq!(rig.keys("r"), [Effect::Send(Command::RefreshQuota)]);
    assert_eq!(rig.keys("c"), [Effect::Copy("no answer from the quota endpoint yet\n".into())]);
}

#[test]
fn a_problem_shows_its_cause() {
    let mut rig = Rig::new();
    let problem = Problem::new(ProblemKind::Provider, "busy").code("1302").detail(Clean::new("{raw}"));
    rig.start(1, "go");
    rig.turn_ends(1, TurnEnd::Failed { problem, untouched: None });
    rig.keys("<c-o>");
    assert!(matches!(rig.overlay(), Some(Overlay::Detail(_))));
    assert_eq!(rig.keys("c"), [Effect::Copy("busy (1302)\n\n{raw}\n".into())]);
    rig.keys("<c-o>");
    assert!(rig.overlay().is_none());
}

#[test]
fn a_paste_goes_where_the_typing_goes() {
    let mut rig = Rig::new();
    rig.keys("<c-p>");
    rig.on(Incoming::Paste("quota\nmore".into()));
    assert_eq!(picker(&rig).query, "quota");
    rig.keys("<esc><f6>");
    rig.on(Incoming::Paste("text".into()));
    assert_eq!(rig.text(), "text");
    assert_eq!(Rig::with(&config()).text(), "");
}
