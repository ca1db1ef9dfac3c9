//! `kustomize openapi`: which OpenAPI document is built in, and the one of the current cluster.
//!
//! `fetch` runs `kubectl`, which is all that it does. Behavior: kustomize's `commands/openapi`.

use std::io::ErrorKind;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{anyhow, bail};

use super::print::print;
use crate::go_cli::Call;
use crate::records::Records;
use crate::yaml::{self, Dialect, json};

/// The title and version of the document that builds use by default.
const INFO: &str = "{title:Kubernetes,version:v1.21.2}\n";

const FAILED: &str = "
Error fetching schema from cluster.
Please make sure kubectl is installed, its context is set correctly, and your cluster is up.
Installation and setup instructions: https://kubernetes.io/docs/tasks/tools/install-kubectl/";

/// Prints which document is built in.
pub fn info(_: &Call) -> anyhow::Result<()> {
    print(INFO)
}

/// Prints the document of the current cluster.
pub fn fetch(call: &Call) -> anyhow::Result<()> {
    let format = call.text("format");
    if format != "json" && format != "yaml" {
        bail!("format must be either 'json' or 'yaml'");
    }
    let output = Command::new("kubectl").args(["get", "--raw", "/openapi/v2"]).stdin(Stdio::null()).output();
    let output = output.map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => anyhow!("exec: \"kubectl\": executable file not found in $PATH\n{FAILED}"),
        _ => anyhow!("exec: \"kubectl\": {cause}\n{FAILED}"),
    })?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{}\n{errors}{FAILED}", ended(output.status));
    }
    if output.stdout.is_empty() {
        bail!("{errors}{FAILED}");
    }
    let text = formatted(&String::from_utf8_lossy(&output.stdout), format == "yaml")?;
    print(&(text + "\n"))
}

/// How a program ended. Behavior: Go's `ProcessState.String`.
fn ended(status: ExitStatus) -> String {
    if let Some(code) = status.code() {
        return format!("exit status {code}");
    }
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let known =
            [(1, "hangup"), (2, "interrupt"), (6, "aborted"), (9, "killed"), (11, "segmentation fault"), (15, "terminated")];
        let name = known.iter().find(|(number, _)| *number == signal).map(|(_, name)| (*name).to_owned());
        return format!("signal: {}", name.unwrap_or_else(|| format!("signal {signal}")));
    }
    status.to_string()
}

/// A JSON object with sorted keys; `null` for everything else.
fn formatted(text: &str, as_yaml: bool) -> anyhow::Result<String> {
    let is_object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok();
    let mut records = Records::default();
    let source = records.sources.add("openapi", text);
    let step = records.provenance.step("openapi", "");
    let document = if is_object { records.first_document(source, step, Dialect::Json).ok().flatten() } else { None };
    let Some(document) = document else { return Ok(if as_yaml { "null\n" } else { "null" }.to_owned()) };
    if as_yaml {
        let mut out = String::new();
        yaml::emit(&document, &mut out).map_err(|_| anyhow!("the document can't be printed as YAML"))?;
        return Ok(out);
    }
    json::print(&document, true).ok_or_else(|| anyhow!("the document can't be printed as JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_sorted() {
        let text = r#"{"b": 1, "a": {"x": "<y>", "n": 1e22, "f": 1.50}, "l": []}"#;
        let json = "{\n  \"a\": {\n    \"f\": 1.5,\n    \"n\": 1e+22,\n    \"x\": \"\\u003cy\\u003e\"\n  },\n  \"b\": 1,\n  \"l\": []\n}";
        assert_eq!(formatted(text, false).expect("JSON"), json);
        assert_eq!(formatted(text, true).expect("YAML"), "a:\n  f: 1.5\n  \"n\": 1e+22\n  x: <y>\nb: 1\nl: []\n");
        assert_eq!(formatted("[1]", false).expect("JSON"), "null");
    }
}
