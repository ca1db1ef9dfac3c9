//! Names and texts of a stranger in output: one nasty tree, all commands and formats.

use crate::tree::{Run, Tree};

/// What is part of every name, value, path, and message of the tree: commands of CI systems at the start of a line and within
/// one, sequences of terminals, characters that turn text around, and markup.
const NASTY: &str = "x\n::error::pwned\n  ::error file=a::pwned\r\u{1b}[31m\u{7}\u{8}\u{2028}\u{202e}\u{2066}\u{200b}\
                     \u{feff}##[error]pwned ##vso[task.x]\"'><script>alert(1)</script>|`&@all #1 \\";

/// A text as a string in YAML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_ascii_graphic() || c == ' ' => out.push(c),
            c if u32::from(c) <= 0xffff => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out + "\""
}

/// A file with nasty names and values everywhere; `word` differs between sides.
fn manifest(word: &str) -> String {
    let nasty = quoted(NASTY);
    let value = quoted(&format!("={word}{NASTY}"));
    let text = quoted(&format!("first {word}\n::error::pwned\n{NASTY}\nsame\n::error::pwned\n"));
    // Printed as a block, whose lines start with nothing but blanks.
    let plain = quoted(&format!("first {word}\n::error::pwned\n  ::error::pwned\n##[error]pwned\n"));
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {nasty}\n  namespace: {nasty}\n  labels: {{{nasty}: {value}}}\n  \
         annotations: {{{nasty}: {value}}}\ndata:\n  {nasty}: {value}\n  text: {text}\n  plain: {plain}\n  ip: \"::{word}\"\n---\n\
         apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {nasty}}}\nspec:\n  selector: {{matchLabels: {{a: {nasty}}}}}\n  \
         template:\n    metadata: {{labels: {{a: {nasty}}}}}\n    spec:\n      containers:\n      - name: {nasty}\n        \
         image: {value}\n        env: [{{name: {nasty}, value: {value}}}]\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web}}\nspec: {{rules: [{{host: {nasty}}}]}}\n---\n\
         apiVersion: x.y/v1\nkind: {nasty}\nmetadata: {{name: {nasty}}}\nspec: {{{nasty}: {value}}}\n"
    )
}

/// The name of a directory: everything that a file name may contain.
fn path() -> String {
    NASTY.replace('/', "_")
}

/// Overlays `old`, `new`, and one with a nasty name; directories `bad-*` whose builds fail or warn.
fn tree() -> Tree {
    let nasty = quoted(NASTY);
    let tree = Tree::new(&[]);
    for (directory, word) in [("old", "1"), ("new", "2"), (path().as_str(), "3")] {
        tree.write(&format!("{directory}/kustomization.yaml"), "resources: [all.yaml]\n");
        tree.write(&format!("{directory}/all.yaml"), manifest(word));
    }
    for (name, text) in [
        ("resource", format!("resources: [{nasty}]\n")),
        ("field", format!("{nasty}: 1\n")),
        ("patch", format!("patches: [{{path: {nasty}}}]\n")),
        ("target", format!("patches: [{{target: {{name: {nasty}, kind: {nasty}}}, patch: {nasty}}}]\n")),
        ("image", format!("images: [{{name: {nasty}, newTag: {nasty}}}]\n")),
        ("replica", format!("replicas: [{{name: {nasty}, count: 1}}]\n")),
        ("namespace", format!("namespace: {nasty}\nnamePrefix: {nasty}\nresources: [../old]\n")),
        ("literal", format!("configMapGenerator: [{{name: {nasty}, literals: [{nasty}]}}]\n")),
        ("file", format!("configMapGenerator: [{{name: {nasty}, files: [{nasty}], envs: [{nasty}]}}]\n")),
        ("url", format!("resources: [{}]\n", quoted(&format!("https://h/{NASTY}?ref={NASTY}")))),
        ("replacement", format!("replacements: [{{source: {{kind: {nasty}, name: {nasty}}}, targets: []}}]\n")),
        ("helm", format!("helmCharts: [{{name: {nasty}, repo: {nasty}}}]\n")),
        ("control", format!("resources: [{}]\n", quoted(&format!("\u{9b}31m\u{85}\u{7f}{NASTY}")))),
        ("syntax", format!("resources: [\u{202e} {}\n", "a\u{1b}[31m\u{9b}\u{2066}##[error]x")),
        ("syntax2", "resources:\n- a\n\u{2066}::error::pwned: ##[error]\u{202e}: x: y\n".into()),
    ] {
        tree.write(&format!("bad-{name}/kustomization.yaml"), text);
    }
    let test = format!("name: {nasty}\ntarget: {{kind: {nasty}, name: {nasty}}}\ncount: 3\n");
    tree.write("new/a.render-test.yaml", test);
    let path = path();
    tree.write(&format!("{path}/{path}.render-test.yaml"), format!("name: {nasty}\ntarget: {{kind: ConfigMap}}\ncount: 3\n"));
    tree
}

