//! What a key may look like. Never prints one.

use super::endpoint::{Preset, Region, Secret};

/// A longer text is not a key: Z.ai's have about 50 characters, tokens of gateways some hundreds.
const MAX_KEY: usize = 1024;

/// A key and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    /// The key.
    pub key: Secret,
    /// For a person: the variable's name or `credentials file`.
    pub source: String,
    /// The region that it belongs to; `None` for a custom server's.
    pub region: Option<Region>,
    /// The preset it was stored for or that its name implies.
    pub preset: Preset,
}

/// Brings a pasted key into shape.
///
/// # Errors
/// Why it cannot be a key, as the end of `the key …`; the key itself is never repeated.
pub fn clean_key(text: &str) -> Result<Secret, &'static str> {
    let mut key = text.trim();
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = key.strip_prefix(quote).and_then(|key| key.strip_suffix(quote)) {
            key = inner.trim();
        }
    }
    if key.is_empty() {
        return Err("is empty");
    }
    if key.len() > MAX_KEY {
        return Err("is longer than 1024 bytes, so it is something else");
    }
    if key.contains(char::is_whitespace) {
        return Err("holds a space or a line break in its middle");
    }
    if key.contains(char::is_control) {
        return Err("holds a control character");
    }
    if !key.is_ascii() {
        return Err("holds a letter outside ASCII");
    }
    Ok(Secret::new(key.to_owned()))
}
