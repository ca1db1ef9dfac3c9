//! Comma-separated values (RFC 4180): a header and one record per row. Values are not shortened.
//!
//! The columns are `group`, `kind`, `namespace`, `name`, `field`, and the environments. A cell is empty if there is no value; an
//! empty value is `""`.

use super::Format;
use crate::compare::table::Table;

/// For spreadsheets.
pub const FORMAT: Format = Format { name: "csv", purpose: "Comma-separated values (RFC 4180), not shortened", print };

fn print(table: &Table, _: Option<usize>) -> String {
    let head = ["group", "kind", "namespace", "name", "field"].into_iter();
    let mut out = record(head.chain(table.environments.iter().map(String::as_str)).map(quoted));
    for row in &table.rows {
        let names = match &row.object {
            Some(object) => [&object.group, &object.kind, object.namespace.as_deref().unwrap_or_default(), &object.name],
            None => ["", "", "", ""],
        };
        let names = names.into_iter().map(|name| if name.is_empty() { String::new() } else { quoted(name) });
        let cells = row.cells.iter().map(|cell| cell.text().map(|text| quoted(&text)).unwrap_or_default());
        out += &record(names.chain([quoted(&row.field)]).chain(cells));
    }
    out
}

fn record(fields: impl Iterator<Item = String>) -> String {
    fields.collect::<Vec<_>>().join(",") + "\r\n"
}

/// Quotes a value if the format requires it, or if the value is empty.
fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) || text.trim() != text {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_quoted_only_if_necessary() {
        for (text, field) in [("a", "a"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("", "\"\""), ("a\nb", "\"a\nb\"")] {
            assert_eq!(super::quoted(text), field);
        }
    }
}
