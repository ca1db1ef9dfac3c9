//! The fuzz targets run the checks of `tests/fuzz`, which also run, on the inputs that once failed, as tests of the main package.
#![forbid(unsafe_code)]

#[path = "../../tests/fuzz/checks.rs"]
mod checks;
#[path = "../../tests/fuzz/memory.rs"]
mod memory;
pub mod project;
#[path = "../../tests/fuzz/properties.rs"]
mod properties;

/// Runs a check by its name.
pub fn run(name: &str, data: &[u8]) {
    let (_, check) = checks::CHECKS.iter().find(|(check, _)| *check == name).expect("a check");
    check(data);
}

/// Builds a generated project. With `RENDER_FUZZ_PRINT`, its files are printed.
pub fn build(project: &project::Project) {
    if std::env::var_os("RENDER_FUZZ_PRINT").is_some() {
        println!("{}", project.text());
    }
    checks::build_tree(memory::Memory::of(project.text().as_bytes()));
}
