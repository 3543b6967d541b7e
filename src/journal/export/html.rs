//! The document as one page: reasoning and answer of each step side by side, as in the program. Every text is
//! escaped, the page forbids itself scripts and resources, and it reads without either.

use std::fmt::Write;

use jiff::Timestamp;

use super::{
    markdown::diff,
    transcript::{Call, Part, Step, Transcript, Turn},
};
use crate::text::Clean;

/// Before the title. The policy holds even should an escape be missing: nothing runs, nothing is fetched.
const BEGIN: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"referrer\" content=\"no-referrer\">\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";

/// The look: two columns on a screen that has room, one below the other on a narrow one; dark or light as the
/// reader's system is; on paper black on white, with no box cut in two where that can be helped.
const STYLE: &str = ":root{color-scheme:light dark;--bg:#fff;--fg:#1c1e21;--dim:#5c6370;--line:#d4d7dd;\
--soft:#f5f6f8;--add:#e3f5e5;--del:#fbe6e6}\n\
@media (prefers-color-scheme:dark){:root{--bg:#16181c;--fg:#dcdfe4;--dim:#98a0ad;--line:#343841;--soft:#1e2127;\
--add:#173421;--del:#3c1f22}}\n\
body{margin:0 auto;max-width:110rem;padding:1.5rem;background:var(--bg);color:var(--fg);\
font:16px/1.5 system-ui,sans-serif}\n\
h1{font-size:1.4rem}h2{font-size:1rem;margin:2rem 0 .5rem}h3{font-size:.85rem;color:var(--dim);margin:1rem 0 .25rem}\n\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;color:var(--dim);font-size:.85rem}dd{margin:0}\n\
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\n\
.prompt{border-left:.25rem solid var(--fg);padding:.5rem 1rem;background:var(--soft)}\n\
.step{display:grid;grid-template-columns:2fr 3fr;gap:1rem}\n\
.step>section{border-top:1px solid var(--line);padding-top:.25rem;min-width:0}\n\
.reasoning pre{color:var(--dim);font-size:.9rem}\n\
ul{list-style:none;padding:0;margin:.5rem 0 0;font-size:.9rem}li{margin:.25rem 0}\n\
code,.diff{font:.85rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\n\
.diff{background:var(--soft);padding:.5rem;margin:.25rem 0;white-space:pre-wrap}\n\
.diff span{display:block}.add{background:var(--add)}.del{background:var(--del)}\n\
.end,.cost{color:var(--dim);font-size:.85rem}\n\
@media (max-width:60rem){.step{grid-template-columns:1fr}}\n\
@media print{:root{--bg:#fff;--fg:#000;--dim:#444;--line:#999;--soft:#fff}body{font-size:10pt;padding:0}\
.prompt,li{break-inside:avoid}h2,h3{break-after:avoid}}\n";

pub(super) fn write(transcript: &Transcript<'_>) -> String {
    let head = transcript.head;
    let title = escape(transcript.title().as_str());
    let mut out =
        format!("{BEGIN}{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<dl>\n");
    let forked = head.forked_from.as_ref().map(|id| id.as_str().to_owned());
    let damaged = (transcript.n_bad > 0).then(|| format!("{} records were left out", transcript.n_bad));
    let facts = [
        ("session", Some(head.id.as_str().to_owned())),
        ("folder", Some(head.folder.clone())),
        ("branch", head.branch.clone()),
        ("forked from", forked),
        ("imported from", head.imported_from.clone()),
        ("damaged", damaged),
    ];
    for (what, value) in facts {
        if let Some(value) = value {
            let _ = writeln!(out, "<dt>{what}</dt><dd>{}</dd>", escape(Clean::strict(&value).as_str()));
        }
    }
    out.push_str("</dl>\n");
    for turn in &transcript.turns {
        turn_of(turn, &mut out);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn turn_of(turn: &Turn, out: &mut String) {
    let at = Timestamp::from_millisecond(turn.at).unwrap_or_default().strftime("%Y-%m-%d %H:%M UTC").to_string();
    let _ = writeln!(out, "<article>\n<h2 id=\"turn-{0}\">{0} · {at}</h2>", turn.id.0);
    let _ = writeln!(out, "<pre class=\"prompt\">{}</pre>", escape(turn.prompt.as_str()));
    for part in &turn.parts {
        match part {
            Part::Step(step) => step_of(step, out),
            Part::Steered(prompt) => {
                let _ = writeln!(out, "<pre class=\"prompt\">{}</pre>", escape(prompt.as_str()));
            }
        }
    }
    if let Some(ending) = turn.ending() {
        let _ = writeln!(out, "<p class=\"end\">{}</p>", escape(ending.as_str()));
    }
    out.push_str("</article>\n");
}

fn step_of(step: &Step, out: &mut String) {
    let _ = writeln!(out, "<h3>{} {}</h3>\n<div class=\"step\">", step.id, escape(step.model.as_str()));
    let _ = writeln!(
        out,
        "<section class=\"reasoning\" aria-label=\"reasoning\"><pre>{}</pre></section>",
        escape(step.reasoning.as_str().trim())
    );
    let _ = writeln!(
        out,
        "<section class=\"answer\" aria-label=\"answer\"><pre>{}</pre>",
        escape(step.answer.as_str().trim())
    );
    if !step.calls.is_empty() {
        out.push_str("<ul>\n");
        step.calls.iter().for_each(|call| call_of(call, out));
        out.push_str("</ul>\n");
    }
    if let Some(usage) = step.usage {
        let credits = step.credits.map(|credits| format!(" · {credits:.2} credits")).unwrap_or_default();
        let _ = writeln!(out, "<p class=\"cost\">{} in · {} out{credits}</p>", usage.prompt, usage.completion);
    }
    out.push_str("</section>\n</div>\n");
}

fn call_of(call: &Call, out: &mut String) {
    let (verb, target) = (escape(call.card.verb.as_str()), escape(call.target().as_str()));
    let _ = writeln!(out, "<li>{verb} <code>{target}</code> · {}", escape(call.outcome().as_str()));
    if let Some(change) = call.change().filter(|change| !change.hunks.is_empty()) {
        out.push_str("<div class=\"diff\">");
        for line in diff(change).lines() {
            let class = match line.as_bytes().first() {
                Some(b'+') => " class=\"add\"",
                Some(b'-') => " class=\"del\"",
                _ => "",
            };
            let _ = write!(out, "<span{class}>{}</span>", escape(line));
        }
        out.push_str("</div>\n");
    }
    out.push_str("</li>\n");
}

/// Text that is text in a page, within a tag's content and within its quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
