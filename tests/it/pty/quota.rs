//! The quota: points 56 to 61 of the acceptance checklist.

use std::{cell::Cell, time::Duration};

use crate::support::{
    pty::Pty,
    service::{Service, open},
};

/// What is done or set, and what the row of the gauge is then.
type Case = (&'static str, fn(&str) -> bool);

/// The row of the gauge.
fn gauge(text: &str) -> String {
    text.lines().rfind(|line| line.contains("5h")).unwrap_or_default().trim_end().to_owned()
}

#[track_caller]
fn wait_gauge(pty: &Pty, so: impl Fn(&str) -> bool) {
    pty.wait_for(|screen| so(&gauge(&screen.contents())));
}

#[test]
fn point_56_57_figures_and_their_change() {
    let service = Service::start(
        "[plan]\nfive_hour_resets_in = 7560\n[[quota.polls]]\nfive_hour = 42.0\nweek = 31.0\n\
         [[quota.polls]]\nfive_hour = 57.0\nweek = 34.0\n\
         [[reply]]\nanswer = 'good'\nend = { usage = { prompt = 200000, completion = 8000 } }\n",
    );
    let pty = service.open();
    wait_gauge(&pty, |row| row.contains("42%") && row.contains("wk") && row.contains("31%") && row.contains("2h0"));
    pty.resize(40, 12);
    wait_gauge(&pty, |row| row.contains("42%") && row.contains("31%"));
    pty.resize(80, 24);
    pty.send("hello\r");
    // Moved by our own reply, before anybody asked the service again.
    wait_gauge(&pty, |row| row.contains('~') && !row.contains("42%"));
    pty.wait_text("Enter: send");
    // Asked by itself: three seconds after the turn, but not sooner than twenty after the last time.
    pty.wait_at_most(Duration::from_secs(30), |text| gauge(text).contains("57%"));
    wait_gauge(&pty, |row| row.contains("57%") && row.contains("34%") && !row.contains('~'));
}

#[test]
fn point_58_bad_answers() {
    let odd = r#"{"code":200,"success":true,"data":{"limits":[{"type":"NEW_LIMIT","unit":9,"number":2,"percentage":3},{"type":"CREDIT_LIMIT","unit":6,"number":1,"usage":10000,"currentValue":3300,"remaining":6700,"percentage":33},{"type":"CREDIT_LIMIT","unit":3,"number":5,"usage":2000,"currentValue":900,"remaining":1100,"percentage":45}],"level":"lite"}}"#;
    let service = Service::start(&format!(
        "[plan]\nfive_hour_resets_in = 7560\n[[quota.polls]]\nfive_hour = 42.0\nweek = 31.0\n\
         [[quota.polls]]\nstatus = 500\n[[quota.polls]]\nbody = 'garbage <html>'\n[[quota.polls]]\nbody = '{odd}'\n\
         [[quota.polls]]\nfive_hour = 48.0\nweek = 35.0\n"
    ));
    let pty = service.open();
    wait_gauge(&pty, |row| row.contains("42%") && row.contains("31%"));
    // Each look asks once: a failure, garbage, unknown rows in another order, and the truth again.
    let kept: fn(&str) -> bool = |row| row.contains("42%") && row.contains("31%") && row.contains('⟲');
    let looks: [Case; 4] = [
        ("\x18u", kept),
        ("r", kept),
        ("r", |row| row.contains("45%") && row.contains("33%") && !row.contains('⟲')),
        ("r", |row| row.contains("48%") && row.contains("35%")),
    ];
    let zero = Cell::new(false);
    for (n, (key, so)) in looks.into_iter().enumerate() {
        pty.send(key);
        service.wait_polls(n + 2);
        wait_gauge(&pty, |row| {
            let figures = row.split("ctx").next().unwrap_or_default();
            zero.set(zero.get() || figures.contains(" 0%"));
            so(row)
        });
    }
    assert!(!zero.get(), "a failure was shown as 0 %");
}

#[test]
fn point_59_other_forms() {
    let cases: [Case; 3] = [
        ("generation = 'v1'\nfive_hour = 42.0\n", |row| row.contains("42%") && row.contains("wk none")),
        ("generation = 'percent'\nfive_hour = 42.0\nweek = 31.0\n", |row| row.contains("42%") && row.contains("31%")),
        ("five_hour = 100.0\nweek = 31.0\n", |row| row.contains("5h FULL resets ") && row.contains(':')),
    ];
    for (plan, so) in cases {
        let service =
            Service::start(&format!("[plan]\nfive_hour_resets_in = 7560\n{plan}[[reply]]\nanswer = 'good'\n"));
        let pty = service.open();
        wait_gauge(&pty, so);
        if plan.contains("100.0") {
            pty.send("hello\r");
            pty.wait_text("quota used up; you are not charged");
            pty.wait_text("→ wait until then");
        }
    }
}

#[test]
fn point_60_pace_and_rate() {
    let service = Service::start(
        "[plan]\nfive_hour_resets_in = 7560\nfive_hour = 72.0\nweek = 31.0\n[[reply]]\nanswer = 'good'\n",
    );
    let pty = open(service.program().size(160, 40).env("NO_COLOR", "1"));
    wait_gauge(&pty, |row| row.contains("72% used!"));
    // A forecast needs two figures: the view asks for another.
    pty.send("\x18u");
    service.wait_polls(2);
    pty.wait_text("over even pace");
    pty.wait_text("Rate now: ");
    pty.send("\x1b");
    wait_gauge(&pty, |row| row.contains("empty ~") && (row.contains("off-peak ×0.5") || row.contains("peak ×1")));
}

#[test]
fn point_61_the_usage_view() {
    let service = Service::start(
        "[plan]\ngeneration = 'v2'\nfive_hour_resets_in = 7560\nfive_hour = 42.0\nweek = 31.0\nhistory = true\n",
    );
    let pty = service.open();
    wait_gauge(&pty, |row| row.contains("42%"));
    pty.send("\x18u");
    for text in ["5 hours", "week", "MCP", "42", "31", "esc close"] {
        pty.wait_text(text);
    }
    pty.send("\t\t");
    pty.wait_text("glm-");
    pty.wait_text("[models]");
    let rows: Vec<usize> = pty.text().lines().map(|line| line.trim_end().chars().count()).collect();
    assert!(rows.len() <= 24 && rows.iter().all(|width| *width <= 80));
    pty.send("\x1b");
    pty.wait_gone("[models]");
    pty.wait_text("Enter: send");
}
