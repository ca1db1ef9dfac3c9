//! CustomResourceDefinitions and objects of their kinds.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("definition", data));
