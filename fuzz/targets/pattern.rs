//! A regular expression of Go, and texts that it may match.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("pattern", data));
