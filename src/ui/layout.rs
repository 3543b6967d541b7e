//! Where everything goes: a size and the state of the panes → rectangles. Pure; draws nothing.
//!
//! The bands from the bottom up: hints, status, floor rule, composer, its rule, waiting prompts,
//! activity; what is left belongs to the panes. Every rectangle lies within the screen at any size.

use ratatui::layout::Rect;

use crate::app::{Pane, ReasoningState};

/// How the panes stand, from the widest screen to the narrowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Arrangement {
    /// One pane at a time, no title.
    #[default]
    Single,
    /// A one-line ticker of reasoning above the answer.
    Ticker,
    /// Reasoning above the answer, two or three rows of it; no hints.
    Low,
    /// Reasoning above the answer.
    Stacked,
    /// Side by side.
    Side,
    /// Side by side, and a rail with the quota.
    Rail,
}

impl Arrangement {
    /// The panes stand side by side.
    pub(super) fn is_side(self) -> bool {
        self >= Self::Side
    }
}

/// What the bands need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    /// Columns and rows of the screen.
    pub(super) size: (u16, u16),
    /// Visual rows of the composer's text, or of the question in its place.
    pub(super) composer: u16,
    /// A question stands in place of the composer.
    pub(super) asks: bool,
    /// The conversation does not reach the disk.
    pub(super) banner: bool,
    /// Something runs, or a message or search wants the activity row.
    pub(super) activity: bool,
    /// Prompts that wait.
    pub(super) waiting: u16,
    /// Items of the plan.
    pub(super) plan: u16,
    /// The plan is wanted even where it has no place of its own.
    pub(super) drawer: bool,
    /// The reasoning pane's state.
    pub(super) reasoning: ReasoningState,
    /// The user folded the pane: side by side it takes no column.
    pub(super) folded: bool,
    /// Percent that reasoning takes: stacked, side by side.
    pub(super) share: [u16; 2],
    /// The pane that fills the space of both.
    pub(super) zoomed: Option<Pane>,
    /// Where one pane shows at a time, it is the reasoning.
    pub(super) swapped: bool,
}

/// A pane: the rule with its title and the text below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    /// The title's row.
    pub(super) title: Rect,
    /// The text.
    pub(super) text: Rect,
}

/// The bands below the panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Foot {
    /// What runs.
    pub(super) activity: Rect,
    /// Prompts that wait.
    pub(super) waiting: Rect,
    /// What a person must not miss.
    pub(super) banner: Rect,
    /// The composer's rule.
    pub(super) rule: Rect,
    /// The composer, prompt mark included.
    pub(super) composer: Rect,
    /// The rule below the composer.
    pub(super) floor: Rect,
    /// The status row or rows.
    pub(super) status: Rect,
    /// Keys.
    pub(super) hints: Rect,
}

/// All rectangles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The arrangement.
    pub(super) arrangement: Arrangement,
    /// The answer pane.
    pub(super) answer: Area,
    /// The reasoning pane.
    pub(super) reasoning: Area,
    /// The plan's list, where it stands outside the rail.
    pub(super) plan: Area,
    /// The quota rail.
    pub(super) rail: Area,
    /// The column or row that divides the panes.
    pub(super) divider: Rect,
    /// The column that divides the rail.
    pub(super) rail_divider: Rect,
    /// The space of the panes.
    pub(super) space: Rect,
    /// The bands below.
    pub(super) foot: Foot,
}

/// Columns that the quota rail takes.
const RAIL: u16 = 40;

/// The arrangement for a size.
pub(super) fn arrangement(width: u16, height: u16) -> Arrangement {
    match (width, height) {
        (160.., 30..) => Arrangement::Rail,
        (110.., 24..) => Arrangement::Side,
        (80.., 20..) => Arrangement::Stacked,
        (60.., 14..) => Arrangement::Low,
        (40.., 10..) => Arrangement::Ticker,
        _ => Arrangement::Single,
    }
}

/// Most rows that the composer may take.
pub(super) fn composer_limit(height: u16) -> u16 {
    (height / 3).max(1)
}

