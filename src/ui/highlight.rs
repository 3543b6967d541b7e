//! Colours of code, computed on a thread of its own and taken up when they are ready.
//!
//! The drawing side never waits: until a line is done it is drawn plain. A line is sent once, when it
//! is finished, and never again; the worker keeps the parser's state of every open block. The worker
//! loads the grammars when the first code block appears, so a start without code pays nothing.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use super::theme::Part;
use crate::{app::EntryId, text::markdown::CodeBlock};

/// Beyond this a block stays plain: nobody reads that far, and the worker would fall behind.
const MAX_LINES: usize = 2_000;
/// As [`MAX_LINES`], in bytes of one block.
const MAX_BYTES: usize = 256 * 1024;
/// A longer line (minified code) costs the parser more than its colours are worth.
const MAX_LINE: usize = 4 * 1024;
/// Blocks that are remembered; the oldest go together.
const MAX_BLOCKS: usize = 256;

/// Lengths in bytes and what they are.
type Runs = Vec<(usize, Part)>;
type Place = (EntryId, usize);

/// Code blocks and their colours so far.
#[derive(Debug, Default)]
pub(super) struct Highlighter {
    blocks: HashMap<Place, Colours>,
    worker: Option<Worker>,
    /// The worker could not be started or has ended: code stays plain.
    dead: bool,
    n_waiting: usize,
    tickets: u64,
}

#[derive(Debug, Default)]
struct Colours {
    /// Tells the results of an earlier text at the same place from this one's.
    ticket: u64,
    sent: usize,
    bytes: usize,
    lines: Vec<Runs>,
}

#[derive(Debug)]
struct Worker {
    jobs: Sender<Job>,
    done: Receiver<Done>,
}

#[derive(Debug)]
enum Job {
    Lines { ticket: u64, place: Place, language: String, lines: Vec<String> },
    ForgetAll,
}

#[derive(Debug)]
struct Done {
    ticket: u64,
    place: Place,
    lines: Vec<Runs>,
}

impl Highlighter {
    /// The colours of a line, if they are ready. Sends what is finished and was not sent yet.
    pub(super) fn line(
        &mut self,
        id: EntryId,
        block: usize,
        source: &CodeBlock,
        line: usize,
    ) -> Option<&[(usize, Part)]> {
        if self.dead || source.language.is_empty() {
            return None;
        }
        self.send((id, block), source);
        self.blocks.get(&(id, block))?.lines.get(line).map(Vec::as_slice)
    }

    /// Takes up what the worker has finished; true when something is new.
    pub(super) fn poll(&mut self) -> bool {
        let mut fresh = false;
        while let Some(worker) = &self.worker {
            match worker.done.try_recv() {
                Ok(done) => {
                    self.n_waiting = self.n_waiting.saturating_sub(1);
                    if let Some(colours) = self.blocks.get_mut(&done.place).filter(|c| c.ticket == done.ticket) {
                        colours.lines.extend(done.lines);
                        fresh = true;
                    }
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.worker = None;
                    self.dead = true;
                    self.n_waiting = 0;
                }
            }
        }
        fresh
    }

    /// Colours are on their way.
    pub(super) fn pending(&self) -> bool {
        self.n_waiting > 0
    }

    /// The text of an entry was replaced.
    pub(super) fn forget(&mut self, id: EntryId) {
        self.blocks.retain(|(entry, _), _| *entry != id);
    }

    fn send(&mut self, place: Place, source: &CodeBlock) {
        let finished = if source.closed { source.lines.len() } else { source.lines.len().saturating_sub(1) };
        let (sent, bytes) = self.blocks.get(&place).map_or((0, 0), |c| (c.sent, c.bytes));
        if sent >= finished.min(MAX_LINES) || bytes > MAX_BYTES {
            return;
        }
        if self.blocks.len() >= MAX_BLOCKS && !self.blocks.contains_key(&place) {
            self.blocks.clear();
            if let Some(worker) = &self.worker {
                let _ = worker.jobs.send(Job::ForgetAll);
            }
        }
        if self.worker.is_none() {
            self.worker = start();
        }
        let Some(worker) = &self.worker else {
            self.dead = true;
            return;
        };
        let tickets = &mut self.tickets;
        let colours = self.blocks.entry(place).or_insert_with(|| {
            *tickets += 1;
            Colours { ticket: *tickets, ..Colours::default() }
        });
        let lines = source.lines[sent..finished.min(MAX_LINES)].to_vec();
        colours.sent += lines.len();
        colours.bytes += lines.iter().map(String::len).sum::<usize>();
        let job = Job::Lines { ticket: colours.ticket, place, language: source.language.clone(), lines };
        if worker.jobs.send(job).is_ok() {
            self.n_waiting += 1;
        }
    }
}

