//! The key dialog, driven by keys and news.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Check, CheckState, Keep, News, Outcome, Stage, TestEnd, Welcome, Wish};
use crate::{
    chat::{Problem, ProblemKind},
    config::{Preset, Region},
};

const KEY: &str = "0123456789abcdef0123456789abcdef.ABCDEFGHabcdefgh";

fn press(welcome: &mut Welcome, keys: &str) -> Vec<Wish> {
    let code = |c| match c {
        '\n' => KeyCode::Enter,
        '\u{1b}' => KeyCode::Esc,
        c => KeyCode::Char(c),
    };
    keys.chars().flat_map(|c| welcome.on_key(KeyEvent::new(code(c), KeyModifiers::NONE))).collect()
}

fn tested(preset_key: char) -> (Welcome, Vec<Wish>) {
    let mut welcome = Welcome::new(Vec::new(), false);
    press(&mut welcome, &preset_key.to_string());
    welcome.on_paste(&format!(" {KEY}\n"));
    let wishes = press(&mut welcome, "\n");
    (welcome, wishes)
}

#[test]
fn each_choice_leads_to_its_address() {
    for (digit, preset) in [('1', Preset::CodingIntl), ('２', Preset::CodingCn), ('3', Preset::MeteredIntl)] {
        let (_, wishes) = tested(digit);
        let [Wish::Test(to, key)] = wishes.as_slice() else { panic!("{digit}: {wishes:?}") };
        assert_eq!((*to, key.expose()), (preset, KEY), "{digit}");
    }
    for (keys, outcome) in
        [("4", Outcome::Demo), ("q", Outcome::Leave), ("\u{1b}", Outcome::Leave), ("1\u{1b}q", Outcome::Leave)]
    {
        let mut welcome = Welcome::new(Vec::new(), false);
        assert_eq!(press(&mut welcome, keys), []);
        assert_eq!(welcome.outcome, Some(outcome), "{keys:?}");
    }
}

#[test]
fn an_unusable_key_is_refused_before_any_request() {
    let mut welcome = Welcome::new(Vec::new(), false);
    assert_eq!(press(&mut welcome, "1two words\n"), []);
    let Stage::Key { fault: Some(why), .. } = &welcome.stage else { panic!("{:?}", welcome.stage) };
    assert!(!why.contains("two words"), "the key is not echoed: {why}");
}

#[test]
fn a_good_key_is_kept_where_the_user_says() {
    for (answer, keep) in [("1", Keep::File), ("2", Keep::Run), ("\n", Keep::File)] {
        let (mut welcome, _) = tested('1');
        welcome
            .on_news(News::Check(Check { what: "key accepted".into(), state: CheckState::Good("plan: pro".into()) }));
        welcome.on_news(News::End(TestEnd::Good, None));
        press(&mut welcome, answer);
        let Some(Outcome::Use { keep: kept, .. }) = welcome.outcome else { panic!("{answer:?}") };
        assert_eq!(kept, keep);
    }
}

#[test]
fn point_04_the_other_region_is_asked_only_after_a_yes() {
    let (mut welcome, _) = tested('1');
    welcome.on_news(News::End(TestEnd::OtherRegion(Region::China), None));
    assert_eq!(press(&mut welcome, "x"), []);
    let wishes = press(&mut welcome, "y");
    assert!(matches!(wishes.as_slice(), [Wish::Test(Preset::CodingCn, _)]), "{wishes:?}");
}

#[test]
fn a_failed_test_can_be_repeated_left_or_worked_around() {
    let bad = || TestEnd::Bad(Problem::new(ProblemKind::Network, "api.z.ai: name not found"));
    for (answer, want) in [("q", Some(Outcome::Leave)), ("d", Some(Outcome::Demo)), ("e", None)] {
        let (mut welcome, _) = tested('1');
        welcome.on_news(News::End(bad(), None));
        press(&mut welcome, answer);
        assert_eq!(welcome.outcome, want, "{answer}");
    }
    let (mut welcome, _) = tested('1');
    welcome.on_news(News::End(bad(), None));
    assert!(matches!(press(&mut welcome, "r").as_slice(), [Wish::Test(..)]));
    assert_eq!(press(&mut welcome, "\u{1b}"), [Wish::StopTest]);
}
