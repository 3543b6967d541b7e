//! Rows MOD-01, 02, 03, 14, 15: what a model may write; CFG-07: a model that is not there.

use glm_tui::{
    app::Incoming,
    chat::{Command, Event, ModelId, StepId, TurnEnd, TurnId},
    text::Clean,
};
use ratatui::layout::Rect;
use tokio::sync::mpsc;

use super::is_told;
use crate::support::{
    agent::{Talk, config, now, serve},
    server::{END, Mock, Reply, says, stream_head},
};

/// Sequences that would drive a terminal, in the words of a scenario (TOML basic strings).
const HOSTILE: [(&str, &str); 10] = [
    ("clipboard", "\\u001B]52;c;aGVsbG8=\\u0007"),
    ("title", "\\u001B]0;owned\\u001B\\\\"),
    ("clear", "\\u001B[2J\\u001B[H"),
    ("report", "\\u001B[6n\\u001B[c"),
    ("dcs", "\\u001BP$q\\\"p\\u001B\\\\"),
    ("screen", "\\u001B[?1049h\\u001B[?1003h"),
    ("c1", "\\u009B2J\\u009D0;x\\u009C"),
    ("apc", "\\u001B_G\\u001B\\\\"),
    ("controls", "\\u0007\\b\\u000B\\f\\u007F"),
    ("bidi", "\\u202E\\u2066\\u200B"),
];

