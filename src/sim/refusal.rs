//! Answers that are no reply: the service's error codes, web pages, redirects. Pure.
//!
//! Status and words by code from the error page of 2026-07-11 and from published bodies (docs/ZAI.md §10).

use serde_json::{Value, json};

use super::{scenario::Refuse, zone};
use crate::quota::Timestamp;

/// An answer, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Refusal {
    /// The service's error of this code with its usual words; `resets_at` is for those that name a time.
    pub(super) fn of(code: &str, resets_at: Timestamp) -> Self {
        Self::with(code, &words(code, resets_at))
    }

    /// The service's error of this code with other words.
    pub(super) fn with(code: &str, message: &str) -> Self {
        Self::json(status(code), &envelope(code, message))
    }

    /// Any JSON with any status.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            content_type: "application/json; charset=UTF-8".into(),
            headers: Vec::new(),
            body: body.to_string(),
        }
    }

    /// What a scenario asks for. `resets_at` is the account's own reset.
    pub(super) fn scripted(spec: &Refuse, now: Timestamp, resets_at: Timestamp) -> Self {
        let resets_at = spec.reset_in.map_or(resets_at, |s| zone::plus(now, s));
        let mut refusal = match (&spec.body, &spec.code) {
            (Some(body), _) => Self::raw("text/plain; charset=UTF-8", body),
            (None, _) if spec.html => Self::raw("text/html; charset=UTF-8", PAGE),
            (None, Some(code)) => Self::with(code, &spec.message.clone().unwrap_or_else(|| words(code, resets_at))),
            (None, None) => Self::raw("text/plain; charset=UTF-8", spec.message.as_deref().unwrap_or_default()),
        };
        if let Some(status) = spec.status {
            refusal.status = status;
        } else if spec.location.is_some() {
            refusal.status = 302;
        } else if spec.code.is_none() && !spec.html {
            refusal.status = 500;
        }
        if let Some(kind) = &spec.content_type {
            refusal.content_type.clone_from(kind);
        }
        if let Some(wait) = &spec.retry_after {
            refusal.headers.push(("retry-after".into(), retry_after(wait, now)));
        }
        if let Some(to) = &spec.location {
            refusal.headers.push(("location".into(), to.clone()));
        }
        refusal.headers.extend(spec.headers.iter().map(|(k, v)| (k.clone(), v.clone())));
        refusal
    }

    fn raw(content_type: &str, body: &str) -> Self {
        Self { status: 200, content_type: content_type.into(), headers: Vec::new(), body: body.into() }
    }
}

/// A captive portal's page.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head>\n\
    <body><h1>Welcome to Airport Wi-Fi</h1><p>Please accept the terms to continue.</p></body></html>\n";

/// `{"error":{"code":…,"message":…}}`.
pub(super) fn envelope(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}

fn retry_after(text: &str, now: Timestamp) -> String {
    match text.strip_prefix("date").and_then(|s| s.parse::<i64>().ok()) {
        Some(seconds) => zone::http_date(zone::plus(now, seconds)),
        None => text.to_owned(),
    }
}

/// The HTTP status that comes with a code.
fn status(code: &str) -> u16 {
    match code.parse::<u16>().unwrap_or_default() {
        1000..=1005 => 401,
        1220 => 403,
        1110..=1112 | 1120 | 1121 | 1210..=1219 | 1221 | 1222 | 1231 | 1261 | 1300 | 1301 => 400,
        1113 | 1302..=1321 => 429,
        _ => 500,
    }
}

/// The words that come with a code.
pub(super) fn words(code: &str, resets_at: Timestamp) -> String {
    let reset = zone::text(resets_at);
    let fixed = match code {
        "1000" => "Authentication Failed",
        "1001" => "Authentication parameter not received in Header, unable to authenticate",
        "1002" => "Authorization Token is invalid, please confirm that it is transmitted correctly",
        "1003" => "Authorization Token has expired, please regenerate it or obtain it again",
        "1004" => "Authentication with the provided Authorization Token failed",
        "1005" => "A second factor is required, please sign in to the console",
        "1112" => "Your account has been locked, please contact customer service",
        "1113" => "Insufficient balance or no resource package. Please recharge.",
        "1210" => "Invalid API parameter, please check the documentation.",
        "1211" => "Unknown Model, please check the model code.",
        "1213" => "A required parameter was not received normally.",
        "1214" => "A parameter is illegal, please check the documentation.",
        "1220" => "You do not have permission to access this API",
        "1221" => "This API has been taken offline",
        "1230" => "API call process error",
        "1234" => "Network error, please contact customer service",
        "1261" => "Prompt exceeds max length",
        "1301" => "System detected potentially unsafe or sensitive content in input or generation",
        "1302" => "Rate limit reached for requests",
        "1303" => "High frequency usage of this API, please reduce frequency or contact customer service",
        "1304" => "Daily call limit for this API reached",
        "1305" => "The service may be temporarily overloaded, please try again later",
        "1309" => {
            "Your GLM Coding Plan package has expired and is temporarily unavailable. You can resume using it after \
             renewing the subscription on the official website. https://z.ai/subscribe"
        }
        "1311" => "Your current subscription plan does not yet include access to this model",
        "1312" => "The model is currently overloaded, please try glm-5.3-flash",
        "1313" => {
            "Your account's current usage pattern does not comply with the Fair Usage Policy, and your request frequency \
             has been limited. For details, please refer to the Subscription Service Agreement. To restore access, please \
             submit a request."
        }
        "1308" | "1316" | "1318" | "1320" => {
            return format!("Usage limit reached for 5 hour. Your limit will reset at {reset}");
        }
        "1310" => return format!("Weekly/Monthly Limit Exhausted. Your limit will reset at {reset}"),
        "1317" | "1319" | "1321" => return format!("Usage limit reached for 7 day. Your limit will reset at {reset}"),
        _ => "Internal error",
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_follow_the_codes() {
        for (code, status) in [
            ("1000", 401),
            ("1001", 401),
            ("1113", 429),
            ("1210", 400),
            ("1211", 400),
            ("1220", 403),
            ("1234", 500),
            ("1261", 400),
            ("1302", 429),
            ("1305", 429),
            ("1308", 429),
            ("1310", 429),
            ("1313", 429),
            ("1200", 500),
        ] {
            assert_eq!(Refusal::of(code, Timestamp::UNIX_EPOCH).status, status, "{code}");
        }
    }

    #[test]
    fn forms_of_retry_after() {
        let now: Timestamp = "2026-10-05T08:00:00Z".parse().unwrap();
        for (text, sent) in [
            ("7", "7"),
            ("-5", "-5"),
            ("1000000000", "1000000000"),
            ("date+30", "Mon, 05 Oct 2026 08:00:30 GMT"),
            ("date-60", "Mon, 05 Oct 2026 07:59:00 GMT"),
            ("soon", "soon"),
        ] {
            assert_eq!(retry_after(text, now), sent);
        }
    }
}
