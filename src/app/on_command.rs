//! Running `/` commands, and completing them. A mistyped one is told, never run.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{
    Action, App, Chord, Effect, EntryKind, Now, PickerKind,
    composer::Completion,
    on_session::EXPORTS,
    panes, pick, report,
    slash::{COMMANDS, Does, Slash, command},
    update::Effects,
};
use crate::{
    chat::{Effort, ModelId, PermissionMode},
    config::MouseMode,
    text::fuzzy,
};

impl App {
    /// Runs the `/` command that stands in the composer; false when there is none, so it is a prompt.
    pub(super) fn run_command(&mut self, now: Now, out: &mut Effects) -> bool {
        let line = self.composer.shown();
        let Some(word) = word_of(&line) else { return false };
        if command(word).is_some() {
            self.composer.take();
            self.run_line(&line, now, out);
            return true;
        }
        // A beginning of the chosen completion means that one; anything else is a mistake.
        let chosen = self.composer.completion.as_ref().and_then(|list| list.rows.get(list.selected));
        if let Some((name, _)) = chosen.cloned()
            && !word.is_empty()
            && name.strip_prefix('/').is_some_and(|name| name.starts_with(word))
            && line.trim_end() == format!("/{word}")
        {
            self.composer.take();
            self.run_line(&name, now, out);
            return true;
        }
        let names: Vec<&str> =
            COMMANDS.iter().flat_map(|c| [c.name].into_iter().chain(c.aliases.iter().copied())).collect();
        let near = fuzzy::nearest(word, &names).map(|near| format!("; did you mean /{near}?")).unwrap_or_default();
        self.warn(format!("there is no command /{word}{near} (a space before it sends it as text)"), now);
        true
    }

