//! Finds the innermost block at the end of an unfinished text, if its words may still go on.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The extensions that models write.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// What an unfinished text says of its own structure.
#[derive(Debug, Default)]
pub(super) struct Probe {
    /// The byte where the words of the last block begin; `None` when no words can be added to them (the
    /// block is closed, or is code).
    pub(super) leaf: Option<usize>,
    /// The lines (by first byte) with which top-level blocks begin.
    pub(super) starts: Vec<usize>,
    /// The lines with which items of top-level lists begin.
    pub(super) items: Vec<usize>,
}

/// Reads an unfinished text as it is.
pub(super) fn probe(text: &str) -> Probe {
    let mut found = Probe::default();
    let mut leaf = None;
    let (mut one_line, mut literal, mut depth) = (false, false, 0_usize);
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        let line = || text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        match event {
            _ if depth == 0 => found.starts.push(line()),
            Event::Start(Tag::Item) if depth == 1 => found.items.push(line()),
            _ => {}
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => (leaf, literal) = (None, true),
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock) => literal = false,
            // A cell that a short row lacks.
            Event::Start(Tag::TableCell) if range.is_empty() => {}
            Event::Start(Tag::Heading { .. } | Tag::TableCell) => (leaf, one_line) = (None, true),
            Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_) | Tag::BlockQuote(_) | Tag::Table(_)) => {
                (leaf, one_line) = (None, false);
            }
            Event::Rule => leaf = None,
            Event::End(_) | Event::TaskListMarker(_) => {}
            _ if literal => {}
            _ => leaf = leaf.or(Some(range.start)),
        }
    }
    let line_ends = text[text.trim_end().len()..].matches('\n').count();
    found.leaf = leaf.filter(|_| line_ends < if one_line { 1 } else { 2 });
    found
}
