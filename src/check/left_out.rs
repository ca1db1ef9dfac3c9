//! What a search found and did not check, counted by reason.

/// Why something is not checked by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A kustomization names or reads the file, so it is checked as part of a build.
    Used,
    /// A patch that no kustomization names.
    Patch,
    /// A component that no kustomization uses.
    Component,
    /// A Helm chart.
    Chart,
    /// A snapshot of `render test`.
    Snapshot,
    /// A template that is not valid YAML.
    Template,
    /// The configuration of a program, which no API server stores.
    Configuration,
    /// A file without `apiVersion` and `kind`.
    Other,
    /// A pattern of `--ignore`, of the settings, or of a `.gitignore` file.
    Ignored,
    /// Its name starts with a dot.
    Hidden,
    /// Packages of other projects.
    Dependencies,
    /// A directory `testdata`.
    TestData,
    /// Another repository.
    Repository,
    /// An object whose kind is excluded on the command line.
    Kind,
}

/// All reasons, each with its name in formats for programs, and the words for one and for several.
const REASONS: [(Reason, &str, &str, &str); 14] = [
    (Reason::Used, "used", "file that kustomizations use", "files that kustomizations use"),
    (Reason::Patch, "patches", "patch that no kustomization uses", "patches that no kustomization uses"),
    (Reason::Component, "components", "component that no kustomization uses", "components that no kustomization uses"),
    (Reason::Chart, "charts", "Helm chart", "Helm charts"),
    (Reason::Snapshot, "snapshots", "snapshot", "snapshots"),
    (Reason::Template, "templates", "template that is not valid YAML", "templates that are not valid YAML"),
    (Reason::Configuration, "configurations", "configuration file of a program", "configuration files of programs"),
    (Reason::Other, "others", "file without `apiVersion` and `kind`", "files without `apiVersion` and `kind`"),
    (Reason::Ignored, "ignored", "ignored path", "ignored paths"),
    (Reason::Hidden, "hidden", "hidden path", "hidden paths"),
    (Reason::Dependencies, "dependencies", "directory of dependencies", "directories of dependencies"),
    (Reason::TestData, "testData", "directory of test data", "directories of test data"),
    (Reason::Repository, "repositories", "other repository", "other repositories"),
    (Reason::Kind, "kinds", "object of an excluded kind", "objects of excluded kinds"),
];

/// How much was left out, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    counts: [usize; REASONS.len()],
}

impl LeftOut {
    /// Adds to the count of a reason.
    pub fn add(&mut self, reason: Reason, more: usize) {
        let rows = REASONS.iter().zip(&mut self.counts).filter(|((known, ..), _)| *known == reason);
        rows.for_each(|(_, count)| *count += more);
    }

    /// Adds the counts of another search.
    pub fn extend(&mut self, other: &LeftOut) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
    }

    /// The count of a reason.
    pub fn count(&self, reason: Reason) -> usize {
        REASONS.iter().zip(self.counts).filter(|((known, ..), _)| *known == reason).map(|(_, count)| count).sum()
    }

    /// The names of the reasons that occur, with their counts.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        REASONS.iter().zip(self.counts).map(|((_, name, ..), count)| (*name, count)).filter(|(_, count)| *count > 0)
    }

    /// The counts in words; `None` if there are none.
    pub fn words(&self) -> Option<String> {
        let counts = REASONS.iter().zip(self.counts).filter(|(_, count)| *count > 0);
        let words: Vec<String> =
            counts.map(|((_, _, one, several), count)| format!("{count} {}", if count == 1 { one } else { several })).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// What directories were searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// The number of kustomizations that were built.
    pub builds: usize,
    /// The number of manifests that were read.
    pub manifests: usize,
    /// What was left out.
    pub left_out: LeftOut,
}

impl Searched {
    /// The numbers in words; `None` if nothing needs to be said.
    pub fn words(&self) -> Option<String> {
        let count = |count: usize, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
        let left_out = self.left_out.words().map(|words| format!("left out: {words}"));
        if self.builds == 0 && (self.manifests == 0 || left_out.is_none()) {
            return left_out;
        }
        let found =
            format!("searched: {} built, {} read", count(self.builds, "kustomization"), count(self.manifests, "manifest"));
        Some(left_out.map_or(found.clone(), |words| format!("{found}; {words}")))
    }
}