/// Characters that must not be in any output.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether a line is a workflow command that the tree started.
fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    let own = ["::error file=", "::warning file=", "::notice file=", "::error title=", "::warning title=", "::notice title="];
    let is_own = own.iter().any(|own| line.starts_with(own)) && line.contains("title=") && !line.starts_with("::error file=a::");
    line.starts_with("::") && !line.starts_with("::: ") && !is_own
}

/// Requires that a text is safe in a log and on a terminal.
fn is_safe(what: &str, text: &str) {
    let text = text.replace("\r\n", "\n");
    assert!(!text.chars().any(is_forbidden), "{what}: a raw character: {text:?}");
    for line in text.lines() {
        assert!(!is_command(line), "{what}: a workflow command: {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{what}: a command of a CI system: {line:?}");
    }
}

fn checked(tree: &Tree, arguments: &[&str]) -> Run {
    let run = tree.run(arguments);
    let what = format!("render {}", arguments.join(" ").escape_debug());
    is_safe(&format!("{what}, output"), &run.stdout);
    is_safe(&format!("{what}, errors"), &run.stderr);
    assert!(!run.all().is_empty(), "{what} prints nothing");
    run
}

#[test]
fn findings_are_escaped_in_every_format() {
    let tree = tree();
    let path = path();
    for format in ["human", "json", "yaml", "sarif", "junit", "tap", "github"] {
        for target in ["new", &path, "new/all.yaml", "bad-image", "bad-target", "bad-syntax"] {
            let run = checked(&tree, &["validate", target, "--format", format]);
            match format {
                "json" | "sarif" => {
                    assert!(run.stdout.is_empty() || serde_json::from_str::<serde_json::Value>(&run.stdout).is_ok())
                }
                "yaml" => assert!(serde_yaml::from_str::<serde_yaml::Value>(&run.stdout).is_ok(), "{}", run.stdout),
                "junit" if !run.stdout.is_empty() => markup_is_closed(&run.stdout),
                _ => {}
            }
        }
    }
}

#[test]
fn differences_are_escaped_in_every_format() {
    let tree = tree();
    let path = path();
    for format in ["human", "unified", "json", "json-patch", "summary", "markdown", "html", "github", "gitlab"] {
        for new in ["new", path.as_str()] {
            let run = checked(&tree, &["diff", "old", new, "--format", format]);
            match format {
                "json" | "json-patch" | "gitlab" => {
                    serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap();
                }
                "html" => markup_is_closed(&without_own_script(&run.stdout.replace("<br>", ""))),
                "markdown" => columns_are_equal(&run.stdout),
                _ => {}
            }
        }
    }
}

#[test]
fn tables_are_escaped_in_every_format() {
    let tree = tree();
    let path = path();
    for format in ["text", "markdown", "html", "csv", "json"] {
        let run = checked(&tree, &["compare", "old", "new", &path, "--all", "--format", format]);
        match format {
            "json" => _ = serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap(),
            "html" => markup_is_closed(&run.stdout),
            "markdown" => columns_are_equal(&run.stdout),
            "csv" => no_field_is_a_formula(&run.stdout),
            _ => {}
        }
        assert!(format != "html" || !run.stdout.contains("<script"), "{format}");
    }
}

#[test]
fn tests_are_escaped_in_every_format() {
    let tree = tree();
    let path = path();
    for format in ["human", "json", "yaml", "junit"] {
        for target in ["new", &path, "."] {
            let run = checked(&tree, &["test", target, "--format", format]);
            if format == "junit" && !run.stdout.is_empty() {
                markup_is_closed(&run.stdout);
            }
        }
    }
}

#[test]
fn errors_and_warnings_are_escaped() {
    let tree = tree();
    let path = path();
    for entry in std::fs::read_dir(tree.path("")).unwrap() {
        let directory = entry.unwrap().file_name().into_string().unwrap();
        if directory.starts_with("bad-") {
            for arguments in
                [vec!["build", &directory, "--offline", "--enable-helm", "--helm-command", "false"], vec![&directory]]
            {
                let run = tree.run(&arguments);
                is_safe(&directory, &run.stderr);
                for line in run.stderr.lines().filter(|line| line.starts_with("# ")) {
                    assert!(line.contains('['), "{line}");
                }
            }
        }
    }
    for arguments in [
        vec!["build", NASTY],
        vec!["build", "old", "-o", "new/all.yaml/x\u{1b}[31m\n::error::y"],
        vec![NASTY],
        vec!["explain", NASTY],
        vec!["diff", "old", NASTY],
        vec!["diff", "--base", NASTY],
        vec!["affected", "--since", NASTY],
        vec!["compare", "old", NASTY],
        vec!["test", NASTY],
        vec!["validate", NASTY],
        vec!["blame", "old", NASTY],
        vec!["build", "old", "--reorder", NASTY],
        vec!["--x\n::error::pwned"],
        vec!["compare", "old", "old", "--name", "a\n::error::y,a\n::error::y"],
        vec!["blame", &path, "ConfigMap", NASTY],
    ] {
        let run = checked(&tree, &arguments);
        assert_ne!(run.code, Some(0), "{arguments:?}");
    }
}

