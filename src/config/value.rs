//! The few shapes that a setting can have, and reading one from TOML or from a word on the command line.
//! Knows no setting by name.

use toml::de::DeValue;

/// The value of one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`.
    Switch(bool),
    /// A whole number.
    Count(u64),
    /// A word or a text.
    Text(String),
    /// Several texts, in order.
    List(Vec<String>),
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On or off.
    Switch,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any one line, possibly empty.
    Text,
    /// The id of a model: one line without spaces.
    Model,
    /// A name that is also a file name: letters, digits, `-`, `_`.
    Name,
    /// At least one model, none twice.
    Models,
    /// Any number of field names.
    Names,
    /// Any number of permission rules, each one line.
    Rules,
    /// A whole number within these bounds, both included.
    Count(u64, u64),
}

/// More rules than this are no longer read by anybody.
const MAX_RULES: usize = 1000;

/// No setting needs a longer text; a longer one is a mistake (a pasted file, a wrong quote).
const MAX_TEXT: usize = 1024;

impl Value {
    /// The value of a TOML item; `None` for a shape that no setting has.
    pub(super) fn from_toml(raw: &DeValue<'_>) -> Option<Self> {
        match raw {
            DeValue::Boolean(on) => Some(Self::Switch(*on)),
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                u64::from_str_radix(digits.trim_start_matches('+'), number.radix()).ok().map(Self::Count)
            }
            DeValue::String(text) => Some(Self::Text(text.clone().into_owned())),
            DeValue::Array(items) => {
                let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
                texts.collect::<Option<Vec<_>>>().map(Self::List)
            }
            _ => None,
        }
    }

    /// The value as TOML.
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.to_edit().to_string()
    }

    /// The value for an edited document.
    pub(super) fn to_edit(&self) -> toml_edit::Value {
        match self {
            Self::Switch(on) => (*on).into(),
            Self::Count(number) => i64::try_from(*number).unwrap_or(i64::MAX).into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(texts) => texts.iter().map(String::as_str).collect::<toml_edit::Array>().into(),
        }
    }
}

impl Kind {
    /// Checks a value and brings it into the kind's own shape.
    ///
    /// # Errors
    /// What was expected, as the end of `expected …`.
    pub fn accept(self, value: Value) -> Result<Value, String> {
        let accepted = match (self, value) {
            (Self::Switch, Value::Switch(on)) => Some(Value::Switch(on)),
            (Self::Switch, Value::Text(word)) => on_or_off(&word).map(Value::Switch),
            (Self::Word(words), Value::Text(word)) => words.contains(&word.as_str()).then_some(Value::Text(word)),
            (Self::Text, Value::Text(text)) => one_line(&text).then_some(Value::Text(text)),
            (Self::Model, Value::Text(id)) => is_model(&id).then_some(Value::Text(id)),
            (Self::Name, Value::Text(name)) => is_name(&name).then_some(Value::Text(name)),
            (Self::Models | Self::Names | Self::Rules, Value::Text(one)) => return self.accept(Value::List(vec![one])),
            (Self::Models, Value::List(ids)) => {
                (!ids.is_empty() && ids.iter().all(|id| is_model(id))).then(|| Value::List(without_repeats(ids)))
            }
            (Self::Names, Value::List(names)) => {
                names.iter().all(|name| is_name(name)).then(|| Value::List(without_repeats(names)))
            }
            (Self::Rules, Value::List(rules)) => {
                let fine = |rule: &String| one_line(rule) && !rule.trim().is_empty();
                (rules.len() <= MAX_RULES && rules.iter().all(fine)).then(|| Value::List(without_repeats(rules)))
            }
            (Self::Count(least, most), Value::Count(n)) => (least..=most).contains(&n).then_some(Value::Count(n)),
            _ => None,
        };
        accepted.ok_or_else(|| self.expected())
    }

    /// Reads a value as it is typed on the command line or set in the environment.
    ///
    /// # Errors
    /// What was expected, as the end of `expected …`.
    pub fn accept_word(self, word: &str) -> Result<Value, String> {
        let value = match self {
            Self::Count(..) => word.trim().parse().map(Value::Count).map_err(|_| self.expected())?,
            // A rule may hold commas, so a word is one rule.
            Self::Rules => match toml_value(word) {
                Some(list @ (Value::List(_) | Value::Text(_))) => list,
                _ if word.trim().is_empty() => Value::List(Vec::new()),
                _ => Value::Text(word.to_owned()),
            },
            Self::Models | Self::Names => match toml_value(word) {
                Some(list @ Value::List(_)) => list,
                _ => Value::List(words(word)),
            },
            // A quoted word is taken without its quotes: `--config ui.theme='"dark"'` is what TOML users type.
            _ => match toml_value(word) {
                Some(Value::Text(text)) => Value::Text(text),
                _ => Value::Text(word.to_owned()),
            },
        };
        self.accept(value)
    }

    /// What the kind takes, in words.
    #[must_use]
    pub fn expected(self) -> String {
        match self {
            Self::Switch => "true or false".into(),
            Self::Word(words) => {
                format!("one of {}", words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", "))
            }
            Self::Text => "one line of text in quotes".into(),
            Self::Model => "the id of a model in quotes, for instance \"glm-5.3\"".into(),
            Self::Name => "a name in quotes, of letters, digits, - and _".into(),
            Self::Models => "a list of at least one model, for instance [\"glm-5.3\", \"glm-4.7\"]".into(),
            Self::Names => "a list of names, for instance [\"tool_stream\"]".into(),
            Self::Rules => "a list of rules, for instance [\"Bash(git status)\"]".into(),
            Self::Count(least, most) => format!("a whole number from {least} to {most}"),
        }
    }
}

fn toml_value(word: &str) -> Option<Value> {
    DeValue::parse(word).ok().and_then(|raw| Value::from_toml(raw.get_ref()))
}

fn words(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn on_or_off(word: &str) -> Option<bool> {
    match word {
        "on" | "true" => Some(true),
        "off" | "false" => Some(false),
        _ => None,
    }
}

fn one_line(text: &str) -> bool {
    text.len() <= MAX_TEXT && !text.chars().any(char::is_control)
}

fn is_model(id: &str) -> bool {
    !id.is_empty() && one_line(id) && !id.contains(char::is_whitespace)
}

/// A name that is safe as part of a file name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn without_repeats(texts: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    texts.into_iter().filter(|text| seen.insert(text.clone())).collect()
}
