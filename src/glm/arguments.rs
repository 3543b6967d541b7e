//! The arguments of a tool call: JSON, or text that is almost JSON and whose meaning is plain.
//!
//! Repairs what has one meaning only; what could mean two things is refused with words that help the model to
//! write it again. Never closes what is open: a text that was cut must not become a file. Never touches valid
//! JSON. Time and depth are bounded: one pass, at most [`DEPTH`] levels.

use serde::de::IgnoredAny;

/// The deepest nesting that is taken: far above any tool's schema, and within what a reader that goes down by
/// calling itself can bear.
const DEPTH: usize = 64;

/// The arguments as JSON, with what was repaired, if anything. No arguments at all are `{}`.
///
/// # Errors
/// Why they are no JSON and what to do about it, for the model.
pub fn mend(text: &str) -> Result<(String, Option<&'static str>), String> {
    let inner = text.trim();
    if inner.is_empty() {
        return Ok(("{}".to_owned(), None));
    }
    let error = match serde_json::from_str::<IgnoredAny>(inner) {
        Ok(IgnoredAny) if depth(inner) > DEPTH => return Err(too_deep()),
        Ok(IgnoredAny) => return Ok((text.to_owned(), None)),
        Err(error) => error,
    };
    let (inner, fenced) = unfence(inner);
    let mut writer = Writer { text: inner, at: 0, out: String::with_capacity(inner.len() + 16), mended: None };
    if fenced {
        writer.note("the code fence around a call's arguments was removed");
    }
    writer.whole()?;
    match serde_json::from_str::<IgnoredAny>(&writer.out) {
        Ok(IgnoredAny) => Ok((writer.out, writer.mended)),
        Err(_) => Err(format!("the arguments are no valid JSON ({error}); call again with valid JSON")),
    }
}

fn cut() -> String {
    "the arguments are cut off before their end; call again, with less in one call if it was long".to_owned()
}

fn too_deep() -> String {
    format!("the arguments are nested more than {DEPTH} levels deep; call again with less")
}

/// How deep valid JSON is nested.
fn depth(json: &str) -> usize {
    let (mut now, mut most, mut in_string) = (0_usize, 0, false);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => drop(bytes.next()),
            b'{' | b'[' if !in_string => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// The text within a code fence, if all of it stands in one; a lone fence at the end goes too.
fn unfence(text: &str) -> (&str, bool) {
    let Some(rest) = text.strip_suffix("```") else { return (text, false) };
    let inner = match rest.strip_prefix("```") {
        Some(inner) => inner.trim_start_matches(|c: char| c.is_ascii_alphanumeric()),
        None => rest,
    };
    (inner.trim(), true)
}

/// Reads almost-JSON and writes JSON.
struct Writer<'a> {
    text: &'a str,
    at: usize,
    out: String,
    mended: Option<&'static str>,
}

type Done = Result<(), String>;

