//! Reading a log whatever happened to it: whole records come back, the rest is counted. Never refuses for what
//! the bytes are; knows nothing of what the records mean.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read as _, Seek, SeekFrom},
};

use super::{
    line::{self, BEFORE, Entry, Piece},
    sieve::Sieve,
};

/// Read at a time: large enough that system calls cost nothing beside parsing.
const CHUNK: usize = 1 << 18;
/// The longest line that is taken as one. No record is nearly as long (pictures, the largest, have a few megabytes);
/// what is longer is damage, and is looked through in parts.
const LONGEST: u64 = 1 << 28;
/// After a part that the disk does not give back, reading goes on at the next multiple of this: a page.
const PAGE: u64 = 4096;
/// Parts that the disk does not give back before it is given up.
const MOST_FAULTS: u32 = 64;

/// What was wrong with a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Pieces that are no records.
    pub bad: u64,
    /// Sound records of kinds that this version does not know.
    pub unknown: u64,
    /// Numbers that are missing.
    pub missing: u64,
    /// Bytes of a last line that has no end.
    pub torn: u64,
}

/// What was read of a log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// The whole records, by number, each once.
    pub entries: Vec<Entry>,
    /// What was wrong.
    pub damage: Damage,
    /// The highest number seen.
    pub last: u64,
    /// What later records repeat is left out already.
    pub(super) is_sifted: bool,
}

/// Reads the bytes of a log.
#[must_use]
pub fn read(bytes: &[u8]) -> Read {
    let mut scan = Scan::new(Vec::new());
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        scan.line(line);
    }
    let (mut entries, damage, last) = scan.end();
    if !entries.is_sorted_by_key(|entry| entry.n) {
        entries.sort_by_key(|entry| entry.n);
    }
    Read { entries, damage, last, is_sifted: false }
}

/// Reads a log from a file and what is to be appended to it, without holding the bytes; what later records repeat
/// is dropped on the way. Parts that cannot be read count as damage.
///
/// # Errors
/// When the disk gives back next to nothing.
pub(super) fn read_from(file: impl io::Read + Seek, more: &[u8]) -> io::Result<Read> {
    let mut scan = Scan::new(Sieve::default());
    let mut file = BufReader::with_capacity(CHUNK, file);
    let (mut line, mut faults) = (Vec::new(), 0);
    loop {
        line.clear();
        match file.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => scan.line(&line),
            Err(error) => {
                scan.lost(&line);
                faults += 1;
                if faults > MOST_FAULTS {
                    return Err(error);
                }
                let at = file.stream_position()?;
                file.seek(SeekFrom::Start((at / PAGE + 1) * PAGE))?;
            }
        }
    }
    for line in more.split_inclusive(|b| *b == b'\n') {
        scan.line(line);
    }
    let (sieve, damage, last) = scan.end();
    Ok(Read { entries: sieve.end(), damage, last, is_sifted: true })
}

/// Takes records in the order of the file.
trait Take {
    fn take(&mut self, entry: Entry);
}

impl Take for Vec<Entry> {
    fn take(&mut self, entry: Entry) {
        self.push(entry);
    }
}

impl Take for Sieve {
    fn take(&mut self, entry: Entry) {
        Sieve::take(self, entry);
    }
}

/// Reads line by line.
struct Scan<T> {
    out: T,
    seen: Numbers,
    damage: Damage,
}

impl<T: Take> Scan<T> {
    fn new(out: T) -> Self {
        Self { out, seen: Numbers::default(), damage: Damage::default() }
    }

    /// A line, or what the file ends with.
    fn line(&mut self, line: &[u8]) {
        // What has no end is the file's last line: if more comes, it was none.
        self.damage.bad += u64::from(std::mem::take(&mut self.damage.torn) > 0);
        let (text, has_end) = line.strip_suffix(b"\n").map_or((line, false), |text| (text, true));
        let piece = line::decode(text);
        if !self.take(piece) {
            let torn = self.pick(text);
            if has_end {
                self.damage.bad += u64::from(torn > 0);
            } else {
                self.damage.torn = torn;
            }
        }
    }

    /// The beginning of a line whose rest cannot be read.
    fn lost(&mut self, text: &[u8]) {
        self.pick(text);
        self.damage.bad += 1;
    }

    /// Takes the whole records of a damaged line; how many bytes follow the last of them.
    fn pick(&mut self, text: &[u8]) -> u64 {
        let starts: Vec<usize> = memchr::memmem::find_iter(text, BEFORE).collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let mut taken = 0;
        for (start, end) in starts.iter().copied().zip(ends) {
            if let Some((piece, len)) = line::decode_first(&text[start..end]) {
                self.damage.bad += u64::from(!is_blank(&text[taken..start]));
                self.take(piece);
                taken = start + len;
            }
        }
        if is_blank(&text[taken..]) { 0 } else { (text.len() - taken) as u64 }
    }

