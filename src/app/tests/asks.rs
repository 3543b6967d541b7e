//! Questions of the agent: what grants, what never does, what is sent.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{Rig, id, submit};
use crate::{
    app::{Effect, EscMeaning, Incoming, Offer, Page, Rect, Sheet, Typing, esc_meaning},
    chat::{
        Ask, AskBody, ChangeKind, Choice, Command, DiffLine, Event, FileChange, Hunk, HunkReply, Reply, RunId, Side,
        TurnEnd,
    },
    text::Clean,
};

fn ask(run: u64, body: AskBody) -> Ask {
    Ask {
        run: RunId(run),
        step: id(1, 1),
        title: Clean::strict("run a command"),
        notes: Vec::new(),
        body,
        place: Clean::strict("~/src/app"),
        reason: None,
        session: Some(Clean::strict("commands starting \"npm\"")),
        always: Some(Clean::strict("commands starting \"npm install\"")),
    }
}

fn command(run: u64) -> Ask {
    let raw = "npm install left-pad".to_owned();
    ask(run, AskBody::Command { shown: Clean::strict(&raw), raw })
}

fn change(run: u64) -> Ask {
    let line = |side, text: &str| DiffLine { side, text: Clean::strict(text), emphasis: Vec::new() };
    let hunk = |at: u32, old: &str, new: &str| Hunk {
        old_start: at,
        new_start: at,
        lines: vec![line(Side::Removed, old), line(Side::Added, new)],
        new: format!("{new}\n"),
    };
    let hunks = vec![hunk(1, "a", "b"), hunk(9, "c", "d"), hunk(20, "e", "f")];
    let path = Clean::strict("src/x.rs");
    ask(
        run,
        AskBody::Change(Box::new(FileChange {
            path,
            kind: ChangeKind::Modified,
            hunks,
            added: 3,
            removed: 3,
            n_hidden: 0,
        })),
    )
}

fn question(run: u64, options: &[&str], many: bool) -> Ask {
    let options = options.iter().map(|label| Choice { label: Clean::strict(label), about: Clean::default() }).collect();
    ask(run, AskBody::Question { question: Clean::strict("which?"), options, many })
}

fn plan(run: u64) -> Ask {
    Ask { always: None, ..ask(run, AskBody::Plan(Clean::new("1. look\n2. change"))) }
}

impl Rig {
    /// A turn runs and asks this; nothing is drawn yet.
    fn asks(asks: impl IntoIterator<Item = Ask>) -> Self {
        let mut rig = Self::new();
        rig.start(1, "go");
        rig.step(1, 1);
        for ask in asks {
            rig.chat(Event::Asked(Box::new(ask)));
        }
        rig
    }

    /// The first question is drawn; `n_rows` rows of text of which five are visible from `top` on.
    fn show(&mut self, n_rows: usize) {
        let first = self.app.ask();
        let (ask, top) = (first.map(|p| p.serial), first.map_or(0, |p| p.top));
        let free = self.app.ask_has_keys();
        let area = Rect { x: 2, y: 10, width: 76, height: 5 };
        let key = Rect { x: 2, y: 16, width: 6, height: 1 };
        let standing = Rect { x: 20, ..key };
        let sheet = Sheet {
            ask,
            free,
            area,
            top: top.min(n_rows.saturating_sub(5)),
            n_rows,
            marks: vec![1, 4, 7],
            rules: true,
            keys: vec![(key, 'y'), (standing, 's')],
        };
        self.drawn(|view| view.sheet = sheet);
    }

    /// A question that has been on the screen long enough.
    fn ready(ask: Ask) -> Self {
        let mut rig = Self::asks([ask]);
        rig.show(1);
        rig.ms(1500);
        rig
    }

    fn press(&mut self, code: KeyCode, kind: KeyEventKind) -> Vec<Effect> {
        let key = KeyEvent { kind, ..KeyEvent::new(code, KeyModifiers::NONE) };
        self.on(Incoming::Key { key, burst: 1 })
    }