impl Writer<'_> {
    fn note(&mut self, what: &'static str) {
        match self.mended {
            Some(before) if before != what => self.mended = Some("a call's arguments were repaired"),
            _ => self.mended = Some(what),
        }
    }

    fn whole(&mut self) -> Done {
        self.value(0)?;
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(b'{') => Err("the arguments hold more than one JSON object; make one call for each".to_owned()),
            Some(_) => Err(self.wrong("there is text after the end of the JSON object")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Moves over `n` bytes and writes them.
    fn copy(&mut self, n: usize) {
        if let Some(piece) = self.text.get(self.at..self.at + n) {
            self.out.push_str(piece);
        }
        self.at += n;
    }

    /// What is wrong, and where.
    fn wrong(&self, what: &str) -> String {
        let from = self.text.floor_char_boundary(self.at.saturating_sub(20));
        let to = self.text.ceil_char_boundary((self.at + 20).min(self.text.len()));
        let near = self.text.get(from..to).unwrap_or_default();
        format!("the arguments are no valid JSON: {what}, near byte {}: {near:?}; call again", self.at)
    }

    fn value(&mut self, depth: usize) -> Done {
        self.space();
        match self.peek() {
            None => Err(cut()),
            Some(b'{' | b'[') if depth >= DEPTH => Err(too_deep()),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(quote @ (b'"' | b'\'')) => self.string(quote, true),
            Some(_) => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Done {
        self.copy(1);
        loop {
            self.space();
            match self.peek() {
                None => return Err(cut()),
                Some(b'}') => {
                    self.close();
                    return Ok(());
                }
                Some(quote @ (b'"' | b'\'')) => self.string(quote, false)?,
                Some(_) => self.bare_key()?,
            }
            self.space();
            match self.peek() {
                Some(b':') => self.copy(1),
                None => return Err(cut()),
                Some(_) => return Err(self.wrong("a key is not followed by a colon")),
            }
            self.value(depth)?;
            self.separator(b'}')?;
        }
    }

    fn array(&mut self, depth: usize) -> Done {
        self.copy(1);
        loop {
            self.space();
            if self.peek() == Some(b']') {
                self.close();
                return Ok(());
            }
            self.value(depth)?;
            self.separator(b']')?;
        }
    }

    /// Between two members: a comma, or nothing before the end.
    fn separator(&mut self, end: u8) -> Done {
        self.space();
        match self.peek() {
            None => Err(cut()),
            Some(b',') => {
                self.copy(1);
                Ok(())
            }
            Some(byte) if byte == end => Ok(()),
            Some(_) => Err(self.wrong("a comma or an end is missing (are quotes within a string escaped as \\\"?)")),
        }
    }

    fn close(&mut self) {
        if self.out.ends_with(',') {
            self.out.pop();
            self.note("a comma too many in a call's arguments was dropped");
        }
        self.copy(1);
    }

    /// A word that is no string: a number, a JSON or a Python constant.
    fn word(&mut self) -> Done {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let len = rest.find(|c: char| c.is_ascii_whitespace() || ",:]}\"'".contains(c)).unwrap_or(rest.len());
        let word = rest.get(..len).unwrap_or_default();
        let written = match word {
            "True" => "true",
            "False" => "false",
            "None" => "null",
            _ if !word.is_empty() && serde_json::from_str::<IgnoredAny>(word).is_ok() => word,
            _ => return Err(self.wrong("a value is neither quoted nor a number")),
        };
        if written != word {
            self.note("Python words in a call's arguments were read as JSON");
        }
        self.out.push_str(written);
        self.at += len;
        Ok(())
    }

    /// A key without quotes: a name.
    fn bare_key(&mut self) -> Done {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-');
        let len = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let is_key = len > 0 && !rest.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        if !is_key || !rest.get(len..).unwrap_or_default().trim_start().starts_with(':') {
            return Err(self.wrong("a key is not quoted"));
        }
        self.note("bare keys in a call's arguments were quoted");
        self.out.push('"');
        self.copy(len);
        self.out.push('"');
        Ok(())
    }

    /// A string with either quote; raw control characters are escaped in values and refused in keys.
    fn string(&mut self, quote: u8, is_value: bool) -> Done {
        self.at += 1;
        self.out.push('"');
        if quote == b'\'' {
            self.note("single quotes in a call's arguments were read as double ones");
        }
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'\\' | ..0x20));
            let Some(plain) = plain else { return Err(cut()) };
            self.copy(plain);
            match self.peek() {
                Some(byte) if byte == quote => break,
                Some(b'\\') => self.escape(quote)?,
                Some(b'"') => {
                    self.out.push('\\');
                    self.copy(1);
                }
                Some(byte @ ..0x20) if is_value => {
                    self.note("raw line breaks in a call's arguments were escaped");
                    self.out.push_str(&escaped(byte));
                    self.at += 1;
                }
                Some(..0x20) => return Err(self.wrong("a key holds a line break")),
                _ => self.copy(1),
            }
        }
        self.at += 1;
        self.out.push('"');
        Ok(())
    }

    fn escape(&mut self, quote: u8) -> Done {
        let next = self.text.as_bytes().get(self.at + 1);
        match next {
            None => Err(cut()),
            Some(b'\'') if quote == b'\'' => {
                self.at += 1;
                self.copy(1);
                Ok(())
            }
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u') => {
                self.copy(2);
                Ok(())
            }
            Some(_) => Err(self.wrong("a backslash in a string is not doubled (write \\\\ for one backslash)")),
        }
    }
}

