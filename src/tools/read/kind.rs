//! What a file is by its first bytes: text, a picture, or neither. Knows no names of files.

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, as far as can be seen.
    Text,
    /// A picture that models take, by its MIME type.
    Picture(&'static str),
    /// Neither: what it is, and what to do with it.
    Other(&'static str, &'static str),
}

/// Bytes that are looked at, as in git.
const LOOKED_AT: usize = 8_000;

/// First bytes and what they mean.
const MAGIC: [(&[u8], &str, &str); 13] = [
    (b"%PDF-", "a PDF", "get its text with the command `pdftotext -layout FILE -`"),
    (b"PK\x03\x04", "a zip archive", "list it with the command `unzip -l`"),
    (b"\x1f\x8b", "gzip data", "use the command `zcat` or `tar tzf`"),
    (b"BZh", "bzip2 data", "use the command `bzcat`"),
    (b"\xfd7zXZ\0", "xz data", "use the command `xzcat`"),
    (b"\x28\xb5\x2f\xfd", "zstd data", "use the command `zstdcat`"),
    (b"\x7fELF", "a program", "use a command such as `file` or `readelf`"),
    (b"\0asm", "a WebAssembly module", "use a command such as `wasm-objdump`"),
    (b"SQLite format 3\0", "a SQLite database", "use the command `sqlite3`"),
    (b"\xff\xfe", "UTF-16 text", "convert it with `iconv -f UTF-16 -t UTF-8`"),
    (b"\xfe\xff", "UTF-16 text", "convert it with `iconv -f UTF-16 -t UTF-8`"),
    (b"OggS", "sound", "it cannot be read here"),
    (b"ID3", "sound", "it cannot be read here"),
];

/// What a file is.
pub(super) fn of(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    if let Some(mime) = picture(head) {
        return Kind::Picture(mime);
    }
    // Letters alone prove nothing: a text may begin with them.
    let known = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic));
    let binary = head.contains(&0) || broken(head) * 10 > head.len();
    match known {
        Some((magic, what, advice)) if binary || *magic == b"%PDF-" || !magic.is_ascii() => Kind::Other(what, advice),
        _ if binary => Kind::Other("binary data", "use a command such as `file`, `xxd` or `strings`"),
        _ => Kind::Text,
    }
}

fn picture(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Bytes that are no UTF-8; a character that the cut went through does not count.
fn broken(head: &[u8]) -> usize {
    let n: usize = head.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    n.saturating_sub(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        let what = |bytes: &[u8]| match of(bytes) {
            Kind::Text => "text",
            Kind::Picture(mime) => mime,
            Kind::Other(what, _) => what,
        };
        let cases: [(&[u8], &str); 14] = [
            (b"", "text"),
            (b"fn main() {}\n", "text"),
            (b"ID3 is a tag format\n", "text"),
            (b"BZh is not always bzip2", "text"),
            ("café café".as_bytes(), "text"),
            (b"latin caf\xe9 with one byte", "text"),
            (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"GIF89a..", "image/gif"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7\n", "a PDF"),
            (b"\x7fELF\x02\x01\x01\0", "a program"),
            (b"\xff\xfeh\0i\0", "UTF-16 text"),
            (b"\x80\x81\x82\x83\x84\x85\x86\x87", "binary data"),
        ];
        for (bytes, want) in cases {
            assert_eq!(what(bytes), want, "{bytes:?}");
        }
    }
}
