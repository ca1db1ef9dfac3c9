//! Shows on a terminal what is being fetched. Nothing is shown if standard error is not a terminal.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar};

use super::credentials::mask;
use crate::escape::line;

/// One line per thing that is being fetched.
#[derive(Default)]
pub struct Progress(OnceLock<Option<MultiProgress>>);

/// One of the lines; it is removed when this is dropped.
pub struct Task(Option<ProgressBar>);

impl Progress {
    /// Shows that something is being fetched.
    pub fn start(&self, what: &str) -> Task {
        let lines = self.0.get_or_init(|| std::io::stderr().is_terminal().then(MultiProgress::new));
        Task(lines.as_ref().map(|lines| {
            let bar = lines.add(ProgressBar::new_spinner().with_message(format!("fetching {}", line(&mask(what)))));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        }))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
