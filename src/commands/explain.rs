//! `render explain [CODE...]`: what a finding means and how to fix it.

use super::output;
use crate::commands::outcome::Outcome;
use crate::escape::line;
use crate::explain::{chapters, hint, page, title};

/// Arguments of `explain`.
#[derive(clap::Args)]
pub struct Args {
    /// Codes of findings, such as `unknown-field`; without a code, all codes are listed
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
}

/// Prints the pages of the codes, or a list of all codes.
pub fn run(args: &Args) -> Outcome {
    if args.codes.is_empty() {
        return output::print(&list());
    }
    let mut texts = Vec::new();
    for code in &args.codes {
        let Some(page) = page(code) else { return unknown(code) };
        texts.push(format!("# {code}\n\n{page}"));
    }
    output::print(&texts.join("\n"))
}

fn list() -> String {
    let mut text = String::new();
    for chapter in chapters() {
        text += &format!("{}\n\n", chapter.title);
        let width = chapter.pages.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
        text.extend(chapter.pages.iter().map(|(code, page)| format!("  {code:width$}  {}\n", title(page))));
        text.push('\n');
    }
    text + "Run `render explain CODE` to print the page of a code.\n"
}

fn unknown(code: &str) -> Outcome {
    output::eprint(&format!("error: there is no code `{}`\n = help: {}\n", line(code), line(&hint(code))));
    Outcome::Failure
}
