//! Typing, newlines, bash's keys, chips, history.

use super::{Rig, submit};
use crate::app::{Effect, Incoming};

/// Script, then the text with `|` at the caret.
fn caret(rig: &Rig) -> String {
    let (row, column) = {
        let cursor = rig.app.composer.area.cursor();
        (cursor.0, cursor.1)
    };
    let mut lines: Vec<String> = rig.app.composer.area.lines().to_vec();
    let at = lines[row].char_indices().nth(column).map_or(lines[row].len(), |(at, _)| at);
    lines[row].insert(at, '|');
    lines.join("⏎")
}

#[test]
fn editing_keys() {
    let rows = [
        ("hi", "hi|"),
        ("ab<left>c", "ac|b"),
        ("你好<left><bs>", "|好"),
        ("e\u{301}x<left><bs>", "|x"),
        ("👩\u{200d}👩\u{200d}👧x<left><left><del>", "|x"),
        ("one two<c-a>", "|one two"),
        ("one two<c-a><c-e>", "one two|"),
        ("one two<c-a><a-f>", "one| two"),
        ("one two<a-b>", "one |two"),
        ("one two<c-left><c-left>", "|one two"),
        ("one two<c-w>", "one |"),
        ("one two<c-w><c-w><c-y>", "one two|"),
        ("one two<c-a><a-d>", "| two"),
        ("one two<c-a><a-d><c-e><c-y>", " twoone|"),
        ("one two<a-bs>", "one |"),
        ("one two<c-a><c-k>", "|"),
        ("one two<c-u>x<c-y>", "xone two|"),
        ("one<c-h>", "on|"),
        ("one<c-a><c-d>", "|ne"),
        ("one<c-b><c-b><c-f>x", "onx|e"),
        ("one<c-u><c-_>", "one|"),
        ("one<c-u><c-7>", "one|"),
        ("a<c-j>b", "a⏎b|"),
        ("a<a-enter>b", "a⏎b|"),
        ("a<s-enter>b", "a⏎b|"),
        ("a\\<enter>b", "a⏎b|"),
        ("a<c-j>b<c-a><bs>", "a|b"),
        ("a<c-j>b<up><c-e><c-k>", "a|b"),
        ("a<c-j>b<home><c-u>", "a|b"),
        ("a<c-j>b<left><left>x", "ax|⏎b"),
        ("?", "|"),
        ("x?", "x?|"),
        ("ry", "ry|"),
    ];
    for (script, wanted) in rows {
        let mut rig = Rig::new();
        rig.keys(script);
        assert_eq!(caret(&rig), wanted, "{script}");
    }
}

#[test]
fn enter_sends_and_empties() {
    let mut rig = Rig::new();
    let effects = rig.keys("fix it<enter>");
    assert!(effects.contains(&submit("fix it")));
    assert!(effects.contains(&Effect::RememberPrompt("fix it".into())));
    assert!(rig.app.composer.is_empty());
    assert!(rig.keys("<enter>").is_empty(), "nothing to send");
    assert!(rig.keys("  <enter>").is_empty(), "blanks are no prompt");
}

#[test]
fn history_gives_the_draft_back() {
    let mut rig = Rig::new();
    rig.app.restore(vec!["one".into(), "two".into(), "two".into()], None, None);
    let rows = [
        ("draft<up>", "two"),
        ("<up>", "one"),
        ("<up>", "one"),
        ("x<up>", "onex"),
        ("<down>", "two"),
        ("<up>", "onex"),
        ("<down>", "two"),
        ("<down>", "draft"),
        ("<down>", "draft"),
        ("<up><enter>", ""),
        ("<up>", "two"),
        ("<up>", "one"),
    ];
    for (script, wanted) in rows {
        rig.keys(script);
        assert_eq!(rig.text(), wanted, "{script}");
    }
}

#[test]
fn the_draft_comes_back_after_a_restart() {
    let mut rig = Rig::new();
    rig.app.restore(Vec::new(), Some("half a thought".into()), None);
    assert_eq!(rig.text(), "half a thought");
    assert!(rig.ms(5000).is_empty(), "it is saved already");
}

#[test]
fn a_long_paste_is_one_piece() {
    let pasted = "a line\n".repeat(500);
    let mut rig = Rig::new();
    rig.keys("see ");
    assert!(rig.on(Incoming::Paste(pasted.clone())).iter().all(|effect| matches!(effect, Effect::SaveDraft(_))));
    rig.keys(" ok");
    assert_eq!(caret(&rig), "see [pasted 500 lines #1] ok|");
    rig.keys("<left><left><left><left>");
    assert_eq!(caret(&rig), "see |[pasted 500 lines #1] ok");
    rig.keys("<right><bs>");
    assert_eq!(caret(&rig), "see | ok");
    rig.keys("<c-_>");
    assert_eq!(rig.text(), "see [pasted 500 lines #1] ok");
    assert_eq!(rig.app.composer.text(), format!("see {pasted} ok"));
    let effects = rig.keys("<enter>");
    assert!(effects.contains(&submit(&format!("see {pasted} ok"))));
    rig.keys("<up>");
    assert_eq!(rig.text(), "see [pasted 500 lines #1] ok");
}

#[test]
fn pastes_below_the_limits_stay_text() {
    let rows = [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("x\u{1b}[31my", "xy")];
    for (pasted, wanted) in rows {
        let mut rig = Rig::new();
        rig.on(Incoming::Paste(pasted.into()));
        // How much of a control sequence goes is the cleaner's matter; no control character is left.
        assert!(rig.text().chars().all(|c| c == '\n' || !c.is_control()), "{pasted:?}");
        if !pasted.contains('\u{1b}') {
            assert_eq!(rig.text(), wanted);
        }
    }
    let mut rig = Rig::new();
    rig.on(Incoming::Paste("y".repeat(1000)));
    assert_eq!(rig.text(), "[pasted 1000 characters #1]");
}

#[test]
fn the_editor_gets_and_gives_the_whole_text() {
    let mut rig = Rig::new();
    rig.on(Incoming::Paste("l\n".repeat(12)));
    let effects = rig.keys("<c-g>");
    assert_eq!(effects, [Effect::Edit("l\n".repeat(12))]);
    rig.on(Incoming::Edited(Some("new\ntext\n".into())));
    assert_eq!(rig.text(), "new\ntext");
    rig.on(Incoming::Edited(None));
    assert_eq!(rig.text(), "new\ntext");
}

#[test]
fn rows_and_caret_before_the_draw() {
    let mut rig = Rig::new();
    rig.keys(&"word ".repeat(60));
    let composer = &rig.app.composer;
    assert_eq!(composer.visual_rows(40), 8);
    assert_eq!(composer.caret(40), (7, 20));
    rig.keys("<c-u>一二三四五六七八九十");
    assert_eq!(rig.app.composer.visual_rows(10), 2);
}
