//! What a log costs: a token that is appended, a session that is resumed, the codec by itself.
#![allow(clippy::expect_used, reason = "a benchmark stops at the first surprise")]

use std::{
    fs::File,
    hint::black_box,
    io::{BufWriter, Write},
    path::Path,
    time::Duration,
};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use glm_tui::{
    chat::{Event, StepId, TurnId},
    journal::{Journal, Start, encode, read},
    text::Clean,
};

#[path = "journal/session.rs"]
mod session;

/// What the caller of an append pays; the thread that writes runs beside it.
fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("append");
    group.throughput(Throughput::Elements(1));
    let home = tempfile::tempdir().expect("a temporary folder");
    for (name, dir) in [("a token, to disk", Some(home.path().join("s"))), ("a token, in memory", None)] {
        let journal = Journal::create(Start { dir, head: session::head() });
        let step = StepId { turn: TurnId(1), step: 1 };
        let token = Event::Answer { step, text: Clean::trusted(" parser") };
        group.bench_function(name, |b| b.iter(|| journal.note(black_box(&token))));
        journal.close();
    }
    let journal = Journal::create(Start { dir: Some(home.path().join("t")), head: session::head() });
    let step = StepId { turn: TurnId(1), step: 1 };
    group.sample_size(20);
    group.bench_function("a token and a barrier", |b| {
        b.iter(|| {
            journal.note(&Event::Answer { step, text: Clean::trusted(" parser") });
            journal.barrier_blocking().is_ok()
        });
    });
    group.finish();
}

fn make(dir: &Path, mib: usize) -> u64 {
    let path = dir.join("log.jsonl");
    let mut out = BufWriter::new(File::create(&path).expect("a log"));
    // Messages of 20 kB each, as in a session of 10,000 messages and 200 MB.
    session::write(&mut out, 50 * mib, mib << 20).expect("room for a log");
    out.flush().expect("room for a log");
    path.metadata().expect("a log").len()
}

/// From the file to the conversation and the events of the screen.
fn resume(c: &mut Criterion) {
    let mut group = c.benchmark_group("resume");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    for mib in [1, 10, 100, 200] {
        let home = tempfile::tempdir().expect("a temporary folder");
        let bytes = make(home.path(), mib);
        group.throughput(Throughput::Bytes(bytes));
        group.bench_with_input(BenchmarkId::new("MiB", mib), &mib, |b, _| {
            b.iter(|| {
                let (journal, story) = Journal::reopen(home.path()).expect("a session");
                let parts = story.into_parts(1_800_000_000_000);
                journal.close();
                parts
            });
        });
    }
    group.finish();
}

fn codec(c: &mut Criterion) {
    let mut bytes = Vec::new();
    session::write(&mut bytes, 500, 10 << 20).expect("memory");
    let entries = read(&bytes).entries;
    let mut group = c.benchmark_group("codec");
    group.sample_size(20).throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("encode", |b| {
        b.iter(|| {
            entries.iter().filter_map(|e| encode(e.n, e.at, &e.record).ok()).map(|line| line.len()).sum::<usize>()
        });
    });
    group.bench_function("decode", |b| b.iter(|| read(black_box(&bytes)).entries.len()));
    group.finish();
}

criterion_group!(benches, append, resume, codec);
criterion_main!(benches);
