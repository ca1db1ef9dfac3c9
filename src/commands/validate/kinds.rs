//! `--skip-kind` and `--only`: the kinds of objects that are checked.
//!
//! Objects of other kinds still exist: what refers to them is not reported.

use std::str::FromStr;

use crate::check::{Reason, Report};
use crate::resource::Gvk;

/// Flags that select objects by their kind.
#[derive(clap::Args)]
pub struct KindFlags {
    /// Do not check objects of this kind: `Secret`, or with its API version, `apps/v1/Deployment`; may be repeated
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    skip_kind: Vec<Pattern>,
    /// Check only objects of this kind; may be repeated
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    only: Vec<Pattern>,
}

/// A kind, or a kind of an API version.
#[derive(Clone, Debug)]
pub struct Pattern {
    api_version: Option<String>,
    kind: String,
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (api_version, kind) =
            text.rsplit_once('/').map_or((None, text), |(api_version, kind)| (Some(api_version.to_owned()), kind));
        match !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            true => Ok(Pattern { api_version, kind: kind.to_owned() }),
            false => {
                Err("expected a kind such as `Secret` or `apps/v1/Deployment`; to leave out files, use `--ignore`".to_owned())
            }
        }
    }
}

impl Pattern {
    fn matches(&self, gvk: &Gvk) -> bool {
        let is_version = |api_version: &str| gvk.api_version() == api_version;
        self.kind.eq_ignore_ascii_case(&gvk.kind) && self.api_version.as_deref().is_none_or(is_version)
    }
}

impl KindFlags {
    /// Removes the objects of other kinds from a report, with their findings.
    pub fn select(&self, report: &mut Report) {
        let before = report.objects.len();
        // What has no kind can't be selected by it; that is an error that stays.
        report.objects.retain(|object| object.id.gvk.kind.is_empty() || self.selects(&object.id.gvk));
        report.searched.left_out.add(Reason::Kind, before - report.objects.len());
    }

    fn selects(&self, gvk: &Gvk) -> bool {
        let matches = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(gvk));
        !matches(&self.skip_kind) && (self.only.is_empty() || matches(&self.only))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_with_or_without_a_version() {
        let matches = |pattern: &str, api_version, kind| {
            pattern.parse::<Pattern>().is_ok_and(|pattern| pattern.matches(&Gvk::new(api_version, kind)))
        };
        assert!(matches("Secret", "v1", "Secret") && matches("secret", "v1", "Secret") && matches("v1/Secret", "v1", "Secret"));
        assert!(matches("apps/v1/Deployment", "apps/v1", "Deployment"));
        assert!(!matches("apps/v1/Deployment", "apps/v1beta1", "Deployment") && !matches("Secret", "v1", "SecretList"));
        assert!(["", "apps/", "a.yaml", "*"].into_iter().all(|text| text.parse::<Pattern>().is_err()));
    }
}
