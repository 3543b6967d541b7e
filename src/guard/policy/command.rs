//! The verdict on a command line.
//!
//! Reasons are gathered, not searched for: what a rule denies ends it; what must be asked in every mode comes
//! next; then what the mode, the sandbox and the list of reading programs say of a line that is plain.

use std::path::{Path, PathBuf};

use super::{Asking, Case, PLAN, Verdict, denied_by};
use crate::{
    chat::PermissionMode,
    guard::{
        Escape, Rung,
        command_line::{CommandLine, MAX_LINE, Part, Word},
        destructive::destructive,
        places::Places,
        rule::{self, Touch},
        safe::{Safety, safety},
    },
    text::Clean,
};

/// Notes of a question; more are not read.
const MAX_NOTES: usize = 6;

/// A line of more rows or letters gets a note of what it runs.
const LONG: (usize, usize) = (6, 300);

/// Places that a line of `cd` may have led to; more are not followed.
const MAX_FOLDERS: usize = 8;

/// Programs whose words are no paths.
const NO_PATHS: [&str; 12] =
    ["echo", "printf", "seq", "expr", "date", "true", "false", "tr", "numfmt", "whoami", "uname", "sleep"];

/// Programs whose first word is a pattern or a program of their own.
const PATTERN_FIRST: [&str; 9] = ["grep", "egrep", "fgrep", "rg", "ag", "sed", "awk", "jq", "fd"];

/// A command line with all that its verdict is made of.
struct Line<'c> {
    case: &'c Case<'c>,
    text: &'c str,
    parsed: CommandLine,
    escape: Escape,
    /// Where each of its parts may run; the words of that part as paths.
    paths: Vec<PathBuf>,
    /// A `cd` led out of the workspace, or nobody knows where.
    lost: bool,
}

impl Case<'_> {
    pub(super) fn command(&self, text: &str, folder: &Path, escape: Escape) -> Verdict {
        if text.len() > MAX_LINE {
            return Verdict::Deny(format!(
                "the command is longer than {MAX_LINE} bytes; write a script file and run that"
            ));
        }
        let mut line =
            Line { case: self, text, parsed: CommandLine::parse(text), escape, paths: Vec::new(), lost: false };
        line.follow(folder);
        if let Some(verdict) = line.denied() {
            return verdict;
        }
        let notes = line.must_ask(folder);
        if self.mode == PermissionMode::Plan {
            return line.in_plan_mode(notes);
        }
        if !notes.is_empty() {
            let session = line.escape_rule(notes.len());
            return line.ask(notes, session, None);
        }
        line.by_mode()
    }
}

