//! A session as the program writes it, of any size: text in pieces of a tenth of a second, calls with their results.

use glm_tui::{
    chat::{
        CallId, Detail, Finish, Message, ModelId, Role, RunCard, RunEnd, RunId, RunKind, RunReport, SessionId, StepId,
        ToolCall, TurnId, Usage,
    },
    journal::{Call, Ended, Head, Record, Stream, VERSION, encode},
    text::Clean,
};
use std::{io, time::Duration};

/// Words of an answer that come within a tenth of a second at 100 tokens a second.
const PIECE: &str = "The parser reads each line once, “so to say”,\nand ";
/// A line of a result.
const LINE: &str = "    128\tlet Some(entry) = self.entries.get(n) else { return \"none\".into() };\n";

/// Writes a log of so many messages that has about so many bytes; how many messages it has.
pub(crate) fn write(out: &mut impl io::Write, n_messages: usize, bytes: usize) -> io::Result<usize> {
    // A turn is six messages: a prompt, two steps with a call each, their results, the answer.
    let n_turns = (n_messages / 6).max(1);
    let each = bytes / n_turns;
    // A turn has 4 kB of other things; each of its two results comes three times (told, message, row), 85 bytes a
    // line; each of its six texts comes in pieces of 185 bytes and once more, 55 bytes a piece. Three fifths are
    // results.
    let rest = each.saturating_sub(4000);
    let (n_lines, n_pieces) = ((rest * 3 / 5 / (6 * 85)).max(1), (rest * 2 / 5 / (6 * 240)).max(1));
    let mut log = Log { out, n: 0, run: 0 };
    log.put(&Record::Head(head()))?;
    for turn in 1..=n_turns {
        log.turn(TurnId(u32::try_from(turn).unwrap_or(u32::MAX)), n_lines, n_pieces)?;
    }
    Ok(n_turns * 6)
}

/// A first record.
pub(crate) fn head() -> Head {
    Head {
        v: VERSION,
        id: SessionId::from("20261121-083000-1f2e"),
        app: "0.1.0".into(),
        folder: "/home/u/src/app".into(),
        branch: None,
        forked_from: None,
        imported_from: None,
    }
}

struct Log<'a, W> {
    out: &'a mut W,
    n: u64,
    run: u64,
}

impl<W: io::Write> Log<'_, W> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.n += 1;
        let at = 1_760_000_000_000 + 100 * i64::try_from(self.n).unwrap_or(0);
        self.out.write_all(&encode(self.n, at, record)?)
    }

    fn say(&mut self, message: Message) -> io::Result<()> {
        self.put(&Record::Message(Box::new(message)))
    }

    fn turn(&mut self, turn: TurnId, n_lines: usize, n_pieces: usize) -> io::Result<()> {
        let prompt = format!("Please look at part {} and make it faster.", turn.0);
        self.put(&Record::Turn { turn, prompt: Clean::new(&prompt) })?;
        self.say(Message::text(Role::User, prompt))?;
        for step in 1..=2 {
            self.step(StepId { turn, step }, n_pieces, Some(n_lines))?;
        }
        self.step(StepId { turn, step: 3 }, n_pieces, None)?;
        self.put(&Record::TurnEnd { turn, end: Ended::Done })
    }

    /// A step; with a call whose result has so many lines, if it has one.
    fn step(&mut self, step: StepId, n_pieces: usize, call: Option<usize>) -> io::Result<()> {
        self.put(&Record::Step { step, model: ModelId::from("glm-5.3") })?;
        for of in [Stream::Reasoning, Stream::Answer] {
            for _ in 0..n_pieces {
                self.put(&Record::Text { step, of, text: Clean::new(PIECE) })?;
            }
        }
        let finish = if call.is_some() { Finish::ToolCalls } else { Finish::Stop };
        let usage = Some(Usage { prompt: 9000, cached: 8000, completion: 300, ..Usage::default() });
        self.put(&Record::StepEnd { step, finish, usage, credits: Some(0.1), served_by: None })?;
        let mut message = Message::text(Role::Assistant, PIECE.repeat(n_pieces));
        message.reasoning = Some(PIECE.repeat(n_pieces));
        let Some(n_lines) = call else { return self.say(message) };
        self.run += 1;
        let id = CallId(format!("call_{}", self.run));
        let arguments = r#"{"path":"src/parse.rs","limit":2000}"#.to_owned();
        message.tool_calls = vec![ToolCall { id: id.clone(), name: "read".into(), arguments }];
        self.say(message)?;
        self.call(step, id, LINE.repeat(n_lines))
    }

    fn call(&mut self, step: StepId, id: CallId, told: String) -> io::Result<()> {
        let run = RunId(self.run);
        let label = Clean::trusted;
        self.put(&Record::Run(Box::new(RunCard {
            run,
            step,
            tool: label("read"),
            kind: RunKind::Explore,
            verb: label("Read"),
            target: label("src/parse.rs"),
        })))?;
        self.put(&Record::Begun(Call { run, call: id.clone(), acts: false }))?;
        self.put(&Record::Done { run, end: RunEnd::Ok, told: told.clone() })?;
        let shown = &told[..told.floor_char_boundary(64 << 10)];
        self.put(&Record::RunEnd {
            run,
            report: Box::new(RunReport {
                end: RunEnd::Ok,
                summary: label("212 lines"),
                detail: Detail::Text(Clean::new(shown)),
                took: Duration::from_millis(3),
            }),
        })?;
        let mut answer = Message::text(Role::Tool, told);
        answer.answers = Some(id);
        self.say(answer)
    }
}
