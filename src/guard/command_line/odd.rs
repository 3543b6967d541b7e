//! Why a line is not plain, in the words of a question.

/// What is odd about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    /// `$(…)`, backquotes, `<(…)`.
    Substitution,
    /// `$x`, `${x}`, `$((1))`, `$'…'`, `{a,b}`.
    Expansion,
    /// Other than `2>&1`, `>/dev/null`, `2>/dev/null`.
    Redirection,
    /// `<<`, `<<<`.
    Heredoc,
    /// `(…)`, `{ …; }`.
    Block,
    /// A lone `&`.
    Background,
    /// A function or an alias.
    Definition,
    /// `x=1`, `export`, `unset`.
    Variable,
    /// A loop, a condition, a test, `!`.
    Control,
    /// `# …`.
    Comment,
    /// Words joined or split in a way that shells read differently.
    Quoting,
    /// This many characters do not print, or are blanks that no shell takes for one.
    Hidden(usize),
    /// Letters of another script that look like Latin ones.
    LookAlike,
    /// More than [`super::MAX_PARTS`].
    TooMany,
    /// Scripts within scripts.
    TooDeep,
    /// No bash that this program understands.
    Unreadable,
}

impl Odd {
    /// The reason, a few words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Substitution => "has a substitution, so what it runs cannot be known".into(),
            Self::Expansion => "has an expansion, so what it runs cannot be known".into(),
            Self::Redirection => "redirects to or from a file".into(),
            Self::Heredoc => "has a here-document".into(),
            Self::Block => "has a subshell or a block".into(),
            Self::Background => "leaves something running in the background".into(),
            Self::Definition => "defines a function or an alias".into(),
            Self::Variable => "sets a variable".into(),
            Self::Control => "has a loop, a condition or a test".into(),
            Self::Comment => "has a comment".into(),
            Self::Quoting => "has quoting that is not plain".into(),
            Self::Hidden(1) => "has 1 character that does not print".into(),
            Self::Hidden(n) => format!("has {n} characters that do not print"),
            Self::LookAlike => "mixes letters that look alike (of another script)".into(),
            Self::TooMany => format!("runs more than {} commands", super::MAX_PARTS),
            Self::TooDeep => "nests scripts too deep".into(),
            Self::Unreadable => "cannot be read with certainty".into(),
        }
    }
}
