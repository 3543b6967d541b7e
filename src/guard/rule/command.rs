//! The pattern of a command: words in their order, `*` for any rest.

use globset::{GlobBuilder, GlobMatcher};

use crate::guard::command_line::{CommandLine, Part, Word};

/// The pattern of a command.
#[derive(Clone, Debug)]
pub(super) struct CommandPattern {
    words: Vec<Piece>,
    /// Any words may follow.
    open: bool,
}

#[derive(Clone, Debug)]
enum Piece {
    Fixed(String),
    /// A word with `*` or `?` in it.
    Glob(Box<GlobMatcher>),
}

impl Piece {
    fn is(&self, text: &str) -> bool {
        match self {
            Self::Fixed(fixed) => fixed == text,
            Self::Glob(glob) => glob.is_match(text),
        }
    }
}

impl CommandPattern {
    /// Reads a pattern: plain words with simple quotes, as in a command.
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        if pattern == "*" {
            return Ok(Self { words: Vec::new(), open: true });
        }
        let line = CommandLine::parse(pattern);
        let [part] = line.parts.as_slice() else { return Err("it must be one command".into()) };
        if !line.plain() {
            let why = line.odd.first().map(|odd| odd.words()).unwrap_or_default();
            return Err(format!("it must be one plain command, and it {why}"));
        }
        let (words, open) = match part.argv.split_last() {
            Some((last, rest)) if last.glob && last.text == "*" => (rest, true),
            _ => (part.argv.as_slice(), false),
        };
        if words.first().is_none_or(|program| program.glob) {
            return Err("it must begin with the name of a program".into());
        }
        let words = words.iter().map(piece).collect::<Result<_, _>>()?;
        Ok(Self { words, open })
    }

    /// It is about every command.
    pub(super) fn is_any(&self) -> bool {
        self.words.is_empty()
    }

    /// The command is exactly what the pattern says. Strict: the program as it is written there.
    pub(super) fn is(&self, part: &Part) -> bool {
        let argv = &part.argv;
        let (least, most) = (self.words.len(), if self.open { usize::MAX } else { self.words.len() });
        (least..=most).contains(&argv.len())
            && part.is_known()
            && argv.iter().all(|word| word.exact)
            && self.words.iter().zip(argv).all(|(piece, word)| !word.glob && !word.tilde && piece.is(&word.text))
    }

    /// The command is the program of the pattern, in whatever folder, and the other words stand among its own in
    /// their order. Generous: `git push --force` concerns `/tmp/git -C x push origin --force`.
    pub(super) fn concerns(&self, part: &Part) -> bool {
        let Some((program, rest)) = self.words.split_first() else { return true };
        let Some(first) = part.argv.first() else { return false };
        let base = first.text.rsplit('/').next().unwrap_or(&first.text);
        if !program.is(base) && !program.is(&first.text) {
            return false;
        }
        let mut args = part.args().iter();
        rest.iter().all(|piece| args.any(|arg| may_be(piece, arg)))
    }
}

/// A word that is not exact, or that expands, may become anything.
fn may_be(piece: &Piece, word: &Word) -> bool {
    !word.exact || word.glob || piece.is(&word.text)
}

fn piece(word: &Word) -> Result<Piece, String> {
    if !word.glob {
        return Ok(Piece::Fixed(word.text.clone()));
    }
    let glob = GlobBuilder::new(&word.text).literal_separator(false).backslash_escape(false).build();
    glob.map(|glob| Piece::Glob(Box::new(glob.compile_matcher()))).map_err(|_| "a pattern in it is not valid".into())
}
