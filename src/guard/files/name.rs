//! Names of files as text: what no path can be, and a spelling in which every name can be written.
//!
//! A name that holds control characters, deceptive ones or bytes that are no UTF-8 is spelled with
//! backslashes (`\n`, `\u{202e}`, `\xff`), and may be given back in that spelling.

use std::{
    ffi::OsString,
    fmt::Write,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::Path,
};

use super::{Fault, FaultKind};
use crate::text::Clean;

/// Most bytes of a path: the kernel's own limit (`PATH_MAX`, 4096 with the final NUL).
const LONGEST: usize = 4095;

/// Refuses what no path can be.
pub(super) fn check(named: &str) -> Result<(), Fault> {
    let bad = |words: &str| Err(Fault::new(FaultKind::BadName, words));
    if named.is_empty() {
        return bad("the path is empty; name a file");
    }
    if named.contains('\0') {
        return bad("the path holds a NUL character; no file can be named so");
    }
    if named.len() > LONGEST {
        return Err(Fault::new(
            FaultKind::BadName,
            format!("the path has {} bytes, at most {LONGEST} are possible; use a shorter one", named.len()),
        ));
    }
    Ok(())
}

/// `~` or `~name` in front, which only a shell expands.
pub(super) fn homely(named: &str) -> bool {
    named.starts_with('~')
}

/// The path in letters that can be shown to a model and given back.
#[must_use]
pub fn spell(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                ' '..='~' => out.push(c),
                _ if odd(c) => {
                    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
                }
                _ => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn odd(c: char) -> bool {
    let text = c.to_string();
    Clean::strict(&text).as_str() != text
}

/// What a spelling with backslashes, quoted or not, means; `None` if it is not one.
pub(super) fn unspell(spelled: &str) -> Option<OsString> {
    let spelled = spelled.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(spelled);
    let mut bytes = Vec::with_capacity(spelled.len());
    let mut rest = spelled;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let tail = &rest[at + 1..];
        let mut letters = tail.chars();
        match letters.next()? {
            c @ ('\\' | '"') => bytes.push(c as u8),
            'n' => bytes.push(b'\n'),
            't' => bytes.push(b'\t'),
            'r' => bytes.push(b'\r'),
            'x' => {
                bytes.push(u8::from_str_radix(tail.get(1..3)?, 16).ok()?);
                letters = tail.get(3..)?.chars();
            }
            'u' => {
                let (code, after) = match tail.strip_prefix("u{") {
                    Some(braced) => braced.split_once('}')?,
                    None => tail[1..].split_at_checked(4)?,
                };
                let c = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                letters = after.chars();
            }
            _ => return None,
        }
        rest = letters.as_str();
    }
    bytes.extend_from_slice(rest.as_bytes());
    (!bytes.contains(&0)).then(|| OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_can_be_spelled_and_given_back() {
        let names: [&[u8]; 8] = [
            b"plain.rs",
            b"a\nb",
            b"\x1b[2J",
            b"caf\xe9.txt",
            b"back\\slash",
            "x\u{202e}y".as_bytes(),
            b"-rf",
            "日本".as_bytes(),
        ];
        for name in names {
            let spelled = spell(Path::new(std::ffi::OsStr::from_bytes(name)));
            assert!(!spelled.chars().any(char::is_control), "{spelled}");
            assert_eq!(unspell(&spelled).unwrap().as_bytes(), name, "{spelled}");
        }
        assert_eq!(spell(Path::new("a b/ü.rs")), "a b/ü.rs");
        assert_eq!(unspell(r#""a\tb\u001b\"\xff""#).unwrap().as_bytes(), b"a\tb\x1b\"\xff");
        for bad in ["\\", "\\q", "\\x", "\\xg1", "\\x1é", "\\u{", "\\u{d800}", "\\x00", "\\u12"] {
            assert_eq!(unspell(bad), None, "{bad}");
        }
    }
}
