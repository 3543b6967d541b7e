//! The binary: hand over to the library.

fn main() {}
