//! Secrets: values never appear in messages.
//!
//! Every tree contains a token as a value of a Secret and a mistake; no command may print it in any format. Only what renders
//! objects prints it.

use crate::tree::Tree;

/// The value to look for.
const TOKEN: &str = "made-up-token-4711";
/// The same in base64, as it is and with a line break.
const ENCODED: [&str; 2] = ["bWFkZS11cC10b2tlbi00NzEx", "bWFkZS11cC10b2tlbi00NzExCg"];

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: web}}\n  \
                   template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: web, image: \"example.com/web:1\"}\n";
const DB: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {p: made-up-token-4711}\n";
const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {a: b}\n";
const BROKEN: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: svc}\nspec: {ports: [{port: \"http\"}], typ: x}\n";

/// Runs every command on the tree's directory `.` and returns those whose output contains a form of the token.
fn leaks(tree: &Tree, renders: bool) -> Vec<String> {
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for format in ["human", "json", "yaml", "sarif", "junit", "tap", "github"] {
        runs.push(vec!["validate", ".", "--format", format]);
    }
    for format in ["human", "json", "yaml", "junit"] {
        runs.push(vec!["test", ".", "--format", format]);
    }
    for format in ["human", "unified", "json", "json-patch", "markdown", "html", "gitlab", "annotations"] {
        runs.push(vec!["diff", "../tree/old", ".", "--format", format]);
        runs.push(vec!["diff", ".", "../tree/old", "--format", format]);
    }
    for format in ["text", "json", "csv", "markdown", "html"] {
        runs.push(vec!["compare", "old", ".", "--all", "--format", format]);
        runs.push(vec!["compare", "old", ".", "--format", format]);
    }
    runs.push(vec!["blame", "."]);
    runs.push(vec!["blame", ".", "--format", "json"]);
    runs.push(vec!["deps", "."]);
    runs.push(vec!["build", ".", "-o", "out.yaml"]);
    if !renders {
        runs.push(vec!["build", "."]);
    }
    let shows = |text: &str| text.contains(TOKEN) || ENCODED.iter().any(|encoded| text.contains(encoded));
    runs.into_iter().filter(|run| shows(&tree.run(run).all())).map(|run| run.join(" ")).collect()
}

/// A name, whether it builds, and its files.
type Case<'c> = (&'c str, bool, &'c [(&'c str, &'c str)]);

/// Checks trees. Each also gets an old state to compare with.
fn check(cases: &[Case<'_>]) {
    let mut found = Vec::new();
    for (name, renders, files) in cases {
        let tree = Tree::new(files);
        tree.write("old/kustomization.yaml", "resources: [r.yaml]\n");
        tree.write("old/r.yaml", format!("{MAP}---\n{}", DB.replace(TOKEN, "old")));
        found.extend(leaks(&tree, *renders).into_iter().map(|run| format!("{name}: render {run}")));
    }
    assert!(found.is_empty(), "the value is shown by\n{}", found.join("\n"));
}

#[test]
fn values_in_generators_never_appear() {
    let case = |text: &'static str| ("kustomization.yaml", text);
    check(&[
        ("no `=`", false, &[case("secretGenerator:\n- name: db\n  literals: [\"made-up-token-4711\"]\n")]),
        ("typo", true, &[case("secretGenerator:\n- name: db\n  litrals: [\"pw=made-up-token-4711\"]\n")]),
        ("typo in the field", true, &[case("secretGenerater:\n- name: db\n  literals: [\"pw=made-up-token-4711\"]\n")]),
        ("twice", false, &[case("secretGenerator:\n- name: db\n  literals: [a=made-up-token-4711, a=made-up-token-4711]\n")]),
        (
            "list twice",
            true,
            &[case("secretGenerator:\n- name: db\n  literals: [x=1]\n  literals: [\"pw=made-up-token-4711\"]\n")],
        ),
        ("not closed", false, &[case("secretGenerator:\n- name: db\n  literals: [\"pw=made-up-token-4711]\n")]),
        ("flow", false, &[case("{secretGenerator: [{name: db, literals: [pw=made-up-token-4711]}], x: ]\n")]),
        ("indent", false, &[case("secretGenerator:\n- name: db\n  literals:\n  - pw=made-up-token-4711\n - b=c\n")]),
        ("string", false, &[case("secretGenerator:\n- name: db\n  literals: pw=made-up-token-4711\n")]),
        ("mapping", false, &[case("secretGenerator:\n- name: db\n  literals: {pw: made-up-token-4711}\n")]),
        ("mapping item", false, &[case("secretGenerator:\n- name: db\n  literals: [{pw: made-up-token-4711}]\n")]),
        ("not a list", false, &[case("secretGenerator: {name: db, literals: [pw=made-up-token-4711]}\n")]),
        (
            "wrong type",
            false,
            &[case("secretGenerator:\n- name: db\n  options: {immutable: 5}\n  literals: [pw=made-up-token-4711]\n")],
        ),
        ("no name", false, &[case("secretGenerator:\n- literals: [pw=made-up-token-4711]\n")]),
        ("files", false, &[case("secretGenerator:\n- name: db\n  files: [\"a=pw=made-up-token-4711\"]\n")]),
        (
            "inline generator",
            false,
            &[case(
                "generators:\n- |\n  apiVersion: builtin\n  kind: SecretGenerator\n  metadata: {name: x}\n  literals: [made-up-token-4711]\n",
            )],
        ),
        ("tab", false, &[case("secretGenerator:\n- name: db\n  literals:\n\t- pw=made-up-token-4711\n")]),
    ]);
}

#[test]
fn values_in_files_of_generators_never_appear() {
    let envs = ("kustomization.yaml", "secretGenerator: [{name: db, envs: [e.env]}]\n");
    let bad = ("kustomization.yaml", "secretGenerator: [{name: db, envs: [e.env], files: [k.pem]}]\nresources: [k.pem]\n");
    check(&[
        ("no `=`", true, &[envs, ("e.env", "user=web\nmade-up-token-4711\nmade-up-token-4711 x=1\n")]),
        ("key", true, &[envs, ("e.env", "made-up-token-4711 pw=1\n")]),
        ("twice", false, &[envs, ("e.env", "pw=made-up-token-4711\npw=made-up-token-4711\n")]),
        ("as a resource", false, &[bad, ("e.env", "a=b\n"), ("k.pem", "made-up-token-4711: [\n")]),
        ("as a resource too", false, &[bad, ("e.env", "a=b\n"), ("k.pem", "x: made-up-token-4711\n")]),
    ]);
}

#[test]
fn values_in_secrets_never_appear() {
    let k = ("kustomization.yaml", "resources: [r.yaml]\n");
    let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n";
    let texts: &[(&str, bool, String)] = &[
        ("typo", true, format!("{head}strngData: {{p: made-up-token-4711}}\n")),
        ("as a key", true, format!("{head}made-up-token-4711: x\n")),
        ("invalid key", true, format!("{head}stringData: {{\"made-up-token-4711 !\": x}}\n")),
        ("immutable", true, format!("{head}immutable: made-up-token-4711\n")),
        ("data", true, format!("{head}data: {{p: made-up-token-4711}}\n")),
        ("list", true, format!("{head}data: [made-up-token-4711]\n")),
        ("string", true, format!("{head}stringData: made-up-token-4711\n")),
        ("nested", true, format!("{head}stringData: {{p: {{q: [made-up-token-4711]}}}}\n")),
        ("encoded", true, format!("{head}data: {{p: bWFkZS11cC10b2tlbi00NzEx, q: 5}}\n")),
        ("annotation", true, head.replace("name: db", "name: db, annotations: {\"b d\": made-up-token-4711}")),
        ("label", true, head.replace("name: db", "name: db, labels: {a: made-up-token-4711 !}")),
        (
            "last applied",
            true,
            head.replace("name: db", "name: db, annotations: {\"b d\": x, kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"p\":\"made-up-token-4711\"}}'}"),
        ),
        ("twice", true, format!("{head}stringData: {{p: made-up-token-4711}}\nstringData: {{p: made-up-token-4711}}\n")),
        ("comment", false, "apiVersion: v1\nkind: Secret # c\nmetadata: {name: db}\nstringData: {p: made-up-token-4711, q: ]\n".into()),
        ("quoted", false, "apiVersion: v1\nkind: \"Secret\"\nmetadata: {name: db}\nstringData:\n  p: \"made-up-token-4711\n  q: [\n".into()),
        ("flow", false, "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {p: made-up-token-4711}, x: ]\n".into()),
        ("json", false, "{\"kind\": \"Secret\", \"stringData\": {\"p\": \"made-up-token-4711\"}, \"x\": ]\n".into()),
        ("no kind", false, "metadata: {name: db}\nstringData: {p: made-up-token-4711}\n".into()),
        ("no name", false, "apiVersion: v1\nkind: Secret\nstringData: {p: made-up-token-4711}\n".into()),
        ("tab", false, format!("{head}stringData:\n\tp: made-up-token-4711\n")),
        ("indent", false, format!("{head}stringData:\n    a: b\n  p: made-up-token-4711\n x: [\n")),
        ("unknown alias", false, format!("{head}stringData: {{p: made-up-token-4711, q: *made}}\n")),
        ("list of objects", true, format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", format!("{head}strngData: {{p: made-up-token-4711}}\n").trim().replace('\n', "\n  "))),
        ("two", false, format!("{DB}---\n{DB}")),
    ];
    for (name, renders, text) in texts {
        check(&[(name, *renders, &[k, ("r.yaml", text)])]);
    }
}

#[test]
fn values_in_patches_never_appear() {
    let r = ("r.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {p: x}\n");
    let k = |text: &'static str| ("kustomization.yaml", text);
    check(&[
        (
            "op",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |\n    - {op: addd, path: /stringData/p, value: made-up-token-4711}\n",
                ),
            ],
        ),
        (
            "test",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |\n    - {op: test, path: /stringData/p, value: made-up-token-4711}\n",
                ),
            ],
        ),
        (
            "path",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- target: {name: db}\n  patch: |\n    - {op: add, path: /stringData/x/y/z, value: made-up-token-4711}\n",
                ),
            ],
        ),
        (
            "any",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- target: {labelSelector: a=b}\n  patch: |\n    - {op: add, pth: /stringData/x, value: made-up-token-4711}\n",
                ),
            ],
        ),
        (
            "json",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- target: {kind: Sec.*}\n  patch: '[{\"op\": \"add\", \"value\": \"made-up-token-4711\", ]'\n",
                ),
            ],
        ),
        (
            "6902",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatchesJson6902:\n- target: {version: v1, kind: Secret, name: db}\n  patch: |\n    - {op: tst, path: /stringData/p, value: made-up-token-4711}\n",
                ),
            ],
        ),
        (
            "merge",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: db}\n    stringData: {$patch: made-up-token-4711}\n",
                ),
            ],
        ),
        (
            "syntax",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: db}\n    stringData: {p: made-up-token-4711, q: ]\n",
                ),
            ],
        ),
        (
            "by target",
            true,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |\n    apiVersion: v1\n    kind: X\n    metadata: {name: db}\n    data: made-up-token-4711\n",
                ),
            ],
        ),
        (
            "file",
            false,
            &[
                r,
                k("resources: [r.yaml]\npatches:\n- {target: {kind: Secret}, path: p.yaml}\n"),
                ("p.yaml", "- {op: addd, path: /stringData/p, value: made-up-token-4711}\n"),
            ],
        ),
        (
            "file syntax",
            false,
            &[
                r,
                k("resources: [r.yaml]\npatches:\n- {target: {name: db}, path: ./p.yaml}\n"),
                ("p.yaml", "- {op: add, path: /stringData/p, value: made-up-token-4711, x: ]\n"),
            ],
        ),
        (
            "file by kind",
            false,
            &[
                r,
                k("resources: [r.yaml]\npatches:\n- path: p.yaml\n"),
                ("p.yaml", "apiVersion: v1\nkind: 'Secret'\nmetadata: {name: dbx}\nstringData: {p: made-up-token-4711}\n"),
            ],
        ),
        (
            "strategic",
            false,
            &[
                r,
                k(
                    "resources: [r.yaml]\npatchesStrategicMerge:\n- |\n  apiVersion: v1\n  kind: Secret\n  metadata: {name: dbx}\n  stringData: {p: made-up-token-4711}\n",
                ),
            ],
        ),
    ]);
}

