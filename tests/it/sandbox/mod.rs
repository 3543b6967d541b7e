//! The sandbox by its promises, each kind that this machine has: what a caged command cannot do, what it still
//! can, how it ends and what is left of it, and which kind is found when others fail.

#![cfg(target_os = "linux")]

mod den;
mod denied;
mod ends;
mod overlay;
mod rungs;
mod watched;
mod works;
