//! Screens without a terminal: a state built by hand, drawn into cells, read back as two planes.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use glm_tui::{
    app::{
        App, Asks, DiffLook, Entry, EntryId, EntryKind, Focus, Live, Look, Now, Panes, ReasoningState, Scroll, Status,
        Step, Transcript, View,
    },
    chat::{Activity, Finish, ModelId, StepId, TurnId, Usage},
    config::{GaugeShow, MouseMode, ThemeName, Ui},
    quota::{Board, PeakRule, Snapshot, TimeZone, Unit, Window, WindowKind},
    ui::{self, ViewCache},
};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, style::Style};

/// Both planes of a drawn screen and what the drawing reported.
pub(crate) struct Screen {
    pub(crate) buffer: Buffer,
    pub(crate) view: View,
    pub(crate) caret: (u16, u16),
}

/// The moment of all screens: a Monday morning, off-peak.
pub(crate) fn wall() -> glm_tui::quota::Timestamp {
    "2026-11-23T12:42:00Z".parse().unwrap()
}

/// Draws `app` once.
pub(crate) fn draw(app: &App, cache: &mut ViewCache, (width, height): (u16, u16), now: Now) -> Screen {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut view = View::default();
    let frame = terminal.draw(|frame| view = ui::draw(app, cache, frame, now)).unwrap();
    let buffer = frame.buffer.clone();
    let caret = terminal.get_cursor_position().map(|p| (p.x, p.y)).unwrap_or_default();
    Screen { buffer, view, caret }
}

impl Screen {
    /// The rows as text; the second cell of a wide glyph is left out.
    pub(crate) fn rows(&self) -> Vec<String> {
        let area = self.buffer.area;
        (0..area.height)
            .map(|y| {
                let (mut row, mut skip) = (String::new(), 0);
                for x in 0..area.width {
                    let symbol = self.buffer[(x, y)].symbol();
                    if skip == 0 {
                        row.push_str(symbol);
                        skip = glm_tui::text::width::width(symbol).saturating_sub(1);
                    } else {
                        skip -= 1;
                    }
                }
                row.trim_end().to_owned()
            })
            .collect()
    }

