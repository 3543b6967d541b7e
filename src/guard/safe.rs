//! Programs that only read and print, each with the arguments that keep it so. Knows no paths and no rules.
//!
//! The list is small on purpose: a program stands here only if no argument of the allowed kind makes it write,
//! run something else or read settings of the project that could. Version probes (`cargo --version`) are not here,
//! because version managers read files of the project to choose what to run.

use super::command_line::{Part, Word};

/// What a command does by its name and arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Safety {
    /// Nothing is known.
    Unknown,
    /// Only reads, unless the repository's own settings make git run something (measured: a configured
    /// `core.fsmonitor`, `diff.external`, filters and textconv programs run in `git status`, `diff` and `log -p`).
    ReadsByRepository,
    /// Only reads.
    Reads,
}

/// No argument of theirs writes or runs anything (manual pages of coreutils, grep, jq, util-linux).
const ANY: &[&str] = &[
    "ls",
    "dir",
    "vdir",
    "cat",
    "head",
    "tail",
    "wc",
    "grep",
    "egrep",
    "fgrep",
    "pwd",
    "echo",
    "true",
    "false",
    ":",
    "which",
    "uname",
    "cut",
    "tr",
    "nl",
    "tac",
    "stat",
    "du",
    "df",
    "cmp",
    "basename",
    "dirname",
    "realpath",
    "readlink",
    "id",
    "whoami",
    "groups",
    "seq",
    "expr",
    "rev",
    "fold",
    "fmt",
    "paste",
    "join",
    "comm",
    "column",
    "md5sum",
    "sha1sum",
    "sha224sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "b2sum",
    "cksum",
    "sum",
    "od",
    "hexdump",
    "strings",
    "numfmt",
    "nproc",
    "jq",
    "uptime",
    "sleep",
];

/// A test of the arguments.
type Judge = fn(&[Word]) -> bool;

/// Programs of which only some uses are harmless.
const SOME: &[(&str, Judge)] = &[
    ("find", find),
    ("fd", fd),
    ("fdfind", fd),
    ("rg", rg),
    ("sed", sed),
    ("sort", sort),
    ("uniq", uniq),
    ("base64", base64),
    ("date", date),
    ("file", file),
    ("diff", diff),
    ("tree", tree),
    ("printf", printf),
    ("command", command),
    ("type", type_of),
    ("cd", cd),
    ("test", test),
    ("exit", numbers),
    ("hostname", none),
];

/// How much harm the command can do. Wrappers are the caller's business.
pub(super) fn safety(part: &Part) -> Safety {
    let Some(name) = program(part) else { return Safety::Unknown };
    if !part.argv.iter().all(|word| word.exact) {
        return Safety::Unknown;
    }
    if name == "git" {
        return git(part.args());
    }
    if ANY.contains(&name) {
        return Safety::Reads;
    }
    // What a pattern expands to may be an option when a file is named like one.
    let fixed = part.args().iter().all(|word| !(word.glob && word.text.starts_with(['*', '?', '[', '-'])));
    let judge = SOME.iter().find(|(known, _)| *known == name);
    if fixed && judge.is_some_and(|(_, judge)| judge(part.args())) { Safety::Reads } else { Safety::Unknown }
}

/// The program's name, if the folder that it is named with is the system's.
fn program(part: &Part) -> Option<&str> {
    if !part.is_known() {
        return None;
    }
    let text = part.argv.first()?.text.as_str();
    let name = text.strip_prefix("/usr/bin/").or_else(|| text.strip_prefix("/bin/")).unwrap_or(text);
    (!name.contains('/')).then_some(name)
}

fn texts(args: &[Word]) -> impl Iterator<Item = &str> {
    args.iter().map(|word| word.text.as_str())
}

/// A group of one-letter options.
fn cluster(text: &str) -> Option<&str> {
    text.strip_prefix('-').filter(|letters| !letters.is_empty() && !letters.starts_with('-'))
}

fn none(args: &[Word]) -> bool {
    args.is_empty()
}

fn numbers(args: &[Word]) -> bool {
    texts(args).all(|text| text.chars().all(|c| c.is_ascii_digit()))
}

fn type_of(args: &[Word]) -> bool {
    texts(args).all(|text| !text.starts_with('-') || ["-t", "-a", "-p", "-P"].contains(&text))
}

fn find(args: &[Word]) -> bool {
    const HARM: [&str; 5] = ["-exec", "-ok", "-delete", "-fprint", "-fls"];
    texts(args).all(|text| !HARM.iter().any(|harm| text.starts_with(harm)))
}

fn fd(args: &[Word]) -> bool {
    texts(args).all(|text| {
        !text.starts_with("--ex")
            && !text.starts_with("--li")
            && !cluster(text).is_some_and(|c| c.contains(['x', 'X', 'l']))
    })
}

