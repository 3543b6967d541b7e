//! What each part of the screen looks like: parts → styles, by theme and by what the terminal can.
//!
//! The only place that names colours; the values come from theme files. No meaning rests on colour alone: with `mono` every style has
//! reset colours and only modifiers, so no colour sequence is ever written.

use ratatui::style::{Color, Modifier, Style};

use crate::{
    app::Look,
    config::{Paint, Role, RoleStyle, ThemeFile, ThemeName},
    text::wrap::{self as text, Ink},
};

/// The part that some text plays on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// Running text.
    Text,
    /// Less important.
    Muted,
    /// Titles of rules, hints.
    Faint,
    /// What has the focus, keys.
    Accent,
    /// Reasoning.
    Reasoning,
    /// What the person wrote.
    User,
    /// It went well.
    Ok,
    /// Look soon.
    Warn,
    /// Look now.
    Danger,
    /// Added.
    Add,
    /// Removed.
    Del,
    /// Rules and dividers.
    Border,
    /// The chosen row, selected text.
    Selection,
    /// A search hit.
    Hit,
    /// The search hit that is shown.
    HitNow,
    /// The label of simulated replies.
    Demo,
    /// The tick of elapsed time within the filled part of a bar.
    Tick,
    /// A title.
    Title,
    /// Code within a line.
    Code,
    /// A line of a code block.
    Block,
    /// A link.
    Link,
    /// A keyword of a program.
    Keyword,
    /// A string or character of a program.
    Literal,
    /// A number or constant.
    Number,
    /// A comment.
    Comment,
    /// A function's name.
    Function,
    /// A type's name.
    Type,
}

const N_PARTS: usize = Part::Type as usize + 1;

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// The 16 names only.
    Ansi16,
    /// The 256-colour cube.
    #[default]
    Ansi256,
    /// Any colour.
    True,
}

/// The styles in force.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Theme {
    styles: [Style; N_PARTS],
}

impl Theme {
    /// The theme that the look asks for; `own` is the user's theme file, if there is one.
    pub(super) fn of(look: &Look, depth: Depth, own: Option<&ThemeFile>) -> Self {
        let name = match &look.theme {
            _ if look.ui.no_color => "mono",
            ThemeName::Auto if look.light == Some(true) => "light",
            ThemeName::Auto => "dark",
            ThemeName::Named(name) => name,
        };
        let file = match own.filter(|own| own.name == name && !look.ui.no_color) {
            Some(own) => own.clone(),
            None => ThemeFile::builtin(name).or_else(|| ThemeFile::builtin("dark")).unwrap_or_default(),
        };
        let mut theme = Self::from_file(&file, depth);
        if look.theme == ThemeName::Auto && look.light.is_none() {
            // On a background that nobody knows only the terminal's own foreground is sure to be readable.
            for part in [Part::Text, Part::Code, Part::Block, Part::Title] {
                let modifiers = theme.style(part).add_modifier;
                theme.styles[part as usize] = Style::new().add_modifier(modifiers);
            }
        }
        theme
    }

    /// The style of a part.
    pub(super) fn style(&self, part: Part) -> Style {
        self.styles[part as usize]
    }

