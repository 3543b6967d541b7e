//! Reads arguments into a type, led by what the type expects: `"5"` is a number where a number is due,
//! `"true"` a switch, a list may come as its JSON text. Everything else that does not fit is named with its
//! place. Knows no tool.

use std::fmt;

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Number, Value};

/// Characters of a wrong value that are quoted back.
const QUOTED: usize = 40;

/// Reads `value` as an `A`.
pub(super) fn read<A: DeserializeOwned>(value: Value) -> Result<A, Fault> {
    A::deserialize(Lenient(value))
}

/// What is wrong with the arguments, and where.
#[derive(Debug)]
pub(super) struct Fault {
    /// The place from the inside out: `.text`, `[2]`, `.items`.
    place: Vec<String>,
    what: String,
}

impl Fault {
    fn new(what: String) -> Self {
        Self { place: Vec::new(), what }
    }

    fn at(mut self, step: String) -> Self {
        self.place.push(step);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place: String = self.place.iter().rev().map(String::as_str).collect();
        match place.trim_start_matches('.') {
            "" => write!(f, "wrong arguments: {}", self.what),
            place => write!(f, "wrong arguments: `{place}`: {}", self.what),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self::new(what.to_string())
    }

    fn invalid_type(got: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("expected {}, got {}", plain(&expected.to_string()), named(&got)))
    }

    fn invalid_value(got: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(got, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("expected one of {}, got `{}`", expected.join(", "), short(variant)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("there is no field `{}`; there are: {}", short(field), expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("`{field}` is missing"))
    }
}

/// What serde calls a type, in words that a model needs no Rust for.
fn plain(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a string" | "string" | "str" => "a text",
        other if other.starts_with("struct ") || other == "a map" => "an object",
        other if other.starts_with("a nonzero") => "a whole number from 1",
        other => other,
    }
}

fn named(got: &de::Unexpected<'_>) -> String {
    match got {
        de::Unexpected::Bool(value) => value.to_string(),
        de::Unexpected::Unsigned(value) => value.to_string(),
        de::Unexpected::Signed(value) => value.to_string(),
        de::Unexpected::Float(value) => value.to_string(),
        de::Unexpected::Str(text) => format!("the text \"{}\"", short(text)),
        de::Unexpected::Unit | de::Unexpected::Option => "null".into(),
        de::Unexpected::Seq => "a list".into(),
        de::Unexpected::Map => "an object".into(),
        other => other.to_string(),
    }
}

fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(QUOTED).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

fn unexpected(value: &Value) -> de::Unexpected<'_> {
    match value {
        Value::Null => de::Unexpected::Unit,
        Value::Bool(yes) => de::Unexpected::Bool(*yes),
        Value::Number(number) => number
            .as_u64()
            .map(de::Unexpected::Unsigned)
            .or_else(|| number.as_i64().map(de::Unexpected::Signed))
            .unwrap_or_else(|| de::Unexpected::Float(number.as_f64().unwrap_or_default())),
        Value::String(text) => de::Unexpected::Str(text),
        Value::Array(_) => de::Unexpected::Seq,
        Value::Object(_) => de::Unexpected::Map,
    }
}

/// A value that yields to the type that is asked of it.
struct Lenient(Value);

impl Lenient {
    /// The number that is meant: itself, or the one that the text holds. `5.0` is whole.
    fn number(&self) -> Option<Number> {
        let number = match &self.0 {
            Value::Number(number) => number.clone(),
            Value::String(text) => text.trim().parse::<Number>().ok()?,
            _ => return None,
        };
        let whole = number.as_f64().filter(|value| number.is_f64() && value.fract() == 0.0 && value.abs() < 1e15);
        Some(whole.map_or(number, |value| Number::from(value as i64)))
    }

    /// A list or an object that came as its JSON text.
    fn unpacked(self) -> Value {
        match &self.0 {
            Value::String(text) if text.trim_start().starts_with(['[', '{']) => {
                serde_json::from_str(text).unwrap_or(self.0)
            }
            _ => self.0,
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let Some(number) = self.number() else {
                return Err(de::Error::invalid_type(unexpected(&self.0), &visitor));
            };
            if let Some(value) = number.as_u64() {
                visitor.visit_u64(value)
            } else if let Some(value) = number.as_i64() {
                visitor.visit_i64(value)
            } else {
                visitor.visit_f64(number.as_f64().unwrap_or_default())
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(yes) => visitor.visit_bool(yes),
            Value::Number(_) => self.deserialize_f64(visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => list(items, visitor),
            Value::Object(map) => visitor.visit_map(Fields::new(map)),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0 {
            Value::Bool(yes) => visitor.visit_bool(*yes),
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => visitor.visit_bool(true),
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => visitor.visit_bool(false),
            other => Err(de::Error::invalid_type(unexpected(other), &visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            Value::Number(number) => visitor.visit_string(number.to_string()),
            other => Err(de::Error::invalid_type(unexpected(&other), &visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.unpacked() {
            Value::Array(items) => list(items, visitor),
            other => Err(de::Error::invalid_type(unexpected(&other), &visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.unpacked() {
            Value::Object(map) => visitor.visit_map(Fields::new(map)),
            other => Err(de::Error::invalid_type(unexpected(&other), &visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.unpacked() {
            Value::Object(map) => match map.keys().find(|key| !fields.contains(&key.as_str())) {
                Some(stray) => Err(de::Error::unknown_field(stray, fields)),
                None => visitor.visit_map(Fields::new(map)),
            },
            other => Err(de::Error::invalid_type(unexpected(&other), &visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(word) => visitor.visit_enum::<StringDeserializer<Fault>>(word.into_deserializer()),
            Value::Object(map) => visitor.visit_enum(MapAccessDeserializer::new(Fields::new(map))),
            other => Err(de::Error::invalid_type(unexpected(&other), &visitor)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! { char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any }
}

fn list<'de, V: Visitor<'de>>(items: Vec<Value>, visitor: V) -> Result<V::Value, Fault> {
    visitor.visit_seq(Items { items: items.into_iter(), n_taken: 0 })
}

struct Items {
    items: std::vec::IntoIter<Value>,
    n_taken: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let place = format!("[{}]", self.n_taken);
        self.n_taken += 1;
        seed.deserialize(Lenient(item)).map(Some).map_err(|fault| fault.at(place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields {
    fields: serde_json::map::IntoIter,
    next: Option<(String, Value)>,
}

impl Fields {
    fn new(map: Map<String, Value>) -> Self {
        Self { fields: map.into_iter(), next: None }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        let key: StringDeserializer<Fault> = name.clone().into_deserializer();
        self.next = Some((name, value));
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let (name, value) = self.next.take().unwrap_or_default();
        seed.deserialize(Lenient(value)).map_err(|fault| fault.at(format!(".{name}")))
    }
}
