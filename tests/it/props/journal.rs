//! Properties of logs (STO-05, STO-06): whatever is done to the bytes, each record that is still whole in them comes
//! back, once, in the order of its number, and nothing comes back that was never written.

use std::sync::OnceLock;

use glm_tui::journal::{Entry, Story, read};
use memchr::memmem;
use proptest::prelude::*;

use crate::journal::{head, is_sound, log, work};

/// A log of two turns and what is in it.
struct Whole {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

fn whole() -> &'static Whole {
    static WHOLE: OnceLock<Whole> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let bytes = log(&[vec![head()], work(1), work(2)].concat());
        let entries = read(&bytes).entries;
        assert_eq!(entries.len(), memchr::memchr_iter(b'\n', &bytes).count());
        Whole { bytes, entries }
    })
}

impl Whole {
    /// The lines, their ends left out.
    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty())
    }
}

/// Checks what came back of damaged bytes.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let whole = whole();
    let found = read(bytes);
    let numbers: Vec<u64> = found.entries.iter().map(|entry| entry.n).collect();
    prop_assert!(numbers.is_sorted_by(|a, b| a < b), "not in order, or twice: {numbers:?}");
    for entry in &found.entries {
        prop_assert!(whole.entries.get(entry.n as usize - 1) == Some(entry), "never written: {entry:?}");
    }
    for (line, entry) in whole.lines().zip(&whole.entries) {
        if memmem::find(bytes, line).is_some() {
            prop_assert!(numbers.binary_search(&entry.n).is_ok(), "whole, but not found: {}", entry.n);
        }
    }
    let last = numbers.last().copied().unwrap_or(0);
    prop_assert_eq!((found.last, found.damage.missing), (last, last - numbers.len() as u64));
    if found.entries.len() < whole.entries.len() && last == whole.entries.len() as u64 {
        prop_assert!(found.damage.missing > 0, "what is lost is counted");
    }
    if let Some(story) = Story::tell(found) {
        let sound = is_sound(&story.messages());
        prop_assert!(sound.is_ok(), "{:?}", sound);
        let _ = (story.events(0), story.notes(), story.turns());
    }
    Ok(())
}

/// Something that happens to bytes; places and lengths are shares of what is there.
#[derive(Clone, Debug)]
enum Harm {
    Flip {
        at: f64,
        bit: u8,
    },
    Nuls {
        at: f64,
        n: usize,
    },
    Zeroed {
        at: f64,
        n: usize,
    },
    Deleted {
        at: f64,
        n: usize,
    },
    /// A piece comes once more elsewhere.
    Copied {
        from: f64,
        n: usize,
        to: f64,
    },
    /// A line end is missing.
    Merged {
        at: f64,
    },
    /// A line comes once more, or in another place.
    Repeated {
        line: f64,
        to: f64,
    },
    Moved {
        line: f64,
        to: f64,
    },
    Foreign {
        at: f64,
        bytes: Vec<u8>,
    },
    Cut {
        at: f64,
    },
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = || 0.0..1.0f64;
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Harm::Flip { at, bit }),
        (at(), 1..5000usize).prop_map(|(at, n)| Harm::Nuls { at, n }),
        (at(), 1..600usize).prop_map(|(at, n)| Harm::Zeroed { at, n }),
        (at(), 1..600usize).prop_map(|(at, n)| Harm::Deleted { at, n }),
        (at(), 1..600usize, at()).prop_map(|(from, n, to)| Harm::Copied { from, n, to }),
        at().prop_map(|at| Harm::Merged { at }),
        (at(), at()).prop_map(|(line, to)| Harm::Repeated { line, to }),
        (at(), at()).prop_map(|(line, to)| Harm::Moved { line, to }),
        (at(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Harm::Foreign { at, bytes }),
        at().prop_map(|at| Harm::Cut { at }),
    ]
}

