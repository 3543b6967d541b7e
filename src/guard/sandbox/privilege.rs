//! Giving privileges up. One direction only.

use rustix::{
    process::Signal,
    thread::{CapabilitySet, CapabilitySets},
};

/// Drops every capability for good and forbids gaining any by running a program.
pub(super) fn drop_all() -> Result<(), String> {
    for bit in 0..u64::BITS {
        let one = CapabilitySet::from_bits_retain(1 << bit);
        // Numbers above the kernel's last one are refused, and so is dropping without the right to: then
        // the empty sets and `no_new_privs` below still keep any from coming back.
        let _ = rustix::thread::remove_capability_from_bounding_set(one);
    }
    let _ = rustix::thread::clear_ambient_capability_set();
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    rustix::thread::set_capabilities(None, none).map_err(|e| format!("cannot drop capabilities: {e}"))?;
    rustix::thread::set_no_new_privs(true).map_err(|e| format!("cannot forbid new privileges: {e}"))
}

/// This process dies with the one that started it, and lets no other read it.
pub(super) fn tie_to_parent() -> Result<(), String> {
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|e| format!("cannot be tied to the helper: {e}"))
}