/// `--pre` and `--hostname-bin` run a program, `-z` runs decompressors.
fn rg(args: &[Word]) -> bool {
    texts(args).all(|text| {
        !["--pre", "--hostname-bin", "--search-zip"].iter().any(|harm| text.starts_with(harm))
            && !cluster(text).is_some_and(|letters| letters.contains('z'))
    })
}

/// `sed -n '10,20p' file`: the letters `w`, `e`, `s///e` and `-i` write and run.
fn sed(args: &[Word]) -> bool {
    let [quiet, script, files @ ..] = args else { return false };
    let address = |a: &str| a == "$" || (!a.is_empty() && a.chars().all(|c| c.is_ascii_digit()));
    let prints = |command: &str| {
        let Some(range) = command.strip_suffix('p') else { return false };
        match range.split_once(',') {
            Some((from, to)) => address(from) && address(to),
            None => address(range),
        }
    };
    quiet.is("-n") && !script.glob && script.text.split(';').all(prints) && texts(files).all(|f| !f.starts_with('-'))
}

/// `-o` writes, `--compress-program` runs, `-T` writes elsewhere; long options may be shortened, so only whole
/// names are taken.
fn sort(args: &[Word]) -> bool {
    const LONG: [&str; 8] = [
        "--reverse",
        "--unique",
        "--numeric-sort",
        "--human-numeric-sort",
        "--version-sort",
        "--stable",
        "--check",
        "--ignore-case",
    ];
    texts(args).all(|text| {
        if text.starts_with("--") {
            return LONG.contains(&text) || text.starts_with("--key=") || text.starts_with("--field-separator=");
        }
        match cluster(text) {
            Some(letters) if letters.starts_with(['k', 't']) => true,
            Some(letters) => letters.trim_end_matches(['k', 't']).chars().all(|c| "bcCdfghiMmnRrsuVz".contains(c)),
            None => true,
        }
    })
}

/// A second file would be written.
fn uniq(args: &[Word]) -> bool {
    texts(args).filter(|text| !text.starts_with('-')).count() <= 1 && !args.iter().any(|word| word.glob)
}

/// `-o` writes on macOS.
fn base64(args: &[Word]) -> bool {
    texts(args).all(|text| {
        !text.starts_with("--o")
            && !text.starts_with("--i")
            && !cluster(text).is_some_and(|letters| letters.contains('o'))
    })
}

/// Anything else may set the clock.
fn date(args: &[Word]) -> bool {
    let mut takes = false;
    texts(args).all(|text| {
        if std::mem::take(&mut takes) {
            return true;
        }
        takes = matches!(text, "-d" | "-r" | "--date" | "--reference");
        takes
            || text.starts_with('+')
            || text.starts_with("-I")
            || text.starts_with("--date=")
            || matches!(text, "-u" | "--utc" | "-R" | "--rfc-email" | "--iso-8601")
    })
}

/// `-C` and `-m` compile and read magic, `-z` runs decompressors.
fn file(args: &[Word]) -> bool {
    const FINE: [&str; 9] = ["-b", "-i", "-L", "-h", "-bi", "--brief", "--mime", "--mime-type", "--mime-encoding"];
    texts(args).all(|text| !text.starts_with('-') || FINE.contains(&text))
}

/// `-l` and `--paginate` run `pr`.
fn diff(args: &[Word]) -> bool {
    texts(args).all(|text| !text.starts_with("--p") && !cluster(text).is_some_and(|letters| letters.contains('l')))
}

/// `-o` writes; `-R` writes a file for each folder.
fn tree(args: &[Word]) -> bool {
    texts(args)
        .all(|text| !text.starts_with("--o") && !cluster(text).is_some_and(|letters| letters.contains(['o', 'R'])))
}

/// `-v` sets a variable of the shell, `PATH` for instance.
fn printf(args: &[Word]) -> bool {
    args.first().is_some_and(|format| !format.text.starts_with('-') && !format.glob)
}

/// `command -v name`.
fn command(args: &[Word]) -> bool {
    args.first().is_some_and(|first| first.is("-v") || first.is("-V"))
}

/// `-v 'a[$(id)]'` evaluates what stands in the brackets.
fn test(args: &[Word]) -> bool {
    texts(args).all(|text| text != "-v" && text != "-R")
}

/// To a folder that is named; where that lies is judged elsewhere.
fn cd(args: &[Word]) -> bool {
    matches!(args, [folder] if !folder.glob && !folder.text.starts_with('-') && !folder.text.is_empty())
}