    /// The style of a piece of wrapped text that stands in running text of the given part.
    pub(super) fn ink(&self, ink: Ink, tone: Part) -> Style {
        let part = match ink.role {
            text::Role::Text => tone,
            text::Role::Heading => Part::Title,
            text::Role::Code => Part::Code,
            text::Role::CodeBlock => Part::Block,
            text::Role::Link => Part::Link,
            text::Role::Quote => Part::Muted,
            text::Role::Marker => Part::Faint,
            text::Role::Added => Part::Add,
            text::Role::Removed => Part::Del,
        };
        let mut style = self.style(part);
        for (on, modifier) in [
            (ink.bold, Modifier::BOLD),
            (ink.italic, Modifier::ITALIC),
            (ink.strike, Modifier::CROSSED_OUT),
            (ink.underline, Modifier::UNDERLINED),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        style
    }

    fn from_file(file: &ThemeFile, depth: Depth) -> Self {
        let of = |role| style(file.style(role), depth);
        // A theme of 16 colours or none has none to spare for the words of a program.
        let rich = Role::ALL.iter().any(|(role, _)| matches!(file.style(*role).fg, Paint::Rgb(..)));
        let weigh = |role, modifier| if rich { of(role) } else { Style::new().add_modifier(modifier) };
        let plain = |role| if rich { of(role) } else { Style::new() };
        let mut styles = [Style::new(); N_PARTS];
        for part in PARTS {
            styles[part as usize] = match part {
                Part::Text => of(Role::Text),
                Part::Muted | Part::Comment => of(Role::Muted),
                Part::Faint => of(Role::Faint),
                Part::Accent => of(Role::Accent),
                Part::Reasoning => of(Role::Reasoning),
                Part::User => of(Role::Prompt),
                Part::Ok => of(Role::Ok),
                Part::Warn => of(Role::Warn),
                Part::Danger => of(Role::Danger),
                Part::Add => of(Role::DiffAdd),
                Part::Del => of(Role::DiffDel),
                Part::Border => of(Role::Border),
                Part::Selection => of(Role::Selection),
                Part::Hit => of(Role::Hit).add_modifier(Modifier::UNDERLINED),
                Part::HitNow | Part::Demo | Part::Tick => Style::new().add_modifier(Modifier::REVERSED),
                Part::Title => of(Role::Text).add_modifier(Modifier::BOLD),
                Part::Code => of(Role::Code),
                Part::Block => Style { bg: None, ..of(Role::Code) },
                Part::Link => of(Role::Accent).add_modifier(Modifier::UNDERLINED),
                Part::Keyword => weigh(Role::Reasoning, Modifier::BOLD),
                Part::Function => weigh(Role::Accent, Modifier::BOLD),
                Part::Type => weigh(Role::DiffAdd, Modifier::UNDERLINED),
                Part::Literal => plain(Role::Ok),
                Part::Number => plain(Role::Warn),
            };
        }
        Self { styles }
    }
}

fn style(role: RoleStyle, depth: Depth) -> Style {
    let mut style = Style::new();
    style.fg = colour(role.fg, depth);
    style.bg = match (role.bg, depth) {
        // The nearest of 16 shades would swallow the text: reverse video marks as well.
        (Paint::Rgb(..), Depth::Ansi16) => None,
        (bg, depth) => colour(bg, depth),
    };
    let reversed = role.reverse || (matches!(role.bg, Paint::Rgb(..)) && depth == Depth::Ansi16);
    if reversed {
        style.fg = None;
    }
    for (on, modifier) in [
        (role.bold, Modifier::BOLD),
        (role.dim, Modifier::DIM),
        (role.underline, Modifier::UNDERLINED),
        (reversed, Modifier::REVERSED),
    ] {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    style
}

fn colour(paint: Paint, depth: Depth) -> Option<Color> {
    const NAMES: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match (paint, depth) {
        (Paint::Default, _) => None,
        (Paint::Ansi(n), _) => NAMES.get(usize::from(n)).copied(),
        (Paint::Rgb(r, g, b), Depth::True) => Some(Color::Rgb(r, g, b)),
        (Paint::Rgb(r, g, b), Depth::Ansi256) => Some(Color::Indexed(nearest_256(r, g, b))),
        (Paint::Rgb(r, g, b), Depth::Ansi16) => Some(nearest_16(r, g, b)),
    }
}

const PARTS: [Part; N_PARTS] = [
    Part::Text,
    Part::Muted,
    Part::Faint,
    Part::Accent,
    Part::Reasoning,
    Part::User,
    Part::Ok,
    Part::Warn,
    Part::Danger,
    Part::Add,
    Part::Del,
    Part::Border,
    Part::Selection,
    Part::Hit,
    Part::HitNow,
    Part::Demo,
    Part::Tick,
    Part::Title,
    Part::Code,
    Part::Block,
    Part::Link,
    Part::Keyword,
    Part::Literal,
    Part::Number,
    Part::Comment,
    Part::Function,
    Part::Type,
];

/// The nearest of the 6×6×6 cube (16–231) and the grey ramp (232–255) of xterm.
fn nearest_256(r: u8, g: u8, b: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |v: u8| (0..6u8).min_by_key(|&i| STEPS[usize::from(i)].abs_diff(v)).unwrap_or(0);
    let (cr, cg, cb) = (step(r), step(g), step(b));
    let cube = [STEPS[usize::from(cr)], STEPS[usize::from(cg)], STEPS[usize::from(cb)]];
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let ramp = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + 10 * ramp;
    if distance([r, g, b], [grey; 3]) < distance([r, g, b], cube) { 232 + ramp } else { 16 + 36 * cr + 6 * cg + cb }
}

fn nearest_16(r: u8, g: u8, b: u8) -> Color {
    // The VGA values; terminals differ, so only the hue matters here.
    const NAMES: [(Color, [u8; 3]); 8] = [
        (Color::DarkGray, [96, 96, 96]),
        (Color::Gray, [192, 192, 192]),
        (Color::Red, [235, 90, 50]),
        (Color::Green, [60, 180, 120]),
        (Color::Yellow, [205, 160, 40]),
        (Color::Blue, [40, 100, 220]),
        (Color::Magenta, [160, 100, 200]),
        (Color::Cyan, [70, 180, 220]),
    ];
    NAMES.iter().min_by_key(|(_, at)| distance([r, g, b], *at)).map_or(Color::Reset, |(name, _)| *name)
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter().zip(b).map(|(x, y)| u32::from(x.abs_diff(y)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::{Depth, PARTS, Part, Theme, nearest_16, nearest_256};
    use crate::config::ThemeFile;

    fn built_in(name: &str, depth: Depth) -> Theme {
        Theme::from_file(&ThemeFile::builtin(name).unwrap(), depth)
    }

    #[test]
    fn every_part_has_a_place() {
        for (n, part) in PARTS.into_iter().enumerate() {
            assert_eq!(part as usize, n);
        }
    }

    #[test]
    fn mono_has_no_colour_and_marks_what_matters() {
        let theme = built_in("mono", Depth::True);
        for part in PARTS {
            let style = theme.style(part);
            assert_eq!((style.fg, style.bg), (None, None), "{part:?}");
        }
        for part in [Part::Danger, Part::Warn, Part::User, Part::Selection, Part::Hit, Part::Title] {
            assert_ne!(theme.style(part).add_modifier, Modifier::empty(), "{part:?}");
        }
    }

    #[test]
    fn few_colours_are_kept_to() {
        for name in ["dark", "light", "high-contrast", "ansi"] {
            for part in PARTS {
                let few = built_in(name, Depth::Ansi16).style(part);
                for colour in [few.fg, few.bg].into_iter().flatten() {
                    assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{name} {part:?}");
                }
                let more = built_in(name, Depth::Ansi256).style(part);
                assert!(!matches!(more.fg, Some(Color::Rgb(..))), "{name} {part:?}");
            }
        }
    }

    #[test]
    fn the_nearest_colour() {
        for (rgb, want) in [((0, 0, 0), 16), ((255, 255, 255), 231), ((255, 0, 0), 196), ((118, 118, 118), 243)] {
            assert_eq!(nearest_256(rgb.0, rgb.1, rgb.2), want, "{rgb:?}");
        }
        assert_eq!(nearest_16(0xFF, 0x7A, 0x45), Color::Red);
        assert_eq!(nearest_16(0x56, 0xB4, 0xE9), Color::Cyan);
    }
}
