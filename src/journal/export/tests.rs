//! What a hostile conversation looks like in each document.

use std::time::Duration;

use super::*;
use crate::{
    chat::{
        ChangeKind, Detail, DiffLine, FileChange, Finish, Hunk, Message, Role, RunCard, RunEnd, RunId, RunKind,
        RunReport, Side, StepId, TurnId, Usage,
    },
    journal::{Ended, Head, Record, Stream, VERSION, line, reader},
    text::Clean,
};

/// What would act in a page, break out of a quote, or end a fence.
const HOSTILE: &str = "</pre></section><script>alert(1)</script><img src=x onerror='alert(2)'>\" onclick=\"x\n\
                       ```\n# heading\n</details>\u{1b}]8;;http://evil\u{7}link\u{202e}";
const SECRET: &str = "c0ffee0123456789.\"Canary<Canary&";

fn records() -> Vec<Record> {
    let (turn, step) = (TurnId(1), StepId { turn: TurnId(1), step: 1 });
    let line = |side, text: &str| DiffLine { side, text: Clean::new(text), emphasis: Vec::new() };
    let change = FileChange {
        path: Clean::strict("src/a.rs"),
        kind: ChangeKind::Modified,
        hunks: vec![Hunk {
            old_start: 3,
            new_start: 3,
            lines: vec![line(Side::Context, "fn a() {"), line(Side::Removed, "one"), line(Side::Added, "```two</pre>")],
            new: String::new(),
        }],
        added: 1,
        removed: 1,
        n_hidden: 2,
    };
    let card = |run, verb: &str, target: &str| {
        let verb = Clean::new(verb);
        let target = Clean::new(target);
        Record::Run(Box::new(RunCard { run: RunId(run), step, tool: verb.clone(), kind: RunKind::Edit, verb, target }))
    };
    let report = |detail| RunReport {
        end: RunEnd::Ok,
        summary: Clean::new("+1 −1 <b>"),
        detail,
        took: Duration::from_millis(7),
    };
    vec![
        Record::Head(Head {
            v: VERSION,
            id: "s-1".into(),
            app: "0.1.0".into(),
            folder: "/srv/<shop>`x`".into(),
            branch: Some("main\"><script>".into()),
            forked_from: None,
            imported_from: None,
        }),
        Record::Name("The <b>name</b> & co".into()),
        Record::Turn { turn, prompt: Clean::new(&format!("{HOSTILE}\n{SECRET}")) },
        Record::Step { step, model: "glm-5.3".into() },
        Record::Text { step, of: Stream::Reasoning, text: Clean::new("taken back") },
        Record::Reset(step),
        Record::Text { step, of: Stream::Reasoning, text: Clean::new("I thi") },
        Record::Text { step, of: Stream::Reasoning, text: Clean::new(&format!("nk {HOSTILE}")) },
        Record::Text { step, of: Stream::Answer, text: Clean::new(&format!("It **is** so. {SECRET}")) },
        Record::StepEnd {
            step,
            finish: Finish::ToolCalls,
            usage: Some(Usage { prompt: 1200, completion: 34, ..Usage::default() }),
            credits: Some(1.25),
            served_by: None,
        },
        card(1, "Edit", "src/`a`.rs"),
        Record::RunEnd { run: RunId(1), report: Box::new(report(Detail::Change(Box::new(change)))) },
        card(2, "Bash", HOSTILE),
        Record::Step { step: StepId { turn, step: 2 }, model: "glm-5.3".into() },
        Record::Message(Box::new(Message::text(Role::Assistant, "Only the message survived."))),
        Record::Steered { turn, prompt: Clean::new("and hurry") },
        Record::TurnEnd {
            turn,
            end: Ended::Failed { what: "the <network> failed".into(), code: None, hints: vec![], untouched: None },
        },
    ]
}

fn story() -> Story {
    let mut bytes = Vec::new();
    for (n, record) in (1..).zip(records()) {
        bytes.extend(line::encode(n, 1_795_250_000_000, &record).unwrap());
    }
    bytes.extend_from_slice(b"not a record\n");
    Story::tell(reader::read(&bytes)).unwrap()
}

#[test]
fn a_page_holds_hostile_text_as_text() {
    let page = export(&story(), Format::Html, &[]);
    let bare = page.to_lowercase();
    for markup in
        ["<script", "<img", "<b>", "</details", "<network", "href", "src=x onerror='", "url(", "http://", "\u{1b}"]
    {
        assert!(!bare.contains(markup), "{markup} in {page}");
    }
    // Every tag is one of ours.
    let ours = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "dl", "dt", "dd", "article",
        "pre", "div", "section", "ul", "li", "code", "span", "p",
    ];
    for tag in bare.split('<').skip(1) {
        let name =
            tag.trim_start_matches('/').split(|c: char| !(c.is_ascii_alphanumeric() || c == '!')).next().unwrap();
        assert!(ours.contains(&name), "<{name}");
    }
    assert!(bare.contains("default-src 'none'"));
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("The &lt;b&gt;name&lt;/b&gt; &amp; co")
    );
    // Both columns of a step, and its diff.
    assert!(
        page.contains("class=\"reasoning\"") && page.contains("I think &lt;/pre&gt;") && !page.contains("taken back")
    );
    assert!(page.contains("It **is** so.") && page.contains("1200 in · 34 out · 1.25 credits"));
    assert!(page.contains("<span class=\"del\">-one</span><span class=\"add\">+```two&lt;/pre&gt;</span>"));
    assert!(page.contains("Only the message survived.") && page.contains("and hurry"));
    assert!(page.contains("1 records were left out"));
    assert!(page.contains("prefers-color-scheme:dark") && page.contains("@media print"));
}

