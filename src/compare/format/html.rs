//! A self-contained page: no scripts, no additional files.

use super::cells::lines;
use super::sections::{Section, sections};
use super::summary::summary;
use super::{Format, Layout};
use crate::compare::table::{Cell, Table};
use crate::escape::{markup, markup_line};

/// For browsers.
pub const FORMAT: Format = Format { name: "html", purpose: "A self-contained page for a browser", is_complete: false, print };

const STYLE: &str = "
  :root { color-scheme: light dark; }
  body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; }
  table { border-collapse: collapse; }
  th, td { border: 1px solid #8886; padding: .3em .6em; text-align: left; vertical-align: top; }
  thead th { position: sticky; top: 0; background: Canvas; }
  tbody th { font-weight: 600; background: #8881; }
  td.value { font-family: ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; min-width: 6em; }
  td.none { color: #888; }
  tr.same td.value { opacity: .6; }
";

fn print(table: &Table, layout: &Layout) -> String {
    let title = format!("Differences between environments: {}", table.environments.join(", "));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{0}</h1>\n<p>{1}</p>\n",
        markup_line(&title),
        summary(table)
    );
    if !table.rows.is_empty() {
        let columns: String = table.environments.iter().map(|name| format!("<th>{}</th>", markup_line(name))).collect();
        out += &format!("<table>\n<thead>\n<tr><th>Field</th>{columns}</tr>\n</thead>\n");
        for section in sections(table) {
            out += &group(&section, table.environments.len() + 1, layout);
        }
        out += "</table>\n";
    }
    out + "</body>\n</html>\n"
}

/// A heading and its rows.
fn group(section: &Section<'_>, columns: usize, layout: &Layout) -> String {
    let mut out = format!("<tbody>\n<tr><th colspan=\"{columns}\">{}</th></tr>\n", markup_line(&section.title));
    for row in section.rows {
        let class = if row.differs { "" } else { " class=\"same\"" };
        out += &format!("<tr{class}><td>{}</td>", markup_line(&section.label(row)));
        for (cell, lines) in row.cells.iter().zip(lines(row, layout)) {
            let class = if matches!(cell, Cell::NoObject | Cell::NoField) { "value none" } else { "value" };
            out += &format!("<td class=\"{class}\">{}</td>", markup(&lines.join("\n")));
        }
        out += "</tr>\n";
    }
    out + "</tbody>\n"
}
