//! The settings in force as TOML, each with the place it came from. Holds no key and no password.

use std::fmt::Write;

use super::{load::Loaded, schema::KNOWN, value::Value};

/// The settings in force, in the form of `config.toml`.
#[must_use]
pub fn print(loaded: &Loaded) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_settings(&mut out, loaded);
    out
}

fn write_settings(out: &mut String, loaded: &Loaded) -> std::fmt::Result {
    let mut table = "";
    for known in KNOWN {
        let (head, name) = known.key.rsplit_once('.').unwrap_or(("", known.key));
        if head != table {
            writeln!(out, "\n[{head}]")?;
            table = head;
        }
        if let Some(setting) = loaded.effective.setting(known.key) {
            writeln!(out, "{name} = {} # {}", shown(&setting.value), setting.place)?;
        }
    }
    if !loaded.effective.keys().is_empty() {
        writeln!(out, "\n[keys]")?;
        for (action, chords) in loaded.effective.keys() {
            let action = toml_edit::Key::new(action);
            writeln!(out, "{action} = {}", Value::List(chords.clone()).to_toml())?;
        }
    }
    writeln!(out, "\n# address: {}", address(loaded))?;
    writeln!(out, "# key: {}", key(loaded))
}

/// An address with a password in it is refused when it is loaded, yet it still stands in the settings.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) if text.contains('@') => "\"(withheld: it holds an @)\"".into(),
        value => value.to_toml(),
    }
}

fn address(loaded: &Loaded) -> String {
    match &loaded.config.endpoint {
        Some(endpoint) => format!("{} ({})", endpoint.base_url, endpoint.preset.word()),
        None => "none yet".into(),
    }
}

fn key(loaded: &Loaded) -> String {
    match &loaded.key.found {
        Some(found) => format!("{} from {}", found.key.hint(), found.source),
        None if loaded.key.looked_in.is_empty() => "none".into(),
        None => format!("none (looked in {})", loaded.key.looked_in.join(", ")),
    }
}
