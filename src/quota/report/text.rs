//! The usage report as plain text: `glm-tui usage`, and what the usage view copies. At most 76 columns; all of it
//! can be read without colour. Names from the service are cut down to plain characters.

use std::fmt::Write as _;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::quota::{
    bar::{Bar, Glyphs, spark},
    board::{Board, ModelSeries},
    format,
    reading::{Reading, Trust, Weekly, WindowReading},
    window::{Unit, WindowKind},
};

/// The width of the report: it fits 80 columns with a frame around it.
const WIDTH: usize = 76;

/// The widest bar; it gives way to long figures.
const BAR: usize = 38;

/// Days of the table of models.
const DAYS: u8 = 7;

/// The longest name from outside.
const NAME: usize = 24;

/// What the report is made for, besides the board.
struct Page<'a> {
    now: Timestamp,
    zone: &'a TimeZone,
    glyphs: Glyphs,
}

impl Board {
    /// The usage report at `now`, with the clock times of `zone`; lines of at most 76 columns, each ended.
    #[must_use]
    pub fn report(&self, now: Timestamp, zone: &TimeZone, glyphs: Glyphs) -> String {
        let reading = self.read(now);
        let page = Page { now, zone, glyphs };
        let mut lines = vec![title(&reading)];
        lines.extend(state(&reading));
        lines.push(String::new());
        for window in &reading.windows {
            lines.extend(page.window(window));
        }
        if reading.weekly == Weekly::None {
            lines.push(" week     none (older plan)".to_owned());
        }
        lines.extend(self.models(glyphs));
        lines.extend(page.rate(self, &reading));
        lines.extend(left(&reading));
        lines.extend(gap(&reading));
        lines.push(source(&reading));
        lines.iter().map(|line| cut(line, WIDTH).trim_end().to_owned() + "\n").collect()
    }

    fn models(&self, glyphs: Glyphs) -> Vec<String> {
        let Some((series, last_day)) = &self.by_model else { return Vec::new() };
        if series.is_empty() {
            return Vec::new();
        }
        let mut head = format!(" {:<31}", format!("Million tokens, {DAYS} days"));
        for name in weekdays(last_day) {
            let _ = write!(head, "{name:>6}");
        }
        let mut lines = vec![String::new(), head];
        lines.extend(series.iter().map(|series| model(series, glyphs)));
        lines.push(String::new());
        lines
    }
}

fn title(reading: &Reading) -> String {
    let plan = reading.plan.as_deref().map(plain).filter(|plan| !plan.is_empty());
    let plan = plan.map(|plan| format!(" · plan {plan}")).unwrap_or_default();
    let demo = if reading.demo { " · DEMO (simulated)" } else { "" };
    format!("Quota{plan}{demo}")
}

/// What stands in the way of fresh figures.
fn state(reading: &Reading) -> Option<String> {
    let (words, why) = match &reading.trust {
        Trust::Fresh | Trust::Estimated | Trust::Stale { why: None, .. } => return None,
        Trust::Stale { age, why: Some(why) } => {
            (format!("the last poll failed; figures {} old", format::duration(*age)), why.as_str())
        }
        Trust::Unknown { why, .. } => (format::trust(&reading.trust), why.as_deref().unwrap_or_default()),
        Trust::Failing { why, .. } => (format::trust(&reading.trust), why.as_str()),
        Trust::Off => {
            let spent = reading.spent_usd.map(|usd| format!(" · est {}", format::dollars(usd)));
            (format!("metered or custom address · no plan gauge{}", spent.unwrap_or_default()), "")
        }
        Trust::AuthError | Trust::NoPlan => (format::trust(&reading.trust), ""),
    };
    let why = plain_line(why, WIDTH);
    Some(if why.is_empty() { format!(" {words}") } else { format!(" {words}: {why}") })
}

