//! Rendering: points 11 to 22 of the acceptance checklist.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use crate::support::{
    pty::{Answers, PLAIN, Pty, contains},
    service::{Service, open},
};

const PLAN: &str = "[plan]\nfive_hour = 42.0\nfive_hour_resets_in = 7500\nweek = 31.0\n";

/// A terminal that knows synchronized updates.
const SYNCHRONIZED: Answers = &[("\x1b[c", "\x1b[?62;22c"), ("\x1b[?2026$p", "\x1b[?2026;2$y")];

/// A turn that ended, on a screen that stands still.
fn after_a_turn(service: &Service) -> Pty {
    let pty = service.open();
    pty.send("hello\r");
    pty.wait_text("the very end");
    pty.wait_text("Enter: send");
    pty
}

#[test]
fn point_11_every_size() {
    let service = Service::start(&format!(
        "{PLAN}[[reply]]\nreasoning = {{ tokens = 200, of = 'some thoughts ' }}\nanswer = '''\n# A title\n\n\
         - one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nthe very end'''\n"
    ));
    let pty = after_a_turn(&service);
    pty.wait_text("42%");
    pty.wait_text("^T open");
    pty.send("draft");
    for (columns, rows) in [(20, 5), (40, 12), (60, 15), (80, 24), (120, 40), (200, 60)] {
        pty.resize(columns, rows);
        pty.wait_text("draft");
        if columns >= 40 {
            pty.wait_text("42%");
            pty.wait_text("31%");
            pty.wait_text("› draft");
        }
        pty.assert_clean();
    }
}

#[test]
fn point_12_random_sizes_while_streaming() {
    let service = Service::start(&format!(
        "{PLAN}[pace]\nrate = 400\n[[reply]]\nreasoning = {{ tokens = 400, of = 'thinking about it at some length ' }}\n\
         answer = {{ tokens = 1200, of = \"words that wrap at any width, 中文 too, **bold** as well\\n\\n\" }}\n"
    ));
    let pty = service.open();
    pty.send("hello\r");
    pty.wait_text("thinking about");
    let mut seed = 12_345_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((seed >> 33) % below).unwrap()
    };
    for _ in 0..30 {
        let length = pty.log().len();
        pty.resize(20 + random(140), 5 + random(45));
        pty.wait_written(length);
    }
    pty.resize(97, 31);
    pty.wait_text("Enter: send");
    pty.assert_clean();
}

#[test]
fn point_13_17_nothing_executes_and_nothing_is_cleared() {
    // Sequences that clear, name the window, fill the clipboard, and move the caret.
    let scenario = r#"
        [pace]
        rate = 300
        [[reply]]
        reasoning = "plain \u001b[2J\u001b[H\u001b]0;evil title\u0007 thought \u001b[?1049l"
        answer = "one\u001b[2J\u001b[3Jtwo \u001b]0;evil title\u0007three \u001b]52;c;ZXZpbA==\u0007four\r five\u0008\u0008 \u009b31mseven \u001b[?25l\n\nthe very end"
    "#;
    for (answers, synchronized) in [(PLAIN, false), (SYNCHRONIZED, true)] {
        let service = Service::start(scenario);
        let pty = open(service.program().answers(answers));
        if synchronized {
            pty.send("x\x7f");
            pty.wait_bytes("\x1b[?2026h");
        }
        pty.send("hello\r");
        pty.wait_text("the very end");
        pty.wait_text("Enter: send");
        let text = pty.text();
        for word in ["› hello", "one", "three", "four", "seven"] {
            assert!(text.contains(word), "{word} is missing:\n{text}");
        }
        assert!(pty.screen(|screen| screen.alternate_screen() && !screen.hide_cursor()));
        pty.send("x");
        pty.wait_text("› x");
        let log = pty.log();
        for never in ["\x1b[2J", "\x1b[3J", "\x1b]0;", "\x1b]52;", "\x1b[?1049l", "\u{9b}"] {
            assert!(!contains(&log, never.as_bytes()), "{never:?} was written");
        }
        assert_eq!(contains(&log, b"\x1b[?2026h"), synchronized);
        let enter = log.windows(8).position(|window| window == b"\x1b[?1049h").unwrap();
        assert_eq!(glm_tui::term::egress::check(&log[enter..]), Ok(()));
    }
}

