//! A text that is parsed, printed, and parsed again.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("yaml", data));
