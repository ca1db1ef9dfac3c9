//! Where the JSON schema of a kind is: the layouts of catalogs of schemas, and paths with variables.
//!
//! Behavior: kubeconform's schema locations, whose variables are those of Go templates (`{{ .Group }}`).

use ecow::EcoString;

/// A path with variables, or one of the known layouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(Variable),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    /// `example.com`
    Group,
    /// `widget`
    Kind,
    /// `v1`
    Version,
    /// `-example-v1`
    Suffix,
    /// `v1.30.0`, or `master`
    Kubernetes,
    /// `-strict`, or nothing
    Strict,
}

/// The variables by name.
const VARIABLES: [(&str, Variable); 6] = [
    ("Group", Variable::Group),
    ("ResourceKind", Variable::Kind),
    ("ResourceAPIVersion", Variable::Version),
    ("KindSuffix", Variable::Suffix),
    ("NormalizedKubernetesVersion", Variable::Kubernetes),
    ("StrictSuffix", Variable::Strict),
];

/// What is below a path that does not name a JSON file.
const REST: &str = "/{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json";

/// The layouts of directories, the first that matches counts: catalogs by group, schemas of one Kubernetes version, and the names
/// that `openapi2jsonschema.py` gives to files.
const KNOWN: [&str; 4] = [
    "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json",
    "{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json",
    "{{.ResourceKind}}_{{.ResourceAPIVersion}}.json",
    "{{.ResourceKind}}{{.KindSuffix}}.json",
];

/// The kind that a file has the schema of, as far as its path says; everything in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The group; `None` if the path does not contain it.
    pub group: Option<EcoString>,
    /// The kind; `None` if the path does not contain it.
    pub kind: Option<EcoString>,
    /// The version in the group.
    pub version: Option<EcoString>,
    /// The first label of the group and the version, joined by `-`.
    suffix: Option<EcoString>,
}

impl Layout {
    /// Whether a path has variables.
    pub fn is_layout(path: &str) -> bool {
        path.contains("{{")
    }

    /// Reads a path with variables: the directory that all files are in, and the layout below it.
    ///
    /// # Errors
    /// The name of a variable that is not known, or the text after `{{` if it is not closed.
    pub fn parse(path: &str) -> Result<(&str, Self), String> {
        let start = path.find("{{").unwrap_or(path.len());
        let at = path.get(..start).and_then(|before| before.rfind('/')).map_or(0, |slash| slash + 1);
        let (directory, below) = path.split_at_checked(at).unwrap_or(("", path));
        let is_complete = path.ends_with(".json") || below.rfind("{{") > below.rfind("}}");
        let below = if is_complete { below.to_owned() } else { format!("{}{REST}", below.trim_end_matches('/')) };
        Ok((directory, Layout { parts: parts(&below)? }))
    }

    /// The kind that a path below the directory is about; `None` if it does not have this layout.
    pub fn matches(&self, path: &str) -> Option<Named> {
        let mut named = Named::default();
        follow(&self.parts, path, &mut named).then_some(named)
    }

    /// The names of the variables, for messages.
    pub fn variables() -> String {
        VARIABLES.map(|(name, _)| format!("`{{{{.{name}}}}}`")).join(", ")
    }
}

impl Named {
    /// A kind that is known in full.
    pub fn new(group: &str, version: &str, kind: &str) -> Self {
        let [group, version, kind] = [group, version, kind].map(|text| Some(text.to_lowercase().into()));
        Named { group, kind, version, suffix: None }
    }

    /// What the path of a file says by the known layouts. The group is certain only if it is a domain.
    pub fn by_path(path: &str) -> Option<Self> {
        let known = KNOWN.iter().filter_map(|layout| parts(layout).ok()).map(|parts| Layout { parts });
        known.filter_map(|layout| layout.matches(ending(path, &layout))).find(|named| {
            let group = named.group.as_ref().is_none_or(|group| group.contains('.'));
            let version = named.version.as_deref().or_else(|| named.suffix.as_deref()?.rsplit('-').next());
            group && version.is_none_or(|version| is_version(version) || named.is_certain() && is_dated_version(version))
        })
    }

    /// Whether the schema is for a kind; its case is not known.
    pub fn is_for(&self, group: &str, kind: &str) -> bool {
        self.kind.as_ref().is_none_or(|known| known.eq_ignore_ascii_case(kind))
            && self.group.as_ref().is_none_or(|known| known.eq_ignore_ascii_case(group))
            && self.suffix.as_ref().is_none_or(|suffix| {
                let first = group.split('.').next().unwrap_or_default();
                suffix.strip_prefix(first).and_then(|rest| rest.strip_prefix('-')).is_some_and(is_version)
                    || group.is_empty() && is_version(suffix)
            })
    }

    /// The version, also if it is only in the suffix.
    pub fn any_version(&self) -> Option<&str> {
        self.version.as_deref().or_else(|| self.suffix.as_deref()?.rsplit('-').next())
    }

    /// Whether the path alone makes sure that this is the schema of a kind.
    pub fn is_certain(&self) -> bool {
        self.kind.is_some() && self.group.is_some() && self.version.is_some()
    }

