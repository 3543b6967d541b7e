//! The themes: complete, readable, overridable.

use glm_tui::config::{Paint, Role, RoleStyle, ThemeFile};

use super::{Home, lines};

const DARK_GROUNDS: [u32; 5] = [0x00_0000, 0x0D_1117, 0x1E_1E1E, 0x28_2C34, 0x00_2B36];
const LIGHT_GROUNDS: [u32; 4] = [0xFF_FFFF, 0xFD_F6E3, 0xF6_F8FA, 0xEE_EEEE];

/// WCAG 2.1, relative luminance.
fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn rgb(paint: Paint) -> Option<[u8; 3]> {
    match paint {
        Paint::Rgb(r, g, b) => Some([r, g, b]),
        _ => None,
    }
}

fn ground(hex: u32) -> [u8; 3] {
    let [_, r, g, b] = hex.to_be_bytes();
    [r, g, b]
}

#[test]
fn built_in_themes_name_every_role() {
    for name in ThemeFile::builtin_names() {
        let path = format!("{}/assets/themes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let (theme, problems) = ThemeFile::parse(name, name, &text);
        assert_eq!(lines(&problems), [""; 0], "{name}");
        assert_eq!(theme, ThemeFile::builtin(name).unwrap());
        for (_, role) in Role::ALL {
            assert!(text.lines().any(|line| line.starts_with(&format!("{role} = "))), "{name}: {role}");
        }
    }
}

#[test]
fn colours_can_be_read_on_every_usual_background() {
    let cases: [(&str, &[u32], f64); 3] =
        [("dark", &DARK_GROUNDS, 4.5), ("light", &LIGHT_GROUNDS, 4.5), ("high-contrast", &DARK_GROUNDS, 7.0)];
    for (name, grounds, least) in cases {
        let theme = ThemeFile::builtin(name).unwrap();
        for (role, word) in Role::ALL {
            let RoleStyle { fg, bg, .. } = theme.style(role);
            let fg = rgb(fg).unwrap();
            let least = match role {
                Role::Faint if name != "high-contrast" => 3.7,
                Role::Border if name != "high-contrast" => 2.0,
                _ => least,
            };
            let grounds = rgb(bg).map_or_else(|| grounds.iter().map(|hex| ground(*hex)).collect(), |bg| vec![bg]);
            for ground in grounds {
                let ratio = contrast(fg, ground);
                assert!(ratio >= least, "{name}: {word} on {ground:02X?}: {ratio:.2}");
            }
        }
    }
}

#[test]
fn themes_without_colour_keep_meanings_apart() {
    let mono = ThemeFile::builtin("mono").unwrap();
    let ansi = ThemeFile::builtin("ansi").unwrap();
    for (role, word) in Role::ALL {
        let style = mono.style(role);
        assert_eq!((style.fg, style.bg), (Paint::Default, Paint::Default), "{word}");
        let style = ansi.style(role);
        assert!(rgb(style.fg).is_none() && rgb(style.bg).is_none(), "{word}");
    }
    assert_ne!(mono.style(Role::Selection), mono.style(Role::Hit));
    assert_ne!(mono.style(Role::Selection), mono.style(Role::Text));
    assert_ne!(ansi.style(Role::DiffAdd), ansi.style(Role::DiffDel));
}

#[test]
fn a_users_theme_stands_on_a_base() {
    let text = "base = \"light\"\naccent = { fg = \"bright-blue\", bold = true }\ntext = \"#010203\"\nhit = { reverse = true }\n";
    let home = Home::new().file(".config/glm-tui/themes/mine.toml", text);
    let (theme, problems) = ThemeFile::find("mine", &home.paths());
    assert_eq!(lines(&problems), [""; 0]);
    let light = ThemeFile::builtin("light").unwrap();
    assert_eq!(theme.style(Role::Accent), RoleStyle { fg: Paint::Ansi(12), bold: true, ..RoleStyle::default() });
    assert_eq!(theme.style(Role::Text).fg, Paint::Rgb(1, 2, 3));
    assert!(theme.style(Role::Hit).reverse);
    assert_eq!(theme.style(Role::Warn), light.style(Role::Warn));
    assert_eq!(theme.name, "mine");
    // A file of a built-in name changes that one.
    let home = Home::new().file(".config/glm-tui/themes/dark.toml", "ok = \"green\"\n");
    let (theme, _) = ThemeFile::find("dark", &home.paths());
    assert_eq!(theme.style(Role::Ok).fg, Paint::Ansi(2));
    assert_eq!(theme.style(Role::Text), ThemeFile::builtin("dark").unwrap().style(Role::Text));
}

#[test]
fn faults_of_a_theme_are_named_and_cost_one_role() {
    let cases = [
        ("accen = \"cyan\"\n", ":1: there is no role accen | did you mean accent?"),
        ("\nok = \"#12345\"\n", ":2: ok: expected a colour"),
        ("ok = \"grün\"\n", ":1: ok: expected a colour"),
        ("ok = { fg = \"cyan\", blink = true }\n", ":1: ok: unknown field `blink`"),
        ("ok = { bold = 1 }\n", ":1: ok: invalid type"),
        ("ok = 3\n", ":1: ok: "),
        ("base = \"no-such\"\n", ":1: base: expected one of dark, light"),
        ("ok = \"cyan\"\nbroken", ":2:"),
    ];
    let dark = ThemeFile::builtin("dark").unwrap();
    for (text, what) in cases {
        let (theme, problems) = ThemeFile::parse("mine", "mine.toml", text);
        let said = lines(&problems);
        assert!(said.len() == 1 && said[0].starts_with(&format!("mine.toml{what}")), "{text:?}: {said:?}");
        assert!(Role::ALL.into_iter().all(|(role, _)| theme.style(role) == dark.style(role)), "{text:?}");
    }
}

#[test]
fn a_theme_that_is_not_there_is_named() {
    let home = Home::new();
    std::fs::create_dir_all(home.path(".config/glm-tui/themes/odd.toml")).unwrap();
    for (name, what) in [
        ("ligh", "there is no theme ligh; dark is used | did you mean light?"),
        ("../x", "../x cannot be the name of a theme | "),
        ("odd", "~/.config/glm-tui/themes/odd.toml is a folder, not a file; it is not used | "),
    ] {
        let (theme, problems) = ThemeFile::find(name, &home.paths());
        assert_eq!(lines(&problems), [what]);
        assert_eq!(theme.style(Role::Text), ThemeFile::builtin("dark").unwrap().style(Role::Text));
    }
}
