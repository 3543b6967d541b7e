//! The git commands that lose work: uncommitted changes, unreachable commits, what others pushed.

use super::{long, short};

/// What it loses.
pub(super) fn destructive(args: &[&str]) -> Option<&'static str> {
    let globals = globals(args);
    // An alias, a pager, a hook: a setting for one command can be a program.
    let steers = |a: &&str| a.starts_with("-c") || a.starts_with("--config-env") || a.starts_with("--exec-path=");
    if args.iter().take(globals).any(steers) {
        return Some("changes what git runs");
    }
    let (subcommand, args) = args.get(globals..)?.split_first()?;
    work(subcommand, args).or_else(|| history(subcommand, args))
}

/// How many words stand before the subcommand (`git(1)`, options).
fn globals(args: &[&str]) -> usize {
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|word| word.starts_with('-')) {
        let takes = matches!(
            *word,
            "-C" | "-c"
                | "--git-dir"
                | "--work-tree"
                | "--namespace"
                | "--super-prefix"
                | "--config-env"
                | "--attr-source"
        );
        at += if takes { 2 } else { 1 };
    }
    at.min(args.len())
}

/// Uncommitted work.
fn work(subcommand: &str, args: &[&str]) -> Option<&'static str> {
    let lost = "discards changes that are not committed";
    let found = match subcommand {
        "reset" if ["--hard", "--merge", "--keep"].iter().any(|option| long(args, option)) => lost,
        "clean" if !short(args, 'n') && !long(args, "--dry-run") => "deletes files that git does not know",
        "checkout" if checkout_overwrites(args) => lost,
        "checkout-index" | "read-tree" => lost,
        "switch"
            if short(args, 'f') || short(args, 'C') || long(args, "--force") || long(args, "--discard-changes") =>
        {
            lost
        }
        "restore" if !(long(args, "--staged") || short(args, 'S')) || long(args, "--worktree") || short(args, 'W') => {
            lost
        }
        "stash" if matches!(args.first(), Some(&("drop" | "clear"))) => "deletes stashed changes",
        "rm" if !long(args, "--cached") => "deletes files",
        "worktree" if matches!(args.first(), Some(&("remove" | "prune"))) => "deletes a work tree",
        "submodule" if args.contains(&"deinit") => "deletes a submodule's files",
        _ => return None,
    };
    Some(found)
}

/// `git checkout` takes a branch or files; the files lose their changes. Without looking at the repository the
/// two cannot be told apart for certain, so whatever looks like a file counts as one.
fn checkout_overwrites(args: &[&str]) -> bool {
    if args.contains(&"--")
        || short(args, 'f')
        || short(args, 'B')
        || long(args, "--force")
        || long(args, "--pathspec-from-file")
    {
        return true;
    }
    if short(args, 'p') || long(args, "--patch") || long(args, "--ours") || long(args, "--theirs") {
        return true;
    }
    let creates = short(args, 'b') || long(args, "--orphan") || long(args, "--track") || short(args, 't');
    let words: Vec<&&str> = args.iter().filter(|a| !a.starts_with('-')).collect();
    !creates
        && (words.len() > 1 || words.iter().any(|word| word.contains(['.', '*', '?', '[']) || word.starts_with(':')))
}

/// Commits, refs, and what others pushed.
fn history(subcommand: &str, args: &[&str]) -> Option<&'static str> {
    let rewrites = "rewrites history";
    let found = match subcommand {
        "push" => return push(args),
        "branch" if short(args, 'D') || short(args, 'd') || long(args, "--delete") => "deletes a branch",
        "branch" if short(args, 'f') || short(args, 'M') || short(args, 'C') || long(args, "--force") => rewrites,
        "tag" if short(args, 'd') || long(args, "--delete") || short(args, 'f') || long(args, "--force") => {
            "deletes or moves a tag"
        }
        "rebase" if !matches!(args, ["--abort" | "--continue" | "--skip" | "--quit" | "--show-current-patch"]) => {
            rewrites
        }
        "filter-branch" | "filter-repo" | "replace" | "fast-import" => rewrites,
        "reflog" if matches!(args.first(), Some(&("expire" | "delete"))) => "deletes what could undo a mistake",
        "gc" | "prune" | "prune-packed" | "repack"
            if subcommand != "gc" || args.iter().any(|a| a.starts_with("--prune")) =>
        {
            "deletes what could undo a mistake"
        }
        "update-ref" | "symbolic-ref"
            if args.iter().filter(|a| !a.starts_with('-')).count() > 1 || short(args, 'd') || long(args, "--stdin") =>
        {
            rewrites
        }
        "remote" if matches!(args.first(), Some(&("remove" | "rm" | "prune" | "set-url"))) => "changes a remote",
        _ => return None,
    };
    Some(found)
}

fn push(args: &[&str]) -> Option<&'static str> {
    let forced = short(args, 'f')
        || ["--force", "--force-with-lease", "--force-if-includes", "--mirror", "--prune"]
            .iter()
            .any(|option| long(args, option))
        || args.iter().any(|a| a.starts_with('+'));
    let deletes = short(args, 'd') || long(args, "--delete") || args.iter().any(|a| a.starts_with(':') && a.len() > 1);
    match (forced, deletes) {
        (true, _) => Some("overwrites what others may have pushed"),
        (_, true) => Some("deletes a branch of the remote"),
        _ => None,
    }
}
