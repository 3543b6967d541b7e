//! Drawing the visible rows of one pane and reporting where they are.

use ratatui::layout::Rect;

use super::{
    block::{Block, Line},
    highlight::Highlighter,
    paint::{Pen, cells},
    run_block::Head,
    run_row,
    stack::{Stack, reasoning_of, step, step_of},
    theme::Part,
    window::{self, Heights, Spot},
    words,
};
use crate::{
    app::{Anchor, App, Entry, EntryId, EntryKind, Now, Pane, PaneView, Scroll, TextRow},
    chat::StepId,
    text::wrap::{self, Piece, Role, Row},
};

/// The top row of a pane as it was drawn last, finer than an anchor can say: several rows may show
/// the same place of the source (an empty row, a table's border).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Top {
    /// The anchor, and the row's number among those of the same offset.
    at: Option<(Anchor, usize)>,
    /// The rows of the pane.
    rows: usize,
}

/// What drawing rows needs beside the pen.
pub(super) struct Context<'a> {
    /// The state.
    pub(super) app: &'a App,
    /// The moment.
    pub(super) now: Now,
    /// Colours of code.
    pub(super) highlighter: &'a mut Highlighter,
}

/// What a pane's rows report: where clicks and copies find things.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The step rows that are visible.
    pub(super) stubs: Vec<(Pane, u16, StepId)>,
    /// The text of the visible rows, while something is being selected.
    pub(super) rows: Vec<TextRow>,
    /// Spaces that the last row swallowed at its soft break.
    trail: usize,
}

impl Report {
    fn note(&mut self, row: TextRow, trail: usize) {
        if row.joins
            && let Some(above) = self.rows.last_mut()
        {
            above.text.extend(std::iter::repeat_n(' ', self.trail));
        }
        self.trail = trail;
        self.rows.push(row);
    }
}

/// Draws the rows of `stack` into `area`.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    area: Rect,
    (stack, top): (&mut Stack<'_>, &mut Top),
    context: &mut Context<'_>,
    report: &mut Report,
) -> PaneView {
    let rows = usize::from(area.height);
    top.rows = rows;
    let mut view = PaneView { area: rect(area), at_end: true, ..PaneView::default() };
    if area.width == 0 || rows == 0 {
        return view;
    }
    let first = first_row(stack, top, rows);
    top.at = stack.anchor(first);
    view.top = top.at.map(|(anchor, _)| anchor);
    view.top_step = step_below(stack, first);
    let pane = stack.spec.pane;
    let (mut spot, mut y) = (first, area.y);
    while spot.block < stack.len() {
        let Some((entry, block)) = stack.block(spot.block) else { break };
        while spot.line < block.height() {
            if y >= area.bottom() {
                view.at_end = false;
                return view;
            }
            let line = block.line(spot.line);
            let row = Rect { y, height: 1, ..area };
            if matches!(line, Line::Run(_) | Line::More(_)) {
                view.runs.push((y, entry.id));
            }
            draw_line(pen, row, (entry, block, line), (pane, report), context);
            y += 1;
            spot.line += 1;
        }
        spot = Spot { block: spot.block + 1, line: 0 };
    }
    view
}

/// Where a pane goes when it moves by rows; `None` = the live end. Remembers the exact row for the
/// next frame.
pub(super) fn scroll(stack: &mut Stack<'_>, top: &mut Top, rows: i32) -> Option<Anchor> {
    let from = first_row(stack, top, top.rows);
    let distance = usize::try_from(rows.unsigned_abs()).unwrap_or(usize::MAX);
    let to = if rows < 0 {
        window::up(stack, from, distance)
    } else {
        window::down(stack, from, distance).filter(|to| *to < window::at_end(stack, top.rows))?
    };
    top.at = stack.anchor(to);
    top.at.map(|(anchor, _)| anchor)
}

fn first_row(stack: &mut Stack<'_>, top: &Top, rows: usize) -> Spot {
    let scroll = match stack.spec.pane {
        Pane::Answer => stack.app.panes.answer,
        Pane::Reasoning => stack.app.panes.reasoning,
    };
    match scroll {
        Scroll::Latest => window::at_end(stack, rows),
        Scroll::Reading(anchor) => {
            let extra = top.at.filter(|(at, _)| *at == anchor).map_or(0, |(_, extra)| extra);
            let spot = stack.spot(anchor, extra);
            window::clamped(stack, spot, rows)
        }
    }
}