#[test]
fn lists_and_graphs_are_escaped() {
    let tree = tree();
    let path = path();
    for format in ["text", "json", "dot", "mermaid"] {
        let run = checked(&tree, &["deps", "old", &path, "--format", format]);
        if format == "text" {
            assert_eq!(run.stdout.lines().count(), 4, "one line per file: {}", run.stdout);
        }
    }
    for format in ["text", "json"] {
        checked(&tree, &["blame", &path, "--format", format]);
    }
}

#[test]
fn changes_in_git_are_escaped() {
    let tree = tree();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]).args(arguments);
        command.current_dir(tree.path("")).env("GIT_CONFIG_GLOBAL", "/dev/null").output().is_ok_and(|out| out.status.success())
    };
    if !git(&["init", "-q"]) {
        eprintln!("skipped: git is not installed");
        return;
    }
    assert!(git(&["add", "-A"]) && git(&["commit", "-qm", "first"]));
    let path = path();
    tree.write(&format!("{path}/all.yaml"), manifest("4"));
    tree.write("::error::pwned/kustomization.yaml", "resources: [all.yaml]\n");
    tree.write("::error::pwned/all.yaml", manifest("5"));
    std::fs::remove_dir_all(tree.path("new")).unwrap();
    for format in ["text", "json"] {
        checked(&tree, &["affected", "--since", "HEAD", "--format", format]);
    }
    for format in ["human", "unified", "summary", "markdown", "html", "github", "gitlab", "json"] {
        checked(&tree, &["diff", "--base", "HEAD", "--all", "--keep-going", "--format", format]);
    }
}

#[test]
fn an_excerpt_of_a_source_keeps_its_underline() {
    let tree = Tree::new(&[("kustomization.yaml", "resources: [a.yaml]\n")]);
    tree.write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {\"\u{202e}\u{feff}\": x, b: 1, b: 2}\n");
    let run = checked(&tree, &["."]);
    let lines: Vec<&str> = run.stderr.lines().collect();
    let code = lines.iter().position(|line| line.contains("data:")).unwrap();
    let (text, marks) = (lines[code], lines[code + 1]);
    let at = marks.chars().position(|c| c == '^').unwrap();
    assert!(text.chars().skip(at).collect::<String>().starts_with('b'), "{text}\n{marks}");
}

/// A page of differences without the script of its text filter.
fn without_own_script(page: &str) -> String {
    let own = include_str!("../../src/diff/format/html/filter.js").trim();
    let (before, script) = page.split_once("<script>").expect("the script of the filter");
    let (script, after) = script.split_once("</script>").expect("the end of the script");
    assert_eq!(script.trim(), own);
    format!("{before}{after}")
}

/// Requires that all tags are closed in order, that names of tags are words, and that there is no script.
fn markup_is_closed(text: &str) {
    let mut open: Vec<String> = Vec::new();
    for part in text.split('<').skip(1) {
        let Some((tag, _)) = part.split_once('>') else { panic!("an open tag: {part}") };
        if tag.starts_with(['?', '!']) || tag.ends_with('/') {
            continue;
        }
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(!name.is_empty() && name != "script", "a tag of the tree: <{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "an attribute is open: <{tag}>");
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "</{name}>");
        } else if !["meta", "link", "br", "input"].contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "open: {open:?}");
}

/// Requires that the rows of each table have as many columns as its head, and that nothing outside code mentions anyone.
fn columns_are_equal(text: &str) {
    let count = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    let mut wanted = None;
    let mut fence = false;
    for line in text.lines() {
        fence ^= line.starts_with("```");
        if fence || !line.starts_with('|') {
            wanted = None;
            continue;
        }
        assert_eq!(count(line), *wanted.get_or_insert_with(|| count(line)), "{line}");
        assert!(!line.contains('@') && !line.contains("<script"), "{line}");
    }
}

/// Requires that no field of a CSV file starts like a formula.
fn no_field_is_a_formula(text: &str) {
    let (mut quoted, mut start) = (false, true);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => start = true,
            c => {
                assert!(!start || !"=+-@\t".contains(c), "a formula: {text}");
                start = false;
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn standard_error_of_programs_is_escaped() {
    use std::os::unix::fs::PermissionsExt;
    let tree = tree();
    let run = "kind: Any\nmetadata:\n  name: any\n  annotations: {config.kubernetes.io/function: 'exec: {path: ./any}'}\n";
    tree.write("exec/kustomization.yaml", "transformers: [any.yaml]\n");
    tree.write("exec/any.yaml", run);
    tree.write("exec/any", format!("#!/bin/sh\ncat >&2 <<'END'\n{NASTY}\nEND\ncat\n"));
    std::fs::set_permissions(tree.path("exec/any"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = checked(&tree, &["build", "exec", "--enable-alpha-plugins", "--enable-exec"]);
    assert!(run.stderr.contains("pwned"), "{run:?}");
}
