//! Regular expressions in Go's syntax: a table recorded from kubectl 1.37, and random expressions compared with kubectl and Go.
//!
//! `RENDER_KUBECTL` names the kubectl to compare with, `RENDER_GO` a program `go`, which compares many more expressions in less
//! time. Without such a program, the comparison is skipped. `RENDER_PATTERNS=100000` and `RENDER_SEED=7` select the expressions.

mod go;
#[path = "../support/kubectl.rs"]
#[allow(dead_code)]
mod kubectl;
mod kustomize;
mod patterns;
#[path = "../differential/random.rs"]
#[allow(dead_code)]
mod random;
mod table;

use random::Random;
use render::go_regexp::{Fault, compile};

/// The limit of these tests: large enough for the expressions that the table and the pieces contain.
const BYTES: usize = 64 << 20;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Random expressions, which depend on the seed only.
fn random_patterns(default: u64) -> Vec<String> {
    let mut random = Random::new(number("RENDER_SEED", 1));
    (0..number("RENDER_PATTERNS", default)).map(|_| patterns::pattern(&mut random)).collect()
}

/// The reason for which an expression is refused; `None` if it is valid or too large.
fn refusal(pattern: &str) -> Option<String> {
    match compile(pattern, BYTES) {
        Err(Fault::Invalid(reason)) => Some(reason),
        _ => None,
    }
}