/// Subcommands that open no object, refresh no index and start no pager, so that no setting of a repository can
/// make them run something; then those that only read otherwise.
fn git(args: &[Word]) -> Safety {
    let args: Vec<&str> = texts(args).collect();
    let fixed: [&[&str]; 12] = [
        &["--version"],
        &["version"],
        &["branch", "--show-current"],
        &["rev-parse", "--show-toplevel"],
        &["rev-parse", "--show-prefix"],
        &["rev-parse", "--git-dir"],
        &["rev-parse", "--is-inside-work-tree"],
        &["rev-parse", "--abbrev-ref", "HEAD"],
        &["rev-parse", "HEAD"],
        &["symbolic-ref", "HEAD"],
        &["symbolic-ref", "--short", "HEAD"],
        &["remote", "-v"],
    ];
    if fixed.contains(&args.as_slice()) {
        return Safety::Reads;
    }
    let reads = match args.split_first() {
        Some((
            &("status" | "log" | "diff" | "show" | "blame" | "shortlog" | "describe" | "rev-list" | "diff-tree"),
            rest,
        )) => rest.iter().all(|text| git_option_reads(text)),
        Some((&("rev-parse" | "ls-files" | "ls-tree" | "merge-base" | "name-rev"), rest)) => {
            rest.iter().all(|text| git_option_reads(text))
        }
        Some((&"branch", rest)) => {
            rest.iter().all(|text| matches!(*text, "-a" | "-r" | "-v" | "-vv" | "--list" | "--all" | "--remotes"))
        }
        Some((&("tag" | "remote"), rest)) => rest.is_empty(),
        Some((&"stash", rest)) => {
            matches!(rest, ["list" | "show", ..]) && rest.iter().all(|text| git_option_reads(text))
        }
        _ => false,
    };
    if reads { Safety::ReadsByRepository } else { Safety::Unknown }
}

/// `--output` writes a file; `--ext-diff`, `--textconv`, `--show-signature` and `-O` run programs.
fn git_option_reads(text: &str) -> bool {
    const HARM: [&str; 5] = ["--ou", "--ext", "--textc", "--show-sig", "--contents"];
    !HARM.iter().any(|harm| text.starts_with(harm)) && !text.starts_with("-O") && !text.contains("%G")
}

#[cfg(test)]
mod tests {
    use super::{Safety, safety};
    use crate::guard::command_line::CommandLine;

    fn of(line: &str) -> Safety {
        let line = CommandLine::parse(line);
        assert!(line.plain(), "{line:?}");
        line.parts.iter().map(safety).min().expect("a command")
    }

    #[test]
    fn what_only_reads() {
        let lines = [
            "ls -la src",
            "cat a b",
            "grep -rn 'a|b' src",
            "rg -n foo src",
            "find . -name '*.rs' -type f",
            "sed -n 1,5p f",
            "sed -n '10,$p;3p' f",
            "sort -k2 -rn f",
            "sort -t , -k 1 f",
            "uniq -c",
            "date",
            "date +%s",
            "date -u -d yesterday",
            "base64 -d f",
            "file -b f",
            "diff -u a b",
            "printf '%s' x",
            "command -v ls",
            "git branch --show-current",
            "git rev-parse HEAD",
            "/usr/bin/grep x f",
            "nl -nrz f",
            "numfmt 1000",
            "cd src",
            "cat *.rs",
            "tree -L 2",
        ];
        for line in lines {
            assert_eq!(of(line), Safety::Reads, "{line}");
        }
    }

    #[test]
    fn what_might_do_more() {
        let lines = [
            "rm x",
            "find . -delete",
            "find . -exec ls {} +",
            "find . -fprintf f x",
            "find *",
            "rg --pre=cat x",
            "rg -z x",
            "rg -nz x",
            "rg x *",
            "sed -i s/a/b/ f",
            "sed -n 1w f",
            "sed s/a/b/ f",
            "sed -n 1p -i f",
            "sort -o f f",
            "sort --out=f g",
            "sort --compress-prog=sh f",
            "sort -no f",
            "uniq a b",
            "date -s now",
            "date 01010000",
            "date --se=x",
            "base64 -o f",
            "file -z f",
            "file -C f",
            "diff -l a b",
            "diff --pag a b",
            "printf -v PATH .",
            "command ls",
            "./cat x",
            "/tmp/rg x",
            "cat/x y",
            "git status",
            "git log --output=/tmp/x",
            "git -C . status",
            "git fetch",
            "git branch new",
            "git -c a=b status",
            "cargo --version",
            "tee f",
            "awk 1 f",
            "cd",
            "cd -",
            "env",
            "test -v x",
            "tree -o f",
            "fd -x rm",
            "hostname evil",
            "foo",
            "bash -c ls",
        ];
        for line in lines {
            assert_ne!(of(line), Safety::Reads, "{line}");
        }
    }

    #[test]
    fn git_that_reads_unless_the_repository_says_otherwise() {
        for line in ["git status", "git diff --stat", "git log -3", "git show HEAD", "git branch -a", "git stash list"]
        {
            assert_eq!(of(line), Safety::ReadsByRepository, "{line}");
        }
        for line in [
            "git log --outp=f",
            "git diff --ext-diff",
            "git log --format=%GK",
            "git branch x",
            "git stash drop",
            "git tag v1",
        ] {
            assert_eq!(of(line), Safety::Unknown, "{line}");
        }
    }
}
