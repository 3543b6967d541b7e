//! One word of a command: what the shell would hand to the program, as far as that can be known.

use tree_sitter::Node;

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What the program gets; the source text where that cannot be known.
    pub text: String,
    /// `text` is what the program gets, but for [`Word::glob`] and [`Word::tilde`].
    pub exact: bool,
    /// It holds an unquoted `*`, `?` or `[`, so it may become other words.
    pub glob: bool,
    /// It begins with an unquoted `~`.
    pub tilde: bool,
}

impl Word {
    /// A word that means itself.
    #[must_use]
    pub fn exact(text: &str) -> Self {
        Self { text: text.to_owned(), exact: true, glob: false, tilde: false }
    }

    /// The program gets exactly this text.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.exact && !self.glob && self.text == text
    }
}

/// The word of a node; not exact where the node is more than words and simple quotes.
pub(super) fn decode(node: Node<'_>, source: &str) -> Word {
    let raw = &source[node.byte_range()];
    match node.kind() {
        "command_name" => node.child(0).map_or_else(Word::default, |inner| decode(inner, source)),
        "word" | "number" if node.named_child_count() == 0 => bare(raw),
        "raw_string" => match raw.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            Some(inside) if !inside.contains('\'') => Word::exact(inside),
            _ => unknown(raw),
        },
        "string" => double_quoted(raw).map_or_else(|| unknown(raw), |text| Word::exact(&text)),
        "concatenation" => joined(node, source),
        _ => unknown(raw),
    }
}

fn unknown(raw: &str) -> Word {
    Word { text: raw.to_owned(), exact: false, glob: false, tilde: raw.starts_with('~') }
}

/// An unquoted word. Every special character that is left in it would mean something to a shell.
fn bare(raw: &str) -> Word {
    let mut word = Word { tilde: raw.starts_with('~'), exact: true, ..Word::default() };
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped) if (' '..='~').contains(&escaped) => word.text.push(escaped),
                _ => return unknown(raw),
            },
            '$' | '`' | '"' | '\'' | '<' | '>' | '|' | '&' | ';' | '(' | ')' => return unknown(raw),
            c if c.is_whitespace() => return unknown(raw),
            c => {
                word.glob |= matches!(c, '*' | '?' | '[');
                word.text.push(c);
            }
        }
    }
    if expands_braces(&word.text) { unknown(raw) } else { word }
}

/// Bash expands braces only where an unquoted comma or `..` stands within; quoted ones count here as well.
fn expands_braces(text: &str) -> bool {
    text.contains('{') && (text.contains(',') || text.contains(".."))
}

/// The inside of double quotes without expansion (bash manual, "Double Quotes"): a backslash escapes only
/// `$`, a backquote, `"` and itself; a dollar at the end is a dollar.
fn double_quoted(raw: &str) -> Option<String> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inside.len());
    let mut chars = inside.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('$' | '`' | '"' | '\\')) => text.extend(chars.next()),
            ('\\', Some('\n') | None) | ('`' | '"', _) | ('$', Some(_)) => return None,
            (c, _) => text.push(c),
        }
    }
    Some(text)
}

/// Pieces without a gap, for instance `--format="%h %s"`.
fn joined(node: Node<'_>, source: &str) -> Word {
    let raw = &source[node.byte_range()];
    let mut word = Word { exact: true, ..Word::default() };
    let mut end = node.start_byte();
    let mut cursor = node.walk();
    for (index, child) in node.children(&mut cursor).enumerate() {
        let piece = decode(child, source);
        if !piece.exact || child.start_byte() != end || child.kind() == "concatenation" {
            return unknown(raw);
        }
        end = child.end_byte();
        word.glob |= piece.glob;
        word.tilde |= piece.tilde && index == 0;
        word.text.push_str(&piece.text);
    }
    if end != node.end_byte() || expands_braces(&word.text) { unknown(raw) } else { word }
}
