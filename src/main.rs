//! The entry point of the program; see `cli.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    render::cli::main()
}