#[test]
fn copies_of_values_never_appear() {
    let r = format!("{DB}---\n{MAP}---\n{WEB}");
    let r = ("r.yaml", r.as_str());
    let k = |text: &'static str| ("kustomization.yaml", text);
    let replace = "resources: [r.yaml]\nreplacements:\n- source: {kind: Secret, name: db, fieldPath: stringData.p";
    let texts = [
        (
            "part",
            false,
            format!(
                "{replace}, options: {{delimiter: \"|\", index: 5}}}}\n  targets: [{{select: {{kind: ConfigMap}}, fieldPaths: [data.a]}}]\n"
            ),
        ),
        ("number", true, format!("{replace}}}\n  targets: [{{select: {{kind: Deployment}}, fieldPaths: [spec.replicas]}}]\n")),
        (
            "name",
            true,
            format!(
                "{replace}}}\n  targets: [{{select: {{kind: Deployment}}, fieldPaths: [\"spec.template.spec.containers.[name=web].image\"]}}]\n"
            ),
        ),
        ("copy", true, format!("{replace}}}\n  targets: [{{select: {{kind: ConfigMap}}, fieldPaths: [data.a]}}]\n")),
        (
            "part of a value",
            true,
            format!(
                "{replace}}}\n  targets: [{{select: {{kind: ConfigMap}}, fieldPaths: [data.a], options: {{delimiter: \":\", index: 1}}}}]\n"
            ),
        ),
        ("no target", false, format!("{replace}}}\n  targets: [{{select: {{kind: ConfigMap}}, fieldPaths: [data.a.b.c]}}]\n")),
    ];
    for (name, renders, text) in &texts {
        check(&[(name, *renders, &[r, ("kustomization.yaml", text)])]);
    }
    let var = "resources: [r.yaml]\nvars: [{name: PW, objref: {apiVersion: v1, kind: Secret, name: db}, fieldref: {fieldpath: stringData.p}}]\nconfigurations: [c.yaml]\n";
    let with_var = r.1.replace("replicas: 1", "replicas: $(PW)").replace("a: b", "a: 'x://u:$(PW)@h/'");
    let fields = ("c.yaml", "varReference: [{kind: Deployment, path: spec/replicas}, {kind: ConfigMap, path: data/a}]\n");
    check(&[("var", true, &[("kustomization.yaml", var), ("r.yaml", &with_var), fields])]);
    let generated = k(
        "secretGenerator: [{name: db, literals: [p=made-up-token-4711]}]\nresources: [r.yaml]\nreplacements:\n- source: {kind: Secret, name: db, fieldPath: data.p}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n",
    );
    check(&[("generated", true, &[generated, ("r.yaml", MAP)])]);
}