fn escaped(byte: u8) -> String {
    match byte {
        b'\n' => "\\n".into(),
        b'\r' => "\\r".into(),
        b'\t' => "\\t".into(),
        _ => format!("\\u{byte:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::mend;

    #[test]
    fn what_has_one_meaning_is_repaired() {
        for (text, want, what) in [
            ("", "{}", ""),
            (" \n", "{}", ""),
            ("{\"a\": \"one\ntwo\tthree\"}", r#"{"a":"one\ntwo\tthree"}"#, "line breaks"),
            ("```json\n{\"a\": 1}\n```", r#"{"a":1}"#, "code fence"),
            ("{\"a\": 1}\n```", r#"{"a":1}"#, "code fence"),
            ("{\"a\": [1, 2,], }", r#"{"a":[1,2]}"#, "comma"),
            ("{\"a\": True, \"b\": None, \"c\": False}", r#"{"a":true,"b":null,"c":false}"#, "Python"),
            ("{'a': 'it\\'s \"so\"'}", r#"{"a":"it's \"so\""}"#, "single quotes"),
            ("{a: -1.5e3, $b_c: {}}", r#"{"a":-1.5e3,"$b_c":{}}"#, "bare keys"),
            ("{a: 'x',}", r#"{"a":"x"}"#, "were repaired"),
        ] {
            let (mended, how) = mend(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(mended, want, "{text}");
            assert!(how.unwrap_or_default().contains(what), "{text}: {how:?}");
        }
    }

    #[test]
    fn what_could_mean_two_things_is_refused_with_words() {
        for (text, word) in [
            (r#"{"cmd": "echo "hi" there"}"#, "escaped"),
            (r#"{"path": "C:\dir"}"#, "backslash"),
            (r#"{"cmd": "it\'s"}"#, "backslash"),
            (r#"{"a":1}{"b":2}"#, "more than one"),
            (r#"{"a":1} and so on"#, "after the end"),
            (r#"{"path": "x", "content": "cut off he"#, "cut off"),
            (r#"{"path": "x""#, "cut off"),
            (r#"{"a": ["#, "cut off"),
            (r#"{"a": value}"#, "neither quoted"),
            (r#"{"a": 1 "b": 2}"#, "comma"),
            ("{\"a\nb\": 1}", "line break"),
            (r#"{"a" 1}"#, "colon"),
            ("{1: 2}", "key"),
            ("read the file", "neither quoted"),
        ] {
            let why = mend(text).expect_err(text);
            assert!(why.contains(word) && why.contains("call"), "{text}: {why}");
        }
    }

    #[test]
    fn mod_06_deep_and_large_texts_are_bounded() {
        for text in ["[".repeat(5_000), "{\"a\":".repeat(5_000), format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))]
        {
            let why = mend(&text).map(drop).expect_err("too deep");
            assert!(why.contains("deep"), "{why}");
        }
        assert!(mend(&format!("{{\"a\": \"{}\"}}", "[".repeat(5_000))).is_ok(), "brackets in a string nest nothing");
        let long = "x".repeat(10 << 20);
        let valid = format!("{{\"a\":\"{long}\"}}");
        assert_eq!(mend(&valid), Ok((valid.clone(), None)));
        assert_eq!(mend(&format!("{{\"a\":'{long}',}}")).map(|(text, _)| text), Ok(valid));
        assert!(mend(&format!("{{\"a\":\"{long}")).is_err());
    }
}