    /// Takes a record, unless it was taken before; whether it is one.
    fn take(&mut self, piece: Piece) -> bool {
        match piece {
            Piece::Whole(entry) => {
                if self.seen.insert(entry.n) {
                    self.out.take(*entry);
                }
            }
            Piece::Unknown(n) => self.damage.unknown += u64::from(self.seen.insert(n)),
            Piece::Bad => return false,
        }
        true
    }

    fn end(self) -> (T, Damage, u64) {
        let last = self.seen.last();
        let damage = Damage { missing: last.saturating_sub(self.seen.count), ..self.damage };
        (self.out, damage, last)
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// A set of numbers that mostly follow each other.
#[derive(Default)]
struct Numbers {
    /// First to last of each run without a gap.
    runs: BTreeMap<u64, u64>,
    /// The newest run, which is the one that mostly grows.
    newest: Option<(u64, u64)>,
    count: u64,
}

impl Numbers {
    /// Adds a number; `false` if it is there already. Zero is no number.
    fn insert(&mut self, n: u64) -> bool {
        if n == 0 || self.holds(n) {
            return false;
        }
        self.count += 1;
        match &mut self.newest {
            Some((_, to)) if to.checked_add(1) == Some(n) => *to = n,
            newest => {
                if let Some((from, to)) = newest.replace((n, n)) {
                    self.runs.insert(from, to);
                }
            }
        }
        true
    }

    fn holds(&self, n: u64) -> bool {
        let within = |(from, to): (u64, u64)| (from..=to).contains(&n);
        self.newest.is_some_and(within)
            || self.runs.range(..=n).next_back().is_some_and(|(from, to)| within((*from, *to)))
    }

    fn last(&self) -> u64 {
        self.runs.values().copied().chain(self.newest.map(|(_, to)| to)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Record, encode};

    /// A file of which some bytes cannot be read.
    struct Broken {
        bytes: io::Cursor<Vec<u8>>,
        bad: std::ops::Range<u64>,
    }

    impl io::Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let at = self.bytes.position();
            if self.bad.contains(&at) {
                return Err(io::Error::from_raw_os_error(5));
            }
            let room = self.bad.start.saturating_sub(at);
            let most = if room > 0 { into.len().min(usize::try_from(room).unwrap_or(usize::MAX)) } else { into.len() };
            self.bytes.read(&mut into[..most])
        }
    }

    impl Seek for Broken {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    fn names(n: u64) -> Vec<u8> {
        (1..=n).flat_map(|n| encode(n, 0, &Record::Name("x".repeat(300))).unwrap()).collect()
    }

    #[test]
    fn sto_04_a_page_that_cannot_be_read_costs_what_lies_in_it() {
        let bytes = names(100);
        let n = 100;
        let each = bytes.len() as u64 / n;
        for page in 0..bytes.len() as u64 / PAGE {
            let bad = page * PAGE..(page + 1) * PAGE;
            let file = Broken { bytes: io::Cursor::new(bytes.clone()), bad: bad.clone() };
            let read = read_from(file, &[]).unwrap();
            // Lines differ by a byte or two, hence the margin of one record at each side.
            let touched = (bad.end - bad.start) / each + 3;
            assert!(read.entries.len() as u64 >= n - touched, "page {page}: {} of {n}", read.entries.len());
            assert!(read.damage.bad >= 1 && read.entries.len() < 100, "page {page}");
        }
        let file = Broken { bytes: io::Cursor::new(bytes), bad: 0..1 << 40 };
        assert!(read_from(file, &[]).is_err(), "a disk that gives nothing back is said so");
    }

    #[test]
    fn what_is_appended_to_the_file_is_read_once() {
        let bytes = names(20);
        let half = bytes.len() / 2;
        let from = bytes[..half].iter().rposition(|b| *b == b'\n').unwrap() + 1;
        let read = read_from(io::Cursor::new(&bytes[..half]), &bytes[from..]).unwrap();
        assert_eq!((read.entries.len(), read.last, read.damage.missing), (20, 20, 0));
    }

    #[test]
    fn numbers_are_held_in_runs() {
        let mut numbers = Numbers::default();
        for n in [1, 2, 3, 7, 8, 5, 6, 4] {
            assert!(numbers.insert(n));
        }
        for n in 0..=8 {
            assert!(!numbers.insert(n), "{n}");
        }
        assert_eq!((numbers.last(), numbers.count), (8, 8));
        assert!(numbers.insert(u64::MAX) && !numbers.insert(u64::MAX));
    }
}
