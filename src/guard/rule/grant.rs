//! What a standing yes is narrowed to: the program and as many words as name what it does.

use std::path::Path;

use super::address::Address;
use crate::{
    config::split_rules,
    guard::command_line::{Part, Word},
};

/// How many words name what a program does; the longest entry that fits counts.
const NAMED_BY: [(&str, usize); 62] = [
    ("git", 2),
    ("git stash", 3),
    ("git remote", 3),
    ("git worktree", 3),
    ("git submodule", 3),
    ("git config", 3),
    ("git bisect", 3),
    ("git notes", 3),
    ("git lfs", 3),
    ("gh", 3),
    ("glab", 3),
    ("cargo", 2),
    ("rustup", 2),
    ("rustup component", 3),
    ("rustup toolchain", 3),
    ("npm", 2),
    ("npm run", 3),
    ("npm exec", 3),
    ("pnpm", 2),
    ("pnpm run", 3),
    ("pnpm exec", 3),
    ("pnpm dlx", 3),
    ("yarn", 2),
    ("yarn run", 3),
    ("yarn workspace", 4),
    ("bun", 2),
    ("bun run", 3),
    ("bunx", 2),
    ("npx", 2),
    ("deno", 2),
    ("deno task", 3),
    ("uv", 2),
    ("uv run", 3),
    ("uv pip", 3),
    ("uv tool", 3),
    ("uvx", 2),
    ("pip", 2),
    ("pip3", 2),
    ("pipx", 2),
    ("pipx run", 3),
    ("poetry", 2),
    ("poetry run", 3),
    ("pdm", 2),
    ("pdm run", 3),
    ("hatch", 2),
    ("hatch run", 3),
    ("go", 2),
    ("go mod", 3),
    ("go tool", 3),
    ("docker", 2),
    ("docker compose", 3),
    ("docker container", 3),
    ("docker image", 3),
    ("podman", 2),
    ("kubectl", 2),
    ("make", 2),
    ("just", 2),
    ("bundle", 2),
    ("bundle exec", 3),
    ("dotnet", 2),
    ("mix", 2),
    ("gradle", 2),
];

/// Programs that do whatever their arguments say: only the very same command is ever let through.
const ANYTHING: [&str; 40] = [
    "sh",
    "bash",
    "dash",
    "zsh",
    "ksh",
    "fish",
    "python",
    "python2",
    "python3",
    "node",
    "perl",
    "ruby",
    "php",
    "lua",
    "awk",
    "gawk",
    "mawk",
    "env",
    "xargs",
    "find",
    "eval",
    "exec",
    "ssh",
    "scp",
    "rsync",
    "curl",
    "wget",
    "nc",
    "socat",
    "sed",
    "ed",
    "vim",
    "emacs",
    "osascript",
    "tclsh",
    "expect",
    "watch",
    "parallel",
    "timeout",
    "nice",
];

/// The rule for commands like this one; `None` = none can be written that means just that.
#[must_use]
pub(in crate::guard) fn proposed(part: &Part) -> Option<String> {
    // The words up to the first that no rule could hold as it is.
    let words: Vec<&str> = part.argv.iter().map_while(simple).collect();
    let program = *words.first()?;
    if ANYTHING.contains(&program) || program.contains('/') {
        return exact(part, "Bash");
    }
    let fits = |name: &str| {
        let n = name.split(' ').count();
        words.len() >= n && name.split(' ').eq(words.iter().copied().take(n))
    };
    let n = NAMED_BY.iter().filter(|(name, _)| fits(name)).map(|(_, n)| *n).max().unwrap_or(1).min(part.argv.len());
    let head = words.get(..n)?;
    // An option before the words that count: what the command does is not named by its beginning.
    if head.iter().skip(1).any(|word| word.starts_with('-')) {
        return exact(part, "Bash");
    }
    Some(format!("Bash({} *)", head.join(" ")))
}

/// The rule for this very command.
#[must_use]
pub(in crate::guard) fn exact(part: &Part, tool: &str) -> Option<String> {
    let words: Option<Vec<&str>> = part.argv.iter().map(simple).collect();
    Some(format!("{tool}({})", words?.join(" ")))
}

/// The word, if it can stand in a rule as it is.
fn simple(word: &Word) -> Option<&str> {
    let text = word.text.as_str();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@,%^".contains(c));
    (word.exact && !word.glob && !word.tilde && plain && (1..=200).contains(&text.len())).then_some(text)
}

/// The rule for the folder of a file, or the file; `None` where its name would be read as a pattern.
#[must_use]
pub(in crate::guard) fn for_folder(tool: &str, path: &Path) -> Option<String> {
    let folder = path.parent()?.to_str().filter(|folder| folder.len() > 1)?;
    let plain = |c: char| c.is_alphanumeric() || "-_./@+,% ".contains(c);
    (folder.chars().all(plain) && super::Rule::parse(&format!("{tool}({folder}/**)")).is_ok())
        .then(|| format!("{tool}({folder}/**)"))
}

/// The rule for the host of an address.
#[must_use]
pub(in crate::guard) fn for_host(url: &str) -> Option<String> {
    Address::plain(url).map(|address| format!("Fetch({}/*)", address.origin()))
}

/// Several rules as one text, so that [`split_rules`] finds them again.
#[must_use]
pub(in crate::guard) fn together(rules: &[String]) -> Option<String> {
    let text = rules.join(" + ");
    (!rules.is_empty() && text.len() <= super::MAX_RULE && split_rules(&text).eq(rules.iter().map(String::as_str)))
        .then_some(text)
}