/// Most rows that a question may take: over both panes, or such that some of the evidence stays visible.
pub(super) fn ask_limit(needs: &Needs, over_panes: bool) -> u16 {
    let (foot, left) = foot(&Needs { composer: 0, asks: false, ..*needs }, arrangement(needs.size.0, needs.size.1));
    let keep = if over_panes { 0 } else { (needs.size.1 / 6).max(2) };
    (left + foot.composer.height).saturating_sub(keep).max(1)
}

/// Places everything.
pub(super) fn place(needs: &Needs) -> Layout {
    let (width, height) = needs.size;
    let arrangement = arrangement(width, height);
    let (foot, top) = foot(needs, arrangement);
    let whole = Rect::new(0, 0, width, top);
    let mut layout = Layout { arrangement, foot, ..Layout::default() };
    let space = drawer(&mut layout, needs, whole);
    layout.space = space;
    if let Some(pane) = needs.zoomed {
        *layout.area(pane) = area(space);
        return layout;
    }
    match arrangement {
        Arrangement::Single => {
            let pane = if needs.swapped { Pane::Reasoning } else { Pane::Answer };
            *layout.area(pane) = area(space);
        }
        Arrangement::Ticker if needs.swapped => layout.reasoning = area(space),
        Arrangement::Ticker | Arrangement::Low | Arrangement::Stacked => stack(&mut layout, needs),
        Arrangement::Side | Arrangement::Rail => columns(&mut layout, needs),
    }
    layout
}

/// Rows of the drawer, its title not counted.
const DRAWER: u16 = 6;

/// Takes the drawer from the bottom of the panes' space where the plan has no column; returns the rest.
fn drawer(layout: &mut Layout, needs: &Needs, space: Rect) -> Rect {
    let column = needs.zoomed.is_none()
        && match layout.arrangement {
            Arrangement::Rail => true,
            Arrangement::Side => needs.reasoning != ReasoningState::Off && !needs.folded,
            _ => false,
        };
    let rows = needs.plan.min(DRAWER) + 1;
    // What is read comes first: a drawer takes half at most.
    if column || !needs.drawer || needs.plan == 0 || space.height < 6 {
        return space;
    }
    let rows = rows.min(space.height / 2);
    layout.plan = titled(Rect { y: space.bottom() - rows, height: rows, ..space });
    Rect { height: space.height - rows, ..space }
}

impl Layout {
    fn area(&mut self, pane: Pane) -> &mut Area {
        match pane {
            Pane::Answer => &mut self.answer,
            Pane::Reasoning => &mut self.reasoning,
        }
    }
}

/// Takes the bands from the bottom; returns them and the rows left for the panes.
fn foot(needs: &Needs, arrangement: Arrangement) -> (Foot, u16) {
    let (width, height) = needs.size;
    let mut left = height;
    let mut take = |rows: u16, keep: u16| {
        let rows = rows.min(left.saturating_sub(keep));
        left -= rows;
        Rect::new(0, left, width, rows)
    };
    // `keep` is what more important bands still need above.
    let tall = height >= 36;
    let wants_hints = u16::from(arrangement >= Arrangement::Stacked);
    let hints = take(wants_hints, 0);
    if tall && wants_hints > 0 {
        take(1, 0);
    }
    let two_rows = tall && (110..160).contains(&width);
    let status = take(if two_rows { 2 } else { 1 }, 1);
    let floor = take(wants_hints, 2);
    let least = match height {
        0..20 => 1,
        20..36 => 2,
        _ => 3,
    };
    // A question may take the panes' rows too, but never its own title's.
    let (most, keep, spare) =
        if needs.asks { (height, u16::from(height >= 4), 0) } else { (composer_limit(height).max(least), 0, 2) };
    let composer = take(needs.composer.clamp(least.min(most), most), keep);
    let rule = take(u16::from(height >= 4), 1);
    let banner = take(u16::from(needs.banner && height >= 4), spare.min(1));
    let waiting = take(needs.waiting.min(3).min(height / 12).saturating_sub(u16::from(height < 14)), spare);
    let activity = take(u16::from(needs.activity && height >= 5), spare);
    (Foot { activity, waiting, banner, rule, composer, floor, status, hints }, left)
}