    /// The text within a rectangle.
    pub(crate) fn part(&self, area: glm_tui::app::Rect) -> String {
        let mut text = String::new();
        for y in area.y..area.y + area.height {
            let mut skip = 0;
            for x in area.x..area.x + area.width {
                let symbol = self.buffer[(x, y)].symbol();
                if skip == 0 {
                    text.push_str(symbol);
                    skip = glm_tui::text::width::width(symbol).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text
    }

    /// The rows as one text.
    pub(crate) fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// Text plane, style plane (a letter per style, `.` = plain) and what each letter means.
    pub(crate) fn planes(&self) -> String {
        let mut letters: BTreeMap<String, char> = BTreeMap::new();
        let mut names = ('a'..='z').chain('A'..='Z');
        let mut styles = String::new();
        let area = self.buffer.area;
        for y in 0..area.height {
            let mut row = String::new();
            for x in 0..area.width {
                let name = style_name(self.buffer[(x, y)].style());
                row.push(if name.is_empty() {
                    '.'
                } else {
                    *letters.entry(name).or_insert_with(|| names.next().unwrap())
                });
            }
            let _ = writeln!(styles, "{}", row.trim_end_matches('.'));
        }
        let mut legend: Vec<(char, String)> = letters.into_iter().map(|(name, letter)| (letter, name)).collect();
        legend.sort();
        let legend = legend.iter().fold(String::new(), |text, (letter, name)| {
            text + &letter.to_string()
                + " "
                + name
                + "
"
        });
        format!("{}\n== caret {:?}\n{styles}{legend}", self.text(), self.caret)
    }
}

fn style_name(style: Style) -> String {
    use ratatui::style::Color;
    let mut name = Vec::new();
    if let Some(fg) = style.fg.filter(|c| *c != Color::Reset) {
        name.push(fg.to_string());
    }
    if let Some(bg) = style.bg.filter(|c| *c != Color::Reset) {
        name.push(format!("on {bg}"));
    }
    if !style.add_modifier.is_empty() {
        name.push(format!("{:?}", style.add_modifier));
    }
    name.join(" ")
}

/// A state to draw, built step by step.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) now: Now,
    next: u64,
}

impl Stage {
    /// An idle screen: a model, a plan whose windows stand at 72 % and 31 %, no conversation.
    pub(crate) fn new() -> Self {
        let start = Instant::now();
        let now = Now { instant: start + Duration::from_secs(600), wall: wall() };
        Self { app: app(start), now, next: 1 }
    }

    /// Appends an entry.
    pub(crate) fn entry(&mut self, kind: EntryKind) -> EntryId {
        let id = EntryId(self.next);
        self.next += 1;
        self.app.transcript.entries.push(Entry { id, revision: 1, kind });
        id
    }

    /// A prompt.
    pub(crate) fn prompt(&mut self, turn: u32, text: &str) -> EntryId {
        self.entry(EntryKind::Prompt { turn: TurnId(turn), text: text.into(), steered: false })
    }

    /// A step that began `ago` seconds before now; `thought` = seconds it thought, if it is through.
    pub(crate) fn step(&mut self, id: StepId, ago: u64, thought: Option<u64>) {
        let at = self.now.instant.checked_sub(Duration::from_secs(ago)).unwrap();
        self.app.transcript.steps.push(Step {
            id,
            model: ModelId::from("glm-5.3"),
            began_at: at,
            thought_at: Some(at),
            thought_for: thought.map(Duration::from_secs),
            reasoning_chars: 0,
            finish: thought.map(|_| Finish::ToolCalls),
            usage: thought.map(|s| Usage {
                prompt: 12_400,
                cached: 9_000,
                completion: 900,
                reasoning: s * 68,
                doubtful: false,
            }),
            credits: thought.map(|_| 0.4),
            open: None,
            pinned: false,
            repaired: Vec::new(),
        });
    }

    /// Reasoning of a step.
    pub(crate) fn reasoning(&mut self, step: StepId, text: &str) -> EntryId {
        self.entry(EntryKind::Reasoning { step, text: text.into() })
    }

    /// An answer of a step.
    pub(crate) fn answer(&mut self, step: StepId, text: &str, complete: bool) -> EntryId {
        self.entry(EntryKind::Answer { step, text: text.into(), complete })
    }

    /// A turn runs. The agent does this since `ago` seconds, in a turn of `turn` seconds.
    pub(crate) fn busy(&mut self, activity: Activity, ago: u64, turn: u64) {
        let back = |s| self.now.instant.checked_sub(Duration::from_secs(s)).unwrap();
        self.app.transcript.stream.running = self.app.transcript.steps.last().map(|step| step.id.turn);
        self.app.live = Live {
            activity,
            activity_at: back(ago),
            turn_at: Some(back(turn)),
            heard_at: Some(self.now.instant),
            speed: Some(38.0),
            ..self.app.live.clone()
        };
    }

    /// Puts text into the composer.
    pub(crate) fn draft(&mut self, text: &str) {
        self.app.composer.set_text(text);
    }

    /// Draws with a fresh cache.
    pub(crate) fn draw(&self, size: (u16, u16)) -> Screen {
        draw(&self.app, &mut ViewCache::new(), size, self.now)
    }
}

/// A step's number.
pub(crate) fn step(turn: u32, step: u32) -> StepId {
    StepId { turn: TurnId(turn), step }
}

/// A window of the plan.
pub(crate) fn window(kind: WindowKind, (used, cap): (f64, f64), resets_in: Duration, length: Duration) -> Window {
    Window {
        kind,
        unit: Unit::Credits,
        used: Some(used),
        cap: Some(cap),
        remaining: Some(cap - used),
        percent: Some((used * 100.0 / cap).floor()),
        resets_at: Some(wall() + resets_in),
        length,
        details: Vec::new(),
    }
}

const HOUR: u64 = 3600;

/// The plan of the mock-ups: 72 % of the 5 hours, 31 % of the week.
pub(crate) fn board() -> Board {
    let mut board = Board {
        peak: Some(PeakRule {
            weekdays: vec![1, 2, 3, 4, 5],
            from_hour: 14,
            to_hour: 18,
            utc_offset_hours: 8,
            off_peak_factor: 0.5,
        }),
        per_turn: Some((112.0, 9)),
        ..Board::default()
    };
    for (ago, used) in [(150, 300.0), (110, 2_400.0), (60, 5_200.0), (30, 6_900.0), (0, 8_640.0)] {
        let at = wall() - Duration::from_secs(ago * 60 + 12);
        board.absorb(snapshot(used, at), at);
    }
    board
}

fn snapshot(used: f64, at: glm_tui::quota::Timestamp) -> Snapshot {
    Snapshot {
        windows: vec![
            window(
                WindowKind::FiveHour,
                (used, 12_000.0),
                Duration::from_secs(2 * HOUR + 300),
                Duration::from_secs(5 * HOUR),
            ),
            window(
                WindowKind::Week,
                (18_600.0, 60_000.0),
                Duration::from_secs(99 * HOUR),
                Duration::from_secs(7 * 24 * HOUR),
            ),
            Window {
                unit: Unit::Calls,
                used: Some(41.0),
                cap: Some(1_000.0),
                remaining: Some(959.0),
                details: vec![("search".into(), 30), ("reader".into(), 11)],
                ..window(
                    WindowKind::Mcp,
                    (41.0, 1000.0),
                    Duration::from_secs(9 * 24 * HOUR),
                    Duration::from_secs(30 * 24 * HOUR),
                )
            },
        ],
        plan: Some("pro".into()),
        taken_at: at,
    }
}

fn app(start: Instant) -> App {
    App {
        transcript: Transcript::default(),
        panes: Panes {
            focus: Focus::Composer,
            zoomed: None,
            answer: Scroll::Latest,
            reasoning: Scroll::Latest,
            mode: glm_tui::config::ReasoningPane::Auto,
            state: ReasoningState::Rest,
            folds_at: None,
            share: [25, 40],
            unseen: false,
            swapped: false,
            marked: None,
            run: None,
        },
        composer: glm_tui::app::composer::Composer::default(),
        overlays: Vec::new(),
        find: None,
        status: Status {
            model: ModelId::from("glm-5.3"),
            thinking: true,
            effort: None,
            models: Vec::new(),
            ring: vec![ModelId::from("glm-4.7"), ModelId::from("glm-5.3")],
            mode: glm_tui::chat::PermissionMode::Ask,
            sandbox: None,
            context: Some((76_000, Some(200_000))),
            place: ("~/src/app".into(), Some("main*".into())),
            demo: false,
            metered: false,
            host: "api.z.ai".into(),
        },
        live: Live {
            activity: Activity::Idle,
            activity_at: start,
            turn_at: None,
            heard_at: None,
            speed: None,
            waiting: Vec::new(),
            asks: Asks::default(),
            work: glm_tui::app::Work::default(),
            session: glm_tui::app::Session::default(),
            quiet: (Duration::from_secs(20), Duration::from_secs(60)),
        },
        board: board(),
        toasts: Vec::new(),
        look: Look {
            ui: Ui::default(),
            theme: ThemeName::Auto,
            light: None,
            ascii: false,
            mouse: MouseMode::Full,
            detailed: false,
            diff: DiffLook::default(),
            gauge: GaugeShow::Used,
            focused: true,
            zone: TimeZone::UTC,
        },
        keys: glm_tui::app::keymap::Keys::default(),
        view: View::default(),
    }
}
