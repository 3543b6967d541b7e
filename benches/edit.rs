//! How long an edit takes in a file of ten megabytes: the search, the splice, the difference.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glm_tui::text::{
    diff,
    splice::{self, Scope, Wanted},
};

/// Lines as in source code, one of them like no other.
fn file(bytes: usize) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes + 100);
    let mut n = 0;
    while all.len() < bytes {
        all.extend_from_slice(
            format!("    let value_{n} = compute(input[{n}], \"some text of a line\");\r\n").as_bytes(),
        );
        n += 1;
    }
    let middle = all.len() / 2;
    let line = middle + all[middle..].iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    all.splice(line..line, b"    the_needle(1);\r\n    in_the_hay(2);\r\n".iter().copied());
    all
}

fn edit(c: &mut Criterion) {
    let text = file(10 << 20);
    let mut group = c.benchmark_group("edit of 10 MB");
    group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
    let cases = [
        ("exact", "the_needle(1);", "the_needle(3);"),
        ("other line ends", "    the_needle(1);\n    in_the_hay(2);\n", "    the_needle(3);\n"),
        ("other indentation", "the_needle(1);\nin_the_hay(2);\n", "the_needle(1);\nin_the_hay(3);\n"),
    ];
    for (name, old, new) in cases {
        group.bench_function(name, |b| {
            b.iter(|| {
                let wanted = [Wanted { old, new, scope: Scope::One }];
                splice::spots(&text, &wanted).map(|spots| splice::apply(&text, &spots).len())
            });
        });
    }
    group.bench_function("not there", |b| {
        let wanted = [Wanted { old: "the_noodle(1);\nin_the_soup(2);", new: "", scope: Scope::One }];
        b.iter(|| splice::spots(&text, &wanted).is_err());
    });
    let wanted = [Wanted { old: "the_needle(1);", new: "the_needle(3);", scope: Scope::One }];
    let edited = splice::spots(&text, &wanted).map(|spots| splice::apply(&text, &spots)).unwrap_or_default();
    group.bench_function("difference", |b| {
        b.iter(|| {
            let (old, new) = (diff::lines(&text), diff::lines(&edited));
            diff::hunks(&diff::runs(&old, &new), old.len()).len()
        });
    });
    group.finish();
}

criterion_group!(benches, edit);
criterion_main!(benches);
