//! The two panes: points 23 to 32 of the acceptance checklist.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::support::{
    pty::{Pty, steady},
    service::{Service, open},
};

/// The rows of the reasoning pane and those of the answer pane of a stacked screen, titles left out.
fn planes(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let rows: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    let title = |word: &str| rows.iter().position(|row| row.starts_with("──") && row.contains(word));
    let (reasoning, answer) = (title("Reasoning")?, title("Answer")?);
    let end = (answer + 1..rows.len()).find(|n| rows[*n].starts_with("──"))?;
    Some((rows[reasoning + 1..answer].to_vec(), rows[answer + 1..end].to_vec()))
}

fn lines(word: &str, n: usize) -> String {
    (1..=n).map(|i| format!("{word} {i:03}\n\n")).collect::<Vec<_>>().concat()
}

#[test]
fn point_23_24_25_reasoning_and_answer_apart() {
    let service = Service::start(
        "[pace]\nrate = 20\npause_ms = 100\n[[reply]]\nreasoning = { tokens = 50, of = 'ponder ' }\n\
         answer = { tokens = 40, of = 'result ' }\n",
    );
    let pty = service.open();
    pty.send("hello\r");
    pty.wait_text("ponder");
    // A counter moves at least every second while there is nothing but reasoning.
    for seconds in ["Thinking 1s", "Thinking 2s"] {
        pty.wait_text(seconds);
    }
    let (reasoning, answer) = planes(&pty.text()).unwrap();
    assert!(reasoning.iter().any(|row| row.contains("ponder")), "{reasoning:?}");
    assert!(!answer.iter().any(|row| row.contains("ponder")), "{answer:?}");
    pty.wait_text("result");
    let (reasoning, answer) = planes(&pty.text()).unwrap();
    assert!(!reasoning.iter().any(|row| row.contains("result")), "{reasoning:?}");
    assert!(answer.iter().any(|row| row.contains("result")), "{answer:?}");
    // It folds while the answer still comes.
    pty.wait_for(|screen| screen.contents().contains("^T open") && screen.contents().contains("esc: interrupt"));
    pty.wait_text("Enter: send");
    // What the user opened stays.
    pty.send("\x14");
    pty.wait_text("^T hide");
    pty.send("again\r");
    pty.wait_text("turn 2");
    pty.wait_text("Thinking");
    pty.wait_text("Writing 1s");
    assert!(pty.text().contains("^T hide"), "{}", pty.text());
}

#[test]
fn point_26_the_choice_is_remembered() {
    let service = Service::start("");
    let pty = service.open();
    pty.wait_text("── Reasoning");
    pty.send("/reasoning off\r");
    pty.wait_gone("── Reasoning");
    pty.send("/exit\r");
    assert_eq!(pty.wait_exit(), 0);
    let pty = service.open();
    assert!(!pty.text().contains("── Reasoning"), "{}", pty.text());
}

#[test]
fn point_27_reading_position_stays() {
    let service = Service::start(&format!(
        "[pace]\nrate = 400\n[[reply]]\nreasoning = 'hm'\nanswer = '''\n{}'''\n",
        lines("line", 300)
    ));
    let pty = service.open();
    pty.send("hello\r");
    pty.wait_text("line 020");
    pty.send("\x1b[5~");
    pty.wait_text("reading");
    let top = |text: &str| planes(text).map(|(_, answer)| answer);
    let before = top(&pty.text()).unwrap();
    pty.send("typed meanwhile");
    pty.wait_text("› typed meanwhile");
    pty.wait_text("↓ new activity");
    pty.wait_text("Enter: send");
    assert_eq!(top(&pty.text()).unwrap()[0], before[0], "the reading position moved");
    assert!(!pty.text().contains("line 300"));
    pty.send("\x1b");
    pty.wait_text("line 300");
    pty.wait_gone("new activity");
    pty.wait_text("› typed meanwhile");
}