fn do_harm(bytes: &mut Vec<u8>, harm: &Harm) {
    let len = bytes.len();
    let place = |share: f64| ((len as f64 * share) as usize).min(len.saturating_sub(1));
    let ends = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).collect::<Vec<usize>>();
    if len == 0 {
        return;
    }
    match harm {
        Harm::Flip { at, bit } => bytes[place(*at)] ^= 1 << bit,
        Harm::Nuls { at, n } => drop(bytes.splice(place(*at)..place(*at), vec![0; *n])),
        Harm::Zeroed { at, n } => {
            let from = place(*at);
            bytes[from..(from + n).min(len)].fill(0);
        }
        Harm::Deleted { at, n } => drop(bytes.drain(place(*at)..(place(*at) + n).min(len))),
        Harm::Copied { from, n, to } => {
            let piece = bytes[place(*from)..(place(*from) + n).min(len)].to_vec();
            bytes.splice(place(*to)..place(*to), piece);
        }
        Harm::Merged { at } => {
            if let Some(end) = ends(bytes).into_iter().find(|end| *end >= place(*at)) {
                bytes.remove(end);
            }
        }
        Harm::Repeated { line, to } | Harm::Moved { line, to } => {
            let ends = ends(bytes);
            let Some(n) = ends.len().checked_sub(1).map(|last| ((last as f64) * line) as usize) else { return };
            let from = n.checked_sub(1).map_or(0, |before| ends[before] + 1);
            let piece = bytes[from..=ends[n]].to_vec();
            let to = ends.iter().map(|end| end + 1).find(|end| *end > place(*to)).unwrap_or(len);
            bytes.splice(to..to, piece.iter().copied());
            if matches!(harm, Harm::Moved { .. }) {
                let from = if to <= from { from + piece.len() } else { from };
                bytes.drain(from..from + piece.len());
            }
        }
        Harm::Foreign { at, bytes: foreign } => drop(bytes.splice(place(*at)..place(*at), foreign.iter().copied())),
        Harm::Cut { at } => bytes.truncate(place(*at)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn sto_06_whole_records_all_come_back(harms in prop::collection::vec(harm(), 1..6)) {
        let mut bytes = whole().bytes.clone();
        for harm in &harms {
            do_harm(&mut bytes, harm);
        }
        check(&bytes)?;
    }
}

#[test]
fn sto_05_a_log_cut_at_every_byte_gives_back_whole_records() {
    let whole = whole();
    for cut in 0..=whole.bytes.len() {
        let (head, tail) = whole.bytes.split_at(cut);
        // A record is whole without its line end.
        let ended = memchr::memchr_iter(b'\n', head).count();
        let is_whole = tail.first() == Some(&b'\n');
        let found = read(head);
        assert_eq!(found.entries.len(), ended + usize::from(is_whole), "cut at {cut}");
        assert_eq!((found.damage.bad, found.damage.missing), (0, 0), "cut at {cut}");
        let lost = read(tail);
        assert!(lost.entries.len() + found.entries.len() >= whole.entries.len() - 1, "what follows {cut}");
    }
}

#[test]
fn sto_06_line_by_line_each_harm_costs_what_it_touches() {
    let whole = whole();
    let lines: Vec<&[u8]> = whole.lines().collect();
    for (n, line) in lines.iter().enumerate() {
        let rest = |with: &[&[u8]]| [lines[..n].join(&b'\n'), with.concat(), lines[n + 1..].join(&b'\n')].join(&b'\n');
        let half = &line[..line.len() / 2];
        let nuls = [0; 64];
        for (what, bytes, lost) in [
            ("half of it before it", rest(&[half, line]), 0),
            ("NULs before it", rest(&[&nuls, line]), 0),
            ("NULs behind it", rest(&[line, &nuls]), 0),
            ("twice in one line", rest(&[line, line]), 0),
            ("NULs in it", rest(&[half, &nuls, &line[half.len()..]]), 1),
            ("half of it", rest(&[half]), 1),
        ] {
            let found = read(&bytes);
            assert_eq!(found.entries.len(), lines.len() - lost, "line {n}, {what}");
            assert!((found.damage.bad + found.damage.torn > 0) == (what != "twice in one line"), "line {n}, {what}");
        }
    }
}
