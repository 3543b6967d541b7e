//! The quota as short runs of text for the status row: figures, marks, bars. Which state it is and what the
//! figures are is decided in `quota`; which of them fit is decided in `status`.

use super::{glyphs::GlyphSet, paint::Runs, theme::Part};
use crate::{
    app::{App, Now},
    config::GaugeShow,
    quota::{self, Bar, Reading, Severity, Trust, Weekly, WindowReading, format},
};

/// How much a reset says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResetForm {
    /// Nothing.
    None,
    /// `2h05`.
    Short,
    /// `2h05m`.
    Left,
    /// `resets 14:47 (2h05m)`.
    Clock,
}

/// How much of the gauge is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Detail {
    /// Cells of a bar; 0 = none.
    pub(super) bar: usize,
    /// The word `used` or `left` after the figure.
    pub(super) word: bool,
    /// The reset of the 5-hour window.
    pub(super) reset: ResetForm,
    /// The reset of the week.
    pub(super) week_reset: ResetForm,
    /// `empty ~13:50`.
    pub(super) forecast: bool,
    /// Without blanks: `5h72%!`.
    pub(super) tight: bool,
}

/// What a gauge is drawn from.
pub(super) struct Source<'a> {
    app: &'a App,
    now: Now,
    reading: Reading,
    glyphs: GlyphSet,
}

impl<'a> Source<'a> {
    /// Reads the board.
    pub(super) fn new(app: &'a App, now: Now, glyphs: GlyphSet) -> Self {
        Self { app, now, reading: app.board.read(now.wall), glyphs }
    }

    /// The reading.
    pub(super) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The moment.
    pub(super) fn now(&self) -> Now {
        self.now
    }

    /// The state.
    pub(super) fn app(&self) -> &App {
        self.app
    }

    /// There are figures that are worth a rate beside them.
    pub(super) fn has_windows(&self) -> bool {
        matches!(self.reading.trust, Trust::Fresh | Trust::Estimated | Trust::Stale { .. })
            && !self.reading.windows.is_empty()
    }

    /// The gauge at a detail.
    pub(super) fn runs(&self, detail: Detail) -> Runs {
        match &self.reading.trust {
            Trust::Off => self.metered(detail),
            Trust::AuthError => vec![(format::trust(&self.reading.trust), Part::Danger)],
            Trust::NoPlan => vec![(format::trust(&self.reading.trust), Part::Warn)],
            Trust::Unknown { .. } if self.reading.windows.is_empty() => self.unknown(detail),
            Trust::Failing { .. } => self.failing(detail),
            _ => self.windows(detail),
        }
    }

    /// A bar with its tick.
    pub(super) fn bar(&self, window: &WindowReading, cells: usize) -> Runs {
        let left = self.app.look.gauge == GaugeShow::Left;
        let flip = |share: f64, whole: f64| if left { whole - share } else { share };
        let bar = Bar {
            percent: window.percent.map_or(0.0, |p| flip(p, 100.0)),
            tick: window.elapsed_share.map(|t| flip(t, 1.0)),
            glyphs: match self.glyphs {
                GlyphSet::Unicode => quota::Glyphs::Blocks,
                GlyphSet::Ascii => quota::Glyphs::Ascii,
            },
        };
        let part = self.part(window);
        let mut runs: Runs = Vec::new();
        for cell in bar.cells(cells) {
            let part = if cell.reversed { Part::Tick } else { part };
            match runs.last_mut() {
                Some((text, same)) if *same == part => text.push(cell.ch),
                _ => runs.push((cell.ch.to_string(), part)),
            }
        }
        runs
    }

    /// The figure with its mark: `72%!`, `FULL`, `~57%`.
    pub(super) fn figure(&self, window: &WindowReading, word: bool) -> String {
        let (share, name) = match self.app.look.gauge {
            GaugeShow::Used => (format::used_share(window), "used"),
            GaugeShow::Left => (format::left_share(window), "left"),
        };
        if window.full() {
            return share;
        }
        let word = if word && window.percent.is_some() { format!(" {name}") } else { String::new() };
        format!("{share}{word}{}", window.severity.mark())
    }

    /// The colour of a window, dim when the figures are old.
    pub(super) fn part(&self, window: &WindowReading) -> Part {
        if self.reading.trust.is_dim() {
            return Part::Muted;
        }
        severity_part(window.severity)
    }

