//! Selects the objects that a patch or replacement applies to: regular expressions on the parts of the id, and label
//! selectors.
//!
//! Behavior: kustomize's `Selector` (anchored regular expressions; an empty one matches anything) and Kubernetes' label
//! selector syntax (`a=b,c!=d,e in (f,g),h,!i,j>1`).

use regex::Regex;

use super::index::Part;
use super::resmap::ResMap;
use super::resource::Resource;
use crate::go_regexp::compile_anchored;
use crate::limits::PATTERN_BYTES;
use crate::schema::Gvk;

/// An anchored regular expression; plain text is compared directly.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Matches anything.
    Any,
    /// Matches only this text.
    Exact(String),
    /// Matches only these texts.
    OneOf(Vec<String>),
    /// Matches if the expression matches the whole text.
    Regex(Box<Regex>),
}

impl Pattern {
    /// Compiles a pattern; an empty one matches anything. The error is the reason as text.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Pattern::Any);
        }
        if let Some(exact) = exact(text) {
            return Ok(Pattern::Exact(exact));
        }
        if let Some(texts) = text.split('|').map(exact).collect() {
            return Ok(Pattern::OneOf(texts));
        }
        let regex = compile_anchored(text, PATTERN_BYTES);
        regex.map(|regex| Pattern::Regex(Box::new(regex))).map_err(|fault| fault.to_string())
    }

    /// The only text that matches, if there is one.
    fn text(&self) -> Option<&str> {
        match self {
            Pattern::Exact(text) => Some(text),
            Pattern::Any | Pattern::OneOf(_) | Pattern::Regex(_) => None,
        }
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Exact(exact) => exact == text,
            Pattern::OneOf(texts) => texts.iter().any(|exact| exact == text),
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }
}

/// The only text that an expression matches, if it consists of literals, escapes, and anchors.
fn exact(expression: &str) -> Option<String> {
    let mut text = String::with_capacity(expression.len());
    let mut chars = expression.strip_prefix('^').unwrap_or(expression).chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '$' if chars.peek().is_none() => {}
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | ':') => text.push(c),
            _ => return None,
        }
    }
    Some(text)
}

/// A selector of objects.
#[derive(Clone, Debug)]
pub struct Selector {
    /// The API group.
    pub group: Pattern,
    /// The version.
    pub version: Pattern,
    /// The kind.
    pub kind: Pattern,
    /// The current or original name.
    pub name: Pattern,
    /// The current or original namespace.
    pub namespace: Pattern,
    /// The condition on the labels.
    pub labels: LabelSelector,
    /// The condition on the annotations.
    pub annotations: LabelSelector,
}

impl Selector {
    /// Whether group, version and kind match.
    pub fn matches_gvk(&self, gvk: &Gvk) -> bool {
        self.kind.matches(&gvk.kind) && self.group.matches(&gvk.group) && self.version.matches(&gvk.version)
    }

    /// Whether every part of an id that an object has or had matches.
    pub fn matches_any_id(&self, resource: &Resource) -> bool {
        let Gvk { group, version, .. } = resource.gvk();
        let matches = |(kind, name, namespace): (&str, &str, &str)| {
            self.kind.matches(kind) && self.name.matches(name) && self.namespace.matches(namespace)
        };
        self.group.matches(group) && self.version.matches(version) && resource.names().any(matches)
    }

    /// Whether labels and annotations match.
    pub fn matches_metadata(&self, resource: &Resource) -> bool {
        self.labels.matches(resource.labels()) && self.annotations.matches(resource.annotations())
    }

    /// Whether an object is selected: by its current or original name and namespace.
    pub fn matches(&self, resource: &Resource) -> bool {
        if !self.matches_gvk(resource.gvk()) {
            return false;
        }
        let (id, original) = (resource.id(), resource.former().first());
        let name = self.name.matches(&id.name) || original.is_some_and(|former| self.name.matches(&former.name));
        let namespace = || {
            matches!(self.namespace, Pattern::Any)
                || self.namespace.matches(&resource.effective_namespace())
                || original.is_some_and(|former| self.namespace.matches(&former.namespace))
        };
        name && namespace() && self.matches_metadata(resource)
    }

    /// The positions of the selected objects, in order.
    pub fn select(&self, resources: &ResMap) -> Vec<usize> {
        let selected = |at: &usize| resources.get(*at).is_some_and(|resource| self.matches(resource));
        self.candidates(resources).into_iter().filter(selected).collect()
    }

    /// The positions of all objects that it selects, by any of their ids, and of others, in order.
    pub fn candidates(&self, resources: &ResMap) -> Vec<usize> {
        let parts =
            [self.name.text().map(Part::Name), self.namespace.text().map(Part::Namespace), self.kind.text().map(Part::Kind)];
        let mut groups: Vec<Vec<Part<'_>>> = parts.into_iter().flatten().map(|part| vec![part]).collect();
        groups.extend(self.labels.values().map(|(key, values)| values.iter().map(|value| Part::Label(key, value)).collect()));
        let annotations = self.annotations.values();
        groups.extend(annotations.map(|(key, values)| values.iter().map(|value| Part::Annotation(key, value)).collect()));
        resources.candidates(&groups)
    }
}

