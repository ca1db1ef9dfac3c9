//! The program: parse, run, print, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    render::cli::main()
}