    /// A moment as the user's clock tells it.
    pub(super) fn clock(&self, at: quota::Timestamp) -> String {
        format::clock(at, self.now.wall, &self.app.look.zone)
    }

    fn windows(&self, detail: Detail) -> Runs {
        let mut runs = Runs::new();
        if let Some(window) = self.reading.five_hour() {
            self.window(&mut runs, ("5h", window), detail, detail.reset);
            let stale = format::trust(&self.reading.trust);
            if !stale.is_empty() {
                runs.push((format!(" {stale}"), Part::Muted));
            }
            if let Some(at) = window.pace.empties_at.filter(|_| detail.forecast) {
                runs.push((format!("  empty ~{}", self.clock(at)), severity_part(window.severity)));
            }
        } else {
            runs.push(("5h none".to_owned(), Part::Muted));
        }
        let gap = if detail.tight {
            " "
        } else if detail.bar > 8 {
            "   "
        } else {
            "  "
        };
        runs.push((gap.to_owned(), Part::Text));
        match (self.reading.week(), self.reading.weekly) {
            (Some(week), _) => self.window(&mut runs, ("wk", week), detail, detail.week_reset),
            (None, Weekly::None) if detail.tight => runs.push(("wk-".to_owned(), Part::Muted)),
            (None, Weekly::None) if detail.bar > 0 => runs.push(("wk none (older plan)".to_owned(), Part::Muted)),
            (None, Weekly::None) => runs.push(("wk none".to_owned(), Part::Muted)),
            (None, _) => runs.push((format!("wk {}", format::UNKNOWN), Part::Muted)),
        }
        runs
    }

    fn window(&self, runs: &mut Runs, (name, window): (&str, &WindowReading), detail: Detail, reset: ResetForm) {
        let part = self.part(window);
        let space = if detail.tight { "" } else { " " };
        runs.push((format!("{name}{space}"), Part::Muted));
        if detail.bar > 0 && !window.full() && window.percent.is_some() {
            runs.extend(self.bar(window, detail.bar));
            runs.push((" ".to_owned(), Part::Text));
        }
        runs.push((self.figure(window, detail.word), part));
        // A full window's clock is what the user waits for.
        let reset = if window.full() && reset == ResetForm::Left { ResetForm::Clock } else { reset };
        let Some((left, at)) = window.reset.left.zip(window.reset.at) else { return };
        let text = match reset {
            ResetForm::None => return,
            ResetForm::Short => format!(" {}", format::duration_short(left)),
            ResetForm::Left => format!(" {}", format::duration(left)),
            ResetForm::Clock => format!(" resets {} ({})", self.clock(at), format::duration(left)),
        };
        runs.push((text, Part::Muted));
    }

    fn unknown(&self, detail: Detail) -> Runs {
        let mut runs = vec![(format!("5h {}", format::UNKNOWN), Part::Muted)];
        if !detail.tight {
            runs.push((format!("  {}", format::trust(&self.reading.trust)), Part::Muted));
        }
        runs
    }

    /// The last figures in brackets, and that nothing newer can be had.
    fn failing(&self, detail: Detail) -> Runs {
        let figure = |window: Option<&WindowReading>| window.map_or_else(|| "none".into(), |w| self.figure(w, false));
        let (five, week) = (figure(self.reading.five_hour()), figure(self.reading.week()));
        if detail.tight {
            return vec![(format!("(5h{five} wk{week})?"), Part::Muted)];
        }
        vec![(format!("(5h {five}  wk {week})  "), Part::Muted), (format::trust(&self.reading.trust), Part::Warn)]
    }

    fn metered(&self, detail: Detail) -> Runs {
        let spent = self.reading.spent_usd.map(format::dollars);
        let metered = self.app.status.metered;
        let text = match (metered, spent, detail.tight) {
            (true, Some(usd), true) => format!("est {usd}"),
            (true, Some(usd), false) => format!("metered key · no plan gauge · est {usd}"),
            (true, None, true) => "metered".to_owned(),
            (true, None, false) => "metered key · no plan gauge".to_owned(),
            (false, _, true) => "no gauge".to_owned(),
            (false, _, false) => "no plan gauge".to_owned(),
        };
        vec![(text, Part::Muted)]
    }
}

/// The colour of a severity; its mark says the same without colour.
pub(super) fn severity_part(severity: Severity) -> Part {
    match severity {
        Severity::Ok => Part::Ok,
        Severity::Warn => Part::Warn,
        Severity::Crit | Severity::Full => Part::Danger,
    }
}
