//! Reach: points 63 and 64 of the acceptance checklist.

use glm_tui::app::{action::TABLE, keymap::Keys, slash::COMMANDS};

use crate::support::service::Service;

#[test]
fn point_63_keys_as_they_are() {
    let service = Service::start("").config("[keys]\nnext-model = \"f7\"\n");
    let pty = service.open();
    pty.wait_text("F7 model");
    pty.send("?");
    pty.wait_text("next model of the ring");
    let help = pty.text();
    let row = help.lines().find(|line| line.contains("next model of the ring")).unwrap();
    assert!(row.contains("F7") && !row.contains("F2"), "{row}");
    pty.send("\x1b");
    pty.wait_gone("next model of the ring");
    pty.send("\x1b[18~");
    pty.wait_text("next: glm-5.3-flash");
    // The palette: six keys to the model picker.
    pty.send("\x10model");
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains("choose a model") && text.contains("pick-model")
    });
    pty.send("\x1b");
    pty.wait_gone("pick-model");
}

#[test]
fn point_63_a_conflict_names_both_actions() {
    let service = Service::start("").config("[keys]\nnext-model = \"f7\"\nusage = \"f7\"\n");
    let pty = service.open();
    pty.wait_for(|screen| {
        let text = screen.contents();
        text.contains("next-model") && text.contains("usage") && text.contains("F7")
    });
}

/// Needs neither Alt nor a function key.
fn is_plain(keys: &str) -> bool {
    let is_function = |part: &str| part.strip_prefix('F').is_some_and(|n| n.parse::<u8>().is_ok());
    !keys.split([' ', '-']).any(|part| part == "Alt" || is_function(part))
}

#[test]
fn point_64_without_mouse_alt_and_function_keys() {
    let keys = Keys::default();
    for row in TABLE {
        let by_key = keys.all_of(row.action).into_iter().any(|(_, keys)| is_plain(&keys));
        let by_command = COMMANDS.iter().any(|command| command.action() == Some(row.action));
        assert!(by_key || by_command, "{} has only {:?}", row.name, keys.all_of(row.action));
    }
    // A few of them in the real program.
    let service = Service::start("[[reply]]\nreasoning = 'hm'\nanswer = 'good'\n");
    let pty = service.open();
    for (typed, shown, closed) in [
        ("\x18.", "next: ", ""),
        ("\x18m", "glm-4.7", "\x1b"),
        ("\x18u", "5 hours", "\x1b"),
        ("\x18/", "find:", "\x1b"),
        ("\x18?", "while a turn runs, steer it", "\x1b"),
        ("\x18p", "suspend · suspend until fg", "\x1b"),
        ("/theme\r", "high-contrast", "\x1b"),
        ("/status\r", "ring", ""),
        ("\x18M", "mouse off", ""),
        ("\x18k", "think", ""),
    ] {
        pty.send(typed);
        pty.wait_text(shown);
        pty.send(closed);
        if !closed.is_empty() {
            pty.wait_gone(shown);
        }
    }
    pty.send("hello\r");
    pty.wait_text("good");
    pty.wait_text("Enter: send");
    pty.send("\x18t");
    pty.wait_text("^T hide");
    pty.send("\x18n");
    pty.wait_gone("good");
    pty.send("\x18q");
    assert_eq!(pty.wait_exit(), 0);
}
