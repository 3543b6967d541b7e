//! How the dialog moves on: keys, pastes and the news of the test.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Keep, News, Outcome, Stage, TestEnd, Testing, Welcome, Wish, checks};
use crate::{
    chat::ModelId,
    config::{Preset, Region, Secret, clean_key},
};

/// Characters that are kept of what is typed as a key: far above any key of the service.
const KEY_CHARS: usize = 1024;

impl Welcome {
    /// Takes a key press.
    pub fn on_key(&mut self, key: KeyEvent) -> Vec<Wish> {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let plain = !ctrl && !key.modifiers.contains(KeyModifiers::ALT);
        match (&mut self.stage, key.code) {
            (_, KeyCode::Char('c' | 'd')) if ctrl => self.leave(),
            (Stage::Choose, KeyCode::Char(c)) if plain => self.choose(narrow(c)),
            (Stage::Choose, KeyCode::Esc) => self.leave(),
            (Stage::Key { input, .. }, KeyCode::Char('u')) if ctrl => {
                input.clear();
                Vec::new()
            }
            (Stage::Key { .. }, KeyCode::Char(c)) if plain => {
                self.type_key(&c.to_string());
                Vec::new()
            }
            (Stage::Key { input, .. }, KeyCode::Backspace) => {
                input.pop();
                Vec::new()
            }
            (Stage::Key { .. }, KeyCode::Esc) => self.back(),
            (Stage::Key { .. }, KeyCode::Enter) => self.submit(),
            (Stage::Test(_), KeyCode::Esc) => self.stop_test(),
            (Stage::Test(_), KeyCode::Char(c)) if plain => self.answer(narrow(c)),
            (Stage::Test(testing), KeyCode::Enter) if testing.end == Some(TestEnd::Good) => self.answer('1'),
            _ => Vec::new(),
        }
    }

    /// Takes pasted text; only the key page wants any.
    pub fn on_paste(&mut self, text: &str) {
        if matches!(self.stage, Stage::Key { .. }) {
            self.type_key(text);
        }
    }

    /// Takes what came of the test.
    pub fn on_news(&mut self, news: News) {
        let Stage::Test(testing) = &mut self.stage else { return };
        match news {
            News::Check(check) => checks::update(&mut testing.checks, check),
            News::End(end, model) => {
                testing.end = Some(end);
                testing.model = model;
            }
        }
    }

    fn choose(&mut self, c: char) -> Vec<Wish> {
        let preset = match c {
            '1' => Preset::CodingIntl,
            '2' => Preset::CodingCn,
            '3' => Preset::MeteredIntl,
            '4' => return self.end(Outcome::Demo),
            'q' => return self.leave(),
            _ => return Vec::new(),
        };
        self.stage = Stage::Key { preset, input: String::new(), fault: None };
        Vec::new()
    }

    fn type_key(&mut self, text: &str) {
        if let Stage::Key { input, fault, .. } = &mut self.stage {
            let room = KEY_CHARS.saturating_sub(input.chars().count());
            input.extend(text.chars().filter(|c| !c.is_control()).take(room));
            *fault = None;
        }
    }

    fn submit(&mut self) -> Vec<Wish> {
        let Stage::Key { preset, input, fault } = &mut self.stage else { return Vec::new() };
        match clean_key(input) {
            Ok(key) => {
                let preset = *preset;
                self.test(preset, key)
            }
            Err(why) => {
                *fault = Some(why);
                Vec::new()
            }
        }
    }

    fn test(&mut self, preset: Preset, key: Secret) -> Vec<Wish> {
        let wish = Wish::Test(preset, key.clone());
        self.stage = Stage::Test(Box::new(Testing { preset, key, checks: Vec::new(), end: None, model: None }));
        vec![wish]
    }

    fn stop_test(&mut self) -> Vec<Wish> {
        let Stage::Test(testing) = &self.stage else { return Vec::new() };
        self.stage = Stage::Key { preset: testing.preset, input: String::new(), fault: None };
        vec![Wish::StopTest]
    }

    fn answer(&mut self, c: char) -> Vec<Wish> {
        let Stage::Test(testing) = &self.stage else { return Vec::new() };
        let (preset, key, model) = (testing.preset, testing.key.clone(), testing.model.clone());
        match (&testing.end, c) {
            (None, 's') => vec![Wish::SkipModel],
            (Some(TestEnd::Good), '1' | 'y') => self.keep(Keep::File, preset, key, model),
            (Some(TestEnd::OtherRegion(_)), 'y') => self.test(other_region(preset), key),
            (Some(TestEnd::Bad(_)), 'r') => self.test(preset, key),
            (Some(TestEnd::Good), '2') | (Some(TestEnd::Bad(_)), 'u') => self.keep(Keep::Run, preset, key, model),
            (Some(TestEnd::Bad(_)), 'd') => self.end(Outcome::Demo),
            (Some(_), 'e' | 'n') => self.stop_test(),
            (Some(_), 'q') => self.leave(),
            _ => Vec::new(),
        }
    }

    fn keep(&mut self, keep: Keep, preset: Preset, key: Secret, model: Option<ModelId>) -> Vec<Wish> {
        self.end(Outcome::Use { preset, key, keep, model })
    }

    fn back(&mut self) -> Vec<Wish> {
        self.stage = Stage::Choose;
        Vec::new()
    }

    fn leave(&mut self) -> Vec<Wish> {
        self.end(Outcome::Leave)
    }

    fn end(&mut self, outcome: Outcome) -> Vec<Wish> {
        let testing = matches!(&self.stage, Stage::Test(t) if t.end.is_none());
        self.outcome = Some(outcome);
        if testing { vec![Wish::StopTest] } else { Vec::new() }
    }
}

/// The same kind of address in the other region.
fn other_region(preset: Preset) -> Preset {
    match (preset.is_metered(), preset.region()) {
        (false, Some(Region::International)) => Preset::CodingCn,
        (false, Some(Region::China)) => Preset::CodingIntl,
        (true, Some(Region::International)) => Preset::MeteredCn,
        (true, Some(Region::China)) => Preset::MeteredIntl,
        (_, None) => preset,
    }
}

/// Full-width digits and letters, as an input method gives them, mean the plain ones.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}
