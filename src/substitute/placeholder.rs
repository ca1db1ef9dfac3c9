//! Finds placeholders in values, without knowing their values.

/// The syntax of a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `${NAME}`, with or without an operator.
    Variable,
    /// `{{ ... }}`.
    Template,
}

/// The first placeholder in a text, as it is written.
pub fn find(text: &str) -> Option<(Syntax, &str)> {
    let variable = variable(text);
    let template = template(text);
    match (variable, template) {
        (Some(variable), Some(template)) if template.0 < variable.0 => Some((Syntax::Template, template.1)),
        (Some(variable), _) => Some((Syntax::Variable, variable.1)),
        (None, template) => template.map(|(_, text)| (Syntax::Template, text)),
    }
}

/// The first `${NAME}` that is not escaped by another dollar sign.
fn variable(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find('$').map(|at| at + from) {
        let rest = text.get(at..)?;
        let body = rest.strip_prefix("${").map(|body| body.strip_prefix('#').unwrap_or(body));
        let is_name = |body: &str| {
            let name = body.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(body.len());
            name > 0
                && body.get(name..).is_some_and(|rest| rest.starts_with(['}', ':', '=', '^', ',', '/', '#', '%', '-', '?', '+']))
        };
        if let Some(end) = body.filter(|body| is_name(body)).and_then(|_| rest.find('}')) {
            return Some((at, rest.get(..=end)?));
        }
        from = at + if rest.starts_with("$$") { 2 } else { 1 };
    }
    None
}

/// The first `{{ ... }}`.
fn template(text: &str) -> Option<(usize, &str)> {
    let at = text.find("{{")?;
    let rest = text.get(at..)?;
    let end = rest.find("}}")? + 2;
    Some((at, rest.get(..end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found() {
        for (text, found) in [
            ("${A}", Some("${A}")),
            ("x-${A:=b}-y", Some("${A:=b}")),
            ("$${A}", None),
            ("$$${A}", Some("${A}")),
            ("$(A) $A ${} ${a b}", None),
            ("{{ .Values.x }}:1", Some("{{ .Values.x }}")),
            ("{{a}} ${b}", Some("{{a}}")),
            ("{{ open", None),
            ("${#A}", Some("${#A}")),
        ] {
            assert_eq!(find(text).map(|(_, text)| text), found, "{text}");
        }
    }
}
