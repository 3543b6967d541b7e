//! One frame: the layout, both panes, the bands below, what lies over them, the caret.

use ratatui::{Frame, layout::Rect};

use super::{
    activity, ask, banner, composer,
    gauge::Source,
    glyphs::GlyphSet,
    highlight::Highlighter,
    hints,
    layout::{self, Area, Layout, Needs},
    overlay,
    paint::Pen,
    pane::{self, Context, Report, Top},
    plan, rail,
    stack::{ReasoningIndex, Shelf, Spec, Stack},
    status,
    theme::{Depth, Part, Theme},
    title,
};
use crate::{
    app::{Anchor, App, Look, Now, Page, Pane, PaneView, ReasoningState, View},
    config::{Glyphs, ReasoningPane, ThemeFile, ThemeName},
};

/// What drawing keeps from frame to frame: wrapped rows near the view, colours of code, the theme.
#[derive(Debug, Default)]
pub struct ViewCache {
    panes: [Shelf; 2],
    tops: [Top; 2],
    specs: [Option<Spec>; 2],
    reasoning: ReasoningIndex,
    highlighter: Highlighter,
    paint: Paint,
    composer_width: u16,
}

/// The theme in force and what it was made from.
#[derive(Debug, Default)]
struct Paint {
    depth: Depth,
    own: Option<ThemeFile>,
    made: Option<(Made, Theme)>,
}

/// What a theme depends on.
#[derive(Debug, PartialEq)]
struct Made {
    theme: ThemeName,
    light: Option<bool>,
    no_color: bool,
}

impl Paint {
    fn theme(&mut self, look: &Look) -> Theme {
        let from = Made { theme: look.theme.clone(), light: look.light, no_color: look.ui.no_color };
        if let Some((made, theme)) = &self.made
            && *made == from
        {
            return theme.clone();
        }
        let theme = Theme::of(look, self.depth, self.own.as_ref());
        self.made = Some((from, theme.clone()));
        theme
    }
}

impl ViewCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says how many colours the terminal has; 256 until then.
    pub fn set_depth(&mut self, depth: Depth) {
        self.paint = Paint { depth, made: None, own: self.paint.own.take() };
    }

    /// Gives the theme of the user's own file; it is in force when the look names it.
    pub fn set_theme_file(&mut self, own: ThemeFile) {
        self.paint = Paint { own: Some(own), made: None, ..self.paint };
    }

    /// Colours of code are on their way: the loop should look again soon ([`Self::poll`]).
    #[must_use]
    pub fn pending(&self) -> bool {
        self.highlighter.pending()
    }

    /// Takes up what has become ready; true when a new frame would look different.
    pub fn poll(&mut self) -> bool {
        self.highlighter.poll()
    }
}

/// Draws the state and says where things are.
pub fn draw(app: &App, cache: &mut ViewCache, frame: &mut Frame<'_>, now: Now) -> View {
    let screen = frame.area();
    let mut view = View { screen: pane::rect(screen), ..View::default() };
    if screen.width == 0 || screen.height == 0 {
        return view;
    }
    cache.highlighter.poll();
    let theme = cache.paint.theme(&app.look);
    let glyphs = glyph_set(app);
    let mut pen = Pen { buf: frame.buffer_mut(), theme: &theme, glyphs };
    let (layout, form) = place(app, cache, screen, now);
    draw_panes(&mut pen, &layout, (app, now), cache, &mut view);
    let source = Source::new(app, now, glyphs);
    rail::draw(&mut pen, layout.rail, &source, now);
    plan::draw(&mut pen, layout.plan, app);
    let caret = draw_foot(&mut pen, &layout, (app, form.as_ref()), &source, &mut view);
    let over = overlay::draw(&mut pen, &layout, &source, (app, now), &mut view.sheet);
    view.list_rows = over.list_rows;
    let caret = over.caret.or(caret);
    view.side_by_side = layout.arrangement.is_side();
    view.divider = pane::rect(layout.divider);
    if let Some(caret) = caret {
        frame.set_cursor_position(caret);
    }
    view
}

/// Where `pane` goes when it moves by `rows` (negative = up) from where it was drawn last; `None` = the
/// live end.
pub fn scroll(app: &App, cache: &mut ViewCache, pane: Pane, rows: i32) -> Option<Anchor> {
    let n = pane as usize;
    let spec = cache.specs[n]?;
    cache.reasoning.update(&app.transcript.entries);
    let places = (pane == Pane::Reasoning).then(|| cache.reasoning.places());
    let mut stack = Stack { app, shelf: &mut cache.panes[n], places, spec };
    pane::scroll(&mut stack, &mut cache.tops[n], rows)
}

fn glyph_set(app: &App) -> GlyphSet {
    match app.look.ui.glyphs {
        Glyphs::Ascii => GlyphSet::Ascii,
        Glyphs::Auto if app.look.ascii => GlyphSet::Ascii,
        Glyphs::Auto | Glyphs::Unicode => GlyphSet::Unicode,
    }
}

