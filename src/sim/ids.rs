//! Ids in the service's form from a counter: reproducible, no source of chance. Pure.

use super::zone;
use crate::quota::Timestamp;

/// `20260313050448e162ecc8207a4c47`: the time in UTC+8 and 16 hex digits.
pub(super) fn reply(at: Timestamp, n: u64) -> String {
    format!("{}{:016x}", zone::digits(at), mix(n))
}

/// `call_4f8cb52342424eb9bbc1b20e`: 24 hex digits.
pub(super) fn call(n: u64, index: u64) -> String {
    let seed = mix(n).wrapping_add(index);
    format!("call_{:016x}{:08x}", mix(seed), mix(!seed) >> 32)
}

/// Scatters a number over 64 bits (the finaliser of `SplitMix64`, Steele et al. 2014).
pub(super) fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
