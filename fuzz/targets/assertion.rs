//! A test file, run on the objects of a build.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("assertion", data));
