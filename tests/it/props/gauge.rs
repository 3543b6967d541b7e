//! The gauge holds for any figures: it rises with use, never says 0 for what is not known or 100 for what is not
//! full, always fits its cells, and survives any clock.

use std::time::Duration;

use glm_tui::quota::{
    Activity, Alerts, Bar, Board, Glyphs, PeakRule, Report, Size, Snapshot, TimeZone, Timestamp, Unit, Window,
    WindowKind, format, next_poll,
};
use proptest::prelude::*;

fn moment() -> impl Strategy<Value = Timestamp> {
    let near = 1_795_000_000i64..1_797_000_000;
    let any = Timestamp::MIN.as_second() + 1..Timestamp::MAX.as_second();
    prop_oneof![4 => near, 1 => any].prop_map(|secs| Timestamp::from_second(secs).unwrap())
}

fn figure() -> impl Strategy<Value = f64> {
    prop_oneof![4 => 0.0..150_000.0f64, 2 => 0.0..101.0f64, 1 => any::<f64>(), 1 => Just(0.0)]
}

fn window(kind: WindowKind) -> impl Strategy<Value = Window> {
    let unit = prop_oneof![3 => Just(Unit::Credits), 1 => Just(Unit::Calls), 1 => Just(Unit::Percent)];
    let counts = prop::array::uniform4(prop::option::of(figure()));
    let length = prop_oneof![4 => Just(18_000u64), 1 => any::<u64>()];
    (unit, counts, prop::option::of(moment()), length).prop_map(
        move |(unit, [used, cap, remaining, percent], resets_at, length)| Window {
            kind: kind.clone(),
            unit,
            used,
            cap,
            remaining,
            percent,
            resets_at,
            length: Duration::from_secs(length),
            details: Vec::new(),
        },
    )
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    (window(WindowKind::FiveHour), window(WindowKind::Week), window(WindowKind::Mcp), moment())
        .prop_map(|(five, week, mcp, taken_at)| Snapshot { windows: vec![five, week, mcp], plan: None, taken_at })
}

fn rule() -> impl Strategy<Value = PeakRule> {
    (prop::collection::vec(any::<i8>(), 0..4), any::<[i8; 3]>(), any::<f64>()).prop_map(
        |(mut weekdays, [a, b, c], factor)| {
            weekdays.extend([1, 2, 3]);
            PeakRule { weekdays, from_hour: a, to_hour: b, utc_offset_hours: c, off_peak_factor: factor }
        },
    )
}

fn lite(used: f64, remaining: Option<f64>) -> Window {
    Window {
        kind: WindowKind::FiveHour,
        unit: Unit::Credits,
        used: Some(used),
        cap: Some(2_000.0),
        remaining,
        percent: None,
        resets_at: None,
        length: Duration::from_secs(18_000),
        details: Vec::new(),
    }
}

fn percent_of(window: Window, own_credits: f64) -> Option<f64> {
    let taken_at = Timestamp::UNIX_EPOCH;
    let snapshot = Some(Snapshot { windows: vec![window], plan: None, taken_at });
    Board { snapshot, own_credits, ..Board::default() }.read(taken_at).windows[0].percent
}

proptest! {
    #[test]
    fn rises_with_use(a in 0.0..5_000.0f64, b in 0.0..5_000.0f64, left in prop::option::of(0.0..100.0f64)) {
        let (less, more) = (a.min(b), a.max(b));
        prop_assert!(percent_of(lite(less, left), 0.0) <= percent_of(lite(more, left), 0.0));
        let own = |credits| percent_of(lite(300.0, Some(1_700.0)), credits);
        prop_assert!(own(less) <= own(more));
    }

    #[test]
    fn a_share_is_within_bounds_and_known_only_from_figures(snapshot in snapshot(), own in figure(), now in moment()) {
        let board = Board { snapshot: Some(snapshot.clone()), own_credits: own, ..Board::default() };
        for (told, read) in snapshot.windows.iter().zip(board.read(now).windows) {
            let figures = [told.used, told.remaining, told.percent].into_iter().flatten();
            let any_figure = figures.into_iter().any(|n| n.is_finite() && n >= 0.0);
            prop_assert!(any_figure || read.percent.is_none(), "{told:?} read as {:?}", read.percent);
            if let Some(percent) = read.percent {
                prop_assert!((0.0..=100.0).contains(&percent));
                prop_assert_eq!(percent >= 100.0, read.full());
            }
            let text = format::used_share(&read);
            prop_assert!(!text.contains("100%"));
            prop_assert_eq!(text == "FULL", read.full());
            prop_assert!(read.percent.is_some() || !text.contains('%'));
        }
    }

    #[test]
    fn a_bar_has_its_cells(percent in figure(), tick in prop::option::of(any::<f64>()), n in 0usize..200) {
        for glyphs in [Glyphs::Blocks, Glyphs::Ascii] {
            let bar = Bar { percent, tick, glyphs };
            prop_assert_eq!(bar.cells(n).len(), n);
            prop_assert_eq!(unicode_width::UnicodeWidthStr::width(bar.text(n).as_str()), n);
        }
        let full = Bar { percent, tick: None, glyphs: Glyphs::Blocks }.text(n);
        prop_assert!(n == 0 || percent >= 100.0 || !full.chars().all(|ch| ch == '█'));
    }

    #[test]
    fn a_share_as_text_is_short_and_never_a_hundred(percent in any::<f64>()) {
        let text = format::share(percent);
        prop_assert!(text.chars().count() <= 4 && text != "100%", "{text}");
        prop_assert_eq!(text == "0%", percent <= 0.0);
    }

    #[test]
    fn any_life_of_a_board_is_survived(
        answers in prop::collection::vec((snapshot(), moment(), figure(), any::<bool>()), 1..12),
        rule in prop::option::of(rule()),
        now in moment(),
    ) {
        let zone = TimeZone::UTC;
        let mut board = Board { peak: rule, ..Board::default() };
        let mut alerts = Alerts::new(zone.clone());
        for (snapshot, at, credits, fails) in answers {
            board.spend(credits, at);
            board.turn_cost(credits);
            if fails { board.failed("x", at) } else { board.absorb(snapshot, at) }
            prop_assert!(board.history.is_sorted_by_key(|sample| sample.at));
            prop_assert!(board.history.iter().flat_map(|s| [s.five_hour, s.week]).flatten().all(|p| (0.0..=100.0).contains(&p)));
            for now in [at, now] {
                let reading = board.read(now);
                alerts.on(&reading);
                for window in &reading.windows {
                    prop_assert!(window.pace.empties_at.is_none_or(|at| at >= now && Some(at) <= window.reset.at));
                    prop_assert!(window.elapsed_share.is_none_or(|share| (0.0..=1.0).contains(&share)));
                }
                let activity = Activity { last_activity: Some(at), last_turn_end: Some(at), turn_running: false };
                prop_assert!(next_poll(&board, activity, now).is_none_or(|due| due >= now));
                for line in board.report(now, &zone, Glyphs::Blocks).lines() {
                    prop_assert!(unicode_width::UnicodeWidthStr::width(line) <= 76, "{line}");
                }
                prop_assert!(serde_json::to_string(&Report::of(&board, now)).is_ok());
                if let Some(chart) = board.chart(&WindowKind::FiveHour, Size { columns: 20, rows: 3 }, now) {
                    prop_assert_eq!(chart.columns.len(), 20);
                    let top = |h: Option<u16>| h.is_none_or(|h| h <= 24);
                    prop_assert!(chart.columns.iter().all(|c| top(c.used) && top(c.forecast) && c.even <= 24));
                }
            }
        }
    }
}
