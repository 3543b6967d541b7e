//! `glm-tui doctor`: checks key, address, models, quota, terminal and sandbox, one row each. Prints no secret.

use std::{fmt::Write, io::IsTerminal, time::Duration};

use serde::Serialize;

use super::{
    account::{endpoint, in_words},
    exit::{Exit, next_step, print},
    session,
    start::{Start, client, now},
};
use crate::{chat::Problem, config::Endpoint, quota::WindowKind};

/// How long one question of the doctor may take.
const ROW_WITHIN: Duration = Duration::from_secs(15);

/// What is mended of replies. Nothing is counted beyond a session, so no figure stands here.
const MENDED: &str = "damaged events, arguments that are almost JSON and tool calls written as text are mended where they \
                      have one meaning; such a step says \"repaired\", and Ctrl-O says what was done";

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

#[derive(Serialize)]
struct Row {
    what: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    todo: Vec<String>,
}

impl Row {
    fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Ok, found: found.into(), todo: Vec::new() }
    }

    fn of(what: &'static str, verdict: Verdict, problem: &Problem) -> Self {
        let todo = problem.hints.iter().map(next_step).collect();
        Self { what, verdict, found: problem.what.clone(), todo }
    }
}

/// Runs every check and prints the rows; fails if one of them did.
pub(super) async fn run(start: &Start, json: bool) -> Exit {
    let mut rows = vec![Row::ok("version", env!("CARGO_PKG_VERSION"))];
    rows.push(config_row(start));
    match endpoint(start) {
        Err(problem) => rows.push(Row::of("key", Verdict::Fail, &problem)),
        Ok(endpoint) => rows.extend(service_rows(start, endpoint).await),
    }
    rows.push(terminal_row(start));
    rows.push(sandbox_row(start));
    rows.push(Row::ok("replies", MENDED));
    let failed = rows.iter().any(|r| matches!(r.verdict, Verdict::Fail));
    if json {
        print(&format!("{}\n", serde_json::to_string_pretty(&rows).unwrap_or_default()));
    } else {
        print(&text(&rows));
    }
    if failed { Exit::Failure } else { Exit::Ok }
}

fn config_row(start: &Start) -> Row {
    let shown = start.loaded.paths.shown(&start.loaded.paths.config_file);
    match start.problems.as_slice() {
        [] => Row::ok("config", shown),
        [first, rest @ ..] => {
            let mut row = Row::of("config", Verdict::Warn, first);
            if !rest.is_empty() {
                row.todo.push(format!("{} more: glm-tui config check", rest.len()));
            }
            row
        }
    }
}

async fn service_rows(start: &Start, endpoint: &Endpoint) -> Vec<Row> {
    let found = start.loaded.key.found.as_ref();
    let hint = endpoint.key.as_ref().map_or_else(|| "none".into(), crate::config::Secret::hint);
    let source = found.map_or("this run", |f| f.source.as_str());
    let mut rows = vec![
        Row::ok("key", format!("{hint} from {source}")),
        Row::ok("address", format!("{} ({})", endpoint.base_url, endpoint.preset.word())),
    ];
    let client = client(endpoint, &start.loaded.config.limits);
    rows.push(match tokio::time::timeout(ROW_WITHIN, client.models()).await {
        Ok(Ok(ids)) => Row::ok("models", format!("{} listed", ids.len())),
        Ok(Err(error)) => Row::of("models", Verdict::Warn, &in_words(start, endpoint, &error)),
        Err(_) => silent("models"),
    });
    if endpoint.quota_url.is_some() {
        rows.push(match tokio::time::timeout(ROW_WITHIN, client.quota(now())).await {
            Ok(Ok(snapshot)) => {
                let plan = snapshot.plan.as_deref().unwrap_or("unnamed");
                let week = snapshot.windows.iter().any(|w| w.kind == WindowKind::Week);
                let windows = if week { "5-hour and weekly window" } else { "5-hour window, no weekly one" };
                Row::ok("quota", format!("plan {plan}: {windows}"))
            }
            Ok(Err(error)) => Row::of("quota", Verdict::Fail, &in_words(start, endpoint, &error)),
            Err(_) => silent("quota"),
        });
    } else {
        rows.push(Row::ok("quota", "off: this address has no plan windows"));
    }
    rows
}

fn silent(what: &'static str) -> Row {
    Row {
        what,
        verdict: Verdict::Fail,
        found: format!("no answer within {} s", ROW_WITHIN.as_secs()),
        todo: vec!["check the network and the proxy".into()],
    }
}

fn terminal_row(start: &Start) -> Row {
    let var = |name: &str| start.env.var(name).unwrap_or("-").to_owned();
    let found = format!(
        "TERM={} COLORTERM={} NO_COLOR={} LANG={}",
        var("TERM"),
        var("COLORTERM"),
        var("NO_COLOR"),
        var("LANG")
    );
    let screen = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if screen && start.env.var("TERM").is_some_and(|t| t != "dumb") {
        return Row::ok("terminal", found);
    }
    Row {
        what: "terminal",
        verdict: Verdict::Warn,
        found: format!("{found}: not a screen"),
        todo: vec!["use --print here".into()],
    }
}

/// The sandbox that commands of this folder would get, found by trying.
fn sandbox_row(start: &Start) -> Row {
    match session::workspace(start).and_then(|workspace| session::cage(start, &workspace)) {
        Err(problem) => Row::of("sandbox", Verdict::Fail, &problem),
        Ok(cage) => {
            let card = cage.card();
            let verdict = if card.weak { Verdict::Warn } else { Verdict::Ok };
            let mut lines = card.about.as_str().lines().map(str::to_owned);
            let about = lines.next().unwrap_or_default();
            let label = card.label.as_str();
            let found = format!("{}. {about}", label.strip_prefix("sandbox: ").unwrap_or(label));
            Row { what: "sandbox", verdict, found, todo: lines.collect() }
        }
    }
}

fn text(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let mark = match row.verdict {
            Verdict::Ok => "ok  ",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        let _ = writeln!(out, "{mark}  {:<9} {}", row.what, row.found);
        for todo in &row.todo {
            let _ = writeln!(out, "                → {todo}");
        }
    }
    out
}
