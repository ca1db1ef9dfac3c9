//! An error that needs no further words: whoever returns it has printed what there is to say.

use std::fmt;

/// An error that was already printed.
#[derive(Debug)]
pub struct Printed;

impl fmt::Display for Printed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the error was printed")
    }
}

impl std::error::Error for Printed {}
