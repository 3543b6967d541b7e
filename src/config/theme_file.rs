//! Themes as plain data: what each role looks like. Knows no screen; `ui::theme` maps it to styles.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error};
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use super::{
    document::{self, Places, cleaned, problem, quoted},
    files::{self, ReadFault},
    paths::Paths,
    value,
};
use crate::{chat::Problem, text::fuzzy};

/// The built-in themes.
const BUILTIN: [(&str, &str); 5] = [
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("ansi", include_str!("../../assets/themes/ansi.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
];

/// What a part of the screen means; a theme gives each its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Running text.
    Text,
    /// Text of second rank.
    Muted,
    /// Hints and titles of rules.
    Faint,
    /// The focus, links, the model's name.
    Accent,
    /// The model's reasoning.
    Reasoning,
    /// What the user wrote.
    Prompt,
    /// Success.
    Ok,
    /// Worth acting on soon.
    Warn,
    /// Worth acting on now.
    Danger,
    /// An added line.
    DiffAdd,
    /// A removed line.
    DiffDel,
    /// Rules and borders.
    Border,
    /// What is selected.
    Selection,
    /// A search hit.
    Hit,
    /// Code.
    Code,
}

impl Role {
    /// All roles with their names in theme files.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Text, "text"),
        (Self::Muted, "muted"),
        (Self::Faint, "faint"),
        (Self::Accent, "accent"),
        (Self::Reasoning, "reasoning"),
        (Self::Prompt, "prompt"),
        (Self::Ok, "ok"),
        (Self::Warn, "warn"),
        (Self::Danger, "danger"),
        (Self::DiffAdd, "diff_add"),
        (Self::DiffDel, "diff_del"),
        (Self::Border, "border"),
        (Self::Selection, "selection"),
        (Self::Hit, "hit"),
        (Self::Code, "code"),
    ];
}

/// A colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// The terminal's own.
    #[default]
    Default,
    /// One of the terminal's 16, 0 = black … 15 = bright white.
    Ansi(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// The look of a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoleStyle {
    /// The letters' colour.
    pub fg: Paint,
    /// The ground's colour; [`Paint::Default`] leaves the terminal's own, transparent or not.
    pub bg: Paint,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Underlined.
    pub underline: bool,
    /// Letters and ground exchanged.
    pub reverse: bool,
}

/// A theme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThemeFile {
    /// Its name.
    pub name: String,
    styles: BTreeMap<Role, RoleStyle>,
}