fn place(app: &App, cache: &mut ViewCache, screen: Rect, now: Now) -> (Layout, Option<ask::Form>) {
    let limit = layout::composer_limit(screen.height);
    let panes = &app.panes;
    let mut needs = Needs {
        size: (screen.width, screen.height),
        composer: composer::rows(&app.composer.area, screen.width, limit, &mut cache.composer_width),
        asks: false,
        banner: banner::is_wanted(app),
        activity: activity::is_wanted(app, now),
        waiting: u16::try_from(app.live.waiting.len()).unwrap_or(u16::MAX),
        plan: u16::try_from(app.live.work.plan.len()).unwrap_or(u16::MAX),
        drawer: app.live.work.drawer,
        reasoning: panes.state,
        folded: panes.state == ReasoningState::Rest && panes.mode == ReasoningPane::Closed,
        share: panes.share,
        zoomed: panes.zoomed,
        swapped: panes.swapped,
    };
    let over_panes = app.ask().is_some_and(|pending| pending.page != Page::Short);
    let form = ask::Form::of(app, screen.width, layout::ask_limit(&needs, over_panes));
    if let Some(form) = &form {
        needs.asks = true;
        needs.composer = if over_panes { u16::MAX } else { form.rows() }.min(layout::ask_limit(&needs, over_panes));
    }
    (layout::place(&needs), form)
}

fn draw_panes(pen: &mut Pen<'_>, layout: &Layout, (app, now): (&App, Now), cache: &mut ViewCache, view: &mut View) {
    cache.reasoning.update(&app.transcript.entries);
    let mut report = Report::default();
    for pane in [Pane::Answer, Pane::Reasoning] {
        let n = pane as usize;
        let area = match pane {
            Pane::Answer => layout.answer,
            Pane::Reasoning => layout.reasoning,
        };
        let spec =
            Spec { pane, width: area.text.width, roomy: layout.space.height >= 20, merged: merged(layout, pane) };
        cache.specs[n] = Some(spec);
        let places = (pane == Pane::Reasoning).then(|| cache.reasoning.places());
        let mut stack = Stack { app, shelf: &mut cache.panes[n], places, spec };
        let mut context = Context { app, now, highlighter: &mut cache.highlighter };
        let drawn = draw_pane(pen, area, (&mut stack, &mut cache.tops[n]), &mut context, &mut report);
        match pane {
            Pane::Answer => view.answer = drawn,
            Pane::Reasoning => view.reasoning = drawn,
        }
        for id in cache.panes[n].take_replaced() {
            cache.highlighter.forget(id);
        }
        cache.panes[n].turn();
    }
    (view.stubs, view.rows) = (report.stubs, report.rows);
    for column in [layout.divider, layout.rail_divider] {
        if column.width == 1 && layout.arrangement.is_side() {
            pen.fill(column, '│', Part::Border);
        }
    }
}

/// Answer pane: reasoning opens inline because it has no pane. Reasoning pane: its title serves as the
/// header of the newest section, because there are only a few rows.
fn merged(layout: &Layout, pane: Pane) -> bool {
    match pane {
        Pane::Answer => layout.reasoning.text.height == 0,
        Pane::Reasoning => !layout.arrangement.is_side() && layout.reasoning.title.height > 0,
    }
}

fn draw_pane(
    pen: &mut Pen<'_>,
    area: Area,
    (stack, top): (&mut Stack<'_>, &mut Top),
    context: &mut Context<'_>,
    report: &mut Report,
) -> PaneView {
    let pane = stack.spec.pane;
    let drawn = pane::draw(pen, area.text, (stack, top), context, report);
    if pane == Pane::Answer && context.app.transcript.entries.is_empty() && area.text.height > 1 {
        title::draw_welcome(pen, area.text, context.app);
    }
    if area.title.height > 0 {
        match pane {
            Pane::Answer => title::draw_answer_title(pen, area.title, context.app, drawn.at_end),
            Pane::Reasoning => {
                let resting = area.text.height == 0;
                title::draw_reasoning_title(pen, area.title, stack, context.now, resting);
            }
        }
    }
    drawn
}

fn draw_foot(
    pen: &mut Pen<'_>,
    layout: &Layout,
    (app, form): (&App, Option<&ask::Form>),
    source: &Source<'_>,
    view: &mut View,
) -> Option<ratatui::layout::Position> {
    let foot = &layout.foot;
    let now = source.now();
    activity::draw(pen, foot.activity, app, now);
    composer::draw_waiting(pen, foot.waiting, app);
    banner::draw(pen, foot.banner, app);
    let caret = if let Some(form) = form {
        let (caret, sheet) = ask::draw(pen, (foot.rule, foot.composer), (app, now), form);
        view.sheet = sheet;
        caret
    } else {
        composer::draw_rule(pen, foot.rule, app);
        view.composer = pane::rect(composer::text_area(foot.composer));
        composer::draw(pen, foot.composer, app)
    };
    if foot.floor.height > 0 {
        pen.fill(foot.floor, '─', Part::Border);
    }
    let places = status::draw(pen, foot.status, source);
    view.model = pane::rect(places.model);
    view.gauge = pane::rect(places.gauge);
    hints::draw(pen, foot.hints, app);
    caret
}
