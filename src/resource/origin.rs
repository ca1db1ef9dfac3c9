//! The origin of an object and the transformers that changed it, as requested by `buildMetadata`.
//!
//! Paths are those of kustomizations, joined: relative to the directory that is built, or to the root of a remote repository.
//! Behavior: kustomize's `resource.Origin`.

use std::fmt;

use serde::Deserialize;

use crate::load::{RepoUrl, tidy};
use crate::yaml::inline_string;

/// The annotation with the origin of an object.
pub const ORIGIN: &str = "config.kubernetes.io/origin";
/// The annotation with the transformers that changed an object.
pub const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";

/// The origin of an object, or of what changed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Origin {
    /// The file of the object; empty for generated objects.
    pub path: String,
    /// The remote repository that contains it.
    pub repo: String,
    /// The branch, tag or commit of the repository.
    pub r#ref: String,
    /// The file that configures the generator or transformer.
    pub configured_in: String,
    /// The generator or transformer.
    pub configured_by: Plugin,
}

/// A generator or transformer, as the object that configures it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Plugin {
    /// `builtin`, or the `apiVersion` of the configuration.
    pub api_version: String,
    /// Such as `PrefixTransformer`.
    pub kind: String,
    /// The name of the configuration; empty for a field of a kustomization.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
}

impl Origin {
    /// The origin of an entry in a kustomization of this origin: a path, or a directory in another repository.
    pub fn join(&self, entry: &str) -> Origin {
        match RepoUrl::parse(entry) {
            Ok(url) => {
                let directory = url.directory().display().to_string();
                // The path of the root of a repository is kustomize's placeholder for a directory without a clone.
                let path = if directory.is_empty() { "notCloned".to_owned() } else { directory };
                Origin { path, repo: url.clone_url, r#ref: url.reference.unwrap_or_default(), ..self.clone() }
            }
            Err(_) => Origin { path: joined(&self.path, entry), ..self.clone() },
        }
    }

    /// The origin of the objects that a field of a kustomization generates or transforms. `self` is the kustomization's
    /// directory.
    pub fn built_in(&self, file: &str, kind: &str) -> Origin {
        let plugin = Plugin { api_version: "builtin".into(), kind: kind.into(), ..Plugin::default() };
        self.join(file).configures(plugin)
    }

    /// The origin of the objects that a configuration object generates or transforms. `self` is the origin of that object.
    pub fn configures(&self, plugin: Plugin) -> Origin {
        Origin {
            path: String::new(),
            repo: self.repo.clone(),
            r#ref: self.r#ref.clone(),
            configured_in: self.path.clone(),
            configured_by: plugin,
        }
    }
}

impl fmt::Display for Origin {
    /// The text of the annotation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Origin::default() {
            return f.write_str("{}\n");
        }
        write_entries(
            f,
            "",
            &[("path", &self.path), ("repo", &self.repo), ("ref", &self.r#ref), ("configuredIn", &self.configured_in)],
        )?;
        let Plugin { api_version, kind, name, namespace } = &self.configured_by;
        if self.configured_by != Plugin::default() {
            f.write_str("configuredBy:\n")?;
        }
        write_entries(f, "  ", &[("apiVersion", api_version), ("kind", kind), ("name", name), ("namespace", namespace)])
    }
}

fn write_entries(f: &mut fmt::Formatter<'_>, indent: &str, entries: &[(&str, &String)]) -> fmt::Result {
    let set = entries.iter().filter(|(_, value)| !value.is_empty());
    set.into_iter().try_for_each(|(key, value)| writeln!(f, "{indent}{key}: {}", inline_string(value)))
}

/// The text of an annotation that lists origins.
pub fn print_list<'o>(origins: impl IntoIterator<Item = &'o Origin>) -> String {
    let mut out = String::new();
    for origin in origins {
        for (at, line) in origin.to_string().lines().enumerate() {
            out.extend([if at == 0 { "- " } else { "  " }, line, "\n"]);
        }
    }
    out
}

/// Go's `filepath.Join`.
fn joined(directory: &str, path: &str) -> String {
    let whole = [directory, path].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/");
    if whole.is_empty() { whole } else { tidy(std::path::Path::new(&whole)).display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined() {
        let root = Origin::default();
        assert_eq!(root.join("service.yaml").path, "service.yaml");
        assert_eq!(root.join("../base").join("./x//r.yaml").path, "../base/x/r.yaml");
        assert_eq!(root.join("a").join("../b").path, "b");
    }

    #[test]
    fn origins_are_printed_in_the_order_of_their_fields() {
        let origin = Origin { path: "1.2".into(), repo: "https://x".into(), r#ref: "main".into(), ..Origin::default() };
        assert_eq!(origin.to_string(), "path: \"1.2\"\nrepo: https://x\nref: main\n");
        let prefix = origin.built_in("kustomization.yaml", "PrefixTransformer");
        assert_eq!(
            print_list([&Origin::default().join("a: b"), &Origin { repo: String::new(), r#ref: String::new(), ..prefix }]),
            "- path: 'a: b'\n- configuredIn: 1.2/kustomization.yaml\n  configuredBy:\n    apiVersion: builtin\n    kind: PrefixTransformer\n"
        );
    }
}
