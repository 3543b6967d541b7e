//! An effect in short: enough to read what it was, and a hash of all of it.
//!
//! The form is that of `Debug`, so it holds for one version of the program, which the header names.

use crate::agent::effect::{Call, Effect};

/// Characters of an effect that are kept to be read.
const SHOWN: usize = 100;

/// The effect in one line.
pub(super) fn form(effect: &Effect) -> String {
    let whole = match effect {
        Effect::Open(call) => open(call),
        other => format!("{other:?}"),
    };
    let hash = fnv(whole.as_bytes());
    match whole.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}… #{hash:016x}", &whole[..at]),
        None => whole,
    }
}

/// A call without what no decision of the machine went into: what is known of the model, the texts of tools.
fn open(call: &Call) -> String {
    let Call { number, model, messages, thinking, effort, tools } = call;
    let (model, tools) = (&model.id, tools.iter().map(|tool| &tool.name).collect::<Vec<_>>());
    format!(
        "Open({number}, {model}, thinking {thinking}, effort {effort:?}, {} messages, {messages:?}, {tools:?})",
        messages.len()
    )
}

/// FNV-1a, 64 bits (its authors' constants): the same in every build, and nobody attacks it here.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
