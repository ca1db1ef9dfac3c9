//! The configuration of charts: an item of `helmCharts`, and `helmGlobals`.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::yaml::Located;

/// An item of `helmCharts`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Chart {
    pub(super) name: Located<String>,
    pub(super) version: Located<String>,
    pub(super) repo: Located<String>,
    pub(super) release_name: Located<String>,
    pub(super) namespace: String,
    pub(super) additional_values_files: Vec<Located<String>>,
    pub(super) values_file: Located<String>,
    pub(super) values_inline: IgnoredAny,
    pub(super) values_merge: Located<String>,
    #[serde(rename = "includeCRDs")]
    pub(super) include_crds: bool,
    pub(super) skip_hooks: bool,
    pub(super) api_versions: Vec<String>,
    pub(super) kube_version: String,
    pub(super) name_template: String,
    pub(super) skip_tests: bool,
    pub(super) debug: bool,
    pub(super) devel: bool,
}

/// The field `helmGlobals`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Globals {
    pub(super) chart_home: String,
    pub(super) config_home: String,
}

impl Chart {
    /// Rejects names that helm would misinterpret.
    pub(super) fn check(&self, span: Span) -> Result<(), Diagnostic> {
        let name = self.name.as_str();
        let at = self.name.span.unwrap_or(span);
        if name.is_empty() {
            let error = Diagnostic::error("missing-field", "a chart requires a `name`").at(at);
            return Err(error.words("chart name cannot be empty"));
        }
        if name.contains(['/', '\\']) || name == "." || name == ".." || name.starts_with('-') {
            return Err(Diagnostic::error("chart-name", format!("`{name}` is not a valid chart name"))
                .at(at)
                .help("move the part before the last `/` to `repo`, or to `chartHome` of `helmGlobals`"));
        }
        if self.release_name.starts_with('-') {
            let message =
                format!("`{}` is not a valid release name: helm would interpret it as an option", self.release_name.value);
            return Err(Diagnostic::error("release-name", message).at(self.release_name.span.unwrap_or(span)));
        }
        Ok(())
    }
}
