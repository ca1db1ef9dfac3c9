//! Documents and JSON patches.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("json_patch", data));
