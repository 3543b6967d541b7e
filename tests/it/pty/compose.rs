//! The composer: points 33 to 40 of the acceptance checklist.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::{
    pty::{PATIENCE, Pty},
    service::{Service, asked, open},
};

const GOOD: &str = "[[reply]]\nanswer = 'good'\n";

/// The rows of the composer: from the first prompt sign to the rule under it.
fn composer(text: &str) -> Vec<String> {
    let rows: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    let first = rows.iter().rposition(|row| row.starts_with('›')).unwrap_or(rows.len());
    rows[first..].iter().take_while(|row| !row.starts_with("──") && !row.contains("5h ")).cloned().collect()
}

#[track_caller]
fn wait_composer(pty: &Pty, rows: &[&str]) {
    pty.wait_for(|screen| {
        let shown = composer(&screen.contents());
        shown.iter().map(String::as_str).take(rows.len()).eq(rows.iter().copied())
            && shown[rows.len()..].iter().all(String::is_empty)
    });
}

#[test]
fn point_33_newlines() {
    let service = Service::start(GOOD);
    let pty = service.open();
    for keys in ["a\n", "b\x1b\r", "c\\\r", "d\x1b[13;2u", "e"] {
        pty.send(keys);
    }
    wait_composer(&pty, &["› a", "  b", "  c", "  d", "  e"]);
    assert!(service.chats().is_empty(), "something was sent");
    pty.send("\r");
    assert_eq!(asked(&service.wait_chats(1)), "a\nb\nc\nd\ne");
}

