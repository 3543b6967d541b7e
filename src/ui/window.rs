//! Which rows of a list of blocks of different height stand in a pane. Pure: heights are asked for,
//! from the place that is shown outward, so that the cost follows the screen and not the history.

/// A row: the block and the line within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// Index of the block.
    pub(super) block: usize,
    /// Line within it.
    pub(super) line: usize,
}

/// Heights of blocks on demand.
pub(super) trait Heights {
    /// Number of blocks.
    fn len(&self) -> usize;
    /// Lines of one block.
    fn height(&mut self, block: usize) -> usize;
}

/// More rows than anybody scrolls in one go: such a jump goes straight to the start.
const FAR: usize = 20_000;

/// The top row when the last row stands at the bottom of `rows` rows.
pub(super) fn at_end(blocks: &mut impl Heights, rows: usize) -> Spot {
    up(blocks, Spot { block: blocks.len(), line: 0 }, rows)
}

/// The row `rows` above `from`, or the first one.
pub(super) fn up(blocks: &mut impl Heights, from: Spot, rows: usize) -> Spot {
    if rows > FAR {
        return Spot::default();
    }
    let Spot { mut block, mut line } = from;
    let mut rows = rows;
    loop {
        if line >= rows {
            return Spot { block, line: line - rows };
        }
        rows -= line;
        if block == 0 {
            return Spot::default();
        }
        block -= 1;
        line = blocks.height(block);
    }
}

/// The row `rows` below `from`, or `None` past the last one.
pub(super) fn down(blocks: &mut impl Heights, from: Spot, rows: usize) -> Option<Spot> {
    if rows > FAR {
        return None;
    }
    let mut target = from.line + rows;
    for block in from.block..blocks.len() {
        let height = blocks.height(block);
        if target < height {
            return Some(Spot { block, line: target });
        }
        target -= height;
    }
    None
}

/// `top`, or the row above it at which the pane of `rows` rows is still full.
pub(super) fn clamped(blocks: &mut impl Heights, top: Spot, rows: usize) -> Spot {
    if rows == 0 || down(blocks, top, rows - 1).is_some() { top } else { at_end(blocks, rows) }
}

#[cfg(test)]
mod tests {
    use super::{Heights, Spot, at_end, clamped, down, up};

    struct Fixed(Vec<usize>, usize);

    impl Heights for Fixed {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn height(&mut self, block: usize) -> usize {
            self.1 += 1;
            self.0[block]
        }
    }

    fn spot(block: usize, line: usize) -> Spot {
        Spot { block, line }
    }

    #[test]
    fn walks_over_empty_blocks() {
        let mut blocks = Fixed(vec![2, 0, 3, 0, 1], 0);
        for (rows, want) in [(1, spot(4, 0)), (2, spot(2, 2)), (4, spot(2, 0)), (5, spot(0, 1)), (99, spot(0, 0))] {
            assert_eq!(at_end(&mut blocks, rows), want, "{rows}");
        }
        assert_eq!(up(&mut blocks, spot(2, 1), 2), spot(0, 1));
        assert_eq!(down(&mut blocks, spot(0, 1), 1), Some(spot(2, 0)));
        assert_eq!(down(&mut blocks, spot(0, 0), 5), Some(spot(4, 0)));
        assert_eq!(down(&mut blocks, spot(0, 0), 6), None);
        assert_eq!(clamped(&mut blocks, spot(2, 2), 4), spot(2, 0));
        assert_eq!(clamped(&mut blocks, spot(0, 1), 4), spot(0, 1));
    }

    #[test]
    fn the_end_of_a_long_list_asks_few_heights() {
        let mut blocks = Fixed(vec![2; 45_000], 0);
        assert_eq!(at_end(&mut blocks, 40), spot(44_980, 0));
        assert!(blocks.1 <= 20, "{}", blocks.1);
    }

    #[test]
    fn an_empty_list_has_a_top() {
        let mut blocks = Fixed(vec![], 0);
        assert_eq!(at_end(&mut blocks, 10), spot(0, 0));
        assert_eq!(clamped(&mut blocks, spot(0, 0), 10), spot(0, 0));
    }
}