#[test]
fn point_28_29_steps_correspond_and_sizes_come_back() {
    let mut scenario = String::new();
    for n in 1..=3 {
        let reply = format!("[[reply]]\nreasoning = '''\n{}'''\n", lines(&format!("thought {n}"), 40));
        let answer = lines(&format!("answer {n}"), 30);
        scenario += &[reply, format!("answer = '''\n{answer}'''\n")].concat();
    }
    let service = Service::start(&scenario);
    let pty = open(service.program().size(120, 40));
    pty.send("/reasoning open\r");
    for n in 1..=3 {
        pty.send("go\r");
        pty.wait_text(&format!("answer {n} 030"));
        pty.wait_text("Enter: send");
    }
    let columns = |screen: &vt100::Screen| {
        let rows: Vec<String> = screen.rows(0, 120).collect();
        let column = rows[1].chars().position(|c| c == '│').unwrap_or(0);
        let right = |row: &String| row.chars().skip(column + 1).collect::<String>().trim().to_owned();
        let left = |row: &String| row.chars().take(column).collect::<String>().trim().to_owned();
        (rows[1..30].iter().map(left).collect::<Vec<_>>(), rows[1..30].iter().map(right).collect::<Vec<_>>())
    };
    // What stands at the top of both panes; a gap above a step does not count.
    let first = |rows: Vec<String>| rows.into_iter().find(|row| !row.is_empty()).unwrap_or_default();
    let wide = |screen: &vt100::Screen| (first(columns(screen).0), first(columns(screen).1));
    // From the composer, by the leader: to step 3.1, then back to 2.1.
    for step in ["3.1", "2.1"] {
        pty.send("\x18[");
        pty.wait_for(|screen| wide(screen).0.starts_with(step) && wide(screen).1.contains(&format!("▾ {step}")));
    }
    pty.wait_for(|screen| columns(screen).1.iter().any(|row| row.contains("thought 2 001")));
    // Scrolling the answer leads the reasoning to the step at its top.
    pty.send("\x18]");
    pty.wait_for(|screen| wide(screen).1.contains("3.1"));
    for _ in 0..3 {
        pty.send("\x1b[5~");
    }
    pty.wait_for(|screen| wide(screen).1.contains("▾ 1.1") || wide(screen).1.contains("▾ 2.1"));
    // And the reverse: from the reasoning pane.
    pty.send("\x1b");
    pty.wait_gone("reading");
    pty.send("\x18o\x18o");
    pty.wait_text("▸ Reasoning");
    for step in ["3.1", "2.1", "1.1"] {
        pty.send("[");
        pty.wait_for(|screen| wide(screen).0.starts_with(step) && wide(screen).1.contains(step));
    }
    // Zoom and back, another size and back: nothing is lost.
    pty.assert_clean();
    let before = steady(&pty.text());
    pty.send("\x18z");
    pty.wait_gone("── Answer");
    pty.send("\x18z");
    pty.wait_for(|screen| steady(&screen.contents()) == before);
    pty.resize(70, 20);
    // Back before the program may have noticed, and once more after it has.
    pty.resize(120, 40);
    pty.wait_for(|screen| steady(&screen.contents()) == before);
    pty.resize(70, 20);
    pty.wait_for(|screen| screen.contents().starts_with("── ▸ Reasoning"));
    pty.resize(120, 40);
    pty.wait_for(|screen| steady(&screen.contents()) == before);
}

/// A drag with the left button from one cell to another (column, row, from 1).
fn drag(pty: &Pty, from: (usize, usize), to: (usize, usize)) {
    pty.send(format!("\x1b[<0;{};{}M", from.0, from.1));
    pty.wait_text("▸ Answer");
    pty.send(format!("\x1b[<32;{};{}M", to.0, to.1));
    pty.wait_text("reading");
    pty.send(format!("\x1b[<0;{};{}m", to.0, to.1));
}

#[test]
fn point_30_selected_text_is_the_source() {
    let text = "A paragraph that is long enough to be wrapped over several rows of the pane, with an address such as \
                https://docs.z.ai/guides/overview/quick-start/with/a/path/that/is/longer/than/one/row/of/this/pane?and=a#query \
                in its middle and a few more words at its end";
    let service = Service::start(&format!("[[reply]]\nanswer = '{text}'\n"));
    // A session over SSH has no other clipboard than the terminal's.
    let pty = open(service.program().env("SSH_TTY", "/dev/pts/9"));
    pty.send("hello\r");
    pty.wait_text("words at its end");
    pty.wait_text("Enter: send");
    let (first, last) = (pty.row_of("A paragraph"), pty.row_of("words at its end"));
    assert!(last >= first + 3);
    drag(&pty, (1, first + 1), (80, last + 1));
    pty.wait_text("copied");
    pty.wait_bytes("\x1b]52;c;");
    let log = String::from_utf8_lossy(&pty.log()).into_owned();
    let encoded = log.rsplit_once("\x1b]52;c;").unwrap().1;
    let encoded = &encoded[..encoded.find(['\x1b', '\x07']).unwrap()];
    assert_eq!(String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap().trim(), text);
}

#[test]
fn point_31_find_in_folded_reasoning() {
    let service = Service::start("[[reply]]\nreasoning = 'the zebra hides here'\nanswer = 'nothing of it here'\n");
    let pty = service.open();
    for n in 1..=2 {
        pty.send("hello\r");
        pty.wait_text(&format!("turn {n}"));
        pty.wait_text("Enter: send");
    }
    pty.wait_text("^T open");
    pty.assert_clean();
    let before = steady(&pty.text());
    pty.send("\x1bOR");
    pty.wait_text("find:");
    pty.send("zebra hides");
    pty.wait_for(|screen| {
        let rows: Vec<String> = screen.rows(0, 80).collect();
        let find = |row: &String| row.starts_with("  the zebra hides here");
        let Some(row) = rows.iter().position(find) else { return false };
        let column = u16::try_from(rows[row].find("zebra").unwrap()).unwrap();
        let row = u16::try_from(row).unwrap();
        let plain = screen.cell(row, column - 2).unwrap();
        let hit = screen.cell(row, column).unwrap();
        (hit.bgcolor(), hit.inverse(), hit.underline()) != (plain.bgcolor(), plain.inverse(), plain.underline())
    });
    pty.send("\x1b");
    pty.wait_for(|screen| steady(&screen.contents()) == before);
}

#[test]
fn point_32_a_wheel_as_arrows_touches_no_draft() {
    let service = Service::start("[[reply]]\nanswer = 'good'\n");
    let pty = open(service.program().args(["--no-mouse"]));
    assert!(pty.screen(|screen| screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None));
    pty.send("earlier\r");
    pty.wait_text("good");
    pty.wait_text("Enter: send");
    pty.send("the draft");
    pty.wait_text("› the draft");
    pty.send("\x1bOA\x1bOA\x1bOA");
    pty.send("!");
    pty.wait_text("› the draft!");
    // One arrow is a person's: it goes to the history.
    pty.send("\x1bOA");
    pty.wait_text("› earlier");
}