impl ThemeFile {
    /// A built-in theme: `dark`, `light`, `ansi`, `mono`, `high-contrast`.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let (name, text) = BUILTIN.into_iter().find(|(known, _)| *known == name)?;
        let mut theme = Self { name: name.to_owned(), styles: BTreeMap::new() };
        // A fault would leave roles in the terminal's own colours; a test says that there is none.
        if let Ok((table, places)) = document::parse(name, text) {
            theme.lay_over(&table, &places);
        }
        Some(theme)
    }

    /// The names of the built-in themes.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.into_iter().map(|(name, _)| name)
    }

    /// Reads a theme. It may begin with `base = "light"`; roles that it leaves out are those of its base
    /// (`dark` unless said), wrong ones too. `file` is the name that problems carry.
    #[must_use]
    pub fn parse(name: &str, file: &str, text: &str) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let (table, places) = match document::parse(file, text) {
            Ok(parsed) => parsed,
            Err(fault) => {
                return (Self { name: name.to_owned(), ..Self::dark() }, vec![fault.hint("the theme dark is used")]);
            }
        };
        let styles = base(&table, &places, &mut problems).styles;
        let mut theme = Self { name: name.to_owned(), styles };
        problems.extend(theme.lay_over(&table, &places));
        (theme, problems)
    }

    /// The theme of a name: the user's own file first, then the built-in one, else `dark` and a problem.
    #[must_use]
    pub fn find(name: &str, paths: &Paths) -> (Self, Vec<Problem>) {
        if !value::is_name(name) {
            return (Self::dark(), vec![problem(format!("{} cannot be the name of a theme", quoted(name)))]);
        }
        let path = paths.themes_dir.join(format!("{name}.toml"));
        let shown = paths.shown(&path);
        match (files::read_text(&path), Self::builtin(name)) {
            (Ok(text), _) => Self::parse(name, &shown, &text),
            (Err(ReadFault::Missing), Some(theme)) => (theme, Vec::new()),
            (Err(ReadFault::Missing), None) => {
                let names: Vec<&str> = Self::builtin_names().collect();
                let hint = match fuzzy::nearest(name, &names) {
                    Some(meant) => format!("did you mean {meant}?"),
                    None => format!("there are {}; your own go to {shown}", names.join(", ")),
                };
                (Self::dark(), vec![problem(format!("there is no theme {name}; dark is used")).hint(hint)])
            }
            (Err(fault), theme) => {
                let problem = problem(format!("{shown} {}; it is not used", fault.words()));
                (theme.unwrap_or_else(Self::dark), vec![problem])
            }
        }
    }

    /// The look of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> RoleStyle {
        self.styles.get(&role).copied().unwrap_or_default()
    }

    fn dark() -> Self {
        Self::builtin("dark").unwrap_or_default()
    }

    fn lay_over(&mut self, table: &DeTable<'_>, places: &Places) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, item) in table.iter().filter(|(key, _)| key.get_ref() != "base") {
            let place = places.line(&key.span());
            match Role::ALL.into_iter().find(|(_, word)| word == key.get_ref()) {
                None => problems.push(unknown_role(key.get_ref(), &place)),
                Some((role, word)) => match read_style(item) {
                    Ok(style) => _ = self.styles.insert(role, style),
                    Err(why) => problems.push(problem(format!("{place}: {word}: {why}"))),
                },
            }
        }
        problems
    }
}

fn base(table: &DeTable<'_>, places: &Places, problems: &mut Vec<Problem>) -> ThemeFile {
    let Some(item) = table.get("base") else { return ThemeFile::dark() };
    item.get_ref().as_str().and_then(ThemeFile::builtin).unwrap_or_else(|| {
        let names: Vec<&str> = ThemeFile::builtin_names().collect();
        problems.push(problem(format!("{}: base: expected one of {}", places.line(&item.span()), names.join(", "))));
        ThemeFile::dark()
    })
}

fn unknown_role(word: &str, place: &str) -> Problem {
    let names = Role::ALL.map(|(_, name)| name);
    let fault = problem(format!("{place}: there is no role {}", quoted(word)));
    match fuzzy::nearest(word, &names) {
        Some(meant) => fault.hint(format!("did you mean {meant}?")),
        None => fault.hint(format!("the roles are {}", names.join(", "))),
    }
}

/// `text = "#D7DAE0"` is short for `text = { fg = "#D7DAE0" }`.
fn read_style(item: &Spanned<DeValue<'_>>) -> Result<RoleStyle, String> {
    if let Some(colour) = item.get_ref().as_str() {
        return parse_paint(colour).map(|fg| RoleStyle { fg, ..RoleStyle::default() });
    }
    RoleStyle::deserialize(ValueDeserializer::from(item.clone())).map_err(|fault| cleaned(fault.message()))
}

impl<'de> Deserialize<'de> for Paint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_paint(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The terminal's 16 colours by their numbers.
const ANSI: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

fn parse_paint(word: &str) -> Result<Paint, String> {
    if word == "default" {
        return Ok(Paint::Default);
    }
    if let Some(index) = ANSI.iter().position(|name| *name == word) {
        return Ok(Paint::Ansi(index as u8));
    }
    let digits = word.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match number {
        Some(rgb) => Ok(Paint::Rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)),
        None => {
            Err("expected a colour: \"#RRGGBB\", \"default\", or a name such as \"cyan\" or \"bright-black\"".into())
        }
    }
}
