//! Looking for a text in saved conversations: first in what a list shows, then in what was said.
//!
//! A log is scanned as bytes for the text as JSON writes it; only a line that holds it is read as a record, since
//! most lines do not and field names are no text. How much is read is bounded, and what was left out is said.

use std::{
    fs::File,
    io::{self, Read},
};

use jiff::{Timestamp, tz::TimeZone};
use regex::bytes::{Regex as ByteRegex, RegexBuilder as ByteRegexBuilder};

use super::{reader::read, record::Record, summary::Summary};
use crate::{
    chat::{Role, SessionId},
    text::Clean,
};

/// Bytes of logs that one search reads at most: about a second's work from a disk.
const BUDGET: u64 = 1 << 30;
/// A text shorter than this is looked for in lists only: nearly every conversation holds it.
const SHORTEST: usize = 2;
/// How much is read at a time.
const BLOCK: usize = 1 << 20;
/// A line longer than this is passed over.
const LONGEST_LINE: usize = 64 << 20;
/// Characters shown before and after a hit.
const AROUND: (usize, usize) = (24, 72);
/// What marks the lines of records that hold what was said.
const SAID: [&[u8]; 3] = [b"\"r\":{\"message\":", b"\"r\":{\"turn\":", b"\"r\":{\"steered\":"];
/// Where in a line that mark stands at the latest.
const MARK_WITHIN: usize = 128;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// The sessions, newest first; a card's `hit` is the place in what was said.
    pub found: Vec<Summary>,
    /// There may be more: how many sessions were not looked into, or only in part.
    pub left_out: usize,
}

/// Looks for a text in these sessions.
pub(super) fn search(
    all: Vec<Summary>,
    text: &str,
    limit: usize,
    zone: &TimeZone,
    open: impl Fn(&SessionId) -> Option<File>,
) -> Searched {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let scan = Scan::new(text);
    let mut budget = BUDGET;
    let mut out = Searched::default();
    for mut session in all {
        if out.found.len() >= limit {
            out.left_out += 1;
            continue;
        }
        let listed = listed(&session, zone);
        if words.iter().all(|word| listed.contains(word.as_str())) {
            out.found.push(session);
            continue;
        }
        let Some((scan, file)) = scan.as_ref().zip(open(&session.card.id)) else { continue };
        match scan.file(file, &mut budget) {
            Ok(Some(hit)) => {
                session.card.hit = Some(hit);
                out.found.push(session);
            }
            Ok(None) if budget > 0 => {}
            Ok(None) | Err(_) => out.left_out += 1,
        }
    }
    out
}

/// All that a list tells of a session, in small letters.
fn listed(session: &Summary, zone: &TimeZone) -> String {
    let card = &session.card;
    let name = card.name.as_ref().map_or("", Clean::as_str);
    let branch = session.branch.as_ref().map_or("", Clean::as_str);
    let model = session.model.as_ref().map_or("", |model| model.as_str());
    let (began, updated) = (date(session.created, zone), date(card.updated, zone));
    format!("{name}\n{}\n{}\n{branch}\n{model}\n{began}\n{updated}\n{}", card.title, card.folder, card.id)
        .to_lowercase()
}

fn date(seconds: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A text to look for in logs.
struct Scan {
    /// The text as JSON writes it, in bytes.
    raw: ByteRegex,
    /// The text itself.
    plain: regex::Regex,
}

impl Scan {
    /// `None` when the text is too short to be looked for.
    fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.chars().count() < SHORTEST {
            return None;
        }
        let quoted = serde_json::to_string(text).ok()?;
        let raw =
            ByteRegexBuilder::new(&regex::escape(&quoted[1..quoted.len() - 1])).case_insensitive(true).build().ok()?;
        let plain = regex::RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build().ok()?;
        Some(Self { raw, plain })
    }

    /// The first hit in what a person or the model said, else the first in what a tool said.
    fn file(&self, mut file: File, budget: &mut u64) -> io::Result<Option<Clean>> {
        let mut pending = Vec::new();
        let mut by_tool = None;
        loop {
            let before = pending.len();
            let block = (BLOCK as u64).min(*budget);
            let n = (&mut file).take(block).read_to_end(&mut pending)?;
            *budget -= n as u64;
            let over = n == 0;
            // Only what came new can hold a line's end.
            let end = match memchr::memrchr(b'\n', &pending[before..]) {
                Some(at) => before + at + 1,
                None if over => pending.len(),
                None => 0,
            };
            if let Some(hit) = self.lines(&pending[..end], &mut by_tool) {
                return Ok(Some(hit));
            }
            pending.drain(..end);
            if pending.len() > LONGEST_LINE {
                pending.clear();
            }
            if over {
                return Ok(by_tool);
            }
        }
    }

    fn lines(&self, bytes: &[u8], by_tool: &mut Option<Clean>) -> Option<Clean> {
        let mut from = 0;
        while let Some(found) = self.raw.find_at(bytes, from) {
            let start = memchr::memrchr(b'\n', &bytes[..found.start()]).map_or(0, |at| at + 1);
            let end = memchr::memchr(b'\n', &bytes[found.end()..]).map_or(bytes.len(), |at| found.end() + at + 1);
            match self.line(&bytes[start..end]) {
                Some((hit, false)) => return Some(hit),
                Some((hit, true)) => *by_tool = by_tool.take().or(Some(hit)),
                None => {}
            }
            from = end;
        }
        None
    }

    /// The hit in a line and whether a tool said it.
    fn line(&self, line: &[u8]) -> Option<(Clean, bool)> {
        let front = &line[..line.len().min(MARK_WITHIN)];
        SAID.iter().find(|mark| memchr::memmem::find(front, mark).is_some())?;
        read(line).entries.into_iter().find_map(|entry| match entry.record {
            Record::Message(message) => {
                let texts = [Some(message.content.as_str()), message.reasoning.as_deref()];
                let hit = texts.into_iter().flatten().find_map(|text| self.excerpt(text))?;
                Some((hit, matches!(message.role, Role::Tool | Role::System)))
            }
            Record::Turn { prompt, .. } | Record::Steered { prompt, .. } => {
                Some((self.excerpt(prompt.as_str())?, false))
            }
            _ => None,
        })
    }

    /// The place in a text, one line with a little of what is around it.
    fn excerpt(&self, text: &str) -> Option<Clean> {
        let found = self.plain.find(text)?;
        let before: Vec<char> = text[..found.start()].chars().rev().take(AROUND.0).collect();
        let after = text[found.start()..].chars().take(AROUND.1);
        let place: String = before.into_iter().rev().chain(after).collect();
        let place = place.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Clean::strict(&place))
    }
}