#[test]
fn values_never_appear_in_tests() {
    let k = (
        "kustomization.yaml",
        "resources: [r.yaml]\nreplacements:\n- source: {kind: Secret, name: db, fieldPath: stringData.p}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n",
    );
    let r = format!("{DB}---\n{MAP}");
    let r = ("r.yaml", r.as_str());
    let file = |text: &'static str| ("web.render-test.yaml", text);
    check(&[
        (
            "message",
            true,
            &[
                k,
                r,
                file(
                    "name: x\ntarget: {kind: Secret}\nassert: object.stringData.p == \"x\"\nmessageExpression: object.stringData.p\n",
                ),
            ],
        ),
        (
            "objects",
            true,
            &[
                k,
                r,
                file("name: x\nassert: \"false\"\nmessageExpression: objects.filter(o, o.kind == 'Secret')[0].stringData.p\n"),
            ],
        ),
        (
            "copy",
            true,
            &[
                k,
                r,
                file(
                    "name: x\ntarget: {kind: ConfigMap}\nassert: object.data.a == \"x\"\nmessageExpression: '\"is \" + object.data.a'\n",
                ),
            ],
        ),
        ("contains", true, &[k, r, file("name: x\ntarget: {kind: Secret}\ncontains: {stringData: {p: y}}\n")]),
        ("contains the copy", true, &[k, r, file("name: x\ntarget: {kind: ConfigMap}\ncontains: {data: {a: y}}\n")]),
        (
            "expected",
            true,
            &[
                ("kustomization.yaml", "resources: [r.yaml]\n"),
                ("r.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {p: x}\n"),
                file("name: x\ntarget: {kind: Secret}\ncontains: {stringData: {p: made-up-token-4711}}\n"),
            ],
        ),
        (
            "compared",
            true,
            &[
                ("kustomization.yaml", "resources: [r.yaml]\n"),
                ("r.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {p: x}\n"),
                file("name: x\ntarget: {kind: Secret}\nassert: object.stringData.p == 'made-up-token-4711' && \n"),
            ],
        ),
        ("number", true, &[k, r, file("name: x\ntarget: {kind: Secret}\nassert: int(object.stringData.p) == 5\n")]),
    ]);
}