impl Page<'_> {
    fn window(&self, window: &WindowReading) -> Vec<String> {
        let name = plain_line(window.kind.name(), 8);
        if window.kind == WindowKind::Mcp && window.used.is_some() && !window.full() {
            return vec![format!(" {name:<8} {}", self.calls(window))];
        }
        let Some(percent) = window.percent else {
            let words = if window.reset.passed { "started anew; no answer since" } else { "not known" };
            return vec![format!(" {name:<8} {words}")];
        };
        let tilde = if window.estimated { "~" } else { "" };
        let share = if window.full() { "FULL".to_owned() } else { format!("{tilde}{}", format::share_exact(percent)) };
        let mut figures = format!("{share:>8}");
        if let Some(amount) = format::amount(window) {
            let _ = write!(figures, "  {amount:>18}");
        }
        let bar = Bar { percent, tick: window.elapsed_share, glyphs: self.glyphs };
        let cells = (WIDTH - 12).saturating_sub(width(&figures)).clamp(8, BAR);
        vec![
            format!(" {name:<8} {}  {figures}", bar.text(cells)),
            format!("          {}", self.outlook(window).join(" · ")),
        ]
    }

    /// `41 of 1,000 this month (search-prime 30, web-reader 11) · resets 2 Dec`.
    fn calls(&self, window: &WindowReading) -> String {
        let mut text = format!("{} this month", format::amount(window).unwrap_or_default());
        let parts: Vec<String> = window
            .details
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(part, n)| format!("{} {}", plain(format::part(part)), format::count(*n as f64)))
            .collect();
        if !parts.is_empty() {
            let _ = write!(text, " ({})", parts.join(", "));
        }
        if let Some(at) = window.reset.at {
            let _ = write!(text, " · resets {}", format::clock(at, self.now, self.zone));
        }
        text
    }

    /// The reset, the pace and the forecast.
    fn outlook(&self, window: &WindowReading) -> Vec<String> {
        let mut words = Vec::new();
        match (window.reset.at, window.reset.left) {
            (Some(at), Some(left)) => {
                words.push(format!("resets {}, in {}", format::clock(at, self.now, self.zone), format::duration(left)));
            }
            _ if window.percent == Some(0.0) => words.push("starts with the next request".to_owned()),
            _ => words.push("reset not known".to_owned()),
        }
        if window.full() {
            if window.unit != Unit::Calls {
                words.push("nothing is billed beyond it".to_owned());
            }
            return words;
        }
        words.extend(window.pace.points.map(format::pace));
        let mark = window.severity.mark();
        match window.pace.empties_at {
            Some(at) => words.push(format!("empty ~{}  {mark}", format::clock(at, self.now, self.zone))),
            None if window.pace.lasts => words.push(format!("lasts  {mark}")),
            None if !mark.is_empty() => words.push(mark.to_owned()),
            None => {}
        }
        words
    }

    fn rate(&self, board: &Board, reading: &Reading) -> Vec<String> {
        let (Some(rate), Some(rule)) = (&reading.rate, &board.peak) else { return Vec::new() };
        let Some(hours) = format::peak_hours(rule, self.now, self.zone) else { return Vec::new() };
        let change = rate.changes_at.map(|at| format!(" until {}", format::clock(at, self.now, self.zone)));
        vec![format!(" Rate now: {}{}", format::rate(rate), change.unwrap_or_default()), format!("           {hours}")]
    }
}

fn left(reading: &Reading) -> Option<String> {
    let left = reading.turns_left?;
    Some(format!(
        " Left at this session's average turn: about {} (mean of {})",
        format::count(left.turns.floor()),
        left.from_turns
    ))
}

fn gap(reading: &Reading) -> Option<String> {
    let gap = reading.gap?;
    Some(if gap > 0.0 {
        format!(" Other tools on this key: about {gap:.0} points of the 5-hour window")
    } else {
        format!(" The service counts about {:.0} points less than our estimates did", -gap)
    })
}

fn source(reading: &Reading) -> String {
    let Some(age) = reading.age() else { return " Source: none yet".to_owned() };
    let own = if reading.own_credits > 0.0 {
        format!(", plus {} cr of this session (~)", format::count(reading.own_credits))
    } else {
        String::new()
    };
    format!(" Source: quota endpoint {} ago{own}", format::duration(age))
}

fn model(series: &ModelSeries, glyphs: Glyphs) -> String {
    let shown = usize::from(DAYS);
    let skip = series.days.len().saturating_sub(shown);
    let mut days = vec![None; shown.saturating_sub(series.days.len())];
    days.extend_from_slice(&series.days[skip..]);
    let total = days.iter().flatten().fold(0u64, |sum, n| sum.saturating_add(*n));
    let bars = if glyphs == Glyphs::Blocks { spark(&days) } else { String::new() };
    let name = plain_line(&series.model, 14);
    let mut line = format!("   {name:<14} {:>6} {bars:<7}", millions(total));
    for day in days {
        let _ = write!(line, "{:>6}", day.map_or("·".to_owned(), millions));
    }
    line
}

/// Tokens in millions, one decimal; what is less than that shows as `<0.1`, what is far more with its own unit.
fn millions(n: u64) -> String {
    match n {
        0 => "0".to_owned(),
        1..100_000 => "<0.1".to_owned(),
        100_000..1_000_000_000 => format!("{}.{}", n / 1_000_000, n % 1_000_000 / 100_000),
        _ => format::tokens(n),
    }
}

/// The names of the seven days that end with `last` (`yyyy-mm-dd`); nothing when that is no date.
fn weekdays(last: &str) -> Vec<String> {
    let Ok(last) = last.parse::<Date>() else { return Vec::new() };
    let back = |n: i64| last.checked_sub(jiff::SignedDuration::from_hours(24 * n)).ok();
    (0..i64::from(DAYS)).rev().filter_map(|n| Some(back(n)?.strftime("%a").to_string())).collect()
}

/// A name from outside: letters, digits, plain punctuation; short.
fn plain(name: &str) -> String {
    plain_line(name, NAME)
}

fn plain_line(text: &str, most: usize) -> String {
    let plain = text.chars().filter(|ch| ch.is_alphanumeric() || ch.is_ascii_graphic() || *ch == ' ');
    cut(&plain.collect::<String>(), most).trim().to_owned()
}

/// The longest beginning that is at most `most` columns wide.
fn cut(text: &str, most: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, ch)| {
        used += columns(*ch);
        used > most
    });
    end.map_or(text, |(at, _)| &text[..at])
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Columns of a character, on the safe side: letters outside Latin count as wide.
fn columns(ch: char) -> usize {
    if ch.is_alphabetic() && ch > '\u{24f}' { 2 } else { 1 }
}
