//! The JSON of the monitor API as windows and series. Owns what three generations of plans look like;
//! refuses to know requests, and to guess at rows that it does not know.
//!
//! A window is told by its `unit`: the `type` was renamed in 2026 and the order of rows changes (docs/ZAI.md §5).

use std::time::Duration;

use serde_json::Value;

use crate::quota::{ModelSeries, Snapshot, TimeZone, Timestamp, Unit, Window, WindowKind};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// Milliseconds since 1970 below this are seconds: it is a day of March 1973.
const MILLIS: f64 = 1e11;

/// The windows of a quota answer; `None` if it holds none of the fields of one.
pub(super) fn snapshot(answer: &Value, now: Timestamp) -> Option<Snapshot> {
    let data = &answer["data"];
    let mut windows: Vec<Window> = data["limits"].as_array()?.iter().filter_map(window).collect();
    let is_hours = |window: &Window| matches!(&window.kind, WindowKind::Other(label) if label.ends_with("-hour"));
    if !windows.iter().any(|w| w.kind == WindowKind::FiveHour)
        && let Some(only) = windows.iter_mut().find(|w| is_hours(w))
    {
        // Should the five hours become four one day, it is still the short window.
        only.kind = WindowKind::FiveHour;
    }
    windows.sort_by(|a, b| a.kind.cmp(&b.kind));
    let plan = ["level", "planName", "plan", "packageName"].iter().find_map(|key| match &data[*key] {
        Value::String(name) if !name.trim().is_empty() => Some(name.trim().chars().take(40).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    Some(Snapshot { windows, plan, taken_at: now })
}

fn window(row: &Value) -> Option<Window> {
    row.as_object()?;
    let (cap, used) = (number(&row["usage"]), number(&row["currentValue"]));
    let named = row["type"].as_str().unwrap_or("limit").to_uppercase();
    let details = details(&row["usageDetails"]);
    let (kind, length) = kind(row, &named, !details.is_empty());
    let unit = match () {
        () if cap.is_none() && used.is_none() => Unit::Percent,
        () if kind == WindowKind::Mcp || named.contains("TIME") => Unit::Calls,
        () if named.contains("TOKEN") => Unit::Tokens,
        () => Unit::Credits,
    };
    Some(Window {
        kind,
        unit,
        used,
        cap,
        remaining: number(&row["remaining"]),
        percent: number(&row["percentage"]),
        resets_at: number(&row["nextResetTime"]).and_then(instant),
        length,
        details,
    })
}

fn kind(row: &Value, named: &str, has_parts: bool) -> (WindowKind, Duration) {
    let n = number(&row["number"]).map_or(1, |n| n.clamp(1.0, 1000.0) as u32);
    let is_pool = named.contains("CREDIT") || named.contains("TOKEN");
    match number(&row["unit"]).map(|unit| unit as u32) {
        Some(3) if n == 5 || row["number"].is_null() => (WindowKind::FiveHour, HOUR * 5),
        Some(3) => (WindowKind::Other(format!("{n}-hour")), HOUR * n),
        Some(6) => (WindowKind::Week, DAY * 7),
        Some(5) if has_parts || !is_pool => (WindowKind::Mcp, DAY * 30),
        Some(5) => (WindowKind::Other("month".into()), DAY * 30),
        Some(1) => (WindowKind::Other("day".into()), DAY * n),
        Some(unit) => (WindowKind::Other(format!("{} {unit}/{n}", label(named))), DAY),
        None => (WindowKind::Other(label(named)), DAY),
    }
}

fn label(named: &str) -> String {
    named.trim_end_matches("_LIMIT").to_lowercase().chars().filter(|c| !c.is_control()).take(24).collect()
}

fn details(value: &Value) -> Vec<(String, u64)> {
    let part = |part: &Value| {
        let name = part["modelCode"].as_str()?.chars().filter(|c| !c.is_control()).take(40).collect();
        Some((name, number(&part["usage"]).unwrap_or(0.0) as u64))
    };
    value.as_array().into_iter().flatten().filter_map(part).collect()
}

/// A number that can be: finite and not negative, also when it is written as a string.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().trim_end_matches('%').parse().ok(),
        _ => None,
    }?;
    number.is_finite().then(|| number.max(0.0))
}

fn instant(number: f64) -> Option<Timestamp> {
    let millis = if number < MILLIS { number * 1000.0 } else { number };
    if millis <= 0.0 { None } else { Timestamp::from_millisecond(millis as i64).ok() }
}

/// Seven days in UTC+8, in which the service counts.
#[derive(Clone, Debug)]
pub(super) struct Days {
    names: Vec<String>,
}

impl Days {
    /// The first second of the first day.
    pub(super) fn start(&self) -> String {
        format!("{} 00:00:00", self.names.first().map_or("", String::as_str))
    }

    /// The last second of the last day.
    pub(super) fn end(&self) -> String {
        format!("{} 23:59:59", self.last())
    }

    /// The last day, `yyyy-mm-dd`.
    pub(super) fn last(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }
}

/// The day of `now` and the six before it.
pub(super) fn last_days(now: Timestamp) -> Days {
    let zone: TimeZone = TimeZone::posix("<+08>-8").unwrap_or(TimeZone::UTC);
    let day = |back: u32| {
        let at = now.checked_sub(DAY * back).unwrap_or(now);
        at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string()
    };
    Days { names: (0..7).rev().map(day).collect() }
}

/// Tokens by model and day; buckets of hours are summed. `None` if the answer has no buckets.
pub(super) fn model_usage(answer: &Value, days: &Days) -> Option<Vec<ModelSeries>> {
    let data = &answer["data"];
    let times: Vec<&str> = data["x_time"].as_array()?.iter().map(|time| time.as_str().unwrap_or("")).collect();
    let fold = |values: &Value| {
        let mut sums: Vec<Option<u64>> = vec![None; days.names.len()];
        for (time, value) in times.iter().zip(values.as_array().into_iter().flatten()) {
            let slot = days.names.iter().position(|day| time.starts_with(day.as_str()));
            if let (Some(slot), Some(tokens)) = (slot, number(value)) {
                sums[slot] = Some(sums[slot].unwrap_or(0).saturating_add(tokens as u64));
            }
        }
        sums
    };
    let mut series: Vec<ModelSeries> = data["modelDataList"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|model| {
            let name = model["modelName"].as_str()?.chars().filter(|c| !c.is_control()).take(60).collect();
            Some(ModelSeries { model: name, days: fold(&model["tokensUsage"]) })
        })
        .collect();
    if series.is_empty() && data["tokensUsage"].is_array() {
        series.push(ModelSeries { model: "all models".into(), days: fold(&data["tokensUsage"]) });
    }
    series.sort_by_key(|one| std::cmp::Reverse(one.days.iter().flatten().sum::<u64>()));
    Some(series)
}
