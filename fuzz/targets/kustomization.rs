//! A kustomization file next to a base, a component, and a few other files.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("kustomization", data));
