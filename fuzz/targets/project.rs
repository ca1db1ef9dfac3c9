//! A generated tree of a base, an overlay, and a component, whose entries refer to each other: built, printed, and validated.
#![no_main]

libfuzzer_sys::fuzz_target!(|project: render_fuzz::project::Project| render_fuzz::build(&project));