    /// Runs a command line that begins with `/`.
    pub(super) fn run_line(&mut self, line: &str, now: Now, out: &mut Effects) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let Some(command) = command(word.trim_start_matches('/')) else { return };
        let arg = rest.trim();
        match command.does {
            Does::Act(action) => self.act(action, now, out),
            Does::Model if arg.is_empty() => self.open_picker(PickerKind::Model),
            Does::Model => self.set_model(ModelId::from(arg), now, out),
            Does::Effort => match Effort::ALL.into_iter().find(|effort| effort.as_str() == arg) {
                Some(effort) => self.set_effort(effort, now, out),
                None => self.usage_of(command, now),
            },
            Does::Think => match arg {
                "" => self.set_thinking(!self.status.thinking, now, out),
                "on" => self.set_thinking(true, now, out),
                "off" => self.set_thinking(false, now, out),
                _ => self.usage_of(command, now),
            },
            Does::Theme if arg.is_empty() => self.open_picker(PickerKind::Theme),
            Does::Theme => self.set_theme(arg, now, out),
            Does::Mouse => match arg {
                "" => self.act(Action::Mouse, now, out),
                "full" | "on" => self.set_mouse(MouseMode::Full, now, out),
                "wheel" => self.set_mouse(MouseMode::Wheel, now, out),
                "off" => self.set_mouse(MouseMode::Off, now, out),
                _ => self.usage_of(command, now),
            },
            Does::Reasoning => match panes::reasoning_named(arg) {
                Some(mode) => self.set_reasoning(mode, out),
                None => self.usage_of(command, now),
            },
            Does::Permissions => match PermissionMode::named(arg) {
                Some(mode) => self.set_mode(mode, now, out),
                None if arg.is_empty() => {
                    self.say(format!("mode {} · /{} {}", self.status.mode.as_str(), command.name, command.args), now);
                }
                None => self.usage_of(command, now),
            },
            Does::PlanMode if self.status.mode == PermissionMode::Plan => {
                self.set_mode(PermissionMode::Ask, now, out);
            }
            Does::PlanMode => self.set_mode(PermissionMode::Plan, now, out),
            Does::Status => self.print(report::status(self, now)),
            Does::Config => self.print(report::settings(self)),
            Does::Login => out.push(Effect::Login),
            Does::Resume => self.open_sessions(arg, out),
            Does::Rename => self.rename_session(arg, now, out),
            Does::Export => self.export(arg, now, out),
            Does::Shell(what) => self.print(format!("Run `{what}` in a shell: it works without the screen.")),
        }
    }

    /// Brings the list of completions in step with the text.
    pub(super) fn complete(&mut self) {
        if !self.composer.area.lines().first().is_some_and(|line| line.starts_with('/')) {
            self.composer.completion = None;
            return;
        }
        let line = self.composer.shown();
        let rows = match line.split_once(' ') {
            _ if word_of(&line).is_none() => Vec::new(),
            None => commands_like(&line[1..]),
            Some((word, arg)) => self.args_like(&word[1..], arg),
        };
        self.composer.completion = (!rows.is_empty()).then_some(Completion { rows, selected: 0 });
    }

    /// A key while the list is open; false when it is none of the list's.
    pub(super) fn on_completion_key(&mut self, chord: Chord, now: Now, out: &mut Effects) -> bool {
        let Some(list) = &mut self.composer.completion else { return false };
        let n = list.rows.len();
        match chord.parts() {
            (KeyCode::Up, KeyModifiers::NONE) | (KeyCode::Char('p'), KeyModifiers::CONTROL) => {
                list.selected = (list.selected + n - 1) % n;
            }
            (KeyCode::Down, KeyModifiers::NONE) | (KeyCode::Char('n'), KeyModifiers::CONTROL) => {
                list.selected = (list.selected + 1) % n;
            }
            (KeyCode::Tab | KeyCode::Right, KeyModifiers::NONE) => self.accept(),
            (KeyCode::Enter, KeyModifiers::NONE) if self.argument_is_meant() => {
                self.accept();
                self.run_command(now, out);
            }
            _ => return false,
        }
        true
    }

    /// Enter takes the chosen argument: the selection was moved to it, or its beginning stands there.
    /// A model's id may be any text, so its beginning is not enough.
    fn argument_is_meant(&self) -> bool {
        let line = self.composer.shown();
        let (Some((word, arg)), Some(list)) = (line.split_once(' '), &self.composer.completion) else { return false };
        let any_text = command(word.trim_start_matches('/')).is_some_and(|command| command.does == Does::Model);
        let begun = !arg.is_empty() && list.rows[list.selected].0.starts_with(arg);
        list.selected > 0 || (begun && !any_text)
    }

    /// Puts the chosen completion into the composer.
    fn accept(&mut self) {
        let Some((word, _)) = self.composer.completion.take().and_then(|list| list.rows.into_iter().nth(list.selected))
        else {
            return;
        };
        if let Some((name, _)) = self.composer.shown().split_once(' ') {
            self.composer.set_text(&format!("{name} {word}"));
            return;
        }
        let takes = command(word.trim_start_matches('/')).is_some_and(|command| !command.args.is_empty());
        self.composer.set_text(&format!("{word}{}", if takes { " " } else { "" }));
        if takes {
            self.complete();
        }
    }

    fn args_like(&self, word: &str, arg: &str) -> Vec<(String, String)> {
        let Some(command) = command(word) else { return Vec::new() };
        let words: Vec<String> = match command.does {
            Does::Model => {
                let known = self.status.models.iter().filter(|card| card.refused.is_none());
                known.map(|card| card.id.to_string()).collect()
            }
            Does::Theme => pick::THEMES.iter().map(|(name, _)| (*name).to_owned()).collect(),
            Does::Effort => Effort::ALL.iter().map(|effort| effort.as_str().to_owned()).collect(),
            Does::Think => vec!["on".to_owned(), "off".to_owned()],
            Does::Export => EXPORTS.iter().map(|format| (*format).to_owned()).collect(),
            Does::Mouse | Does::Reasoning | Does::Permissions => {
                command.args.trim_matches(['[', ']']).split('|').map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        // A complete argument needs no list, and Enter must mean what stands there.
        if words.iter().any(|word| word == arg) {
            return Vec::new();
        }
        let candidates: Vec<&str> = words.iter().map(String::as_str).collect();
        fuzzy::rank(arg, &candidates).into_iter().map(|at| (words[at].clone(), String::new())).collect()
    }

    pub(super) fn usage_of(&mut self, command: &Slash, now: Now) {
        self.warn(format!("/{} {}", command.name, command.args), now);
    }

    /// Puts the output of a command behind the conversation.
    pub(super) fn print(&mut self, markdown: String) {
        self.transcript.push(EntryKind::Output(markdown));
        self.go_live();
    }
}

/// The word of a command line: one line, `/` first, no second slash (that is a path).
fn word_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('/')?;
    let word = rest.split(char::is_whitespace).next().unwrap_or(rest);
    (!line.contains('\n') && !word.contains('/')).then_some(word)
}

fn commands_like(word: &str) -> Vec<(String, String)> {
    let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
    let mut found = fuzzy::rank(word, &names);
    // A prefix is what a person means first, whatever the ranking says.
    found.sort_by_key(|at| !names[*at].starts_with(word));
    let alias = command(word).filter(|command| !found.iter().any(|at| names[*at] == command.name));
    let near = || fuzzy::nearest(word, &names).and_then(command);
    let rows = found.into_iter().map(|at| &COMMANDS[at]);
    let extra = alias.or_else(|| if rows.len() == 0 { near() } else { None });
    extra.into_iter().chain(rows).map(|command| (format!("/{}", command.name), explain(command))).collect()
}

fn explain(command: &Slash) -> String {
    if command.args.is_empty() { command.doc.to_owned() } else { format!("{} · {}", command.args, command.doc) }
}
