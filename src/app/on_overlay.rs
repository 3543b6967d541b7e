//! Keys while something lies over the panes.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{
    Action, App, Chord, Effect, Now, Overlay, PickerKind, UsageTab,
    action::{Scope, SessionAct, TABLE},
    keymap::Meaning,
    report,
    update::Effects,
};
use crate::chat::Command;

/// Rows that a page key moves a list.
const PAGE: usize = 10;

impl App {
    pub(super) fn on_overlay_key(&mut self, chord: Chord, now: Now, out: &mut Effects) {
        if let Meaning::Does(action) = self.keys.meaning(&[chord], &[Scope::Anywhere]) {
            match action {
                Action::Back | Action::Interrupt | Action::Redraw | Action::Suspend => {
                    self.act(action, now, out);
                    return;
                }
                // The key that opened it closes it.
                action if self.overlays.last().and_then(opener) == Some(action) => {
                    self.close_overlay();
                    return;
                }
                _ => {}
            }
        }
        match self.overlays.last() {
            Some(Overlay::Help { top }) => self.on_help_key(chord, *top),
            Some(Overlay::Picker(_)) => self.on_picker_key(chord, now, out),
            Some(Overlay::Tasks { selected }) => self.on_tasks_key(chord, *selected, out),
            Some(Overlay::Usage(tab)) => self.on_usage_key(chord, *tab, now, out),
            Some(Overlay::Detail(problem)) => {
                let text = report::problem(problem);
                match chord.typed() {
                    Some('c' | 'y') => out.push(Effect::Copy(text)),
                    Some('q') => self.close_overlay(),
                    _ => {}
                }
            }
            Some(Overlay::Diff(_)) => self.on_diff_key(chord),
            Some(Overlay::Rewind(_)) => self.on_rewind_key(chord, now, out),
            Some(Overlay::Sessions(_)) => self.on_sessions_key(chord, now, out),
            None => {}
        }
    }

    /// Takes the top overlay away.
    pub(super) fn close_overlay(&mut self) {
        if let Some(Overlay::Picker(picker)) = self.overlays.pop()
            && picker.kind == PickerKind::Theme
        {
            // The preview ends.
            self.look.theme = self.look.ui.theme.clone();
        }
    }

    fn on_help_key(&mut self, chord: Chord, top: usize) {
        let last = TABLE.len();
        let to = match (chord.parts().0, chord.typed()) {
            (KeyCode::Up, _) | (_, Some('k')) => top.saturating_sub(1),
            (KeyCode::Down, _) | (_, Some('j')) => top + 1,
            (KeyCode::PageUp, _) => top.saturating_sub(PAGE),
            (KeyCode::PageDown, _) | (_, Some(' ')) => top + PAGE,
            (KeyCode::Home, _) => 0,
            (KeyCode::End, _) => last,
            (_, Some('q' | '?')) => {
                self.close_overlay();
                return;
            }
            _ => top,
        };
        if let Some(Overlay::Help { top }) = self.overlays.last_mut() {
            *top = to.min(last);
        }
    }

    fn on_usage_key(&mut self, chord: Chord, tab: UsageTab, now: Now, out: &mut Effects) {
        let tabs = [UsageTab::FiveHour, UsageTab::Week, UsageTab::Models];
        let at = tabs.iter().position(|other| *other == tab).unwrap_or(0);
        let to = match (chord.parts(), chord.typed()) {
            ((KeyCode::Tab, KeyModifiers::SHIFT) | (KeyCode::Left, _), _) => tabs[(at + 2) % 3],
            ((KeyCode::Tab | KeyCode::Right, _), _) => tabs[(at + 1) % 3],
            (_, Some(digit @ '1'..='3')) => tabs[digit as usize - '1' as usize],
            (_, Some('r')) => {
                out.push(Effect::Send(Command::RefreshQuota));
                tab
            }
            (_, Some('c')) => {
                out.push(Effect::Copy(report::usage(&self.board, now)));
                tab
            }
            (_, Some('q')) => {
                self.close_overlay();
                return;
            }
            _ => tab,
        };
        if let Some(Overlay::Usage(tab)) = self.overlays.last_mut() {
            *tab = to;
        }
    }

    fn on_picker_key(&mut self, chord: Chord, now: Now, out: &mut Effects) {
        let Some(Overlay::Picker(picker)) = self.overlays.last_mut() else { return };
        match (chord.parts(), chord.typed()) {
            ((KeyCode::Up, _) | (KeyCode::Char('p' | 'k'), KeyModifiers::CONTROL), _) => self.move_picker(-1),
            ((KeyCode::Down | KeyCode::Tab, _) | (KeyCode::Char('n' | 'j' | 'r'), KeyModifiers::CONTROL), _) => {
                self.move_picker(1);
            }
            ((KeyCode::PageUp, _), _) => self.move_picker(-(PAGE.cast_signed())),
            ((KeyCode::PageDown, _), _) => self.move_picker(PAGE.cast_signed()),
            ((KeyCode::Enter, _), _) => self.choose(now, out),
            ((KeyCode::Backspace, _) | (KeyCode::Char('h'), KeyModifiers::CONTROL), _) => {
                picker.query.pop();
                self.filter_picker();
            }
            ((KeyCode::Char('u' | 'w'), KeyModifiers::CONTROL), _) => {
                picker.query.clear();
                self.filter_picker();
            }
            (_, Some(c)) => {
                picker.query.push(c);
                self.filter_picker();
            }
            _ => {}
        }
    }
}

/// The action whose key opened this.
fn opener(overlay: &Overlay) -> Option<Action> {
    match overlay {
        Overlay::Help { .. } => Some(Action::Help),
        Overlay::Usage(_) => Some(Action::Usage),
        Overlay::Detail(_) => Some(Action::Detail),
        Overlay::Diff(_) => Some(Action::Diff),
        Overlay::Tasks { .. } => Some(Action::Tasks),
        Overlay::Rewind(_) => Some(Action::Session(SessionAct::Rewind)),
        Overlay::Sessions(_) => Some(Action::Session(SessionAct::Pick)),
        Overlay::Picker(picker) => match picker.kind {
            PickerKind::Palette => Some(Action::Palette),
            PickerKind::Model => Some(Action::PickModel),
            PickerKind::Theme => Some(Action::Theme),
            // Ctrl-R again goes on to the next match, as bash does.
            PickerKind::History => None,
        },
    }
}
