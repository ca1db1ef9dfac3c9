//! Objects and strategic merge patches.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("strategic_merge", data));