/// A title and the text below it; without a title when there is hardly room for text.
fn area(space: Rect) -> Area {
    if space.height < 4 || space.width < 20 {
        return Area { title: Rect { height: 0, ..space }, text: space };
    }
    titled(space)
}

fn titled(space: Rect) -> Area {
    let title = Rect { height: 1.min(space.height), ..space };
    let text = Rect { y: space.y + title.height, height: space.height - title.height, ..space };
    Area { title, text }
}

fn stack(layout: &mut Layout, needs: &Needs) {
    let space = layout.space;
    let rows = match (needs.reasoning, layout.arrangement) {
        (ReasoningState::Off, _) => 0,
        (ReasoningState::Rest, _) => u16::from(space.height >= 6),
        (_, Arrangement::Ticker) => 2,
        (_, Arrangement::Low) => (space.height / 3).clamp(3, 4),
        (_, _) => {
            let rows = u32::from(space.height) * u32::from(needs.share[0]) / 100;
            // A share that the user enlarged may pass the ten rows that reasoning takes by itself.
            let most = if needs.share[0] > 25 { space.height.saturating_sub(4) } else { 10 };
            u16::try_from(rows).unwrap_or(u16::MAX).clamp(4, most.max(4))
        }
    };
    let rows = if space.height < rows + 3 { u16::from(space.height >= 4 && rows > 0) } else { rows };
    layout.reasoning = titled(Rect { height: rows, ..space });
    layout.answer = area(Rect { y: space.y + rows, height: space.height - rows, ..space });
    if rows > 0 {
        layout.divider = layout.answer.title;
    }
}

fn columns(layout: &mut Layout, needs: &Needs) {
    let mut space = layout.space;
    if layout.arrangement == Arrangement::Rail {
        let at = space.right() - RAIL;
        layout.rail = area(Rect { x: at, width: RAIL, ..space });
        layout.rail_divider = Rect { x: at - 1, width: 1, ..space };
        space.width -= RAIL + 1;
    }
    if needs.reasoning == ReasoningState::Off || needs.folded {
        layout.answer = area(space);
        return;
    }
    let share = u32::from(space.width) * u32::from(needs.share[1]) / 100;
    // Reasoning is readable from 40 columns and tires the eye beyond 70; the answer needs 66.
    let most = space.width.saturating_sub(67).clamp(40, 70);
    let columns = u16::try_from(share).unwrap_or(u16::MAX).clamp(40, most);
    let at = space.right() - columns;
    let column = Rect { x: at, width: columns, ..space };
    let plan = if layout.arrangement == Arrangement::Side { plan_rows(needs.plan, space.height) } else { 0 };
    if plan > 0 {
        layout.plan = titled(Rect { y: column.bottom() - plan, height: plan, ..column });
    }
    layout.reasoning = area(Rect { height: column.height - plan, ..column });
    layout.divider = Rect { x: at - 1, width: 1, ..space };
    layout.answer = area(Rect { width: space.width - columns - 1, ..space });
}

/// Rows that the plan takes of a column, title included: a third at most.
fn plan_rows(items: u16, height: u16) -> u16 {
    if items == 0 || height < 12 { 0 } else { items.saturating_add(1).min(height / 3) }
}

#[cfg(test)]
mod tests {
    use super::{Arrangement, Layout, Needs, Rect, place};
    use crate::app::{Pane, ReasoningState};

    fn needs(size: (u16, u16)) -> Needs {
        Needs {
            size,
            composer: 1,
            asks: false,
            banner: false,
            activity: true,
            waiting: 0,
            plan: 0,
            drawer: false,
            reasoning: ReasoningState::Live,
            folded: false,
            share: [25, 40],
            zoomed: None,
            swapped: false,
        }
    }

