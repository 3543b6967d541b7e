//! `App::on`: one thing reaches the screen's state, some effects come out.

use super::{App, Effect, Focus, Incoming, Now, Overlay, Scroll, View};
use crate::{config::MouseMode, text::Clean};

/// What the handlers write their effects to.
pub(super) type Effects = Vec<Effect>;

impl App {
    /// Takes in one thing and says what is to be done.
    #[must_use]
    pub fn on(&mut self, incoming: Incoming, now: Now) -> Vec<Effect> {
        let mut out = Vec::new();
        self.expire(now, &mut out);
        match incoming {
            Incoming::Chat(event) => self.on_chat(event, now, &mut out),
            Incoming::Quota(board) => self.board = *board,
            Incoming::Key { key, burst } => self.on_key(key, burst, now, &mut out),
            Incoming::Paste(text) => self.on_paste(&text, now),
            Incoming::Mouse(mouse) => self.on_mouse(mouse, now, &mut out),
            Incoming::Focus(focused) => self.on_focus(focused, now),
            // Positions are anchors in the text, so a new size moves nothing but the cells of a selection.
            Incoming::Resize { .. } => self.deselect(),
            // News of a key test belong to the key dialog; one that comes late finds it closed.
            Incoming::Tick | Incoming::Check(_) => {}
            Incoming::Drawn(view) => self.on_drawn(*view, now),
            Incoming::Scrolled { pane, to } => self.on_scrolled(pane, to, now),
            Incoming::Edited(text) => self.on_edited(text, now),
            Incoming::Copied(how) => self.say(how, now),
            Incoming::Background { light } => self.look.light = Some(light),
            Incoming::Notice(notice) => self.toast(notice, now),
            Incoming::Sessions { query, cards } => self.on_sessions(&query, cards, now),
            Incoming::OpenSessions => self.open_sessions("", &mut out),
        }
        self.save_draft(now, &mut out);
        out
    }

    fn on_paste(&mut self, text: &str, now: Now) {
        self.keys.pending = None;
        self.note_typed(now);
        let pasted = Clean::new(&text.replace("\r\n", "\n").replace('\r', "\n"));
        let line = pasted.as_str().lines().next().unwrap_or_default().to_owned();
        if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
            picker.query.push_str(&line);
            self.filter_picker();
        } else if self.paste_into_list(&line, now) {
        } else if let Some(find) = self.find.as_mut().filter(|find| find.typing) {
            find.query.push_str(&line);
            self.search();
        } else if !self.paste_typed(&pasted) {
            self.panes.focus = Focus::Composer;
            self.composer.paste(&pasted);
            self.complete();
        }
    }

    fn on_focus(&mut self, focused: bool, now: Now) {
        self.look.focused = focused;
        self.keys.gesture.focused_at = focused.then_some(now.instant);
        self.keys.gesture.away_at = (!focused).then_some(now.instant);
    }

    fn on_drawn(&mut self, view: View, now: Now) {
        self.view = view;
        self.note_ask_drawn(now);
        self.note_diff_drawn();
        if self.view.answer.at_end {
            self.panes.unseen = false;
        }
    }

    fn on_edited(&mut self, text: Option<String>, now: Now) {
        if self.take_edited(text.as_deref(), now) {
            return;
        }
        if let Some(text) = text {
            let clean = Clean::new(&text.replace("\r\n", "\n"));
            self.composer.set_text(clean.as_str().trim_end_matches('\n'));
            self.panes.focus = Focus::Composer;
        }
    }

    /// Switches the mouse to `mode`.
    pub(super) fn set_mouse(&mut self, mode: MouseMode, now: Now, out: &mut Effects) {
        self.look.mouse = mode;
        out.push(Effect::Mouse(mode));
        self.say(
            match mode {
                MouseMode::Full => "mouse on: wheel, clicks and drags come here; Shift-drag selects as usual",
                MouseMode::Wheel => "mouse: only the wheel comes here",
                MouseMode::Off => "mouse off: the terminal selects and scrolls by itself",
            },
            now,
        );
    }

    /// Both panes at their live end.
    pub(super) fn go_live(&mut self) {
        self.panes.answer = Scroll::Latest;
        self.panes.reasoning = Scroll::Latest;
        self.panes.unseen = false;
        self.transcript.fold_newest();
        (self.panes.marked, self.panes.run) = (None, None);
        (self.keys.gesture.moved, self.keys.gesture.selection) = (None, None);
    }
}
