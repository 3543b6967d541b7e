//! The pickers: what each offers, and what choosing does.

use super::{
    Action, App, Now, Overlay, Picker, PickerKind, PickerRow,
    action::{self, TABLE},
    slash::COMMANDS,
    update::Effects,
};
use crate::{
    chat::ModelId,
    config::ThemeName,
    text::{fuzzy, truncate},
};

/// The themes that are built in; others are named by `/theme NAME`.
pub(super) const THEMES: [(&str, &str); 6] = [
    ("auto", "by the terminal's background"),
    ("dark", ""),
    ("light", ""),
    ("ansi", "the terminal's own 16 colours"),
    ("mono", "no colour"),
    ("high-contrast", ""),
];

/// Cells of an earlier prompt in the history list; the picker cuts further to its width.
const PROMPT_CELLS: usize = 200;

impl App {
    pub(super) fn open_picker(&mut self, kind: PickerKind) {
        let title = match kind {
            PickerKind::Palette => "Commands",
            PickerKind::Model => "Model (any id can be typed)",
            PickerKind::Theme => "Theme",
            PickerKind::History => "Earlier prompts",
        };
        let rows = self.rows_of(kind, "");
        let current = rows.iter().position(|row| self.is_chosen(kind, &row.value)).unwrap_or(0);
        let matches = (0..rows.len()).collect();
        let picker = Picker { kind, title: title.to_owned(), query: String::new(), rows, matches, selected: current };
        self.composer.completion = None;
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Ranks the rows of the picker against its query.
    pub(super) fn filter_picker(&mut self) {
        let Some(Overlay::Picker(picker)) = self.overlays.last() else { return };
        let rows = self.rows_of(picker.kind, &picker.query);
        let labels: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
        let matches = fuzzy::rank(&picker.query, &labels);
        if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
            picker.rows = rows;
            picker.matches = matches;
            picker.selected = 0;
        }
        self.preview();
    }

    pub(super) fn move_picker(&mut self, by: isize) {
        if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
            let last = picker.matches.len().saturating_sub(1);
            picker.selected = picker.selected.saturating_add_signed(by).min(last);
        }
        self.preview();
    }

    /// Does what the chosen row stands for.
    pub(super) fn choose(&mut self, now: Now, out: &mut Effects) {
        let Some(Overlay::Picker(picker)) = self.overlays.last() else { return };
        let Some(row) = picker.matches.get(picker.selected).and_then(|at| picker.rows.get(*at)).cloned() else {
            return;
        };
        let kind = picker.kind;
        if !row.enabled {
            self.warn(format!("{}: {}", row.value, row.note), now);
            return;
        }
        self.overlays.pop();
        match kind {
            PickerKind::Palette => match action::named(&row.value) {
                Some(action) => self.act(action, now, out),
                None => self.run_line(&row.value, now, out),
            },
            PickerKind::Model => self.set_model(ModelId::from(row.value), now, out),
            PickerKind::Theme => self.set_theme(&row.value, now, out),
            PickerKind::History => {
                let draft = self.composer.shown();
                self.composer.remember(&draft);
                self.composer.set_text(&row.value);
            }
        }
    }

    pub(super) fn set_theme(&mut self, name: &str, now: Now, out: &mut Effects) {
        // It becomes the name of a file.
        if !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
            self.warn(format!("{name:?} cannot be a theme's name"), now);
            return;
        }
        self.look.theme = theme(name);
        self.look.ui.theme = theme(name);
        out.push(super::Effect::SaveSetting { key: "ui.theme".to_owned(), value: format!("\"{name}\"") });
    }

    /// The chosen theme shows itself before it is taken.
    fn preview(&mut self) {
        if let Some(Overlay::Picker(picker)) = self.overlays.last()
            && picker.kind == PickerKind::Theme
            && let Some(row) = picker.matches.get(picker.selected).and_then(|at| picker.rows.get(*at))
        {
            self.look.theme = theme(&row.value);
        }
    }

    fn is_chosen(&self, kind: PickerKind, value: &str) -> bool {
        match kind {
            PickerKind::Model => value == self.status.model.as_str(),
            PickerKind::Theme => theme(value) == self.look.ui.theme,
            PickerKind::Palette | PickerKind::History => false,
        }
    }

    fn rows_of(&self, kind: PickerKind, query: &str) -> Vec<PickerRow> {
        match kind {
            PickerKind::Palette => self.palette_rows(),
            PickerKind::Model => self.model_rows(query),
            PickerKind::Theme => THEMES.iter().map(|(name, note)| row(name, name, note)).collect(),
            PickerKind::History => self
                .composer
                .history()
                .iter()
                .rev()
                .map(|prompt| row(prompt, &truncate::ellipsis(&prompt.replace('\n', " "), PROMPT_CELLS), ""))
                .collect(),
        }
    }

    fn palette_rows(&self) -> Vec<PickerRow> {
        let typed =
            |action| matches!(action, Action::Send | Action::Newline | Action::Queue | Action::Back | Action::Palette);
        let actions = TABLE.iter().filter(|entry| !typed(entry.action)).map(|entry| {
            row(entry.name, &format!("{} · {}", entry.name, entry.doc), &self.keys.binding_of(entry.action))
        });
        let commands = COMMANDS
            .iter()
            .filter(|command| command.action().is_none())
            .map(|command| row(&format!("/{}", command.name), &format!("/{} · {}", command.name, command.doc), ""));
        actions.chain(commands).collect()
    }

    /// The known models, those of the ring, the one in force, and what is typed if it is none of them.
    fn model_rows(&self, query: &str) -> Vec<PickerRow> {
        let mut ids: Vec<ModelId> = self.status.models.iter().map(|card| card.id.clone()).collect();
        for id in self.status.ring.iter().chain([&self.status.model]) {
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        let mut rows: Vec<PickerRow> = ids.iter().map(|id| self.model_row(id)).collect();
        let query = query.trim();
        if !query.is_empty() && !ids.iter().any(|id| id.as_str() == query) {
            rows.push(row(query, query, "as typed"));
        }
        rows
    }

    fn model_row(&self, id: &ModelId) -> PickerRow {
        let refused = self.card(id).and_then(|card| card.refused.clone());
        let note = match &refused {
            Some(words) => words.clone(),
            None if *id == self.status.model => "in use".to_owned(),
            None => self.price_change(id).unwrap_or_default(),
        };
        PickerRow { enabled: refused.is_none(), ..row(id.as_str(), id.as_str(), &note) }
    }
}

fn row(value: &str, label: &str, note: &str) -> PickerRow {
    PickerRow { value: value.to_owned(), label: label.to_owned(), note: note.to_owned(), enabled: true }
}

fn theme(name: &str) -> ThemeName {
    if name == "auto" { ThemeName::Auto } else { ThemeName::Named(name.to_owned()) }
}
