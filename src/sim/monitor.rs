//! The JSON of the quota and usage endpoints, in every form recorded in 2026. Pure.

use serde_json::{Value, json};

use super::{
    account::{Account, Charge, Reading},
    scenario::{Generation, Poll, QuotaError, Tier},
    zone,
};
use crate::quota::Timestamp;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;
/// Above so many days the series comes by day (docs/ZAI.md §5: hourly up to about 8 days).
const HOURLY_DAYS: i64 = 8;
/// More buckets than a year by day are not given.
const MOST_BUCKETS: i64 = 400;

/// The quota answer: the account's truth with what a poll says otherwise.
pub(super) fn quota(account: &mut Account, poll: Option<&Poll>, now: Timestamp) -> Value {
    let (mut five, mut week) = account.readings(now);
    if let Some(percent) = poll.and_then(|p| p.five_hour) {
        five.used = five.cap * percent / 100.0;
        five.resets_at = (percent > 0.0).then(|| account.resets_at(now));
    }
    if let Some(percent) = poll.and_then(|p| p.week) {
        week.used = week.cap * percent / 100.0;
    }
    let plan = account.plan();
    let generation = poll.and_then(|p| p.generation).unwrap_or(plan.generation);
    let level = plan.tier.word();
    let limits = match generation {
        Generation::Credit => vec![credits(3, 5, five), credits(6, 1, week)],
        Generation::V2 => vec![percent(3, 5, five), percent(6, 1, week), mcp(plan.tier, week)],
        Generation::V1 => vec![percent(3, 5, five), mcp(plan.tier, week)],
        Generation::Percent => vec![percent(3, 5, five), percent(6, 1, week)],
    };
    if generation == Generation::Percent {
        // The order and the missing message of tokens-pro-v2-2026-06-14.
        return json!({"code": 200, "success": true, "data": {"level": level, "limits": limits}});
    }
    json!({"code": 200, "msg": "Operation successful", "data": {"limits": limits, "level": level}, "success": true})
}

/// A refusal inside HTTP 200.
pub(super) fn refusal(error: QuotaError) -> Value {
    let (code, msg) = match error {
        QuotaError::BadKey => (401, "token expired or incorrect"),
        QuotaError::NoKey => (1001, "Authentication parameter not received in Header"),
        QuotaError::NoPlan => (500, "当前用户不存在coding plan"),
    };
    json!({"code": code, "msg": msg, "success": false})
}

fn credits(unit: u32, number: u32, window: Reading) -> Value {
    let mut row = json!({
        "type": "CREDIT_LIMIT",
        "unit": unit,
        "number": number,
        "usage": window.cap as u64,
        "currentValue": window.used as u64,
        // Both are floored from the exact figure, so that their sum may be one short, as recorded.
        "remaining": (window.cap - window.used).max(0.0) as u64,
        "percentage": share(window),
    });
    reset(&mut row, window);
    row
}

fn percent(unit: u32, number: u32, window: Reading) -> Value {
    let mut row = json!({"type": "TOKENS_LIMIT", "unit": unit, "number": number, "percentage": share(window)});
    reset(&mut row, window);
    row
}

fn mcp(tier: Tier, week: Reading) -> Value {
    let cap = tier.calls();
    let mut row = json!({
        "type": "TIME_LIMIT",
        "unit": 5,
        "number": 1,
        "usage": cap,
        "currentValue": 7,
        "remaining": cap - 7,
        "percentage": 700 / cap,
    });
    // The month of the subscription ends some days after its week.
    if let Some(at) = week.resets_at {
        row["nextResetTime"] = zone::plus(at, 20 * DAY_S).as_millisecond().into();
    }
    row["usageDetails"] = json!([
        {"modelCode": "search-prime", "usage": 4},
        {"modelCode": "web-reader", "usage": 2},
        {"modelCode": "zread", "usage": 1},
    ]);
    row
}

fn reset(row: &mut Value, window: Reading) {
    if let Some(at) = window.resets_at {
        row["nextResetTime"] = at.as_millisecond().into();
    }
}

/// Floored, but 1 as soon as anything is used (71 of 10,000 was given as 1), at most 100.
fn share(window: Reading) -> u64 {
    let percent = window.used / window.cap * 100.0;
    if percent > 0.0 { (percent as u64).clamp(1, 100) } else { 0 }
}

