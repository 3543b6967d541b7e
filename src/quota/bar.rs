//! Bars of cells: a filled part in eighths, with a tick where the window's time stands; and small bars for series.

/// The eight heights of a cell, lowest first.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The eight widths of a cell, narrowest first.
const WIDTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// What bars are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// Eighth blocks, `░` and `│`.
    #[default]
    Blocks,
    /// `[####|#..]`.
    Ascii,
}

/// One cell of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarCell {
    /// What to draw; one column wide.
    pub ch: char,
    /// Draw it in reverse video: a tick inside the filled part.
    pub reversed: bool,
}

/// A bar that fills with use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The used share, 0–100; nonsense counts as an empty or a full bar.
    pub percent: f64,
    /// The share of time that has passed, 0–1: where the tick stands.
    pub tick: Option<f64>,
    /// What it is made of.
    pub glyphs: Glyphs,
}

impl Bar {
    /// The bar in exactly `n` cells. The brackets of [`Glyphs::Ascii`] are two of them, if there are more than three.
    /// Anything above zero shows, and only 100 fills the last cell.
    #[must_use]
    pub fn cells(&self, n: usize) -> Vec<BarCell> {
        match self.glyphs {
            Glyphs::Blocks => self.blocks(n),
            Glyphs::Ascii if n > 3 => {
                let bracket = |ch| BarCell { ch, reversed: false };
                let inner = self.ascii(n - 2);
                std::iter::once(bracket('[')).chain(inner).chain(std::iter::once(bracket(']'))).collect()
            }
            Glyphs::Ascii => self.ascii(n),
        }
    }

    /// The same as text, the reversal lost.
    #[must_use]
    pub fn text(&self, n: usize) -> String {
        self.cells(n).into_iter().map(|cell| cell.ch).collect()
    }

    fn blocks(&self, n: usize) -> Vec<BarCell> {
        let filled = self.filled(n, 8);
        let tick = self.tick_cell(n);
        let cell = |i: usize| {
            let eighths = filled.saturating_sub(i * 8).min(8);
            if tick == Some(i) {
                BarCell { ch: '│', reversed: eighths >= 4 }
            } else {
                BarCell { ch: if eighths == 0 { '░' } else { WIDTHS[eighths - 1] }, reversed: false }
            }
        };
        (0..n).map(cell).collect()
    }

    fn ascii(&self, n: usize) -> Vec<BarCell> {
        let filled = self.filled(n, 1);
        let tick = self.tick_cell(n);
        let ch = |i| if tick == Some(i) { '|' } else { ['.', '#'][usize::from(i < filled)] };
        (0..n).map(|i| BarCell { ch: ch(i), reversed: false }).collect()
    }

    /// Filled parts of a bar of `n` cells with `per_cell` parts each.
    fn filled(&self, n: usize, per_cell: usize) -> usize {
        let parts = n.saturating_mul(per_cell);
        if parts == 0 || self.percent.is_nan() || self.percent <= 0.0 {
            return 0;
        }
        if self.percent >= 100.0 {
            return parts;
        }
        let filled = (self.percent / 100.0 * parts as f64).round() as usize;
        filled.clamp(1, (parts - 1).max(1))
    }

    /// The cell of the tick.
    fn tick_cell(&self, n: usize) -> Option<usize> {
        let share = self.tick.filter(|share| share.is_finite() && n > 0)?;
        Some(((share.clamp(0.0, 1.0) * n as f64) as usize).min(n - 1))
    }
}

/// A small bar of `eighths` (0–8) of a cell's height; zero is a blank.
#[must_use]
pub fn height(eighths: u8) -> char {
    match eighths {
        0 => ' ',
        n => HEIGHTS[usize::from(n.min(8)) - 1],
    }
}

/// A line of small bars, the largest value full; `·` where there is no datum, and something low for anything
/// above zero.
#[must_use]
pub fn spark(values: &[Option<u64>]) -> String {
    let most = values.iter().flatten().copied().max().unwrap_or(0);
    let bar = |value: &Option<u64>| match value {
        None => '·',
        Some(0) => ' ',
        Some(value) => height(((*value as f64 / most as f64 * 8.0).round() as u8).max(1)),
    };
    values.iter().map(bar).collect()
}