/// Processor time of a process, in ticks of 10 ms.
fn ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

#[test]
fn point_14_idle_is_silent() {
    let service = Service::start(&format!("{PLAN}[[reply]]\nreasoning = 'hm'\nanswer = 'the very end'\n"));
    let pty = after_a_turn(&service);
    pty.wait_text("42%");
    for focus in ["", "\x1b[O", "\x1b[I"] {
        pty.send(focus);
        pty.wait_quiet(Duration::from_millis(500));
        let before = ticks(pty.pid());
        pty.wait_quiet(Duration::from_secs(2));
        if let (Some(before), Some(after)) = (before, ticks(pty.pid())) {
            assert!(after - before <= 20, "{} ticks while idle", after - before);
        }
    }
}

#[test]
fn point_15_keys_are_echoed_while_much_streams() {
    let service = Service::start(
        "[pace]\nrate = 1500\n[[reply]]\nanswer = { tokens = 30000, of = '''\n| column | other |\n|---|---|\n| 1 | 2 |\n\n\
         ```rust\nfn step(n: usize) -> usize { n + 1 } // a line of code\nlet x = step(41);\n```\n''' }\n",
    );
    let pty = service.open();
    pty.send("hello\r");
    pty.wait_text("fn step");
    let (since, from) = (Instant::now(), pty.log().len());
    let mut typed = String::from("› ");
    for c in "keys arrive at once".chars() {
        typed.push(c);
        pty.send(c.to_string());
        pty.wait_text(typed.trim_end());
    }
    pty.wait_at_most(Duration::from_secs(3), |text| !text.contains("esc: interrupt"));
    let frames = pty.log()[from..].windows(6).filter(|window| window == b"\x1b[?25l").count();
    // One in twelve milliseconds and one for each key, with some room.
    let most = since.elapsed().as_secs_f64() * 84.0 * 1.1 + 40.0;
    assert!((frames as f64) <= most, "{frames} frames in {:?}", since.elapsed());
    assert!(pty.text().contains("esc: interrupt"), "the stream was too short for this test:\n{}", pty.text());
    pty.send("\x1b");
    pty.wait_text("interrupted");
    pty.wait_text("› keys arrive at once");
}

#[test]
fn point_18_wide_and_combined_characters() {
    let service = Service::start(&format!(
        "{PLAN}[[reply]]\nreasoning = '思考一下这个问题，然后回答。'\nanswer = {{ tokens = 600, of = \"\
         你好，世界 👩\u{200d}👩\u{200d}👧 e\u{301}tude ｗｉｄｅ words 한국어 at the edge\\n\\n\" }}\n"
    ));
    let pty = open(service.program().size(120, 40));
    pty.send("hello\r");
    pty.wait_text("at the edge");
    pty.wait_text("Enter: send");
    for key in ["", "\x1b[5~", "\x1b[5~", "\x1b[6~"] {
        pty.send(key);
        pty.assert_clean();
        let column = pty.screen(|screen| {
            let is_divider = |row: u16, column: u16| screen.cell(row, column).is_some_and(|c| c.contents() == "│");
            (0..120).find(|column| (1..30).all(|row| is_divider(row, *column)))
        });
        assert!(column.is_some(), "the divider is crooked:\n{}", pty.text());
    }
    pty.resize(40, 12);
    pty.assert_clean();
}