    fn click(&mut self, column: u16, row: u16) -> Vec<Effect> {
        let kind = MouseEventKind::Down(MouseButton::Left);
        self.on(Incoming::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    }
}

fn answers(effects: &[Effect]) -> Vec<(u64, Reply)> {
    let answer = |effect: &Effect| match effect {
        Effect::Send(Command::Answer { run, reply }) => Some((run.0, reply.clone())),
        _ => None,
    };
    effects.iter().filter_map(answer).collect()
}

fn no(why: Option<&str>) -> Reply {
    Reply::No { why: why.map(str::to_owned) }
}

#[test]
fn each_letter_gives_its_answer() {
    let rows: [(&str, Reply); 10] = [
        ("y", Reply::Once),
        ("<enter>", Reply::Once),
        ("s", Reply::Session),
        ("p", Reply::Always),
        ("n<enter>", no(None)),
        ("nuse yarn<enter>", no(Some("use yarn"))),
        ("<esc>", no(None)),
        ("<right><enter><enter>", no(None)),
        ("e --dry-run<enter>", Reply::Command("npm install left-pad --dry-run".into())),
        ("e<enter>", Reply::Once),
    ];
    for (script, reply) in rows {
        let mut rig = Rig::ready(command(7));
        assert_eq!(answers(&rig.keys(script)), [(7, reply)], "{script}");
        assert!(rig.app.ask().is_none(), "{script}: it is gone at once");
        assert!(answers(&rig.keys("ysp<enter>")).is_empty(), "{script}: a second key answers nothing");
    }
}

#[test]
fn only_what_is_offered_can_be_granted() {
    let mut rig = Rig::ready(Ask { session: None, always: None, ..command(7) });
    let offers: Vec<Offer> = rig.app.ask().unwrap().offers().into_iter().map(|row| row.offer).collect();
    assert!(!offers.contains(&Offer::Session) && !offers.contains(&Offer::Always));
    for script in ["s", "p"] {
        assert_eq!(answers(&rig.keys(script)), [], "{script}");
        rig.ms(1500);
    }
    let rig = Rig::ready(command(7));
    let rules: Vec<_> = rig.app.ask().unwrap().offers().into_iter().filter_map(|row| row.rule).collect();
    assert_eq!(rules, ["commands starting \"npm\"", "commands starting \"npm install\""], "spelled out");
}

/// Rule 1: Enter takes "once" and never a standing grant, wherever the highlight was moved.
#[test]
fn rule_1_enter_never_takes_a_standing_grant() {
    for script in ["<right>", "<right><right>", "<tab><tab><tab><tab>", "<left>", "<down><down>", "<up>", "<s-tab>"] {
        let mut rig = Rig::ready(command(7));
        rig.keys(script);
        assert!(!rig.app.ask().unwrap().chosen().unwrap().stands(), "{script}");
        let given = answers(&rig.keys("<enter>"));
        assert!(!given.iter().any(|(_, reply)| matches!(reply, Reply::Session | Reply::Always)), "{script}: {given:?}");
    }
}

/// Rule 1 and point 32(b): arrows that a wheel made move no highlight.
#[test]
fn rule_1_a_burst_of_arrows_moves_no_highlight() {
    for script in ["<up>", "<down>"] {
        for n_rows in [1, 40] {
            let mut rig = Rig::ready(command(7));
            rig.show(n_rows);
            rig.burst(script, 3);
            let pending = rig.app.ask().unwrap();
            assert_eq!((pending.choice, pending.chosen()), (0, Some(Offer::Once)), "{script} {n_rows}");
        }
    }
    let mut rig = Rig::ready(question(7, &["one", "two", "three"], false));
    rig.burst("<down>", 3);
    assert_eq!(rig.app.ask().unwrap().choice, 0);
}

/// Rule 2, point 52 and PRC-12: what is typed as the question comes up goes to the draft.
#[test]
fn rule_2_type_ahead_goes_to_the_draft() {
    let mut rig = Rig::asks([command(7)]);
    assert_eq!(answers(&rig.keys("y")), [], "before it is drawn");
    rig.show(1);
    for c in "es sure".chars() {
        rig.ms(80);
        assert_eq!(answers(&rig.keys(&c.to_string())), []);
    }
    assert_eq!(rig.text(), "yes sure");
    assert!(rig.app.ask().is_some());
    rig.ms(1500);
    assert_eq!(answers(&rig.keys("<enter>")), [], "with a draft Enter answers nothing");
    rig.ms(1500);
    assert_eq!(answers(&rig.keys("y")), [(7, Reply::Once)]);
    assert_eq!(rig.text(), "yes sure", "and the draft stays");
}

#[test]
fn rule_2_a_burst_of_keys_before_it_appears_is_no_answer() {
    for ask in [command(7), change(7), plan(7), question(7, &["one", "two"], false)] {
        let mut rig = Rig::asks([ask]);
        rig.keys("y<enter>1");
        rig.show(1);
        rig.keys("<enter>y1sp");
        assert_eq!(answers(&rig.effects), [], "{:?}", rig.app.ask());
    }
}

#[test]
fn rule_2_the_guard_lasts_half_a_second_from_the_first_frame() {
    for (wait, granted) in [(0, false), (499, false), (500, true)] {
        let mut rig = Rig::asks([command(7)]);
        rig.ms(5_000);
        rig.show(1);
        rig.ms(wait);
        assert_eq!(!answers(&rig.keys("y")).is_empty(), granted, "{wait}");
    }
}

#[test]
fn rule_2_somebody_who_types_is_not_answering() {
    for (pause, granted) in [(300, false), (699, false), (700, true)] {
        let mut rig = Rig::new();
        rig.start(1, "go");
        rig.chat(Event::Asked(Box::new(command(7))));
        rig.show(1);
        rig.ms(2_000);
        rig.keys("a"); // no key of the question: the beginning of a message
        assert_eq!(rig.text(), "a");
        rig.ms(pause);
        assert_eq!(!answers(&rig.keys("y")).is_empty(), granted, "{pause}");
    }
}

#[test]
fn rule_2_a_held_key_never_carries_over() {
    let mut rig = Rig::asks([command(7), command(8)]);
    rig.show(1);
    rig.ms(1500);
    assert_eq!(answers(&rig.press(KeyCode::Char('y'), KeyEventKind::Press)), [(7, Reply::Once)]);
    rig.show(1);
    // The key stays down: repeats begin after 660 ms, as presses where the terminal cannot tell.
    rig.ms(660);
    for n in 0..200 {
        let kind = if n % 2 == 0 { KeyEventKind::Press } else { KeyEventKind::Repeat };
        for code in [KeyCode::Char('y'), KeyCode::Enter] {
            assert_eq!(answers(&rig.press(code, kind)), []);
        }
        rig.ms(30);
    }
    let mut rig = Rig::ready(command(7));
    assert_eq!(answers(&rig.press(KeyCode::Enter, KeyEventKind::Repeat)), [], "a repeat is no press");
}

#[test]
fn rule_2_an_overlay_over_it_starts_the_wait_anew() {
    let mut rig = Rig::ready(command(7));
    rig.keys("<f1>");
    rig.show(1);
    rig.ms(5_000);
    assert_eq!(answers(&rig.keys("y<enter>")), [], "the overlay has the keys");
    rig.keys("<esc>");
    rig.show(1);
    assert_eq!(answers(&rig.keys("y")), [], "it has only just come up");
    rig.ms(1500);
    assert_eq!(answers(&rig.keys("y")), [(7, Reply::Once)]);
}

/// Rule 3: the click that brought the window to the front answers nothing.
#[test]
fn rule_3_the_click_that_focuses_the_window_is_swallowed() {
    let mut rig = Rig::ready(command(7));
    rig.on(Incoming::Focus(true));
    rig.ms(200);
    assert_eq!(answers(&rig.click(3, 16)), []);
    rig.ms(200);
    assert_eq!(answers(&rig.click(21, 16)), [], "a standing grant needs its letter");
    assert!(rig.toast().contains("press s"), "{}", rig.toast());
    assert_eq!(answers(&rig.click(3, 16)), [(7, Reply::Once)]);
    let mut rig = Rig::asks([command(7)]);
    rig.show(1);
    assert_eq!(answers(&rig.click(3, 16)), [], "it came up under the pointer");
}

/// Rule 4 and point 53: the denial is sent, the turn is not stopped.
#[test]
fn rule_4_esc_is_no_and_the_turn_goes_on() {
    for ask in [command(7), change(7), plan(7), question(7, &["one"], false)] {
        let mut rig = Rig::ready(ask);
        let effects = rig.keys("<esc>");
        assert_eq!(effects, [Effect::Send(Command::Answer { run: RunId(7), reply: no(None) })]);
    }
}

#[test]
fn rule_4_ctrl_c_is_no_and_interrupts() {
    for before in ["", "nbecause", "d", "e"] {
        let mut rig = Rig::ready(command(7));
        rig.keys(before);
        let effects = rig.keys("<c-c>");
        let deny = Effect::Send(Command::Answer { run: RunId(7), reply: no(None) });
        assert_eq!(effects, [deny, Effect::Send(Command::Interrupt)], "{before}");
    }
}

/// Point 49: the hint names what Esc then does.
#[test]
fn esc_does_what_its_hint_says_while_a_question_waits() {
    let rows = [
        ("", EscMeaning::Deny, true),
        ("nwhy", EscMeaning::LeaveTyping, false),
        ("e", EscMeaning::LeaveTyping, false),
        ("d", EscMeaning::Shorten, false),
        ("<f1>", EscMeaning::CloseOverlay, false),
        ("<c-x>", EscMeaning::CancelChord, false),
        ("<f3>", EscMeaning::EndFind, false),
        ("<f6>", EscMeaning::LeavePane, false),
    ];
    for (script, meaning, settles) in rows {
        let mut rig = Rig::ready(command(7));
        rig.keys(script);
        assert_eq!(esc_meaning(&rig.app), meaning, "{script}");
        assert!(!meaning.hint().is_empty());
        rig.keys("<esc>");
        assert_eq!(rig.app.ask().is_none(), settles, "{script}");
        if !settles {
            assert_eq!((rig.app.ask().unwrap().typing, rig.app.ask().unwrap().page), (None, Page::Short), "{script}");
        }
    }
}

/// Rule 5: each is decided for itself.
#[test]
fn rule_5_several_are_counted_and_decided_one_by_one() {
    let mut rig = Rig::asks([command(7), change(8), command(9)]);
    let mut given = Vec::new();
    for (n, script) in [(1, "y"), (2, "<esc>"), (3, "y")] {
        assert_eq!(rig.app.live.asks.count(), Some((n, 3)));
        rig.show(1);
        rig.ms(1500);
        given.extend(answers(&rig.keys(script)));
    }
    assert_eq!(given, [(7, Reply::Once), (8, no(None)), (9, Reply::Once)]);
    assert_eq!(rig.app.live.asks.count(), None);
    for c in ('a'..='z').chain('A'..='Z') {
        let mut rig = Rig::asks([command(7), command(8)]);
        rig.show(1);
        rig.ms(1500);
        let given = answers(&rig.keys(&c.to_string()));
        assert!(given.len() <= 1, "{c}: nothing answers all");
    }
}

/// Rule 6: a bell once the window has been out of focus for three seconds.
#[test]
fn rule_6_the_bell_rings_for_somebody_who_is_away() {
    let bells = |effects: &[Effect]| effects.iter().filter(|effect| **effect == Effect::Bell).count();
    let mut rig = Rig::new();
    rig.start(1, "go");
    rig.on(Incoming::Focus(false));
    rig.ms(4_000);
    assert_eq!(bells(&rig.chat(Event::Asked(Box::new(command(7))))), 1, "away already");
    assert_eq!(bells(&rig.ms(10_000)), 0, "once");
    let mut rig = Rig::asks([command(7)]);
    assert_eq!(bells(&rig.ms(60_000)), 0, "somebody looks");
    rig.on(Incoming::Focus(false));
    let due = rig.app.next_tick(rig.now).unwrap();
    assert!(due <= rig.now.instant + Duration::from_secs(3));
    assert_eq!(bells(&rig.ms(2_900)), 0);
    assert_eq!(bells(&rig.ms(200)), 1, "went away while it waits");
}

/// MOD-05: no grant until the end of the command was on the screen; no and its reason always.
#[test]
fn no_grant_before_the_end_was_on_the_screen() {
    for script in ["y", "<enter>", "s", "p", "e<enter>"] {
        let mut rig = Rig::asks([command(7)]);
        rig.show(40);
        rig.ms(1500);
        assert_eq!(answers(&rig.keys(script)), [], "{script}");
        assert!(rig.toast().contains("the end"), "{script}: {}", rig.toast());
        rig.keys("<esc>");
    }
    let mut rig = Rig::asks([command(7)]);
    rig.show(12);
    rig.ms(1500);
    rig.keys("<pgdn>");
    rig.show(12);
    assert_eq!(answers(&rig.keys("y")), [], "4 rows further, not at the end");
    rig.keys("<pgdn>");
    rig.show(12);
    assert_eq!(answers(&rig.keys("y")), [(7, Reply::Once)]);
    let mut rig = Rig::asks([command(7)]);
    rig.show(40);
    rig.ms(1500);
    assert_eq!(answers(&rig.keys("nno<enter>")), [(7, no(Some("no")))]);
}

#[test]
fn the_text_scrolls_by_keys_and_wheel_and_else_the_panes_do() {
    let mut rig = Rig::asks([command(7)]);
    rig.show(40);
    let top = |rig: &Rig| rig.app.ask().unwrap().top;
    rig.keys("<pgdn>");
    assert_eq!(top(&rig), 4);
    rig.keys("<down>");
    assert_eq!(top(&rig), 5);
    rig.keys("<end>");
    assert_eq!(top(&rig), 35);
    let kind = MouseEventKind::ScrollUp;
    rig.on(Incoming::Mouse(MouseEvent { kind, column: 5, row: 11, modifiers: KeyModifiers::NONE }));
    assert_eq!(top(&rig), 32);
    assert!(
        rig.keys("<a-pgup>").iter().any(|effect| matches!(effect, Effect::Scroll { .. })),
        "the panes have their own"
    );
    let mut rig = Rig::asks([command(7)]);
    rig.show(2);
    assert!(rig.keys("<pgup>").iter().any(|effect| matches!(effect, Effect::Scroll { .. })), "nothing to scroll here");
}

#[test]
fn hunks_are_decided_one_by_one() {
    use HunkReply::{Accept, Reject};
    let hunks = |decisions: &[HunkReply], why: Option<&str>| Reply::Hunks {
        decisions: decisions.to_vec(),
        why: why.map(str::to_owned),
    };
    let rows: [(&str, Reply); 8] = [
        ("y", Reply::Once),
        ("aaa<enter>", Reply::Once),
        ("xy<enter>", hunks(&[Reject, Accept, Accept], None)),
        ("xykeep it<enter>", hunks(&[Reject, Accept, Accept], Some("keep it"))),
        ("axx<enter><enter>", hunks(&[Accept, Reject, Reject], None)),
        ("]c]cxy<enter>", hunks(&[Accept, Accept, Reject], None)),
        ("x[cay", Reply::Once),
        ("xxx[c[cay<enter>", hunks(&[Accept, Reject, Reject], None)),
    ];
    for (script, reply) in rows {
        let mut rig = Rig::ready(change(7));
        assert_eq!(answers(&rig.keys(script)), [(7, reply)], "{script}");
    }
    let mut rig = Rig::ready(change(7));
    assert_eq!(answers(&rig.keys("xs")), [], "a grant for all does not fit");
    assert!(rig.toast().contains("whole change"), "{}", rig.toast());
}

#[test]
fn a_hunk_is_edited_in_the_editor() {
    let mut rig = Rig::ready(change(7));
    rig.keys("my draft");
    rig.ms(1500);
    assert!(rig.keys("]ce").contains(&Effect::Edit("d\n".into())));
    rig.on(Incoming::Edited(Some("D1\nD2".into())));
    assert_eq!(rig.text(), "my draft", "the draft is another thing");
    rig.show(1);
    rig.ms(1500);
    let decisions = vec![HunkReply::Accept, HunkReply::Edit("D1\nD2\n".into()), HunkReply::Accept];
    assert_eq!(answers(&rig.keys("y")), [(7, Reply::Hunks { decisions, why: None })]);
    // Unchanged is accepted; a failed editor changes nothing.
    for back in [Some("b".to_owned()), None] {
        let mut rig = Rig::ready(change(7));
        rig.keys("e");
        rig.on(Incoming::Edited(back));
        rig.show(1);
        rig.ms(1500);
        assert_eq!(answers(&rig.keys("y")), [(7, Reply::Once)]);
    }
    // The question was settled meanwhile: the text goes nowhere.
    let mut rig = Rig::ready(change(7));
    rig.keys("e");
    rig.chat(Event::AskClosed { run: RunId(7) });
    rig.on(Incoming::Edited(Some("lost".into())));
    assert_eq!(rig.text(), "");
}

#[test]
fn a_command_is_edited_as_it_is_seen() {
    let raw = "ls \u{202e}x\u{1b}[2J".to_owned();
    let mut rig = Rig::ready(ask(7, AskBody::Command { shown: Clean::strict(&raw), raw }));
    rig.keys("e");
    let input = rig.app.ask().unwrap().input.text();
    assert!(!input.contains('\u{202e}') && !input.contains('\u{1b}'), "{input:?}");
    assert_eq!(rig.app.ask().unwrap().typing, Some(Typing::Command));
    assert_eq!(rig.keys("<c-g>"), [Effect::Edit(input)]);
    rig.on(Incoming::Edited(Some("ls -l\n".into())));
    assert_eq!(answers(&rig.keys("<enter>")), [(7, Reply::Command("ls -l".into()))]);
}

#[test]
fn questions() {
    let chosen =
        |picks: &[usize], text: Option<&str>| Reply::Chosen { picks: picks.to_vec(), text: text.map(str::to_owned) };
    let rows: [(bool, &str, Reply); 9] = [
        (false, "2", chosen(&[1], None)),
        (false, "<enter>", chosen(&[0], None)),
        (false, "<down><down><down><enter>", chosen(&[2], None)),
        (false, "neither<enter>", chosen(&[], Some("neither"))),
        (false, "<esc>", no(None)),
        (true, "13<enter>", chosen(&[0, 2], None)),
        (true, "<down> <up> <enter>", chosen(&[0, 1], None)),
        (true, "122<enter>", chosen(&[0], None)),
        (true, "3but later<enter>", chosen(&[2], Some("but later"))),
    ];
    for (many, script, reply) in rows {
        let mut rig = Rig::ready(question(7, &["one", "two", "three"], many));
        assert_eq!(answers(&rig.keys(script)), [(7, reply)], "{many} {script}");
    }
    let mut rig = Rig::ready(question(7, &[], false));
    assert_eq!(answers(&rig.keys("<enter>")), []);
    assert_eq!(answers(&rig.keys("42<enter>")), [(7, chosen(&[], Some("42")))], "no options: all is text");
    let mut rig = Rig::ready(question(7, &["one", "two"], true));
    assert_eq!(answers(&rig.keys("<enter>")), [], "nothing is marked");
}

#[test]
fn plans() {
    for (script, reply) in
        [("y", Reply::Once), ("s", Reply::Session), ("nsmaller steps<enter>", no(Some("smaller steps")))]
    {
        let mut rig = Rig::ready(plan(7));
        assert_eq!(answers(&rig.keys(script)), [(7, reply)], "{script}");
    }
    let mut rig = Rig::ready(Ask { session: None, ..plan(7) });
    assert_eq!(answers(&rig.keys("s")), []);
}

#[test]
fn a_settled_question_goes_and_takes_no_key_with_it() {
    let mut rig = Rig::asks([command(7), command(8)]);
    rig.chat(Event::AskClosed { run: RunId(7) });
    assert_eq!(rig.app.ask().unwrap().ask.run, RunId(8));
    rig.turn_ends(1, TurnEnd::Interrupted { untouched: None });
    assert!(rig.app.ask().is_none(), "the turn is over");
    assert_eq!(rig.keys("yes<enter>"), [Effect::RememberPrompt("yes".into()), submit("yes")]);
}

#[test]
fn the_rest_of_the_screen_stays_in_reach() {
    let mut rig = Rig::ready(command(7));
    rig.keys("<f2><c-t>");
    rig.keys("<f4><esc>");
    rig.keys("<c-x>u<esc>");
    assert!(rig.app.ask().is_some());
    rig.keys("<f6>");
    assert_eq!(answers(&rig.keys("y<enter>")), [], "a pane has the keys");
    rig.on(Incoming::Paste("pasted y\n".into()));
    assert!(rig.text().contains("pasted"), "a paste is text");
    assert!(rig.app.ask().is_some());
}

#[test]
fn the_diff_view_opens_lists_and_closes() {
    use crate::app::Overlay;
    let AskBody::Change(file) = change(1).body else { panic!() };
    let mut rig = Rig::new();
    rig.app.transcript.changes.add(crate::chat::TurnId(1), (*file).clone());
    for script in ["<c-x>D", "/diff<enter>", "/changes<enter>"] {
        rig.keys(script);
        assert!(matches!(rig.overlay(), Some(Overlay::Diff(view)) if view.open.is_none()), "{script}");
        rig.keys("<enter>");
        assert!(matches!(rig.overlay(), Some(Overlay::Diff(view)) if view.open.is_some()), "{script}");
        rig.drawn(|view| {
            view.sheet = Sheet {
                area: Rect { height: 5, width: 80, ..Rect::default() },
                n_rows: 30,
                marks: vec![1, 9, 20],
                ..Sheet::default()
            };
        });
        let top = |rig: &Rig| match rig.overlay() {
            Some(Overlay::Diff(view)) => view.top,
            other => panic!("{other:?}"),
        };
        rig.keys("]c]c");
        assert_eq!(top(&rig), 9);
        rig.keys("]c[c[c");
        assert_eq!(top(&rig), 1);
        let before = rig.app.look.diff;
        rig.keys("tw");
        assert_eq!(
            (rig.app.look.diff.side_by_side, rig.app.look.diff.cut),
            (Some(before.side_by_side != Some(true)), !before.cut)
        );
        rig.keys("<esc>");
        assert!(matches!(rig.overlay(), Some(Overlay::Diff(view)) if view.open.is_none()), "back to the list");
        rig.keys("<esc>");
        assert!(rig.overlay().is_none());
    }
    rig.app.open_diff(&file);
    rig.keys("<esc>");
    assert!(rig.overlay().is_none(), "opened by itself it closes at once");
}
