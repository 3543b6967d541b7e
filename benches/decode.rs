//! How fast a reply is decoded: ten megabytes of small chunks as the service sends them.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glm_tui::glm::decode_chunks;

/// The shape of a recorded chunk (glm-4.7-flash on the coding endpoint), one word each.
fn stream(bytes: usize) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes + 1024);
    let words = ["The", " user", " is asking", ",", "\\n", " “why”", " fn main()", " {"];
    for n in 0.. {
        let kind = if n % 3 == 0 { "content" } else { "reasoning_content" };
        let word = words[n % words.len()];
        all.extend_from_slice(
            format!(
                "data: {{\"id\":\"20260313050503dd971f38137544a8\",\"created\":1773349503,\"object\":\"chat.completion.chunk\",\
                 \"model\":\"glm-4.7-flash\",\"choices\":[{{\"index\":0,\"delta\":{{\"role\":\"assistant\",\"{kind}\":\"{word}\"}}}}]}}\n\n"
            )
            .as_bytes(),
        );
        if all.len() >= bytes {
            break;
        }
    }
    all.extend_from_slice(
        b"data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],\
          \"usage\":{\"prompt_tokens\":15,\"completion_tokens\":734,\"total_tokens\":749}}\n\ndata: [DONE]\n\n",
    );
    all
}

fn decode(c: &mut Criterion) {
    let bytes = stream(10 << 20);
    let mut group = c.benchmark_group("decode");
    group.sample_size(10).throughput(Throughput::Bytes(bytes.len() as u64));
    for (name, size) in [("whole", bytes.len()), ("in 16 KiB", 16 << 10), ("in 100 B", 100)] {
        group.bench_function(name, |b| b.iter(|| decode_chunks(bytes.chunks(size)).answer.len()));
    }
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