#[test]
fn point_19_half_markdown_is_never_raw() {
    let service = Service::start(
        "[pace]\nrate = 60\n[[reply]]\nanswer = '''\nFirst **bold words here** and `code of some length` done.\n\n\
         | name | value |\n|------|-------|\n| one | two |\n\n```rust\nfn main() {}\n```\n\nthe very end'''\n\
         [[reply]]\nwhen = { says = 'long' }\npace = { rate = 0 }\n\
         answer = { tokens = 10000, of = 'x' }\n",
    );
    let pty = service.open();
    let seen = RefCell::new(Vec::new());
    pty.send("hello\r");
    pty.wait_for(|screen| {
        let text = screen.contents();
        for raw in ["**", "`", "|-", "| name"] {
            if text.contains(raw) && seen.borrow().len() < 3 {
                seen.borrow_mut().push(format!("{raw}\n{text}"));
            }
        }
        text.contains("the very end")
    });
    assert!(seen.borrow().is_empty(), "raw marks: {}", seen.borrow().join("\n"));
    pty.wait_text("bold words here");
    pty.wait_text("Enter: send");
    pty.send("long\r");
    pty.wait_text("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    pty.wait_text("Enter: send");
    pty.assert_clean();
}

#[test]
fn point_20_background() {
    const WHITE: Answers = &[("\x1b[c", "\x1b[?62;22c"), ("\x1b]11;?\x1b\\", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\")];
    const BLACK: Answers = &[("\x1b[c", "\x1b[?62;22c"), ("\x1b]11;?\x1b\\", "\x1b]11;rgb:0000/0000/0000\x1b\\")];
    // The accent of the light theme and that of the dark one (assets/themes), as 24-bit colours; the dark one's
    // colour for text is used only when the background is known.
    let (light, dark, known_dark) = ("38;2;0;99;163", "38;2;86;180;233", "38;2;215;218;224");
    for (answers, colour) in [(WHITE, light), (BLACK, known_dark), (&[] as Answers, dark)] {
        let service = Service::start(PLAN);
        let pty = open(service.program().answers(answers).env("COLORTERM", "truecolor"));
        pty.wait_bytes(colour);
        pty.send("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
        pty.wait_bytes(light);
        pty.send("x");
        pty.wait_text("› x");
        let row = pty.text().lines().find(|line| line.starts_with('›')).unwrap().trim_end().to_owned();
        assert_eq!(row, "› x", "a late answer was typed");
    }
}

#[test]
fn point_21_no_color() {
    let service = Service::start(&format!(
        "{PLAN}[[reply]]\nreasoning = 'hm'\nanswer = '''**bold** and `code`, [link](https://z.ai)\n\nthe very end'''\n\
         [[reply]]\nwhen = {{ says = 'refuse' }}\nrefuse = {{ code = '1308', reset_in = 2520 }}\n"
    ));
    let pty = open(service.program().env("NO_COLOR", "1"));
    pty.send("hello\r");
    pty.wait_text("the very end");
    pty.wait_text("Enter: send");
    pty.send("refuse\r");
    pty.wait_text("✗");
    pty.send("\x1bOS");
    pty.wait_text("5 hours");
    let log = String::from_utf8_lossy(&pty.log()).into_owned();
    for sequence in log.split("\x1b[").skip(1) {
        let parameters: String = sequence.chars().take_while(|c| c.is_ascii_digit() || *c == ';').collect();
        if !sequence[parameters.len()..].starts_with('m') {
            continue;
        }
        for code in parameters.split(';').filter_map(|code| code.parse::<u16>().ok()) {
            let is_colour = (30..=37).contains(&code) || (40..=47).contains(&code) || (90..=107).contains(&code);
            assert!(!is_colour && code != 38 && code != 48 && code != 58, "colour in {parameters:?}");
        }
    }
    assert!(log.contains("\x1b[1m"), "bold is left");
    pty.send("\x1b");
    pty.wait_gone("5 hours");
    pty.wait_for(|screen| !screen.hide_cursor());
}

#[test]
fn point_22_ambiguous_characters_are_wide() {
    const WIDE: Answers = &[("\x1b[c", "\x1b[?62;22c"), ("\x1b[6n", "\x1b[2;3R")];
    let service = Service::start(&format!("{PLAN}[[reply]]\nreasoning = 'hm'\nanswer = 'the very end'\n"));
    let pty = open(service.program().answers(WIDE).env("LANG", "zh_CN.UTF-8"));
    pty.send("hello\r");
    pty.wait_text("the very end");
    pty.wait_text("Enter: send");
    pty.wait_text("42%");
    pty.wait_quiet(Duration::from_millis(200));
    let text = pty.text();
    assert!(text.is_ascii(), "decoration that may be two cells wide:\n{text}");
}