/// The tokens between two instants by model, hourly or daily.
pub(super) fn usage(account: &Account, from: Timestamp, until: Timestamp, now: Timestamp) -> Value {
    let hourly = until.as_second() - from.as_second() <= HOURLY_DAYS * DAY_S;
    let width = if hourly { HOUR_S } else { DAY_S };
    let first = bucket(from, width);
    let n = (bucket(until, width) - first + 1).clamp(0, MOST_BUCKETS);
    let mut past: Vec<Charge> = Vec::new();
    if account.plan().history {
        past = history(from, until.min(now));
    }
    let mut models: Vec<(String, Vec<u64>)> = Vec::new();
    let mut calls = vec![0u64; n as usize];
    for charge in past.iter().chain(account.charges()).filter(|c| from <= c.at && c.at <= until) {
        let Ok(i) = usize::try_from(bucket(charge.at, width) - first) else { continue };
        let name = charge.model.to_uppercase();
        let at = models.iter().position(|(m, _)| *m == name).unwrap_or_else(|| {
            models.push((name, vec![0; n as usize]));
            models.len() - 1
        });
        if let (Some(call), Some(tokens)) = (calls.get_mut(i), models.get_mut(at).and_then(|(_, t)| t.get_mut(i))) {
            *call += 1;
            *tokens = tokens.saturating_add(charge.tokens);
        }
    }
    series(&models, &calls, first, width)
}

fn series(models: &[(String, Vec<u64>)], calls: &[u64], first: i64, width: i64) -> Value {
    let times: Vec<String> = (0..)
        .zip(calls)
        .map(|(i, _)| {
            let start = zone::text(bucket_start(first + i, width));
            start.get(..if width == HOUR_S { 16 } else { 10 }).unwrap_or_default().to_owned()
        })
        .collect();
    let sums: Vec<u64> = (0..calls.len()).map(|i| models.iter().filter_map(|(_, t)| t.get(i)).sum()).collect();
    let total = |tokens: &[u64]| tokens.iter().sum::<u64>();
    let numbered = || (1..).zip(models);
    json!({
        "code": 200,
        "msg": "success",
        "success": true,
        "data": {
            "x_time": times,
            "modelCallCount": calls,
            "tokensUsage": sums,
            "totalUsage": {
                "totalModelCallCount": total(calls),
                "totalTokensUsage": total(&sums),
                "modelSummaryList": numbered()
                    .map(|(i, (m, t))| json!({"modelName": m, "totalTokens": total(t), "sortOrder": i}))
                    .collect::<Vec<_>>(),
            },
            "modelDataList": numbered()
                .map(|(i, (m, t))| json!({
                    "modelName": m,
                    "sortOrder": i,
                    "tokensUsage": t.iter().map(|n| if *n == 0 { Value::Null } else { (*n).into() }).collect::<Vec<_>>(),
                    "totalTokens": total(t),
                }))
                .collect::<Vec<_>>(),
            "granularity": if width == HOUR_S { "hourly" } else { "daily" },
        },
    })
}

/// Made-up use of earlier days: working hours on weekdays, some flash beside the large model.
fn history(from: Timestamp, until: Timestamp) -> Vec<Charge> {
    let (first, last) = (bucket(from, HOUR_S), bucket(until, HOUR_S));
    (first..last.min(first + MOST_BUCKETS * 24))
        .flat_map(|hour| {
            let at = zone::plus(bucket_start(hour, HOUR_S), 60);
            let weekday = (hour.div_euclid(24) + 3).rem_euclid(7) + 1;
            let busy = (9..20).contains(&hour.rem_euclid(24)) && weekday <= 5;
            let noise = super::ids::mix(hour.unsigned_abs());
            let sizes = if busy { [180_000 + noise % 420_000, noise % 90_000] } else { [0, 0] };
            ["glm-5.3", "glm-5.3-flash"]
                .into_iter()
                .zip(sizes)
                .filter(|(_, n)| *n > 0)
                .map(move |(model, tokens)| Charge { at, credits: 0.0, tokens, model: model.to_owned() })
        })
        .collect()
}

/// The number of the hour or day (UTC+8) that holds an instant.
fn bucket(at: Timestamp, width: i64) -> i64 {
    (at.as_second() + 8 * HOUR_S).div_euclid(width)
}

fn bucket_start(bucket: i64, width: i64) -> Timestamp {
    zone::plus(Timestamp::UNIX_EPOCH, bucket * width - 8 * HOUR_S)
}
