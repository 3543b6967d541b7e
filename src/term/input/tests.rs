//! The decoder against what terminals send.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{Decoder, Input, Reply};

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
    Input::Key { key: KeyEvent::new(code, modifiers), burst: 1 }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// All events of one read, and what is held when its time is up.
fn all(bytes: &[u8]) -> Vec<Input> {
    let now = Instant::now();
    let mut decoder = Decoder::default();
    let mut out = decoder.feed(bytes, now);
    out.extend(decoder.expire(now + Duration::from_secs(2)));
    out
}

#[test]
fn keys() {
    let table: &[(&[u8], KeyCode, KeyModifiers)] = &[
        (b"a", KeyCode::Char('a'), NONE),
        (b"A", KeyCode::Char('A'), SHIFT),
        ("é".as_bytes(), KeyCode::Char('é'), NONE),
        ("你".as_bytes(), KeyCode::Char('你'), NONE),
        ("🦀".as_bytes(), KeyCode::Char('🦀'), NONE),
        (b"\r", KeyCode::Enter, NONE),
        (b"\n", KeyCode::Char('j'), CTRL),
        (b"\t", KeyCode::Tab, NONE),
        (b"\x7f", KeyCode::Backspace, NONE),
        (b"\x00", KeyCode::Char(' '), CTRL),
        (b"\x03", KeyCode::Char('c'), CTRL),
        (b"\x1a", KeyCode::Char('z'), CTRL),
        (b"\x1c", KeyCode::Char('4'), CTRL),
        (b"\x1f", KeyCode::Char('7'), CTRL),
        (b"\x1b", KeyCode::Esc, NONE),
        (b"\x1b\r", KeyCode::Enter, ALT),
        (b"\x1bb", KeyCode::Char('b'), ALT),
        (b"\x1bB", KeyCode::Char('B'), ALT.union(SHIFT)),
        (b"\x1b\x7f", KeyCode::Backspace, ALT),
        ("\x1bé".as_bytes(), KeyCode::Char('é'), ALT),
        (b"\x1b[", KeyCode::Char('['), ALT),
        (b"\x1bO", KeyCode::Char('O'), ALT.union(SHIFT)),
        (b"\x1b]", KeyCode::Char(']'), ALT),
        (b"\x1bP", KeyCode::Char('P'), ALT.union(SHIFT)),
        (b"\x1b[A", KeyCode::Up, NONE),
        (b"\x1bOA", KeyCode::Up, NONE),
        (b"\x1b\x1b[A", KeyCode::Up, ALT),
        (b"\x1b[1;5C", KeyCode::Right, CTRL),
        (b"\x1b[1;2D", KeyCode::Left, SHIFT),
        (b"\x1b[a", KeyCode::Up, SHIFT),
        (b"\x1bOP", KeyCode::F(1), NONE),
        (b"\x1b[1;2R", KeyCode::F(3), SHIFT),
        (b"\x1b[R", KeyCode::F(3), NONE),
        (b"\x1b[11~", KeyCode::F(1), NONE),
        (b"\x1b[15~", KeyCode::F(5), NONE),
        (b"\x1b[17;5~", KeyCode::F(6), CTRL),
        (b"\x1b[24~", KeyCode::F(12), NONE),
        (b"\x1b[[B", KeyCode::F(2), NONE),
        (b"\x1b[3~", KeyCode::Delete, NONE),
        (b"\x1b[5~", KeyCode::PageUp, NONE),
        (b"\x1b[7~", KeyCode::Home, NONE),
        (b"\x1b[Z", KeyCode::BackTab, SHIFT),
        (b"\x1b[13;2u", KeyCode::Enter, SHIFT),
        (b"\x1b[27;2;13~", KeyCode::Enter, SHIFT),
        (b"\x1b[27u", KeyCode::Esc, NONE),
        (b"\x1b[99;5u", KeyCode::Char('c'), CTRL),
        (b"\x1b[106;5:1u", KeyCode::Char('j'), CTRL),
        (b"\x1b[9;2u", KeyCode::BackTab, SHIFT),
        (b"\x1b[57404u", KeyCode::Char('5'), NONE),
        (b"\x1b[57414u", KeyCode::Enter, NONE),
        (b"\x1b[57427u", KeyCode::KeypadBegin, NONE),
        (b"\x1bOj", KeyCode::Char('*'), NONE),
        (b"\x1bOy", KeyCode::Char('9'), NONE),
    ];
    for (bytes, code, modifiers) in table {
        assert_eq!(all(bytes), [key(*code, *modifiers)], "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn nothing_is_typed() {
    let table: &[&[u8]] = &[
        b"\xff",
        b"\xc3(",
        b"\x80",
        b"\x1b[M !!",
        b"\x1b[97;1:3u",
        b"\x1b[57441u",
        b"\x1b[12",
        b"\x1b[?6",
        b"\x1b]11;rgb:1e",
        b"\x1bP1$r0m\x1b\\",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\x1b[201~",
        b"\x1b[999X",
    ];
    for bytes in table {
        let typed = all(bytes).into_iter().filter(|input| !matches!(input, Input::Reply(_))).collect::<Vec<_>>();
        let allowed: &[Input] = if *bytes == b"\xc3(" { &[key(KeyCode::Char('('), NONE)] } else { &[] };
        assert_eq!(typed, allowed, "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn replies() {
    let table: &[(&[u8], Reply)] = &[
        (b"\x1b[?62;22c", Reply::Attributes),
        (b"\x1b[?2026;2$y", Reply::Mode { mode: 2026, state: 2 }),
        (b"\x1b[?1u", Reply::Kitty(1)),
        (b"\x1b[2;3R", Reply::Cursor { row: 2, column: 3 }),
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", Reply::Background([0xffff; 3])),
        (b"\x1b]11;rgb:1/2/3\x07", Reply::Background([0x1111, 0x2222, 0x3333])),
        (b"\x1b]10;rgb:00/80/ff\x07", Reply::Foreground([0, 0x8080, 0xffff])),
        (b"\x1b]11;nonsense\x07", Reply::Other),
        (b"\x1b[>1;10;0c", Reply::Other),
    ];
    for (bytes, reply) in table {
        assert_eq!(all(bytes), [Input::Reply(*reply)], "{:?}", bytes.escape_ascii().to_string());
    }
    assert!(Reply::is_light([0xffff; 3]) && Reply::is_light([0xfdfd, 0xf6f6, 0xe3e3]));
    assert!(!Reply::is_light([0; 3]) && !Reply::is_light([0x1e1e; 3]));
}

#[test]
fn any_cut_yields_the_same() {
    let script =
        "a\x1b[1;5C你\x1b]11;rgb:0000/0000/0000\x1b\\x\x1b[<0;5;6M\x1b[I\x1bOP\x1b[200~one\r\ntwo\x1b[201~".as_bytes();
    let whole = all(script);
    assert_eq!(whole.len(), 9);
    for cut in 1..script.len() {
        let now = Instant::now();
        let mut decoder = Decoder::default();
        let mut out = decoder.feed(&script[..cut], now);
        out.extend(decoder.feed(&script[cut..], now + ms(1)));
        out.extend(decoder.expire(now + ms(100)));
        assert_eq!(out, whole, "cut at {cut}");
    }
}

#[test]
fn a_lone_escape_waits_its_time_and_no_longer() {
    let now = Instant::now();
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b", now), []);
    assert_eq!(decoder.deadline(), Some(now + ms(25)));
    assert_eq!(decoder.expire(now + ms(24)), []);
    assert_eq!(decoder.expire(now + ms(25)), [key(KeyCode::Esc, NONE)]);
    assert_eq!(decoder.deadline(), None);
    assert_eq!(decoder.feed(b"\x1b", now), []);
    assert_eq!(decoder.feed(b"[A", now + ms(9)), [key(KeyCode::Up, NONE)], "one sequence in two reads");
}

#[test]
fn arrows_in_one_read_are_one_burst() {
    let up = |burst| Input::Key { key: KeyEvent::new(KeyCode::Up, NONE), burst };
    assert_eq!(all(b"\x1bOA\x1bOA\x1bOA"), [up(3)]);
    assert_eq!(all(b"\x1b[A"), [up(1)]);
    assert_eq!(all(b"aaa").len(), 3, "other keys are keys");
    assert_eq!(all(b"\x1b[1;5A\x1b[1;5A").len(), 2, "a modifier makes it a key");
    assert_eq!(all(b"\x1b[A\x1b[B\x1b[A").len(), 3);
}

#[test]
fn mouse_and_focus() {
    let at = |kind, modifiers| Input::Mouse(MouseEvent { kind, column: 4, row: 5, modifiers });
    assert_eq!(all(b"\x1b[<0;5;6M"), [at(MouseEventKind::Down(MouseButton::Left), NONE)]);
    assert_eq!(all(b"\x1b[<0;5;6m"), [at(MouseEventKind::Up(MouseButton::Left), NONE)]);
    assert_eq!(all(b"\x1b[<34;5;6M"), [at(MouseEventKind::Drag(MouseButton::Right), NONE)]);
    assert_eq!(all(b"\x1b[<64;5;6M"), [at(MouseEventKind::ScrollUp, NONE)]);
    assert_eq!(all(b"\x1b[<81;5;6M"), [at(MouseEventKind::ScrollDown, CTRL)]);
    assert_eq!(all(b"\x1b[I\x1b[O"), [Input::Focus(true), Input::Focus(false)]);
}

#[test]
fn a_paste_with_markers_inside_is_one_paste() {
    let text = "one \x1b[2J two \x1b[200~ three";
    assert_eq!(all(format!("\x1b[200~{text}\x1b[201~").as_bytes()), [Input::Paste("one \x1b[2J two  three".into())]);
    assert_eq!(all(b"\x1b[200~one\x1b[201~two\x1b[201~"), [Input::Paste("onetwo".into())]);
    assert_eq!(
        all(b"\x1b[200~one\x1b[201~\x1b[200~two\x1b[201~"),
        [Input::Paste("one".into()), Input::Paste("two".into())]
    );
    assert_eq!(all(b"\x1b[200~one\x1b[201~\r"), [Input::Paste("one".into()), key(KeyCode::Enter, NONE)]);
}

#[test]
fn what_nobody_typed_behind_an_end_marker_is_pasted() {
    let now = Instant::now();
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b[200~one\x1b[201~", now), []);
    assert_eq!(decoder.feed(&[b'x'; 100], now + ms(10)), []);
    assert_eq!(decoder.expire(now + ms(60)), [], "its end is still to come");
    assert_eq!(decoder.feed(b"\x1b[201~", now + ms(70)), []);
    assert_eq!(decoder.expire(now + ms(90)), [Input::Paste(format!("one{}", "x".repeat(100)))]);
}

#[test]
fn a_megabyte_is_one_paste() {
    let text = "0123456789abcde\x1b[31m".repeat(52_429);
    let bytes = format!("\x1b[200~{text}\x1b[201~");
    let (mut now, mut decoder, mut out) = (Instant::now(), Decoder::default(), Vec::new());
    for piece in bytes.as_bytes().chunks(4095) {
        out.extend(decoder.feed(piece, now));
        now += ms(1);
    }
    assert_eq!(out, [], "the end is waited for a moment, in case it was pasted itself");
    assert_eq!(decoder.expire(now + ms(20)), [Input::Paste(text)]);
}

#[test]
fn a_paste_without_its_end_gives_the_keyboard_back() {
    let now = Instant::now();
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b[200~one two three four five", now), []);
    for step in 1..9 {
        assert_eq!(decoder.feed(b"x", now + ms(step * 100)), [], "keys do not prolong it");
    }
    assert_eq!(decoder.deadline(), Some(now + ms(1000)));
    assert_eq!(decoder.expire(now + ms(1000)), [Input::Paste("one two three four fivexxxxxxxx".into())]);
    assert_eq!(decoder.feed(b"y", now + ms(1001)), [key(KeyCode::Char('y'), NONE)]);
    assert_eq!(decoder.feed(b"\x1b[201~", now + ms(1002)), [], "its late end is nothing");
}