/// Runs commands on a chart whose output is a text; returns those that show the token.
#[cfg(unix)]
fn chart_leaks(rendered: &str) -> Vec<String> {
    let helm = format!("#!/bin/sh\nif [ \"$1\" = version ]; then echo v3.14.0; else cat <<'END'\n{rendered}END\nfi\n");
    let charts = "helmGlobals: {chartHome: charts}\nhelmCharts: [{name: web, releaseName: r}]\n";
    let chart = ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    let tree = Tree::new(&[("helm", &helm), ("kustomization.yaml", charts), chart, ("charts/web/values.yaml", "{}\n")]);
    std::fs::set_permissions(tree.path("helm"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    tree.write("old/kustomization.yaml", "resources: [r.yaml]\n");
    tree.write("old/r.yaml", DB.replace(TOKEN, "old"));
    let flags = ["--enable-helm", "--helm-command", "./helm"];
    let built = tree.run(&[&["build", "."], &flags[..]].concat());
    assert!(built.code == Some(1) || built.stdout.contains(TOKEN), "the chart is rendered: {built:?}");
    let mut runs = vec![vec!["blame", "."], vec!["deps", "."], vec!["diff", "old", "."], vec!["compare", "old", ".", "--all"]];
    runs.extend(["human", "json", "sarif", "junit"].map(|format| vec!["validate", ".", "--format", format]));
    let shows = |text: &str| text.contains(TOKEN) || ENCODED.iter().any(|encoded| text.contains(encoded));
    let leaking = |run: &Vec<&str>| shows(&tree.run(&[run.as_slice(), &flags].concat()).all());
    runs.into_iter().filter(leaking).map(|run| run.join(" ")).collect()
}

#[cfg(unix)]
#[test]
fn values_that_a_chart_renders_never_appear() {
    let right =
        format!("{DB}  q: {TOKEN}\n").replace("stringData: {p: made-up-token-4711}\n", "stringData:\n  p: made-up-token-4711\n");
    let wrong = [
        right.clone(),
        right.replace("name: db", "name: Not_valid"),
        right.replace("stringData:", "strngData:"),
        right.replace("stringData:", "data:"),
        right.replace("  q:", "  p:"),
        right.replace("  q:", "  q: [\n"),
    ];
    for rendered in wrong {
        assert_eq!(chart_leaks(&rendered), Vec::<String>::new(), "{rendered}");
    }
}

#[test]
fn snapshots_do_not_contain_copies_of_values() {
    let tree = Tree::new(&[
        (
            "kustomization.yaml",
            "resources: [r.yaml]\nreplacements:\n- source: {kind: Secret, name: db, fieldPath: stringData.p}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n",
        ),
        ("r.yaml", &format!("{DB}---\n{MAP}")),
    ]);
    assert_eq!(tree.run(&["test", "--update", "."]).code, Some(0));
    for entry in std::fs::read_dir(tree.path("__snapshots__")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains(TOKEN), "{text}");
    }
}

#[test]
fn other_mistakes_keep_their_lines() {
    let lines = |files: &[(&str, &str)], line: &str| {
        let tree = Tree::new(files);
        let shown = tree.run(&["validate", "."]).all();
        assert!(shown.contains(line), "no `{line}` in\n{shown}");
    };
    let generator = "secretGenerator:\n- name: db\n  literals: [p=made-up-token-4711]\n";
    lines(&[("kustomization.yaml", &format!("{generator}resources: [missing.yaml]\n"))], "resources: [missing.yaml]");
    lines(&[("kustomization.yaml", &format!("{generator}imags: []\n"))], "imags: []");
    lines(&[("kustomization.yaml", &format!("resources: [b.yaml]\n{generator}")), ("b.yaml", BROKEN)], "typ: x");
    let target = "resources: [b.yaml]\nreplacements:\n- source: {kind: Secret, name: db}\n  targts: []\n";
    lines(&[("kustomization.yaml", target), ("b.yaml", MAP)], "targts: []");
    let uses = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: web\n    envFrom: [{secretRef: {name: db}}]\n    imge: x\n";
    lines(&[("kustomization.yaml", "resources: [b.yaml]\n"), ("b.yaml", uses)], "imge: x");
    lines(
        &[("kustomization.yaml", "resources: [b.yaml]\n"), ("b.yaml", "apiVersion: v1\nkind: Pod\nspec: {secretName: x, ]\n")],
        "secretName: x, ]",
    );
}

#[test]
fn a_known_value_is_masked_wherever_it_appears() {
    let labeled = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop, labels: {a: \"made-up-token-4711!\"}}\n";
    let kustomization = "resources: [db.yaml, map.yaml]\n";
    let tree = Tree::new(&[("kustomization.yaml", kustomization), ("db.yaml", DB), ("map.yaml", labeled)]);
    let run = tree.run(&["validate", "."]);
    assert_eq!(run.code, Some(1), "{}", run.all());
    assert!(run.all().contains("***!") && !run.all().contains(TOKEN), "{}", run.all());
}