/// Starts the worker. It ends when the highlighter goes; nothing waits for it.
fn start() -> Option<Worker> {
    let (jobs, inbox) = channel();
    let (outbox, done) = channel();
    std::thread::Builder::new().name("highlight".into()).spawn(move || work(&inbox, &outbox)).ok()?;
    Some(Worker { jobs, done })
}

fn work(inbox: &Receiver<Job>, outbox: &Sender<Done>) {
    let Ok(mut job) = inbox.recv() else { return };
    let grammars = two_face::syntax::extra_newlines();
    let table = Table::new();
    let mut open: HashMap<u64, (ParseState, ScopeStack)> = HashMap::new();
    loop {
        match job {
            Job::Lines { ticket, place, language, lines } => {
                let runs = match state(&grammars, &mut open, ticket, &language) {
                    Some(state) => lines.into_iter().map(|line| table.line(&grammars, state, line)).collect(),
                    None => lines.iter().map(|_| Runs::new()).collect(),
                };
                if outbox.send(Done { ticket, place, lines: runs }).is_err() {
                    return;
                }
            }
            Job::ForgetAll => open.clear(),
        }
        match inbox.recv() {
            Ok(next) => job = next,
            Err(_) => return,
        }
    }
}

/// The parser's state of a block; `None` for a language without a grammar.
fn state<'a>(
    grammars: &SyntaxSet,
    open: &'a mut HashMap<u64, (ParseState, ScopeStack)>,
    ticket: u64,
    language: &str,
) -> Option<&'a mut (ParseState, ScopeStack)> {
    match open.entry(ticket) {
        Entry::Occupied(known) => Some(known.into_mut()),
        Entry::Vacant(place) => {
            let syntax = grammars.find_syntax_by_token(language)?;
            Some(place.insert((ParseState::new(syntax), ScopeStack::new())))
        }
    }
}

/// Scopes and the part that each stands for; the deepest scope that is in here decides.
struct Table(Vec<(Scope, Part)>);

impl Table {
    fn new() -> Self {
        let rows = [
            ("comment", Part::Comment),
            ("string", Part::Literal),
            ("constant.character", Part::Literal),
            ("constant", Part::Number),
            ("keyword.operator", Part::Block),
            ("keyword", Part::Keyword),
            ("storage", Part::Keyword),
            ("entity.name.function", Part::Function),
            ("support.function", Part::Function),
            ("variable.function", Part::Function),
            ("entity.other.attribute-name", Part::Function),
            ("entity.name.tag", Part::Keyword),
            ("entity.name.section", Part::Title),
            ("entity.name", Part::Type),
            ("entity.other.inherited-class", Part::Type),
            ("support.type", Part::Type),
            ("support.class", Part::Type),
            ("markup.inserted", Part::Add),
            ("markup.deleted", Part::Del),
            ("markup.heading", Part::Title),
        ];
        Self(rows.into_iter().filter_map(|(name, part)| Some((Scope::new(name).ok()?, part))).collect())
    }

    fn part(&self, stack: &ScopeStack) -> Part {
        let found =
            |scope: &Scope| self.0.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|(_, part)| *part);
        stack.as_slice().iter().rev().find_map(found).unwrap_or(Part::Block)
    }

    fn line(&self, grammars: &SyntaxSet, (parser, stack): &mut (ParseState, ScopeStack), mut line: String) -> Runs {
        let len = line.len();
        if len > MAX_LINE {
            return Runs::new();
        }
        line.push('\n');
        let Ok(changes) = parser.parse_line(&line, grammars) else { return Runs::new() };
        let mut runs = Runs::new();
        let mut from = 0;
        for (at, change) in changes {
            let at = at.min(len);
            if at > from {
                push(&mut runs, at - from, self.part(stack));
                from = at;
            }
            // A change that does not fit the stack is a fault of the grammar: colours only.
            let _ = stack.apply(&change);
        }
        if len > from {
            push(&mut runs, len - from, self.part(stack));
        }
        runs
    }
}

fn push(runs: &mut Runs, len: usize, part: Part) {
    match runs.last_mut() {
        Some((before, same)) if *same == part => *before += len,
        _ => runs.push((len, part)),
    }
}