    /// Size, arrangement, rows of: reasoning with title, answer with title, composer, hints.
    #[test]
    fn sizes() {
        let table = [
            ((200, 60), Arrangement::Rail, [51, 51, 3, 1]),
            ((160, 30), Arrangement::Rail, [23, 23, 2, 1]),
            ((120, 40), Arrangement::Side, [30, 30, 3, 1]),
            ((110, 24), Arrangement::Side, [17, 17, 2, 1]),
            ((109, 24), Arrangement::Stacked, [4, 13, 2, 1]),
            ((80, 24), Arrangement::Stacked, [4, 13, 2, 1]),
            ((80, 19), Arrangement::Low, [4, 11, 1, 0]),
            ((60, 15), Arrangement::Low, [3, 8, 1, 0]),
            ((40, 12), Arrangement::Ticker, [2, 6, 1, 0]),
            ((39, 12), Arrangement::Single, [0, 8, 1, 0]),
            ((20, 5), Arrangement::Single, [0, 2, 1, 0]),
            ((5, 2), Arrangement::Single, [0, 0, 1, 0]),
            ((1, 1), Arrangement::Single, [0, 0, 1, 0]),
            ((0, 0), Arrangement::Single, [0, 0, 0, 0]),
        ];
        for (size, arrangement, [reasoning, answer, composer, hints]) in table {
            let got = place(&needs(size));
            let rows = |area: super::Area| area.title.height + area.text.height;
            assert_eq!(got.arrangement, arrangement, "{size:?}");
            let have = [rows(got.reasoning), rows(got.answer), got.foot.composer.height, got.foot.hints.height];
            assert_eq!(have, [reasoning, answer, composer, hints], "{size:?}");
        }
    }

    fn all(layout: &Layout) -> Vec<Rect> {
        let foot = &layout.foot;
        let mut all = vec![
            foot.activity,
            foot.waiting,
            foot.banner,
            foot.rule,
            foot.composer,
            foot.floor,
            foot.status,
            foot.hints,
        ];
        for area in [layout.answer, layout.reasoning, layout.rail, layout.plan] {
            all.extend([area.title, area.text]);
        }
        all.push(layout.rail_divider);
        all.retain(|rect| !rect.is_empty());
        all
    }

    #[test]
    fn nothing_overlaps_or_leaves_the_screen() {
        let states = [ReasoningState::Live, ReasoningState::Rest, ReasoningState::Pinned, ReasoningState::Off];
        let zooms = [None, Some(Pane::Answer), Some(Pane::Reasoning)];
        for width in (0..220).step_by(7).chain([20, 40, 60, 80, 110, 160]) {
            for height in 0..64 {
                for (n, state) in states.into_iter().enumerate() {
                    let layout = place(&Needs {
                        reasoning: state,
                        zoomed: zooms[(n + usize::from(height)) % 3],
                        composer: 1 + height % 9 * (1 + width % 5),
                        asks: width % 3 == 0,
                        banner: height % 3 == 0,
                        waiting: height % 4,
                        plan: height % 11,
                        drawer: width % 2 == 0,
                        share: [width % 101, height],
                        ..needs((width, height))
                    });
                    let screen = Rect::new(0, 0, width, height);
                    let all = all(&layout);
                    for (n, one) in all.iter().enumerate() {
                        assert_eq!(one.intersection(screen), *one, "{width}x{height} {layout:?}");
                        for other in &all[n + 1..] {
                            assert!(!one.intersects(*other), "{width}x{height} {one} {other} {layout:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_composer_grows_to_a_third() {
        for (rows, want) in [(1, 2), (5, 5), (8, 8), (50, 8)] {
            assert_eq!(place(&Needs { composer: rows, ..needs((80, 24)) }).foot.composer.height, want);
        }
    }

    #[test]
    fn reasoning_at_rest_is_one_row() {
        let at = |state| place(&Needs { reasoning: state, ..needs((80, 24)) });
        assert_eq!(at(ReasoningState::Rest).reasoning.title.height, 1);
        assert_eq!(at(ReasoningState::Rest).reasoning.text.height, 0);
        assert_eq!(at(ReasoningState::Off).reasoning.title.height, 0);
        let side = |folded| place(&Needs { reasoning: ReasoningState::Rest, folded, ..needs((120, 40)) });
        assert!(side(false).reasoning.text.width > 0);
        assert_eq!(side(true).reasoning.text.width, 0);
    }
}
