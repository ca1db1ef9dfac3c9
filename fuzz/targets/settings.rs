//! A file `.render.yaml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("settings", data));