#[test]
fn markdown_quotes_what_is_not_the_answer() {
    let text = export(&story(), Format::Markdown, &[]);
    assert!(text.starts_with("# The \\<b\\>name\\</b\\> & co\n"), "{text}");
    assert!(text.contains("- folder ``/srv/<shop>`x` ``") || text.contains("- folder `` /srv/<shop>`x` ``"), "{text}");
    for (i, line) in text.lines().enumerate() {
        assert!(!line.starts_with("# heading") && !line.starts_with("</details>"), "{i}: {line}");
    }
    assert!(text.contains("> **Reasoning**\n>\n> I think </pre>") && text.contains("\nIt **is** so."));
    assert!(text.contains("- Edit ``src/`a`.rs`` · +1 −1 \\<b\\>\n\n````diff\n@@ -3,2 +3,2 @@\n fn a() {\n-one\n+```two</pre>\n@@ 2 more places are not shown @@\n````\n"), "{text}");
    assert!(text.contains("*the \\<network\\> failed*") && text.contains("- 1 damaged records"));
    assert!(!text.contains('\u{1b}') && !text.contains("taken back"));
}

#[test]
fn json_has_a_stable_form() {
    let object: serde_json::Value = serde_json::from_str(&export(&story(), Format::Json, &[])).unwrap();
    assert_eq!((&object["schema"], &object["kind"]), (&1.into(), &"glm-tui-session".into()));
    assert_eq!((&object["id"], &object["name"]), (&"s-1".into(), &"The <b>name</b> & co".into()));
    assert_eq!(object["damaged_records"], 1);
    let turn = &object["turns"][0];
    assert_eq!((&turn["turn"], &turn["end"], &turn["credits"]), (&1.into(), &"failed".into(), &1.25.into()));
    assert_eq!((&turn["at"], &turn["problem"]), (&"2026-11-21T08:33:20Z".into(), &"the <network> failed".into()));
    let step = &turn["steps"][0];
    assert_eq!((&step["step"], &step["model"]), (&1.into(), &"glm-5.3".into()));
    assert_eq!((&step["usage"]["prompt"], &step["usage"]["completion"]), (&1200.into(), &34.into()));
    let call = &step["calls"][0];
    assert_eq!((&call["tool"], &call["end"], &call["milliseconds"]), (&"Edit".into(), &"Ok".into(), &7.into()));
    assert!(call["diff"]["text"].as_str().unwrap().contains("+```two"));
    assert_eq!(step["calls"][1]["end"], serde_json::Value::Null, "its end is not known");
    assert_eq!(turn["steps"][1]["answer"], "Only the message survived.");
    assert_eq!(turn["steered"][0], "and hurry");
}

#[test]
fn secrets_are_blanked_in_every_form() {
    for format in [Format::Markdown, Format::Json, Format::Html] {
        let open = export(&story(), format, &[]);
        let text = export(&story(), format, &[SECRET, "is"]);
        assert!(open.contains("c0ffee") && !text.contains("c0ffee") && !text.contains("Canary"), "{text}");
        assert_eq!(text.matches(BLANK).count(), 2, "prompt and answer: {text}");
        assert!(text.contains("is"), "a short secret is none");
    }
}

#[test]
fn a_secret_is_blanked_where_markdown_escapes_it() {
    let secret = "sk_live*0123[canary]";
    let mut story = story();
    story.name = Some(format!("why is {secret} refused"));
    for format in [Format::Markdown, Format::Json, Format::Html] {
        let text = export(&story, format, &[secret]);
        assert!(text.contains(BLANK) && !text.contains("canary"), "{text}");
    }
}

#[test]
fn no_document_moves_a_terminal() {
    let odd = "\u{1b}]0;x\u{7}\u{9b}31m\u{7f}\u{202e}";
    let mut story = story();
    (story.head.folder, story.head.branch) = (format!("/w/{odd}"), Some(odd.to_owned()));
    story.head.imported_from = Some(odd.to_owned());
    for format in [Format::Markdown, Format::Json, Format::Html] {
        let text = export(&story, format, &[]);
        let acts = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
        assert_eq!(text.chars().find(acts), None, "{format:?}");
    }
    let object: serde_json::Value = serde_json::from_str(&export(&story, Format::Json, &[])).unwrap();
    assert_eq!(object["branch"], odd, "a reader gets it back as it was");
}
