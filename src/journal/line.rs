//! The codec of one line: a checksum, a number, a moment, a record.
//!
//! `{"c":"xxxxxxxx","n":12,"at":1732176000123,"r":{…}}`. The checksum (CRC-32, as hexadecimal) covers all that
//! follows it up to the line's end. A line begins with bytes that no JSON string can hold unescaped, and it is one
//! JSON object, so that both ends of a record are found even where the line ends around it were damaged.

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::record::Record;

/// How each line begins; eight digits and [`AFTER`] follow. No record may have a first field of this name.
pub(super) const BEFORE: &[u8] = b"{\"c\":\"";
/// What stands between the checksum and what it covers.
const AFTER: &[u8] = b"\",";
/// Digits of a checksum.
const DIGITS: usize = 8;
/// Stands for the checksum until the rest is written.
const BLANK: &str = "00000000";

/// A record with its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number, from 1; grows by 1.
    pub n: u64,
    /// When it was written, milliseconds since 1970.
    pub at: i64,
    /// What happened.
    pub record: Record,
}

#[derive(Serialize)]
struct Body<'a> {
    c: &'static str,
    n: u64,
    at: i64,
    r: &'a Record,
}

/// The same, read: the checksum is passed over, since it was compared before.
#[derive(Deserialize)]
struct Parsed {
    n: u64,
    at: i64,
    r: Record,
}

/// Only the frame of a line whose record is of a kind that is not known here.
#[derive(Deserialize)]
struct Frame {
    n: u64,
}

/// What a piece of bytes turned out to be.
pub(super) enum Piece {
    /// A record.
    Whole(Box<Entry>),
    /// A sound line of a kind that this version does not know, with its number.
    Unknown(u64),
    /// Neither.
    Bad,
}

/// The line of a record, its end included.
///
/// # Errors
/// For what no JSON can say; nothing that a record holds is.
pub fn encode(n: u64, at: i64, record: &Record) -> serde_json::Result<Vec<u8>> {
    let mut line = Vec::new();
    encode_into(&mut line, (n, at), record)?;
    Ok(line)
}

/// Appends the line of a record, its end included. Where that fails nothing is appended.
pub(super) fn encode_into(out: &mut Vec<u8>, (n, at): (u64, i64), record: &Record) -> serde_json::Result<()> {
    let from = out.len();
    let line = Body { c: BLANK, n, at, r: record };
    if let Err(error) = serde_json::to_writer(&mut *out, &line) {
        out.truncate(from);
        return Err(error);
    }
    let sum = from + BEFORE.len();
    let covered = sum + DIGITS + AFTER.len();
    let digits = format!("{:08x}", crc32fast::hash(&out[covered..]));
    out[sum..sum + DIGITS].copy_from_slice(digits.as_bytes());
    out.push(b'\n');
    Ok(())
}

/// Reads one line, without its end.
pub(super) fn decode(line: &[u8]) -> Piece {
    if !is_sound(line) {
        return Piece::Bad;
    }
    match serde_json::from_slice::<Parsed>(line) {
        Ok(Parsed { n, at, r }) => Piece::Whole(Box::new(Entry { n, at, record: r })),
        Err(_) => serde_json::from_slice::<Frame>(line).map_or(Piece::Bad, |frame| Piece::Unknown(frame.n)),
    }
}

/// Reads the line that these bytes begin with, whatever follows it; with its length.
pub(super) fn decode_first(bytes: &[u8]) -> Option<(Piece, usize)> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let end = values.byte_offset();
    match decode(&bytes[..end]) {
        Piece::Bad => None,
        piece => Some((piece, end)),
    }
}

/// The checksum is right.
fn is_sound(line: &[u8]) -> bool {
    let covered = || {
        let (digits, rest) = line.strip_prefix(BEFORE)?.split_at_checked(DIGITS)?;
        let sum = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        Some((sum, rest.strip_prefix(AFTER)?))
    };
    covered().is_some_and(|(sum, covered)| crc32fast::hash(covered) == sum)
}
