//! A bash line taken apart: which programs it would run, and whether that is all it does.
//!
//! Two answers from one parse. A line is *plain* when every byte of it belongs to a small positive grammar:
//! words, simple quotes, numbers, `&&`, `||`, `;`, `|`, newline, and the three redirections that only hide or
//! join output. Whatever else stands in it makes it odd. Of an odd line the parts are taken out as well, as far
//! as they can be found, so that rules which refuse see into substitutions, wrappers and scripts.
//! Knows no rule and judges no program.

mod crude;
mod letters;
mod odd;
mod walk;
mod word;
mod wrapped;

#[cfg(test)]
mod tests;

pub use odd::Odd;
pub use word::Word;

/// More commands in one line than this are not read by a person, so the line is asked for. Claude Code once fell
/// from deny to ask above fifty; here the line is still judged whole.
pub const MAX_PARTS: usize = 50;

/// Longer lines are refused: Linux takes at most 128 KiB as one argument (`MAX_ARG_STRLEN`), and half of that is
/// more than a person can approve.
pub const MAX_LINE: usize = 64 * 1024;

/// Scripts within scripts (`bash -c "bash -c …"`) that are followed.
const MAX_DEPTH: u8 = 4;

/// A line taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The commands in the order of the line; those inside substitutions and blocks too.
    pub parts: Vec<Part>,
    /// What a cruder reading finds in an odd line; only good for asking.
    pub suspects: Vec<Part>,
    /// Files that a redirection would write anew.
    pub overwrites: Vec<Word>,
    /// What is not plain, each once.
    pub odd: Vec<Odd>,
}

/// One command: a program and its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The program first.
    pub argv: Vec<Word>,
    /// The commands that the program would run in turn: `sudo`, `xargs`, `bash -c`, `find -exec`.
    pub inner: Vec<Part>,
    /// The program adds nothing to its inner commands but time limits and the like.
    pub transparent: bool,
    /// Its input comes from the command before it.
    pub piped: bool,
}

impl CommandLine {
    /// Takes a line apart. Bounded in time and depth for any input.
    #[must_use]
    pub fn parse(line: &str) -> Self {
        walk::parse(line, 0)
    }

    /// Nothing but plain commands.
    #[must_use]
    pub fn plain(&self) -> bool {
        self.odd.is_empty()
    }

    /// All commands that were found for certain, inner ones included.
    #[must_use]
    pub fn all(&self) -> Vec<&Part> {
        flat(&self.parts)
    }

    /// All commands that the line may run, the doubtful ones included.
    #[must_use]
    pub fn all_and_suspects(&self) -> Vec<&Part> {
        let mut all = flat(&self.parts);
        all.extend(flat(&self.suspects));
        all
    }

    fn note(&mut self, odd: Odd) {
        if !self.odd.contains(&odd) {
            self.odd.push(odd);
        }
    }
}

impl Part {
    /// The program's name without its folder; empty where it cannot be known.
    #[must_use]
    pub fn program(&self) -> &str {
        match self.argv.first() {
            Some(word) if word.exact => base_name(&word.text),
            _ => "",
        }
    }

    /// What program runs is written there, letter for letter.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.argv.first().is_some_and(|word| word.exact && !word.glob && !word.tilde)
    }

    /// The arguments.
    #[must_use]
    pub fn args(&self) -> &[Word] {
        self.argv.get(1..).unwrap_or_default()
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn flat(parts: &[Part]) -> Vec<&Part> {
    parts.iter().flat_map(|part| std::iter::once(part).chain(flat(&part.inner))).collect()
}
