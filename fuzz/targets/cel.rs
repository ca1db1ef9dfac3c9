//! An expression in CEL: compiled for several versions, and evaluated.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("cel", data));
