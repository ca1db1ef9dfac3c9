//! A name in `resources`: the URL of a git repository, or a path.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| render_fuzz::run("repo_url", data));
