//! Programs that run other programs: `sudo`, `env`, `xargs`, `timeout`, `find -exec`, `bash -c`, `eval`.

use super::{Word, base_name};

/// What a program would run in turn.
pub(super) enum Inner {
    /// This command.
    Argv(Vec<Word>),
    /// This text, read by a shell.
    Script(String),
}

/// What a command runs in turn.
#[derive(Default)]
pub(super) struct Wrapped {
    pub(super) inner: Vec<Inner>,
    /// The program adds nothing to it.
    pub(super) transparent: bool,
}

/// A program that takes another one behind its own options.
struct Wrapper {
    name: &'static str,
    /// Short options that take the next word when nothing is attached.
    takes: &'static str,
    /// Words between the options and the command.
    skips: usize,
    /// It changes nothing about what runs.
    transparent: bool,
}

const fn wrapper(name: &'static str, takes: &'static str, skips: usize) -> Wrapper {
    Wrapper { name, takes, skips, transparent: false }
}

const fn clear(name: &'static str, takes: &'static str, skips: usize) -> Wrapper {
    Wrapper { name, takes, skips, transparent: true }
}

/// From the manual pages of sudo, coreutils, util-linux, findutils and bash.
const WRAPPERS: [Wrapper; 27] = [
    clear("timeout", "ks", 1),
    clear("nice", "n", 0),
    clear("nohup", "", 0),
    clear("time", "fo", 0),
    clear("command", "", 0),
    clear("ionice", "cnp", 0),
    wrapper("builtin", "", 0),
    wrapper("exec", "a", 0),
    wrapper("env", "uCS", 0),
    wrapper("sudo", "ugpCThrRDtU", 0),
    wrapper("doas", "uC", 0),
    wrapper("pkexec", "", 0),
    wrapper("runuser", "ug", 0),
    wrapper("setsid", "", 0),
    wrapper("stdbuf", "ioe", 0),
    wrapper("xargs", "IinPLsdaE", 0),
    wrapper("parallel", "jI", 0),
    wrapper("chroot", "", 1),
    wrapper("chrt", "pTPD", 1),
    wrapper("taskset", "", 1),
    wrapper("flock", "wE", 1),
    wrapper("unshare", "", 0),
    wrapper("nsenter", "t", 0),
    wrapper("strace", "eopsaEuPSOX", 0),
    wrapper("busybox", "", 0),
    wrapper("toybox", "", 0),
    wrapper("watch", "nq", 0),
];

/// A program that reads commands.
pub(super) fn is_shell(program: &str) -> bool {
    matches!(
        program,
        "sh" | "bash" | "dash" | "zsh" | "ksh" | "mksh" | "ash" | "fish" | "rbash" | "yash" | "csh" | "tcsh"
    )
}

/// What this command runs in turn.
pub(super) fn inner(words: &[Word]) -> Wrapped {
    let Some((name, args)) = words.split_first() else { return Wrapped::default() };
    let program = base_name(&name.text);
    match program {
        _ if is_shell(program) => shell(args),
        "eval" | "ssh" => script(joined(args)),
        "trap" => script(args.first().map(|word| word.text.clone()).unwrap_or_default()),
        "su" | "script" => after_option(args, &["-c", "--command"]),
        "watch" => {
            Wrapped { transparent: false, ..script(joined(args.get(operand(args, "nq")..).unwrap_or_default())) }
        }
        "find" => find(args),
        "command" if args.iter().any(|word| word.text == "-v" || word.text == "-V") => Wrapped::default(),
        "env" if args.iter().any(|word| word.text.starts_with("-S") || word.text.starts_with("--split")) => {
            script(joined(args).replacen("-S", "", 1))
        }
        _ => WRAPPERS.iter().find(|wrapper| wrapper.name == program).map_or_else(Wrapped::default, |w| run(w, args)),
    }
}

fn run(wrapper: &Wrapper, args: &[Word]) -> Wrapped {
    let mut at = operand(args, wrapper.takes);
    // The keyword `time` has one option; the program of that name can write a file.
    let plain = match wrapper.name {
        "env" => at == 0,
        "time" => args.iter().take(at).all(|word| word.text == "-p"),
        _ => true,
    };
    let mut assigns = false;
    while wrapper.name == "env" && args.get(at).is_some_and(|word| word.text.contains('=')) {
        (at, assigns) = (at + 1, true);
    }
    at += wrapper.skips;
    let rest = args.get(at..).unwrap_or_default();
    if rest.is_empty() {
        return Wrapped::default();
    }
    let transparent = wrapper.transparent && plain && !assigns;
    Wrapped { inner: vec![Inner::Argv(rest.to_vec())], transparent }
}

/// Where the first word stands that is neither an option nor an option's argument.
fn operand(args: &[Word], takes: &str) -> usize {
    let mut at = 0;
    while let Some(word) = args.get(at) {
        let text = word.text.as_str();
        if text == "--" {
            return at + 1;
        }
        if !text.starts_with('-') || text == "-" {
            return at;
        }
        let alone = text.len() == 2 && text.ends_with(|c| takes.contains(c));
        at += if alone { 2 } else { 1 };
    }
    at
}

/// `bash -c 'script'`: clear to see through when nothing else stands beside it.
fn shell(args: &[Word]) -> Wrapped {
    let is_c = |word: &Word| {
        word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('c')
            || word.text == "--command"
    };
    let Some(at) = args.iter().position(is_c) else { return Wrapped::default() };
    // Options may stand between -c and the script; the script is the first word that is none.
    let rest = args.get(at + 1..).unwrap_or_default();
    let Some(text) = rest.iter().find(|word| !word.text.starts_with(['-', '+'])) else { return Wrapped::default() };
    let only = args.len() == 2 && at == 0 && matches!(args[0].text.as_str(), "-c" | "-lc") && text.exact;
    Wrapped { transparent: only, ..script(text.text.clone()) }
}

fn after_option(args: &[Word], options: &[&str]) -> Wrapped {
    let at = args.iter().position(|word| options.contains(&word.text.as_str()));
    at.and_then(|at| args.get(at + 1)).map_or_else(Wrapped::default, |word| script(word.text.clone()))
}

fn find(args: &[Word]) -> Wrapped {
    let mut inner = Vec::new();
    let starts =
        args.iter().enumerate().filter(|(_, word)| word.text.starts_with("-exec") || word.text.starts_with("-ok"));
    for (at, _) in starts {
        let rest = args.get(at + 1..).unwrap_or_default();
        let end = rest.iter().position(|word| matches!(word.text.as_str(), ";" | "+" | "\\;")).unwrap_or(rest.len());
        inner.push(Inner::Argv(rest[..end].to_vec()));
    }
    Wrapped { inner, transparent: false }
}

fn script(text: String) -> Wrapped {
    let inner = if text.trim().is_empty() { Vec::new() } else { vec![Inner::Script(text)] };
    Wrapped { inner, transparent: false }
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}
