//! One line of CSV, as Go's `encoding/csv` reads it: the values of a flag such as `--from-file=a,b`.

/// The fields of the first line.
///
/// # Errors
/// The words of Go's parser.
pub(super) fn fields(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    // Empty lines are skipped.
    let text = text.trim_start_matches("\r\n").trim_start_matches('\n');
    if text.is_empty() {
        return Err("EOF".to_owned());
    }
    let mut fields = Vec::new();
    let mut rest = text;
    let column = |rest: &str| text.len() - rest.len() + 1;
    loop {
        let Some(inner) = rest.strip_prefix('"') else {
            let end = rest.find([',', '\n']).unwrap_or(rest.len());
            let field = &rest[..end];
            if let Some(at) = field.find('"') {
                return Err(fault(column(&rest[at..]), "bare \" in non-quoted-field"));
            }
            let is_last = !rest[end..].starts_with(',');
            fields.push(if is_last { field.strip_suffix('\r').unwrap_or(field) } else { field }.to_owned());
            if is_last {
                return Ok(fields);
            }
            rest = &rest[end + 1..];
            continue;
        };
        let (field, after) =
            quoted_field(inner).ok_or_else(|| fault(text.len() + 1, "extraneous or missing \" in quoted-field"))?;
        fields.push(field);
        match after.chars().next() {
            Some(',') => rest = &after[1..],
            None | Some('\n') => return Ok(fields),
            Some('\r') if after.starts_with("\r\n") => return Ok(fields),
            Some(_) => return Err(fault(column(after) - 1, "extraneous or missing \" in quoted-field")),
        }
    }
}

/// What stands before the closing quote, and what comes after it.
fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        field.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, rest)),
        }
    }
}

fn fault(column: usize, what: &str) -> String {
    format!("parse error on line 1, column {column}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_faults() {
        assert_eq!(fields("a,b,"), Ok(vec!["a".into(), "b".into(), String::new()]));
        assert_eq!(fields("\"a,\"\"b\",c"), Ok(vec!["a,\"b".into(), "c".into()]));
        assert_eq!(fields(""), Ok(vec![]));
        assert_eq!(fields("a\"b"), Err("parse error on line 1, column 2: bare \" in non-quoted-field".into()));
        assert_eq!(fields("\"a\"b"), Err("parse error on line 1, column 3: extraneous or missing \" in quoted-field".into()));
    }
}
