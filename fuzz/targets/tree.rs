//! A tree of files as text: built, printed, and validated.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("tree", data));