impl Line<'_> {
    /// Finds which paths the words mean, following `cd`.
    fn follow(&mut self, folder: &Path) {
        let places = &self.case.policy.places;
        let mut folders = vec![folder.to_path_buf()];
        for part in self.parsed.all_and_suspects() {
            for word in path_words(part) {
                self.paths.extend(folders.iter().map(|folder| places.meant(folder, &word)));
            }
            if matches!(part.program(), "cd" | "pushd") {
                let target = part.args().last().map(|word| word.text.as_str());
                let Some(target) = target.filter(|target| !target.starts_with('-')) else {
                    self.lost = true;
                    continue;
                };
                // The command may fail or stand behind a condition: both folders stay possible.
                let more: Vec<PathBuf> = folders.iter().map(|folder| places.meant(folder, target)).collect();
                folders.extend(more);
                folders.sort();
                folders.dedup();
                self.lost |= folders.len() > MAX_FOLDERS;
                folders.truncate(MAX_FOLDERS);
            }
        }
        self.paths.sort();
        self.paths.dedup();
        for word in &self.parsed.overwrites {
            self.paths.extend(folders.iter().map(|folder| places.meant(folder, &word.text)));
        }
    }

    fn denied(&self) -> Option<Verdict> {
        let places = &self.case.policy.places;
        let rules = &self.case.rules.deny;
        let mut parts = self.parsed.all();
        if !self.certain() {
            parts = self.parsed.all_and_suspects();
        }
        let concerns = |rule: &&rule::Rule| {
            rule.concerns_all_commands(self.escape)
                || parts.iter().any(|part| rule.concerns(part, self.escape))
                || self.paths.iter().any(|path| rule.concerns_path(Touch::Read, path, places))
        };
        if let Some(rule) = rules.iter().find(concerns) {
            return Some(denied_by(rule));
        }
        let reads_key = self.paths.iter().any(|path| places.is_secret(path));
        reads_key.then(|| Verdict::Deny("the command names the file with the keys of this program".into()))
    }

    /// The tree of the line holds all of it.
    fn certain(&self) -> bool {
        use crate::guard::command_line::Odd;
        !self.parsed.odd.iter().any(|odd| matches!(odd, Odd::Unreadable | Odd::TooDeep | Odd::Hidden(_) | Odd::Quoting))
    }

    /// What a person must decide in every mode, and no standing yes covers.
    fn must_ask(&self, folder: &Path) -> Vec<String> {
        let (policy, rules) = (self.case.policy, &self.case.rules);
        let mut notes = Vec::new();
        if let Some(text) = &rules.unreadable {
            notes.push(format!("the rule {text} cannot be read"));
        }
        let parts = self.parsed.all_and_suspects();
        for rule in &rules.ask {
            let about_path = |touch| self.paths.iter().any(|path| rule.concerns_path(touch, path, &policy.places));
            if rule.concerns_all_commands(self.escape)
                || parts.iter().any(|part| rule.concerns(part, self.escape))
                || about_path(Touch::Read)
            {
                notes.push(format!("your rule {} asks for it", rule.text()));
            }
        }
        let mut losses: Vec<String> = parts.iter().filter_map(|part| Some(loss(part, destructive(part)?))).collect();
        losses.dedup();
        notes.append(&mut losses);
        notes.extend(
            self.parsed
                .overwrites
                .iter()
                .filter(|word| !is_scratch(word))
                .map(|word| format!("overwrites {}", word.text)),
        );
        if self.parsed.all().iter().any(|part| !part.is_known()) {
            notes.push("which program runs cannot be known".into());
        }
        notes.extend(self.parsed.odd.iter().filter(|odd| is_disguise(**odd)).map(|odd| odd.words()));
        notes.extend(self.outside(folder));
        if !self.may_escape() {
            notes.push(match self.escape {
                Escape::Network => "has the network".into(),
                _ => "leaves the sandbox".into(),
            });
        }
        if !policy.trusted {
            notes.push("this folder is not trusted".into());
        }
        notes
    }

    /// It does not want to, or every part was granted to go so far.
    fn may_escape(&self) -> bool {
        if self.escape == Escape::No {
            return true;
        }
        let granted = |part: &Part| self.case.rules.allow.iter().any(|rule| rule.allows_escape(part, self.escape));
        self.parsed.plain() && self.parsed.parts.iter().all(|part| granted(part) || safety(part) == Safety::Reads)
    }

    fn outside(&self, folder: &Path) -> Vec<String> {
        let places = &self.case.policy.places;
        let mut notes = Vec::new();
        let known = places.roots().next().is_some();
        let inside = |path: &Path| if known { places.is_inside(path) } else { path.starts_with(folder) };
        if !inside(folder) {
            notes.push("runs outside the workspace".into());
        }
        if self.lost {
            notes.push("changes to a folder that cannot be known".into());
        }
        let fine = |path: &Path| inside(path) || Places::is_common(path) || places.is_readable(path);
        let foreign = |path: &&PathBuf| places.is_private(path) || !fine(path);
        if let Some(path) = self.paths.iter().find(foreign) {
            let what =
                if fine(path) { "names a file that often holds keys" } else { "names a path outside the workspace" };
            notes.push(format!("{what}: {}", path.display()));
        }
        let changes =
            self.parsed.all_and_suspects().iter().any(|part| safety(part) == Safety::Unknown && !part.transparent);
        let guarded = self.paths.iter().find(|path| inside(path) && places.guarded(path).is_some());
        if let Some(path) = guarded.filter(|_| changes) {
            notes.push(format!("names a protected file: {}", path.display()));
        }
        let rules = self.case.rules.deny.iter().chain(&self.case.rules.ask).filter(|_| changes);
        let mut rules =
            rules.filter(|rule| self.paths.iter().any(|path| rule.concerns_path(Touch::Edit, path, places)));
        notes.extend(rules.next().map(|rule| format!("names a file of your rule {}", rule.text())));
        if self.case.policy.rung != Rung::Full && places.secrets.iter().any(|secret| inside(secret)) {
            notes.push("the workspace holds the keys of this program".into());
        }
        notes
    }

    /// In plan mode reading commands run; git that reads may be asked for.
    fn in_plan_mode(&self, notes: Vec<String>) -> Verdict {
        let reads = self.parsed.plain().then(|| self.parsed.parts.iter().map(seen).min()).flatten();
        match reads {
            Some(Safety::Reads) if notes.is_empty() && self.case.policy.rung != Rung::None => Verdict::Allow,
            Some(Safety::ReadsByRepository) if notes.is_empty() && self.case.policy.rung == Rung::Full => {
                Verdict::Allow
            }
            Some(Safety::Reads | Safety::ReadsByRepository) => self.ask(notes, None, None),
            _ => Verdict::Deny(PLAN.into()),
        }
    }

    /// What mode and sandbox say of a line that nothing speaks against.
    fn by_mode(&self) -> Verdict {
        let (rung, yolo) = (self.case.policy.rung, self.case.mode == PermissionMode::Yolo);
        if !self.parsed.plain() {
            if yolo && rung != Rung::None {
                return Verdict::Allow;
            }
            return self.ask(self.parsed.odd.iter().map(|odd| odd.words()).collect(), None, None);
        }
        if yolo {
            return Verdict::Allow;
        }
        if rung == Rung::None {
            return self.ask(vec!["nothing keeps it in: there is no sandbox".into()], None, None);
        }
        if rung == Rung::Full || self.parsed.parts.iter().all(|part| self.allowed(part)) {
            return Verdict::Allow;
        }
        let rules = self.proposed();
        self.ask(vec!["more than reading, and the sandbox is partial".into()], rules.clone(), rules)
    }

    /// The part only reads, or a rule allows it and all that it runs.
    fn allowed(&self, part: &Part) -> bool {
        if seen(part) == Safety::Reads {
            return true;
        }
        let inner = || part.inner.iter().all(|inner| self.allowed(inner));
        if part.transparent && !part.inner.is_empty() {
            return inner();
        }
        self.case.rules.allow.iter().any(|rule| rule.allows(part)) && inner()
    }

    /// A rule for each part that needs one.
    fn proposed(&self) -> Option<String> {
        let mut rules = Vec::new();
        let mut open: Vec<&Part> = self.parsed.parts.iter().rev().collect();
        while let Some(part) = open.pop() {
            if self.allowed(part) {
                continue;
            }
            if part.transparent && !part.inner.is_empty() {
                open.extend(part.inner.iter().rev());
                continue;
            }
            if !part.inner.is_empty() {
                return None;
            }
            let rule = rule::proposed(part)?;
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        rule::together(&rules)
    }

    /// The network, or leaving the sandbox, may be granted for the session, for this very command, when nothing else is odd about it.
    fn escape_rule(&self, n_notes: usize) -> Option<String> {
        let tool = match self.escape {
            Escape::No => return None,
            Escape::Network => "Network",
            Escape::Sandbox => "Escape",
        };
        let only_escape = n_notes == 1 && self.case.policy.trusted;
        if !only_escape || self.may_escape() || !self.parsed.plain() || self.case.policy.rung == Rung::None {
            return None;
        }
        let open = self.parsed.parts.iter().filter(|part| safety(part) != Safety::Reads);
        let rules: Option<Vec<String>> =
            open.map(|part| if part.inner.is_empty() { rule::exact(part, tool) } else { None }).collect();
        rule::together(&rules?)
    }

    fn ask(&self, notes: Vec<String>, session: Option<String>, always: Option<String>) -> Verdict {
        let mut notes = notes;
        for odd in &self.parsed.odd {
            let words = odd.words();
            if !notes.contains(&words) {
                notes.push(words);
            }
        }
        let more = notes.len().saturating_sub(MAX_NOTES);
        notes.truncate(MAX_NOTES);
        if more > 0 {
            notes.push(format!("and {more} more reasons"));
        }
        notes.extend(self.summary());
        let notes = notes.iter().map(|note| Clean::strict(note)).collect();
        Verdict::Ask(Asking { notes, session, always })
    }

    /// What a long or padded line runs, so that nothing hides behind its length.
    fn summary(&self) -> Option<String> {
        let rows = self.text.lines().count();
        let long = rows > LONG.0 || self.text.chars().count() > LONG.1;
        let mut programs: Vec<&str> = Vec::new();
        for part in self.parsed.all_and_suspects() {
            let name = if part.is_known() { part.program() } else { "?" };
            if !programs.contains(&name) {
                programs.push(name);
            }
        }
        let more = if programs.len() > 20 { " …" } else { "" };
        programs.truncate(20);
        long.then(|| format!("{rows} rows, {} letters; runs: {}{more}", self.text.chars().count(), programs.join(", ")))
    }
}

