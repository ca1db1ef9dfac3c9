//! `examples/kubectl/kubectl`: the script for tools that call `kubectl kustomize DIR`.
#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";

/// A directory with a kustomization, `render`, the script, and a program that stands for the real kubectl.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let write = |path: &str, text: &str| {
            let path = place.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            std::fs::write(path, text).expect("a file");
        };
        write("base/kustomization.yaml", "resources: [web.yaml]\n");
        write("base/web.yaml", SERVICE);
        write("broken/kustomization.yaml", "resources: [wbe.yaml]\n");
        write("real/kubectl", "#!/bin/sh\necho \"real $*\"\n");
        write("bin/empty", "");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/kubectl/kubectl");
        symlink(env!("CARGO_BIN_EXE_render"), place.path().join("bin/render")).expect("a link");
        symlink(script, place.path().join("bin/kubectl")).expect("a link");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(place.path().join("real/kubectl"), executable).expect("a mode");
        Place(place)
    }

    fn kubectl(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(self.0.path().join("bin/kubectl"));
        command.args(arguments).current_dir(self.0.path());
        command.env("PATH", format!("{}:/usr/bin:/bin", self.0.path().join("bin").display()));
        command.env("KUBECTL", self.0.path().join("real/kubectl")).output().expect("the script runs")
    }

    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.kubectl(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }
}

#[test]
fn kustomize_is_built_by_render() {
    let place = Place::new();
    assert_eq!(place.prints(&["kustomize", "base"]), SERVICE);
    assert_eq!(place.prints(&["--context", "kustomize", "--namespace=shop", "kustomize", "base"]), SERVICE);
    let flags = ["kustomize", "--load-restrictor=LoadRestrictionsNone", "--enable-helm=false", "base", "-o", "all.yaml"];
    assert_eq!(place.prints(&flags), "");
    assert_eq!(std::fs::read_to_string(place.0.path().join("all.yaml")).expect("a file"), SERVICE);
}

#[test]
fn everything_else_goes_to_kubectl() {
    let place = Place::new();
    assert_eq!(place.prints(&["version", "--client=true", "-o", "json"]), "real version --client=true -o json\n");
    assert_eq!(place.prints(&["apply", "-k", "kustomize"]), "real apply -k kustomize\n");
    assert_eq!(place.prints(&["-n", "kustomize", "get", "pods"]), "real -n kustomize get pods\n");
    assert_eq!(place.prints(&[]), "real \n");
}

#[test]
fn a_failure_ends_with_the_error_of_kustomize() {
    let output = Place::new().kubectl(&["kustomize", "broken"]);
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1));
    let last = text.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("Error: accumulating resources: accumulation err='accumulating resources from 'wbe.yaml'"),
        "{text}"
    );
}