/// A Kubernetes label selector: all requirements must be satisfied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Exists,
    Missing,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl LabelSelector {
    /// Parses a selector; an empty one matches anything. The error is the reason as text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut requirements = Vec::new();
        if !text.trim().is_empty() {
            for part in split_outside_parentheses(text) {
                requirements.push(requirement(part.trim())?);
            }
        }
        Ok(LabelSelector { requirements })
    }

    /// The keys that must have one of some values.
    fn values(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.requirements.iter().filter_map(|Requirement { key, test }| match test {
            Test::In(values) => Some((key.as_str(), values.as_slice())),
            _ => None,
        })
    }

    /// Whether a set of labels matches.
    pub fn matches<'a>(&self, labels: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = labels.clone().find(|(key, _)| *key == requirement.key).map(|(_, value)| value);
            requirement.test.holds(value)
        })
    }
}

impl Test {
    fn holds(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match self {
            Test::Exists => value.is_some(),
            Test::Missing => value.is_none(),
            Test::In(values) => value.is_some_and(|value| values.iter().any(|other| other == value)),
            Test::NotIn(values) => value.is_none_or(|value| values.iter().all(|other| other != value)),
            Test::Above(limit) => number().is_some_and(|number| number > *limit),
            Test::Below(limit) => number().is_some_and(|number| number < *limit),
        }
    }
}

fn split_outside_parentheses(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let (key, test) = if let Some(key) = text.strip_prefix('!') {
        (key, Test::Missing)
    } else if let Some(at) = text.find(['=', '!', '>', '<']) {
        let (key, rest) = text.split_at(at);
        (key, comparison(rest)?)
    } else if let Some((key, rest)) = text.split_once(char::is_whitespace) {
        (key, set_test(rest.trim())?)
    } else {
        (text, Test::Exists)
    };
    let key = key.trim();
    if !is_label_key(key) {
        return Err(format!("`{key}` is not a valid label key"));
    }
    Ok(Requirement { key: key.to_owned(), test })
}

fn comparison(text: &str) -> Result<Test, String> {
    let (operator, value) = ["==", "!=", "=", ">", "<"]
        .iter()
        .find_map(|operator| Some((*operator, text.strip_prefix(operator)?.trim())))
        .ok_or_else(|| format!("expected `=`, `==`, `!=`, `>` or `<`, found `{text}`"))?;
    let number = || value.parse::<i64>().map_err(|_| format!("`{operator}` requires an integer, found `{value}`"));
    if !is_label_value(value) {
        return Err(format!("`{value}` is not a valid label value"));
    }
    Ok(match operator {
        "!=" => Test::NotIn(vec![value.to_owned()]),
        ">" => Test::Above(number()?),
        "<" => Test::Below(number()?),
        _ => Test::In(vec![value.to_owned()]),
    })
}

fn set_test(text: &str) -> Result<Test, String> {
    let wrong = || format!("expected `in (...)` or `notin (...)`, found `{text}`");
    let (negative, rest) = match text.strip_prefix("notin") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix("in").ok_or_else(wrong)?),
    };
    let list = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or_else(wrong)?;
    let values: Vec<String> = list.split(',').map(|value| value.trim().to_owned()).collect();
    match values.iter().find(|value| !is_label_value(value)) {
        Some(value) => Err(format!("`{value}` is not a valid label value")),
        None if negative => Ok(Test::NotIn(values)),
        None => Ok(Test::In(values)),
    }
}

fn is_label_key(key: &str) -> bool {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let subdomain = |text: &str| {
        let label = |part: &str| {
            !part.is_empty()
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        text.len() <= 253 && text.split('.').all(label)
    };
    !name.is_empty() && is_label_value(name) && prefix.is_none_or(subdomain)
}

fn is_label_value(value: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii_alphanumeric());
    value.len() <= 63
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && ends(value.bytes().next())
        && ends(value.bytes().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
        LabelSelector::parse(selector).unwrap().matches(labels.iter().copied())
    }

    #[test]
    fn label_selectors_follow_kubernetes() {
        let labels = [("app", "web"), ("tier", "3"), ("example.com/x", "")];
        for selector in [
            "",
            "app",
            "app=web",
            "app==web",
            "app!=db",
            "other!=x",
            "!other",
            "app in (web, db)",
            "tier>2",
            "tier<4",
            "example.com/x=",
        ] {
            assert!(matches(selector, &labels), "{selector}");
        }
        for selector in ["other", "app=db", "app!=web", "!app", "app notin (web)", "tier>3", "app=web,tier=4"] {
            assert!(!matches(selector, &labels), "{selector}");
        }
        for selector in ["app in web", "a b c", "=x", "tier>x", "app=we b", "-x"] {
            assert!(LabelSelector::parse(selector).is_err(), "{selector}");
        }
    }

    #[test]
    fn patterns_are_anchored() {
        let pattern = Pattern::new("web|db.*").unwrap();
        assert!(pattern.matches("web") && pattern.matches("db-1") && !pattern.matches("web-1"));
        assert!(Pattern::new("").unwrap().matches("anything"));
        assert!(Pattern::new("(").is_err());
    }

    #[test]
    fn only_expressions_without_alternatives_are_literals() {
        for (text, literal) in [("web", "web"), ("^web-1$", "web-1"), (r"web\.example\.com", "web.example.com")] {
            assert_eq!(Pattern::new(text).unwrap().text(), Some(literal), "{text}");
        }
        for text in ["", "web.", "web|db", "web.*", r"web\d", "$web", "w^eb", "(web)", "web$$"] {
            assert_eq!(Pattern::new(text).unwrap().text(), None, "{text}");
        }
    }
}