    fn set(&mut self, variable: Variable, value: &str) -> bool {
        let place = match variable {
            Variable::Group => &mut self.group,
            Variable::Kind => &mut self.kind,
            Variable::Version => &mut self.version,
            Variable::Suffix => &mut self.suffix,
            Variable::Kubernetes | Variable::Strict => return true,
        };
        let value = value.strip_prefix('-').unwrap_or(value);
        let same = place.as_ref().is_none_or(|known| known == value);
        *place = Some(value.into());
        same
    }
}

/// As many directories of a path as a layout has.
fn ending<'p>(path: &'p str, layout: &Layout) -> &'p str {
    let slashes = layout.parts.iter().filter(|part| matches!(part, Part::Text(text) if text.contains('/'))).count();
    let start = path.rmatch_indices('/').nth(slashes).map_or(0, |(at, _)| at + 1);
    path.get(start..).unwrap_or(path)
}

fn parts(layout: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = layout;
    while let Some((text, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { return Err(after.to_owned()) };
        let name = name.trim_matches('-').trim();
        let known = VARIABLES.iter().find(|(known, _)| name.strip_prefix('.') == Some(known));
        let Some((_, variable)) = known else { return Err(name.to_owned()) };
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        parts.push(Part::Variable(*variable));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// Whether a path has these parts. Longer values of variables are tried first.
fn follow(parts: &[Part], path: &str, named: &mut Named) -> bool {
    let Some((part, later)) = parts.split_first() else { return path.is_empty() };
    match part {
        Part::Text(text) => path.strip_prefix(text.as_str()).is_some_and(|rest| follow(later, rest, named)),
        Part::Variable(variable) => {
            let end = path.find(|c| !variable.allows(c)).unwrap_or(path.len());
            let ends = (0..=end).rev().filter(|at| *at > 0 || *variable == Variable::Strict);
            for (value, rest) in ends.filter_map(|at| path.split_at_checked(at)) {
                let mut tried = named.clone();
                if variable.accepts(value) && tried.set(*variable, value) && follow(later, rest, &mut tried) {
                    *named = tried;
                    return true;
                }
            }
            false
        }
    }
}

impl Variable {
    fn allows(self, c: char) -> bool {
        match self {
            Variable::Kind | Variable::Version => c.is_ascii_alphanumeric(),
            _ => c.is_ascii_alphanumeric() || c == '-' || c == '.',
        }
    }

    fn accepts(self, value: &str) -> bool {
        match self {
            Variable::Strict => value.is_empty() || value == "-strict",
            Variable::Suffix => value.starts_with('-'),
            Variable::Kubernetes => value == "master" || value.starts_with('v'),
            _ => true,
        }
    }
}

/// Whether this is a version of a group: `v1`, `v1beta2`.
fn is_version(text: &str) -> bool {
    let numbers = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(rest) = text.strip_prefix('v') else { return false };
    let level = rest.split_once("alpha").or_else(|| rest.split_once("beta"));
    level.map_or_else(|| numbers(rest), |(major, minor)| numbers(major) && numbers(minor))
}

/// Whether this is a version as some groups have it: `v1api20230403`.
fn is_dated_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_variables_name_the_kind() {
        let (directory, layout) = Layout::parse("schemas/{{ .Group }}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json").unwrap();
        assert_eq!(directory, "schemas/");
        let named = layout.matches("example.com/widget_v1beta1.json").unwrap();
        assert!(named.is_for("example.com", "Widget") && named.any_version() == Some("v1beta1") && named.is_certain());
        assert!(!named.is_for("example.org", "Widget") && !named.is_for("example.com", "Gadget"));
        assert_eq!(layout.matches("a/example.com/widget_v1.json"), None);
        assert_eq!(Layout::parse("x/{{.Kind}}.json"), Err(".Kind".to_owned()));
        assert_eq!(Layout::parse("x/{{.Group"), Err(".Group".to_owned()));
    }

    #[test]
    fn suffixes_contain_a_part_of_the_group() {
        let (directory, layout) = Layout::parse("k/{{.NormalizedKubernetesVersion}}").unwrap();
        assert_eq!(directory, "k/");
        assert!(layout.matches("v1.30.0/v1.30.0-standalone-strict/widget-example-v1.json").is_some());
        let named = Named::by_path("/a/b/master-standalone/widget-example-v1.json").unwrap();
        assert!(named.is_for("example.com", "Widget") && !named.is_for("other.com", "Widget"));
        assert_eq!(named.any_version(), Some("v1"));
    }

    #[test]
    fn names_of_files_say_as_much_as_they_contain() {
        let version =
            |path: &str| Named::by_path(path).map(|named| (named.group.clone(), named.any_version().map(EcoString::from)));
        assert_eq!(version("c/example.com/widget_v1.json"), Some((Some("example.com".into()), Some("v1".into()))));
        assert_eq!(version("schemas/widget_v1alpha1.json"), Some((None, Some("v1alpha1".into()))));
        assert_eq!(version("widget_v1.json"), Some((None, Some("v1".into()))));
        assert_eq!(version("schemas/widget.json"), None);
        assert_eq!(version("schemas/my_values.json"), None);
        assert_eq!(version("schemas/widget-example-v1.json"), Some((None, Some("v1".into()))));
    }
}
