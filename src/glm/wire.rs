//! The JSON of a chunk (or of a whole answer) as borrowed values. Owns what shapes are tolerated: nulls,
//! numbers as strings, text as parts, unknown fields; refuses to know what a chunk does to a reply.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::chat::Usage;

/// A count above this is no count of tokens; the largest windows hold 10^6.
const MOST_TOKENS: f64 = 1e12;

/// One chunk of a stream, or one whole answer.
#[derive(Debug, Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow, default)]
    pub(super) model: Text<'a>,
    #[serde(borrow, default)]
    pub(super) choices: Option<Vec<Option<Choice<'a>>>>,
    #[serde(borrow, default)]
    pub(super) usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
}

/// One choice; `delta` in a stream, `message` in a whole answer.
#[derive(Debug, Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(borrow, default)]
    pub(super) index: Text<'a>,
    #[serde(borrow, default)]
    pub(super) delta: Option<Piece<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Piece<'a>>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Text<'a>,
}

/// What a choice adds.
#[derive(Debug, Deserialize)]
pub(super) struct Piece<'a> {
    #[serde(borrow, default)]
    pub(super) reasoning_content: Text<'a>,
    /// The name that other servers use for the same; some send both.
    #[serde(borrow, default)]
    pub(super) reasoning: Text<'a>,
    #[serde(borrow, default)]
    pub(super) content: Text<'a>,
    #[serde(borrow, default)]
    pub(super) tool_calls: Option<Vec<Option<CallPiece<'a>>>>,
}

/// A tool call or a part of one.
#[derive(Debug, Deserialize)]
pub(super) struct CallPiece<'a> {
    #[serde(borrow, default)]
    pub(super) index: Text<'a>,
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) function: Option<Function<'a>>,
}

/// The function of a tool call.
#[derive(Debug, Deserialize)]
pub(super) struct Function<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    /// JSON text in a string; an object where a server did not encode it.
    #[serde(borrow, default)]
    pub(super) arguments: Option<&'a RawValue>,
}

impl Function<'_> {
    /// The arguments as the text that the model wrote.
    pub(super) fn arguments_text(&self) -> Cow<'_, str> {
        let Some(raw) = self.arguments else { return Cow::Borrowed("") };
        if raw.get().starts_with('"') {
            return serde_json::from_str::<Text<'_>>(raw.get()).map_or(Cow::Borrowed(""), |text| text.0);
        }
        Cow::Borrowed(raw.get())
    }
}

/// Text in any of the shapes that servers give it: a string, null, a number, a list of parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl Text<'_> {
    /// The text as a whole number; `None` if it is none.
    pub(super) fn number(&self) -> Option<u64> {
        self.0.trim().parse().ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(v)))
    }

    fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(v.to_owned())))
    }

    fn visit_string<E>(self, v: String) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(v)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Text::default())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(v.to_string())))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(v.to_string())))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(v.to_string())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut all = String::new();
        while let Some(part) = seq.next_element::<Text<'de>>()? {
            all.push_str(&part.0);
        }
        Ok(Text(Cow::Owned(all)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut text = Text::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if key.0 == "text" {
                text = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(text)
    }
}

/// The tokens of a `usage` object; `None` if it says nothing of tokens. What cannot be true counts as
/// nothing and makes the whole doubtful.
pub(super) fn usage(raw: &RawValue) -> Option<Usage> {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(raw.get()) else {
        return Some(Usage { doubtful: true, ..Usage::default() });
    };
    let (prompt, completion) = (&value["prompt_tokens"], &value["completion_tokens"]);
    if prompt.is_null() && completion.is_null() {
        return None;
    }
    let mut usage = Usage::default();
    let mut count = |value: &serde_json::Value| {
        let number = match value {
            serde_json::Value::Null => return 0,
            serde_json::Value::Number(number) => number.as_f64(),
            serde_json::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(n) if (0.0..=MOST_TOKENS).contains(&n) => n as u64,
            _ => {
                usage.doubtful = true;
                0
            }
        }
    };
    let (prompt, completion) = (count(prompt), count(completion));
    let cached = count(&value["prompt_tokens_details"]["cached_tokens"]);
    let reasoning = count(&value["completion_tokens_details"]["reasoning_tokens"]);
    usage.doubtful |= cached > prompt || reasoning > completion;
    usage.prompt = prompt;
    usage.completion = completion;
    usage.cached = cached.min(prompt);
    usage.reasoning = reasoning.min(completion);
    Some(usage)
}