/// The step of the first row, or of the next entry that has one.
fn step_below(stack: &mut Stack<'_>, first: Spot) -> Option<StepId> {
    // A prompt stands right above its first step; further away nothing is to be found.
    (first.block..stack.len().min(first.block + 4)).find_map(|n| stack.block(n).and_then(|(entry, _)| step_of(entry)))
}

fn draw_line(
    pen: &mut Pen<'_>,
    row: Rect,
    (entry, block, line): (&Entry, &Block, Line<'_>),
    (pane, report): (Pane, &mut Report),
    context: &mut Context<'_>,
) {
    match line {
        Line::Gap => {
            if is_selecting(context.app) {
                report.note(TextRow { pane, y: row.y, x: row.x, ..TextRow::default() }, 0);
            }
        }
        Line::Head(id) => {
            report.stubs.push((pane, row.y, id));
            match pane {
                Pane::Answer => draw_stub(pen, row, id, context),
                Pane::Reasoning => draw_section(pen, row, (entry, block), id, context),
            }
        }
        Line::Run(head) => draw_run(pen, row, (entry, head), (pane, report), context),
        Line::More(more) => run_row::draw_more(pen, row, more, (context.app, entry.id)),
        Line::Text { row: text, tone, indent, lead } => {
            pen.chrome((row.x, row.y), row.width, lead, tone);
            let room = row.width.saturating_sub(indent);
            let at = Rect { x: row.x + indent.min(row.width), width: room, ..row };
            draw_row(pen, at, (entry.id, block, text), tone, context);
            mark_hits(pen, at, text, entry.id, context.app);
            if is_selecting(context.app) {
                select(pen, at, text, (pane, report), context.app);
            }
        }
    }
}

fn draw_run(
    pen: &mut Pen<'_>,
    row: Rect,
    (entry, head): (&Entry, Head),
    (pane, report): (Pane, &mut Report),
    context: &Context<'_>,
) {
    let EntryKind::Run(run) = &entry.kind else { return };
    let (app, now) = (context.app, context.now);
    let marked = app.panes.run == Some(entry.id);
    let drawn = match head {
        Head::Run => run_row::draw(pen, row, run, (app, now), marked),
        Head::Explored => run_row::draw_explored(pen, row, run, marked),
    };
    mark_hits(pen, drawn.at, &drawn.row, entry.id, app);
    if is_selecting(app) {
        select(pen, drawn.at, &drawn.row, (pane, report), app);
    }
}

fn is_selecting(app: &App) -> bool {
    app.keys.gesture.pressed.is_some() || app.keys.gesture.selection.is_some()
}

/// Notes the row's text for a copy and marks what of it is selected.
fn select(pen: &mut Pen<'_>, at: Rect, row: &Row, (pane, report): (Pane, &mut Report), app: &App) {
    let mut text = wrap::copy(std::slice::from_ref(row));
    text.truncate(text.len().saturating_sub(row.trail));
    let x = at.x.saturating_add(row.gutter);
    let end = x.saturating_add(cells(&text)).min(at.right());
    if let Some(columns) = app.selected_columns(pane, at.y) {
        let (from, to) = (columns.start.max(x), columns.end.min(end));
        let marked = Rect { x: from, width: to.saturating_sub(from), ..at };
        pen.buf.set_style(marked, pen.theme.style(Part::Selection));
    }
    report.note(TextRow { pane, y: at.y, x, text, joins: row.joins }, row.trail);
}

fn draw_row(
    pen: &mut Pen<'_>,
    at: Rect,
    (id, block, row): (EntryId, &Block, &Row),
    tone: Part,
    context: &mut Context<'_>,
) {
    let mut x = at.x;
    let colours = row.code.and_then(|code| {
        let source = block.flow()?.code().get(code.block)?;
        context.highlighter.line(id, code.block, source, code.line).map(|runs| (runs, code.from))
    });
    for piece in &row.pieces {
        let left = at.right().saturating_sub(x);
        if left == 0 {
            break;
        }
        match &colours {
            Some((runs, from)) if piece.ink.role == Role::CodeBlock => {
                x += draw_code(pen, (x, at.y), left, piece, (runs, *from));
            }
            _ if piece.ink.role == Role::Marker => x += draw_marker(pen, (x, at.y), left, piece),
            _ => {
                let style = pen.theme.ink(piece.ink, tone);
                x += pen.text((x, at.y), left, &piece.text, style);
            }
        }
    }
}

fn draw_marker(pen: &mut Pen<'_>, at: (u16, u16), left: u16, piece: &Piece) -> u16 {
    pen.chrome(at, left, &piece.text, Part::Faint)
}

fn draw_code(
    pen: &mut Pen<'_>,
    at: (u16, u16),
    left: u16,
    piece: &Piece,
    (runs, from): (&[(usize, Part)], usize),
) -> u16 {
    let (mut x, mut done, mut start) = (at.0, 0, 0);
    for &(len, part) in runs {
        let end = start + len;
        // The part of this run that lies within the row: the row begins at byte `from` of the line.
        let to = end.saturating_sub(from).min(piece.text.len());
        if to > done {
            if let Some(text) = piece.text.get(done..to) {
                let room = left.saturating_sub(x - at.0);
                x += pen.text((x, at.1), room, text, pen.theme.style(part));
            }
            done = to;
        }
        start = end;
    }
    let rest = piece.text.get(done..).unwrap_or("");
    x += pen.text((x, at.1), left.saturating_sub(x - at.0), rest, pen.theme.style(Part::Block));
    x - at.0
}

/// Marks what the search found in a row that was drawn.
fn mark_hits(pen: &mut Pen<'_>, at: Rect, row: &Row, id: EntryId, app: &App) {
    let Some(find) = app.find.as_ref().filter(|find| !find.query.is_empty()) else { return };
    let text: String = row.pieces.iter().map(|p| p.text.as_str()).collect();
    let exact = find.query.chars().any(char::is_uppercase);
    let (hay, needle) =
        if exact { (text.clone(), find.query.clone()) } else { (text.to_lowercase(), find.query.to_lowercase()) };
    let current = find.hits.get(find.current).filter(|(entry, _)| *entry == id).map(|(_, range)| range.start);
    for (from, found) in hay.match_indices(&needle) {
        // Lower case may be longer than the text: such rare rows are marked where the bytes still agree.
        let (Some(before), Some(found)) = (text.get(..from), text.get(from..from + found.len())) else { continue };
        let is_current = current.is_some_and(|at| at >= row.offset && at <= row.offset + text.len());
        let style = pen.theme.style(if is_current { Part::HitNow } else { Part::Hit });
        let mark = Rect { x: at.x.saturating_add(cells(before)), width: cells(found), ..at };
        pen.buf.set_style(mark.intersection(at), style);
    }
}

fn draw_stub(pen: &mut Pen<'_>, row: Rect, id: StepId, context: &Context<'_>) {
    let Some(step) = step(context.app, id) else { return };
    let marked = context.app.panes.marked == Some(id);
    let part = if marked { Part::Accent } else { Part::Muted };
    let mut used = pen.chrome((row.x, row.y), row.width, &words::stub(step, context.now.instant), part);
    if !step.repaired.is_empty() {
        let what = if context.app.look.detailed { step.repaired.join(", ") } else { "repaired".to_owned() };
        used += pen.chrome((row.x + used, row.y), row.width - used, &format!(" · {what}"), Part::Faint);
    }
    if context.app.look.detailed {
        let bill = format!(" · {}", words::bill(step));
        used += pen.chrome((row.x + used, row.y), row.width - used, &bill, Part::Faint);
    }
    let _ = used;
}

fn draw_section(pen: &mut Pen<'_>, row: Rect, (entry, block): (&Entry, &Block), id: StepId, context: &Context<'_>) {
    let text = reasoning_of(entry);
    let known = step(context.app, id);
    let open = block.is_open();
    let marked = context.app.panes.marked == Some(id);
    let effort = words::effort(known, text.len(), context.now.instant);
    let pinned = known.is_some_and(|s| s.pinned);
    let head = format!("{} {id}  {effort}{}", if open { '▾' } else { '▸' }, if pinned { " · pinned" } else { "" });
    let part = if marked || open { Part::Reasoning } else { Part::Muted };
    let used = pen.chrome((row.x, row.y), row.width, &head, part);
    let room = row.width.saturating_sub(used + 3);
    if !open && room >= 8 {
        let teaser = words::teaser(text, usize::from(room));
        pen.chrome((row.x + used + 2, row.y), room, &teaser, Part::Faint);
    }
}

/// A rectangle in the terms of the state.
pub(super) fn rect(area: Rect) -> crate::app::Rect {
    crate::app::Rect { x: area.x, y: area.y, width: area.width, height: area.height }
}
