//! docs/KEYS.md says what the table says, and the composer counts rows as its widget draws them.

use std::{fmt::Write as _, path::Path};

use glm_tui::app::{
    Chord,
    action::{Scope, TABLE},
    composer::{Composer, Flavor},
    keymap::Keys,
    slash::COMMANDS,
};
use ratatui::{buffer::Buffer, layout::Rect, widgets::Widget as _};

use crate::support::keys::keys;

/// The page as it should be.
fn page() -> String {
    let in_force = Keys::default();
    let mut page = String::from(
        "# Keys\n\n\
         Written from the table in `src/app/action.rs`; `cargo test --test it flows::keys` checks that it is in step,\n\
         and with `UPDATE_KEYS=1` writes it anew.\n\n\
         `^X` is Ctrl-X, the leader: after 400 ms it lists what can follow. Every action has a way without mouse, Alt\n\
         and function keys. In `config.toml` the table `[keys]` binds an action by its name, for instance\n\
         `next-model = [\"f7\"]`; the list replaces all keys of that action. `leader = [\"ctrl-]\"]` names another leader,\n\
         `flavor = [\"readline\"]` gives Ctrl-P, Ctrl-T, Ctrl-O, Ctrl-G and Ctrl-B back to the prompt.\n\n\
         | What | Name | Keys |\n|---|---|---|\n",
    );
    for row in TABLE {
        let cells: Vec<String> = in_force
            .all_of(row.action)
            .into_iter()
            .map(|(scope, keys)| {
                let place = if scope == Scope::Anywhere { "" } else { scope.as_str() };
                format!("`{}` {place}", keys.replace('|', "\\|")).trim_end().to_owned()
            })
            .collect();
        writeln!(page, "| {} | `{}` | {} |", row.doc, row.name, cells.join(", ")).unwrap();
    }
    page.push_str(
        "\n## In the prompt\n\n\
         The keys of bash: Ctrl-A E B F, Alt-B F, Ctrl-H D, Ctrl-W U K and Alt-D Backspace (killed text comes back with\n\
         Ctrl-Y), Ctrl-_ undoes. Up and Down go by rows, at the first and last row through earlier prompts; Up on an\n\
         empty prompt takes back the newest prompt that waits.\n\n\
         ## In lists and views\n\n\
         Typing filters a list; Up, Down, Ctrl-N, PgUp, PgDn move, Enter chooses, Esc closes. In the search n and N go to\n\
         the next and the previous hit, Tab to the other pane, Esc back to where it began; other letters go to the prompt.\n\
         In the usage view Tab changes the tab, r asks the service anew, c copies. In the list of background commands x\n\
         stops one. Ctrl-B means the background only while a command runs, else it moves the caret.\n\n\
         ## When a question waits\n\n\
         It stands in place of the prompt; the draft stays. y once, s for this session, p always (only what is offered,\n\
         its rule beside it), n no and say why, e edit first, d all of it, ? what the answers do. Enter takes the marked\n\
         answer and never a standing one; Esc is no, Ctrl-C is no and stops the turn. Keys count when the question has been\n\
         on the screen for half a second and nobody typed for 0.7 s; before that they go to the draft. A command can be\n\
         granted when its end was on the screen. PgUp and PgDn scroll its text.\n\n\
         A change: ]c and [c go to the next and the previous hunk, a accepts it, x rejects it, e edits it, t puts both sides\n\
         next to each other, w wraps or cuts; y sends what was decided. A question: digits choose, Space marks where\n\
         several may be chosen, letters begin an answer in own words. The view of changes has ]c [c t w too.\n\n\
         ## Mouse\n\n\
         The wheel scrolls the pane under the pointer. A click focuses a pane, opens a step, a tool call, the model's\n\
         name or the gauge; the divider can be dragged. A drag over text copies it without gutters and soft breaks; Ctrl-C copies it\n\
         again.\n\n\
         ## Commands\n\n| Command | Also | What |\n|---|---|---|\n",
    );
    for command in COMMANDS {
        let name = format!("/{} {}", command.name, command.args.replace('|', "\\|"));
        let also: Vec<String> = command.aliases.iter().map(|alias| format!("`/{alias}`")).collect();
        writeln!(page, "| `{}` | {} | {} |", name.trim_end(), also.join(" "), command.doc).unwrap();
    }
    page
}

#[test]
fn keys_md_is_in_step() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/KEYS.md");
    if std::env::var_os("UPDATE_KEYS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, page()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, page(), "docs/KEYS.md is out of step: run with UPDATE_KEYS=1");
}

#[test]
fn rows_are_counted_as_they_are_drawn() {
    let long = "word ".repeat(60);
    let texts = [
        "",
        "short",
        &long,
        "一二三四五六七八九十一二三四五六七八九十",
        "a-very-long-word-without-any-blank-in-it-that-must-be-broken-somewhere and more",
        "mixed 中文 and English, punctuation; e\u{301} and emoji 👩\u{200d}👩\u{200d}👧 here",
        "two\n\nlines  with   blanks   and a long tail of words that wraps over again",
    ];
    for text in texts {
        for width in [8, 20, 39, 80] {
            let mut composer = Composer::default();
            composer.set_text(text);
            let area = Rect::new(0, 0, width, 60);
            (&composer.area).render(area, &mut Buffer::empty(area));
            let drawn = composer.area.screen_cursor();
            assert_eq!(composer.caret(width), (drawn.row, drawn.col), "{text:?} at {width}");
            assert_eq!(composer.visual_rows(width), drawn.row + 1, "{text:?} at {width}");
        }
    }
}

#[test]
fn up_and_down_go_by_drawn_rows() {
    let mut composer = Composer::default();
    composer.remember("earlier");
    composer.set_text(&"word ".repeat(60));
    let area = Rect::new(0, 0, 40, 20);
    (&composer.area).render(area, &mut Buffer::empty(area));
    let up = Chord::of(keys("<up>")[0]);
    for row in (0..7).rev() {
        composer.on_key(up, Flavor::Default);
        assert_eq!(composer.area.screen_cursor().row, row);
    }
    assert!(composer.text().starts_with("word"));
    composer.on_key(up, Flavor::Default);
    assert_eq!(composer.text(), "earlier", "above the first row is the history");
}
