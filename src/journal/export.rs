//! A conversation as a document: Markdown, JSON or a page. Pure; what is written is the branch that is gone on with.
//!
//! Every text of it came from a person, a model, a tool or a file. It is cleaned of control characters, and each form
//! keeps it from becoming anything but text. Secrets that the caller names are blanked out wherever they stand.

mod html;
mod json;
mod markdown;
mod transcript;

pub use self::json::plain_json;
use self::transcript::Transcript;
use super::Story;

/// The form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown: reasoning quoted, calls as rows, changes as diffs.
    Markdown,
    /// One JSON object; docs/SESSIONS.md describes it.
    Json,
    /// One page for a browser with reasoning and answer side by side; needs nothing else and runs nothing.
    Html,
}

impl Format {
    /// The format of this word: `md`, `json`, `html`.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "md" | "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            "html" => Some(Self::Html),
            _ => None,
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Html => "html",
        }
    }
}

/// What stands in the place of a secret.
const BLANK: &str = "[removed]";
/// A secret shorter than this is none: blanking it would blank half of the words.
const SHORTEST_SECRET: usize = 8;

/// The document of a conversation, without these secrets.
#[must_use]
pub fn export(story: &Story, format: Format, secrets: &[&str]) -> String {
    let transcript = Transcript::of(story);
    let text = match format {
        Format::Markdown => markdown::write(&transcript),
        Format::Json => json::write(&transcript),
        Format::Html => html::write(&transcript),
    };
    let secrets = secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET);
    secrets.fold(text, |text, secret| forms(secret).iter().fold(text, |text, form| text.replace(form, BLANK)))
}

/// A secret as it stands in the documents.
fn forms(secret: &str) -> [String; 4] {
    let quoted = serde_json::to_string(secret).unwrap_or_default();
    [secret.to_owned(), quoted.trim_matches('"').to_owned(), html::escape(secret), markdown::line(secret)]
}

#[cfg(test)]
mod tests;
