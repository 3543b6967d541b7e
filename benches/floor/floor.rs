//! The least that a full-screen program can do with a stream: the floor that `benches/program/measure.py`
//! measures this crate's program against.
//!
//! Enter asks the endpoint of `GLM_TUI_BASE_URL`; what comes is wrapped by words and drawn by ratatui,
//! keys at once, tokens 60 times a second at most. No Markdown, no panes, no history, no quota, no error handling.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a yardstick, not a product: it stops at the first surprise and owns its threads and clock"
)]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crossterm::event::{self, Event, KeyCode, KeyModifiers};
use ratatui::{Frame, layout::Position};

enum Came {
    Key(event::KeyEvent),
    Size,
    Token(String),
}

/// The text, wrapped by words as it comes.
#[derive(Default)]
struct Text {
    lines: Vec<String>,
    typed: String,
}

impl Text {
    fn append(&mut self, token: &str, width: usize) {
        for (n, part) in token.split('\n').enumerate() {
            if n > 0 || self.lines.is_empty() {
                self.lines.push(String::new());
            }
            let last = self.lines.last_mut().unwrap();
            if last.len() + part.trim_end().len() > width {
                self.lines.push(part.to_owned());
            } else {
                last.push_str(part);
            }
        }
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let height = usize::from(area.height) - 1;
        let from = self.lines.len().saturating_sub(height);
        for (line, y) in self.lines[from..].iter().zip(0..) {
            frame.buffer_mut().set_stringn(0, y, line, usize::from(area.width), ratatui::style::Style::new());
        }
        let (x, y) = frame.buffer_mut().set_stringn(0, area.height - 1, &self.typed, 110, ratatui::style::Style::new());
        frame.set_cursor_position(Position { x, y });
    }
}

fn stream(send: &mpsc::Sender<Came>) {
    let base = std::env::var("GLM_TUI_BASE_URL").unwrap();
    let host = base.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let mut socket = TcpStream::connect(&host).unwrap();
    let body = r#"{"model":"floor","stream":true,"messages":[{"role":"user","content":"go"}]}"#;
    write!(
        socket,
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut reader = BufReader::new(socket);
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 0 {
        let event = line.strip_prefix("data: ").and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok());
        if let Some(text) = event.as_ref().and_then(|event| event["choices"][0]["delta"]["content"].as_str())
            && send.send(Came::Token(text.to_owned())).is_err()
        {
            return;
        }
        line.clear();
    }
}

fn main() {
    let (send, came) = mpsc::channel();
    let keys = send.clone();
    let mut terminal = ratatui::init();
    let mut text = Text::default();
    terminal.draw(|frame| text.draw(frame)).unwrap();
    thread::spawn(move || {
        loop {
            let came = match event::read().unwrap() {
                Event::Key(key) => Came::Key(key),
                _ => Came::Size,
            };
            if keys.send(came).is_err() {
                return;
            }
        }
    });
    let frame = Duration::from_millis(16);
    let mut drawn = Instant::now();
    let mut due = None;
    loop {
        let wait = due.map(|at: Instant| at.saturating_duration_since(Instant::now()));
        let first = match wait {
            Some(wait) => came.recv_timeout(wait).ok(),
            None => came.recv().ok(),
        };
        for event in first.into_iter().chain(came.try_iter()) {
            match event {
                Came::Key(key) if key.modifiers.contains(KeyModifiers::CONTROL) => match key.code {
                    KeyCode::Char('c' | 'd' | 'q') => return ratatui::restore(),
                    _ => text.typed.clear(),
                },
                Came::Key(key) => match key.code {
                    KeyCode::Char(c) => text.typed.push(c),
                    KeyCode::Enter => {
                        text.typed.clear();
                        let send = send.clone();
                        thread::spawn(move || stream(&send));
                    }
                    _ => drop(text.typed.pop()),
                },
                Came::Size => {}
                Came::Token(token) => {
                    let width = usize::from(terminal.size().map_or(80, |size| size.width));
                    text.append(&token, width);
                    due = due.or(Some(drawn + frame));
                    continue;
                }
            }
            due = Some(Instant::now());
        }
        if due.is_some_and(|at| at <= Instant::now()) {
            terminal.draw(|frame| text.draw(frame)).unwrap();
            drawn = Instant::now();
            due = None;
        }
    }
}