/// No cell of the screen can drive a terminal, and no event can.
fn is_inert(talk: &mut Talk) {
    let screen = talk.screen((100, 40));
    for y in 0..40 {
        for x in 0..100 {
            let symbol = screen.buffer[(x, y)].symbol();
            assert!(!symbol.chars().any(|c| c.is_control() || "\u{202E}\u{2066}\u{200B}".contains(c)), "{symbol:?}");
        }
    }
    for (_, event) in &talk.events {
        let text = match event {
            Event::Answer { text, .. } | Event::Reasoning { text, .. } => text.as_str(),
            _ => continue,
        };
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
    assert!(!talk.app.title().chars().any(char::is_control));
}

async fn hostile(pace: &str) {
    for (name, sequence) in HOSTILE {
        let words = |n: &str| format!("alpha{n} beta{n} {sequence}gamma{n} delta{n} {sequence} omega{n}");
        let server = serve(&format!(
            "unchecked = true\n[[reply]]\nreasoning = \"{}\"\nanswer = \"{}\"\n{pace}\nend = {{ model = \"{sequence}m\" }}\n\
             tools = {{ call = [{{ name = \"{sequence}tool\", arguments = '{{}}' }}] }}\n\
             [[reply]]\nwhen = {{ tool_result = true }}\nanswer = 'so much for that'",
            words("1"),
            words("2")
        ));
        let mut config = config(&server.base_url());
        config.ui.reasoning = glm_tui::config::ReasoningPane::Open;
        let mut talk = Talk::start(&config);
        // The prompt is foreign too when it was pasted.
        assert_eq!(talk.ask("hello \u{1b}]0;x\u{7}there").await, TurnEnd::Done, "{name}");
        is_inert(&mut talk);
        let screen = talk.words();
        for n in ["1", "2"] {
            for word in ["alpha", "beta", "gamma", "delta", "omega"] {
                assert!(screen.contains(&format!("{word}{n}")), "{name}: {word}{n} is hidden:\n{screen}");
            }
        }
    }
}

#[tokio::test]
async fn mod_01_sequences_are_inert_and_hide_no_word() {
    hostile("").await;
}

#[tokio::test]
async fn mod_02_sequences_split_into_single_characters() {
    hostile("pace = { by = 1 }\nfault = { trickle = { bytes = 1 } }").await;
}

#[tokio::test]
async fn mod_03_text_behind_an_unfinished_sequence_is_shown() {
    for sequence in
        ["\u{1b}]0;never ended ", "\u{9d}8;; ", "\u{1b}P", "\u{1b}_", "\u{1b}[", "\u{9b}", "\u{90}", "\u{1b}"]
    {
        for size in [1, 7, 4096] {
            let text = format!("before {sequence}and then a whole sentence\n\nand another paragraph to its end");
            let pieces = text.chars().collect::<Vec<char>>();
            let body: String = pieces.chunks(size).map(|piece| says(&piece.iter().collect::<String>())).collect();
            let body = [stream_head(), body.into_bytes(), END.into()].concat();
            let mock = Mock::start(vec![Reply::Bytes(body)]).await;
            let mut talk = Talk::at(&mock.base);
            assert_eq!(talk.ask("hello").await, TurnEnd::Done);
            is_inert(&mut talk);
            let screen = talk.words();
            for part in ["before", "then a whole sentence", "and another paragraph to its end"] {
                assert!(screen.contains(part), "{sequence:?} in pieces of {size}: {part:?} is hidden:\n{screen}");
            }
        }
    }
}

#[tokio::test]
async fn mod_14_a_link_shows_where_it_really_goes() {
    let answer = "See [https://api.z.ai/safe](https://evil.example/x), [docs](javascript:alert(1)) and [file](file:///etc/passwd).";
    let server = serve(&format!("[[reply]]\nanswer = '{answer}'"));
    let mut talk = Talk::at(&server.base_url());
    assert_eq!(talk.ask("hello").await, TurnEnd::Done);
    let screen = talk.words();
    assert!(screen.contains("evil.example"), "the real host: {screen}");
    assert!(screen.contains("javascript:") && screen.contains("file:"), "a foreign scheme is seen: {screen}");
    is_inert(&mut talk);
}

/// Feeds an answer of this text to a screen and draws it at both ends of the stream.
fn draws(text: &str) {
    let mut talk_app =
        glm_tui::app::App::new(&config("http://127.0.0.1:1"), ("~".into(), None), glm_tui::quota::TimeZone::UTC, now());
    let mut cache = glm_tui::ui::ViewCache::new();
    let turn = TurnId(1);
    let step = StepId { turn, step: 1 };
    let mut take = |event| drop(talk_app.on(Incoming::Chat(event), now()));
    take(Event::TurnStarted { turn, prompt: Clean::new("go") });
    take(Event::StepStarted { step, model: ModelId::from("glm-5.3") });
    take(Event::Answer { step, text: Clean::new(text) });
    let begun = std::time::Instant::now();
    let screen = crate::support::screen::draw(&talk_app, &mut cache, (100, 30), now());
    let first = begun.elapsed();
    // Generous: a debug build on a busy machine. What must not be is time beyond linear.
    assert!(first < std::time::Duration::from_secs(60), "{first:?} for {} bytes", text.len());
    assert_eq!(Rect::new(0, 0, 100, 30), screen.buffer.area);
    let begun = std::time::Instant::now();
    drop(talk_app.on(Incoming::Chat(Event::Answer { step, text: Clean::new("tail") }), now()));
    let screen = crate::support::screen::draw(&talk_app, &mut cache, (100, 30), now());
    let second = begun.elapsed();
    // Milliseconds when nothing else runs: only the tail is laid out again.
    assert!(second < std::time::Duration::from_secs(2), "{second:?} after {} bytes", text.len());
    assert!(screen.text().contains("tail"), "the live end is shown:\n{}", screen.text());
}

#[tokio::test]
async fn mod_15_a_stream_of_one_line_stays_quick() {
    // Two megabytes in pieces of 20 kB, a frame after each: were the whole laid out every time, this would
    // take a hundred times as long as one layout of all of it.
    let mut app =
        glm_tui::app::App::new(&config("http://127.0.0.1:1"), ("~".into(), None), glm_tui::quota::TimeZone::UTC, now());
    let mut cache = glm_tui::ui::ViewCache::new();
    let step = StepId { turn: TurnId(1), step: 1 };
    let mut take = |event| drop(app.on(Incoming::Chat(event), now()));
    take(Event::TurnStarted { turn: step.turn, prompt: Clean::new("go") });
    take(Event::StepStarted { step, model: ModelId::from("glm-5.3") });
    let piece = Clean::new(&"word ".repeat(4_000));
    let begun = std::time::Instant::now();
    for _ in 0..100 {
        drop(app.on(Incoming::Chat(Event::Answer { step, text: piece.clone() }), now()));
        let screen = crate::support::screen::draw(&app, &mut cache, (100, 30), now());
        assert!(screen.text().contains("word word"));
    }
    let all = begun.elapsed();
    assert!(all < std::time::Duration::from_secs(30), "{all:?} for a hundred frames");
}

#[tokio::test]
async fn mod_15_a_line_of_ten_megabytes_is_drawn() {
    draws(&"word ".repeat(2_000_000));
}

#[tokio::test]
async fn mod_15_a_line_of_ten_megabytes_without_a_blank_is_drawn() {
    draws(&"x".repeat(10_000_000));
}

#[tokio::test]
async fn mod_15_a_deeply_nested_list_is_drawn() {
    let list: String = (0..1_500).flat_map(|n| ["  ".repeat(n), "- item\n".into()]).collect();
    draws(&list);
    draws(&format!("{}x\n\n", "> ".repeat(100_000)));
    draws(&format!("{}x\n\n", "- ".repeat(100_000)));
    draws(&"- item\n".repeat(100_000));
}

#[tokio::test]
async fn mod_15_a_giant_table_is_drawn() {
    let row = "| cell ".repeat(50) + "|\n";
    let rule = "|---".repeat(50) + "|\n";
    draws(&format!("{row}{rule}{}\n", row.repeat(5_000)));
    let wide = "| c ".repeat(20_000) + "|\n";
    draws(&format!("{wide}{}\n\n", "|-".repeat(20_000) + "|\n"));
}

#[tokio::test]
async fn mod_15_ten_thousand_fences_are_drawn() {
    draws(&"```rust\nfn main() {}\n```\n\n".repeat(10_000));
    draws(&"```\n".repeat(20_001));
}

#[tokio::test]
async fn cfg_07_an_unknown_model_is_the_services_error() {
    let server = serve("[models]\nstrict = true\nids = ['glm-5.3']\n[[reply]]\nanswer = 'fine'");
    let mut settings = config(&server.base_url());
    settings.model = ModelId::from("glm-99");
    settings.ring = vec![settings.model.clone()];
    let mut talk = Talk::start(&settings);
    let problem = talk.fail("hello").await;
    assert_eq!(problem.code.as_deref(), Some("1211"));
    is_told(&mut talk, &problem, &["does not know the model glm-99", "choose another model"]);
    // The next turn uses what is chosen now.
    talk.send(Command::SetModel("glm-5.3".into()));
    assert_eq!(talk.ask("again").await, TurnEnd::Done);
    assert_eq!(talk.answer(), "fine");
    assert_eq!(server.log().chats()[1].body["model"], "glm-5.3");
}

#[tokio::test]
async fn cfg_07_a_switch_in_mid_stream_counts_from_the_next_call() {
    let (gate, held) = mpsc::unbounded_channel();
    let fine = [stream_head(), says("second").into_bytes(), END.into()].concat();
    let mock = Mock::start(vec![Reply::Gate(held), Reply::Bytes(fine)]).await;
    let mut talk = Talk::at(&mock.base);
    talk.send(Command::Submit("hello".into()));
    gate.send([stream_head(), says("first ").into_bytes()].concat()).unwrap();
    talk.wait_for(|talk| talk.answer() == "first ").await;
    talk.send(Command::SetModel("glm-4.7".into()));
    talk.wait_for(|talk| {
        talk.kinds(|e| matches!(e, Event::Model { id, .. } if id.as_str() == "glm-4.7").then_some(())).len() == 1
    })
    .await;
    assert_eq!(mock.chats().len(), 1, "the running call goes on");
    gate.send([says("and last"), END.into()].concat().into_bytes()).unwrap();
    talk.wait_for(|talk| !talk.ends().is_empty()).await;
    assert_eq!(talk.answer(), "first and last");
    assert_eq!(talk.ask("next").await, TurnEnd::Done);
    let models: Vec<bool> = mock.chats().iter().map(|chat| chat.contains("\"model\":\"glm-4.7\"")).collect();
    assert_eq!(models, [false, true]);
    assert!(talk.words().contains("glm-4.7"));
}