/// How safe a part is, seen through wrappers that add nothing.
fn seen(part: &Part) -> Safety {
    if part.transparent && !part.inner.is_empty() {
        return part.inner.iter().map(seen).min().unwrap_or(Safety::Unknown);
    }
    safety(part)
}

fn loss(part: &Part, why: &str) -> String {
    let name = part.argv.first().map_or("", |word| word.text.rsplit('/').next().unwrap_or_default());
    format!("{name} {why}")
}

/// What may deceive a reader of the line is asked for even where everything runs.
fn is_disguise(odd: crate::guard::command_line::Odd) -> bool {
    use crate::guard::command_line::Odd;
    matches!(odd, Odd::Hidden(_) | Odd::LookAlike | Odd::TooMany | Odd::TooDeep | Odd::Unreadable)
}

fn is_scratch(word: &Word) -> bool {
    word.exact && matches!(word.text.as_str(), "/dev/null" | "/dev/stderr" | "/dev/stdout")
}

/// The words of a command that may be paths, also behind `=` and behind a one-letter option.
fn path_words(part: &Part) -> Vec<String> {
    if NO_PATHS.contains(&part.program()) {
        return Vec::new();
    }
    let pattern = pattern_at(part);
    let program = part.argv.first().filter(|word| word.text.contains('/'));
    let args = part.args().iter().enumerate().filter(|(at, _)| Some(*at) != pattern).map(|(_, word)| word);
    program.into_iter().chain(args).flat_map(path_texts).collect()
}

/// Which argument is a pattern, not a path. None where an option might give the pattern, for then the first word
/// may be a file.
fn pattern_at(part: &Part) -> Option<usize> {
    let gives = |word: &Word| match word.text.strip_prefix('-') {
        Some(long) if long.starts_with('-') => long.starts_with("-f") || long.starts_with("-re"),
        Some(letters) => letters.contains(['e', 'f']),
        None => false,
    };
    let args = part.args();
    if !PATTERN_FIRST.contains(&part.program()) || args.iter().any(gives) {
        return None;
    }
    args.iter().position(|word| !word.text.starts_with('-'))
}

fn path_texts(word: &Word) -> Vec<String> {
    let text = word.text.trim_matches(['"', '\'']);
    if text.contains("://") {
        return Vec::new();
    }
    let behind = text.split_once('=').map(|(_, value)| value.to_owned());
    if text.starts_with('-') {
        let attached = text.find(['/', '~']).map(|at| text[at..].to_owned());
        return behind.or(attached).into_iter().collect();
    }
    std::iter::once(text.to_owned()).chain(behind).collect()
}
