//! Rules: what a person wrote down once so as not to be asked again, or to be asked always.
//!
//! A rule is text, `Tool` or `Tool(pattern)`; docs/PERMISSIONS.md describes it. Rules that allow are read
//! strictly, rules that ask or deny generously: a doubt always ends on the side of the question.

mod address;
mod command;
mod grant;
mod path;
#[cfg(test)]
mod tests;

use address::Address;
use command::CommandPattern;
use path::PathPattern;

use super::{Escape, command_line::Part, places::Places};
use crate::{
    chat::{Problem, ProblemKind},
    config::Permissions,
    text::Clean,
};

pub(super) use grant::{exact, for_folder, for_host, proposed, together};

/// A rule longer than this is no rule.
const MAX_RULE: usize = 1024;

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    text: String,
    about: About,
}

#[derive(Clone, Debug)]
enum About {
    /// Commands in the sandbox.
    Command(CommandPattern),
    /// Commands in the sandbox with the network.
    Network(CommandPattern),
    /// Commands that leave the sandbox.
    Escape(CommandPattern),
    Read(PathPattern),
    Edit(PathPattern),
    Fetch(Address),
}

/// What a path rule is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    /// Reading.
    Read,
    /// Changing, creating, deleting.
    Edit,
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong with it, a few words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > MAX_RULE {
            return Err(format!("it is longer than {MAX_RULE} bytes"));
        }
        if Clean::strict(text).as_str() != text {
            return Err("it holds characters that do not print".into());
        }
        let (tool, pattern) = match text.split_once('(') {
            Some((tool, rest)) => (tool, rest.strip_suffix(')').ok_or("the closing ) is missing")?.trim()),
            None => (text, "*"),
        };
        if pattern.is_empty() {
            return Err("nothing stands between ( and )".into());
        }
        let about = match tool {
            "Bash" => About::Command(CommandPattern::parse(pattern)?),
            "Network" => About::Network(CommandPattern::parse(pattern)?),
            "Escape" => About::Escape(CommandPattern::parse(pattern)?),
            "Read" => About::Read(PathPattern::parse(pattern)?),
            "Edit" | "Write" => About::Edit(PathPattern::parse(pattern)?),
            "Fetch" => About::Fetch(Address::pattern(pattern)?),
            _ => return Err("it begins with none of Bash, Network, Escape, Read, Edit, Fetch".into()),
        };
        Ok(Self { text: text.to_owned(), about })
    }

    /// The rule as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// It allows this command.
    pub(super) fn allows(&self, part: &Part) -> bool {
        matches!(&self.about, About::Command(pattern) if pattern.is(part))
    }

    /// It allows this command to go so far. Who may leave the sandbox has the network anyway, not the other way round.
    pub(super) fn allows_escape(&self, part: &Part, escape: Escape) -> bool {
        match &self.about {
            About::Network(pattern) => escape == Escape::Network && pattern.is(part),
            About::Escape(pattern) => escape != Escape::No && pattern.is(part),
            _ => false,
        }
    }

    /// It means this command, whatever stands around or between its words.
    pub(super) fn concerns(&self, part: &Part, escape: Escape) -> bool {
        match &self.about {
            About::Command(pattern) => pattern.concerns(part),
            About::Network(pattern) | About::Escape(pattern) => escape != Escape::No && pattern.concerns(part),
            _ => false,
        }
    }

    /// It is about every command alike.
    pub(super) fn concerns_all_commands(&self, escape: Escape) -> bool {
        match &self.about {
            About::Command(pattern) => pattern.is_any(),
            About::Network(pattern) | About::Escape(pattern) => escape != Escape::No && pattern.is_any(),
            _ => false,
        }
    }

    /// It allows this path.
    pub(super) fn allows_path(&self, touch: Touch, path: &std::path::Path, places: &Places) -> bool {
        self.path(touch).is_some_and(|pattern| pattern.is(path, places))
    }

    /// It means this path or a folder above it.
    pub(super) fn concerns_path(&self, touch: Touch, path: &std::path::Path, places: &Places) -> bool {
        self.path(touch).is_some_and(|pattern| pattern.concerns(path, places))
    }

    fn path(&self, touch: Touch) -> Option<&PathPattern> {
        match (&self.about, touch) {
            (About::Read(pattern), Touch::Read) | (About::Edit(pattern), Touch::Edit) => Some(pattern),
            _ => None,
        }
    }

    /// It allows this address.
    pub(super) fn allows_address(&self, url: &str) -> bool {
        matches!(&self.about, About::Fetch(pattern) if pattern.is(url))
    }

    /// It means this address, or one that cannot be told from it.
    pub(super) fn concerns_address(&self, url: &str) -> bool {
        matches!(&self.about, About::Fetch(pattern) if pattern.concerns(url))
    }
}

/// The rules of a session, read.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) allow: Vec<Rule>,
    pub(super) ask: Vec<Rule>,
    pub(super) deny: Vec<Rule>,
    /// The first rule that asks or denies and cannot be read: what it meant is unknown, so everything is asked for.
    pub(super) unreadable: Option<String>,
}

impl Rules {
    pub(super) fn read(permissions: &Permissions) -> Self {
        let good = |texts: &[String]| texts.iter().filter_map(|text| Rule::parse(text).ok()).collect();
        let unreadable = permissions.deny.iter().chain(&permissions.ask).find(|text| Rule::parse(text).is_err());
        Self {
            allow: good(&permissions.allow),
            ask: good(&permissions.ask),
            deny: good(&permissions.deny),
            unreadable: unreadable.cloned(),
        }
    }
}

/// What is wrong with the rules of the settings, a line each.
#[must_use]
pub fn rule_problems(permissions: &Permissions) -> Vec<Problem> {
    let lists = [("allow", &permissions.allow), ("ask", &permissions.ask), ("deny", &permissions.deny)];
    let all = lists.iter().flat_map(|(list, texts)| texts.iter().map(move |text| (*list, text)));
    all.filter_map(|(list, text)| {
        let why = Rule::parse(text).err()?;
        let shown: String = Clean::strict(text).into_string().chars().take(80).collect();
        let hint = match list {
            "allow" => "correct the rule; until then it allows nothing",
            _ => "correct the rule; until then everything is asked for",
        };
        Some(Problem::new(ProblemKind::Config, format!("permissions.{list}: {shown}: {why}")).hint(hint))
    })
    .collect()
}