#[test]
fn point_34_soft_wrap() {
    let service = Service::start("");
    let pty = open(service.program().size(40, 24));
    let text: Vec<String> = (0..50).map(|n| format!("w{n:03}")).collect();
    let text = format!("{}end", text.join(" ")).replace("w049", "w049-of-300-characters-");
    assert!(text.len() >= 270);
    pty.send(&text);
    pty.wait_text("characters-end");
    let rows = composer(&pty.text());
    let joined = rows.iter().map(|row| row.trim_start_matches(['›', ' '])).collect::<Vec<_>>().join(" ");
    assert_eq!(joined.split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
    let end = |screen: &vt100::Screen| {
        let (row, column) = screen.cursor_position();
        screen.rows(0, column).nth(usize::from(row)).is_some_and(|row| row.ends_with("characters-end"))
    };
    pty.wait_for(end);
    // Up and down go by rows of the screen.
    let (row, _) = pty.screen(vt100::Screen::cursor_position);
    for up in 1..=3 {
        pty.send("\x1b[A");
        pty.wait_for(|screen| screen.cursor_position().0 == row - up);
    }
    for down in (0..3).rev() {
        pty.send("\x1b[B");
        pty.wait_for(|screen| screen.cursor_position().0 == row - down);
    }
    assert_eq!(composer(&pty.text()), rows, "the text is as it was");
}

#[test]
fn point_35_pastes() {
    let service = Service::start(GOOD);
    let pty = service.open();
    let lines: Vec<String> = (0..500).map(|n| format!("line {n}\r")).collect();
    pty.send(format!("\x1b[200~{}\x1b[201~", lines.concat()));
    pty.wait_text("[pasted 500 lines");
    assert!(service.chats().is_empty(), "a paste was sent");
    pty.send(" tail");
    pty.wait_text("] tail");
    pty.send("\r");
    let sent = asked(&service.wait_chats(1));
    assert!(sent.starts_with("line 0\nline 1\n") && sent.trim_end().ends_with("tail") && sent.contains("line 499"));
    pty.wait_text("good");
    pty.send("\x1b[200~the end of this one is lost");
    pty.wait_text("› the end of this one is lost");
    pty.send(" alive");
    pty.wait_text("lost alive");
}

#[test]
fn point_36_readline_keys() {
    let service = Service::start("");
    let pty = service.open();
    // Keys, and what the prompt is after them; the bar is the caret.
    let cases: [(&str, &[&str], (u16, u16)); 9] = [
        ("one two three\x01", &["› one two three"], (0, 0)),
        ("\x1bf\x1bf", &["› one two three"], (0, 7)),
        ("\x17", &["› one  three"], (0, 4)),
        ("\x19", &["› one two three"], (0, 7)),
        ("\x0b", &["› one two"], (0, 7)),
        ("\x19\x1bb\x1bd", &["› one two"], (0, 8)),
        ("\x15y", &["› y"], (0, 1)),
        ("\x15first\nsecond line\x01\x0b", &["› first"], (1, 0)),
        ("\x19\x01X\x05!", &["› first", "  Xsecond line!"], (1, 13)),
    ];
    for (keys, rows, caret) in cases {
        pty.send(keys);
        wait_composer(&pty, rows);
        let top = u16::try_from(pty.row_of(rows[0])).unwrap();
        pty.wait_for(|screen| screen.cursor_position() == (top + caret.0, 2 + caret.1));
    }
}

#[test]
fn point_37_history() {
    let service = Service::start(GOOD);
    let pty = service.open();
    for (n, prompt) in ["alpha", "beta", "beta"].into_iter().enumerate() {
        pty.send(format!("{prompt}\r"));
        service.wait_chats(n + 1);
        pty.wait_text(&format!("turn {}", n + 1));
        pty.wait_text("Enter: send");
    }
    pty.send("the draft");
    for (key, shown) in [("\x1b[A", "› beta"), ("\x1b[A", "› alpha"), ("\x1b[B", "› beta"), ("\x1b[B", "› the draft")]
    {
        pty.send(key);
        wait_composer(&pty, &[shown]);
    }
}

#[test]
fn point_38_editor() {
    let service = Service::start("");
    let script = service.home().join("editor");
    std::fs::write(&script, "printf 'edited %s' \"$(cat \"$1\")\" > \"$1\"\nprintf '\\033[2Jnoise\\n'\n").unwrap();
    let pty = open(service.program().env("VISUAL", format!("sh {}", script.display())));
    pty.send("draft");
    wait_composer(&pty, &["› draft"]);
    pty.send("\x07");
    wait_composer(&pty, &["› edited draft"]);
    pty.wait_for(|screen| screen.alternate_screen() && !screen.contents().contains("noise"));
    pty.assert_clean();
    pty.send("!");
    wait_composer(&pty, &["› edited draft!"]);
}

#[test]
fn point_39_caret_after_wide_characters() {
    let service = Service::start("");
    let pty = service.open();
    pty.send("你好");
    pty.wait_text("› 你好");
    let row = u16::try_from(pty.row_of("› 你好")).unwrap();
    pty.wait_for(|screen| screen.cursor_position() == (row, 6) && !screen.hide_cursor());
    pty.send("\x1b[D");
    pty.wait_for(|screen| screen.cursor_position() == (row, 4));
}

#[test]
fn point_40_the_draft_stays() {
    let service = Service::start(
        "[[reply]]\nanswer = 'good'\n[[reply]]\nwhen = { says = 'refuse' }\nrefuse = { code = '1210' }\npace = { first_ms = 300 }\n",
    );
    let pty = service.open();
    pty.send("refuse this\r");
    pty.send("my draft");
    pty.wait_text("✗");
    // The refused prompt may come back in front of the draft, but the draft is there.
    pty.wait_text("my draft");
    pty.send("\x1bOQ");
    pty.wait_text("next: ");
    pty.wait_text("my draft");
    for (columns, rows) in [(40, 12), (120, 40), (80, 24)] {
        pty.resize(columns, rows);
        pty.wait_for(|screen| screen.size() == (rows.try_into().unwrap(), columns.try_into().unwrap()));
        pty.wait_text("my draft");
    }
    pty.send("\x1bOS");
    pty.wait_text("5 hours");
    pty.send("\x1b");
    pty.wait_text("my draft");
    let saved = || {
        let sessions = std::fs::read_dir(service.home().join("state/sessions")).into_iter().flatten().flatten();
        let drafts = sessions.filter_map(|session| std::fs::read_to_string(session.path().join("draft")).ok());
        drafts.into_iter().any(|text| text.contains("my draft"))
    };
    let until = Instant::now() + PATIENCE;
    while !saved() {
        assert!(Instant::now() < until, "the draft was not saved");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    pty.kill(Signal::KILL);
    pty.wait_exit();
    let again = open(service.program().args(["-c"]));
    again.wait_text("my draft");
}
