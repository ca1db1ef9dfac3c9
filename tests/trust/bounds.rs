//! Time and memory: what a tree may use up.
//!
//! Each tree here is a few kilobytes, and would take all memory or would not end. The program runs with little memory, so that a
//! missing limit fails the test and not the machine.

use std::process::{Command, Stdio};

use super::tree::{Run, Tree, run};

/// Kilobytes of address space of a run.
const MEMORY: u32 = 4_000_000;
/// Seconds of processor time of a run, many times more than it takes.
const SECONDS: u32 = 120;

/// Runs the program in the tree with limited memory and processor time.
fn bounded(tree: &Tree, arguments: &[&str]) -> Run {
    if cfg!(not(unix)) {
        return tree.run(arguments);
    }
    let program = tree.command(&[]);
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {MEMORY}; ulimit -t {SECONDS}; ulimit -c 0; exec \"$0\" \"$@\"");
    command.args(["-c", &script]).arg(program.get_program()).args(arguments);
    command.current_dir(tree.path("")).stdin(Stdio::null());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    run(&mut command)
}

/// The build of the tree is refused with this message.
#[track_caller]
fn refused(tree: &Tree, message: &str) -> Run {
    let run = bounded(tree, &["build", "."]);
    assert_eq!(run.code, Some(1), "{}", short(&run.stderr));
    assert!(run.stderr.starts_with("error["), "{}", short(&run.stderr));
    assert!(run.stderr.contains(message), "{}", short(&run.stderr));
    run
}

fn short(text: &str) -> String {
    text.chars().take(2000).collect()
}

const SHOP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n";

/// A tree with the ConfigMap `shop` and this rest of it, and with these fields of the kustomization.
fn shop(rest: &str, fields: &str) -> Tree {
    let kustomization = format!("resources: [r.yaml]\n{fields}");
    Tree::new(&[("kustomization.yaml", &kustomization), ("r.yaml", &format!("{SHOP}{rest}"))])
}

#[test]
fn copies_of_a_json_patch_are_bounded() {
    let add = "    - {op: add, path: /d, value: [x]}\n";
    let copy = "    - {op: copy, from: /d, path: /d/-}\n";
    let patch = format!("patches:\n- target: {{kind: ConfigMap}}\n  patch: |\n{add}{}", copy.repeat(40));
    let run = refused(&shop("", &patch), "copy more than 4000000 values");
    assert!(run.stderr.contains("kustomization.yaml:26"), "{}", short(&run.stderr));
    // Several patches, each of which copies little.
    let patch = format!("- target: {{kind: ConfigMap}}\n  patch: |\n    - {{op: test, path: /kind, value: ConfigMap}}\n{copy}");
    let first =
        format!("patches:\n- target: {{kind: ConfigMap}}\n  patch: |\n    - {{op: test, path: /kind, value: ConfigMap}}\n{add}");
    refused(&shop("", &(first + &patch.repeat(40))), "copy more than 4000000 values");
}

#[test]
fn a_large_patch_for_many_objects_is_bounded() {
    let objects: String = (0..3000).map(|at| format!("---\n{}", SHOP.replace("shop", &format!("shop{at}")))).collect();
    let value = "x, ".repeat(5000);
    for patch in [
        format!("  patch: |\n    - {{op: add, path: /data, value: [{value}]}}\n"),
        format!("  patch: |\n    kind: ConfigMap\n    metadata: {{name: any}}\n    data: {{list: [{value}]}}\n"),
    ] {
        let fields = format!("resources: [r.yaml]\npatches:\n- target: {{kind: ConfigMap}}\n{patch}");
        refused(&Tree::new(&[("kustomization.yaml", &fields), ("r.yaml", &objects)]), "copy more than 4000000 values");
    }
}

#[test]
fn replacements_that_double_a_value_are_bounded() {
    let item = |path: &str, targets: &str, options: &str| {
        let source = format!("source: {{kind: ConfigMap, name: shop, fieldPath: {path}}}");
        format!("- {{{source}, targets: [{{select: {{kind: ConfigMap}}, fieldPaths: [{targets}], options: {options}}}]}}\n")
    };
    let both = item("data.a", "data.a", "{delimiter: '-', index: 0}") + &item("data.a", "data.a", "{delimiter: '-', index: -1}");
    refused(&shop("data: {a: x-y}\n", &format!("replacements:\n{}", both.repeat(40))), "more than 16 MiB");
    // A list in itself, twice.
    let twice = item("data", "d.a, d.b", "{create: true}") + &item("d", "data", "{create: true}");
    refused(&shop("data: {a: x}\nd: {}\n", &format!("replacements:\n{}", twice.repeat(40))), "copy more than 4000000 values");
    // A document in its own string: quotes double in each round.
    let json = item("data.a", "data.a.x", "{}");
    refused(&shop("data: {a: '{\"x\": \"\"}'}\n", &format!("replacements:\n{}", json.repeat(60))), "more than 16 MiB");
}

#[test]
fn vars_that_multiply_a_value_are_bounded() {
    let value = "x".repeat(100_000);
    let pod = format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - {{name: a, args: [\"{}\"]}}\n",
        "$(A)".repeat(100_000)
    );
    let vars = "vars:\n- {name: A, objref: {apiVersion: v1, kind: ConfigMap, name: shop}, fieldref: {fieldpath: data.a}}\n";
    refused(&shop(&format!("data: {{a: {value}}}\n{pod}"), &vars.replace("fieldpath", "fieldPath")), "more than 16 MiB");
}

/// Two directories per level, each of which lists both of the next level.
fn diamond(levels: usize, fields: impl Fn(&str) -> String) -> Tree {
    let tree = shop("", "");
    tree.write("kustomization.yaml", "resources: [a0, r.yaml]\n");
    for level in 0..levels {
        for name in ["a", "b"] {
            let below = format!("resources: [../a{}, ../b{}]\n{}", level + 1, level + 1, fields(name));
            tree.write(&format!("{name}{level}/kustomization.yaml"), below);
        }
    }
    tree
}

#[test]
fn a_diamond_of_bases_without_objects_is_built_once() {
    let tree = diamond(28, |_| String::new());
    ["a", "b"].iter().for_each(|name| tree.write(&format!("{name}28/kustomization.yaml"), "namePrefix: x-\n"));
    let run = bounded(&tree, &["build", "."]);
    assert_eq!((run.code, run.stdout.matches("name: shop").count()), (Some(0), 1), "{}", short(&run.stderr));
}

#[test]
fn a_directory_without_objects_still_ends_in_a_cycle() {
    // `a` is built first on its own, and then below `b`, which it contains.
    let files = [
        ("kustomization.yaml", "resources: [a, b/c]\n"),
        ("a/kustomization.yaml", "resources: [../e]\n"),
        ("e/kustomization.yaml", "namePrefix: x-\n"),
        ("b/c/kustomization.yaml", "resources: [../../d]\n"),
        ("d/kustomization.yaml", "resources: [../b]\n"),
        ("b/kustomization.yaml", "namePrefix: x-\n"),
    ];
    let run = Tree::new(&files).run(&["build", "."]);
    assert!(run.stderr.contains("error[cycle]"), "{}", run.all());
    let mut files = files.to_vec();
    files[0].1 = "resources: [d, b/c]\n";
    let run = Tree::new(&files).run(&["build", "."]);
    assert!(run.stderr.contains("error[cycle]"), "{}", run.all());
}

#[test]
fn a_diamond_of_bases_with_objects_is_bounded() {
    // Each level doubles the object, and removes one of the two.
    let delete = "patches:\n- target: {name: b-.*}\n  patch: '{kind: ConfigMap, metadata: {name: any}, $patch: delete}'\n";
    let tree = diamond(28, |name| format!("namePrefix: {name}-\n{delete}"));
    for name in ["a", "b"] {
        tree.write(&format!("{name}28/kustomization.yaml"), format!("resources: [r.yaml]\nnamePrefix: {name}-\n"));
        tree.write(&format!("{name}28/r.yaml"), SHOP);
    }
    let run = refused(&tree, "more than 10000 kustomizations");
    assert_eq!(run.stderr.matches("error[").count(), 1, "{}", short(&run.stderr));
}

#[test]
fn the_depth_of_kustomizations_is_bounded() {
    let tree = shop("", "");
    tree.write("kustomization.yaml", "resources: [d0]\n");
    (0..300).for_each(|at| tree.write(&format!("d{at}/kustomization.yaml"), format!("resources: [../d{}]\n", at + 1)));
    refused(&tree, "more than 200 kustomizations are nested");
}

#[test]
fn the_size_of_all_files_together_is_bounded() {
    let files: String = (0..600).map(|at| format!("  - k{at}=big.txt\n")).collect();
    let tree = Tree::new(&[("kustomization.yaml", &format!("configMapGenerator:\n- name: c\n  files:\n{files}"))]);
    tree.write("big.txt", "x".repeat(1 << 20));
    refused(&tree, "more than 512 MiB of files");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "printing this much takes a minute without optimization")]
fn the_size_of_the_output_is_bounded() {
    let objects: String = (0..300).map(|at| format!("---\n{}", SHOP.replace("shop", &format!("shop{at}")))).collect();
    let fields = format!("resources: [r.yaml]\ncommonAnnotations: {{a: {}}}\n", "x".repeat(1 << 20));
    refused(&Tree::new(&[("kustomization.yaml", &fields), ("r.yaml", &objects)]), "larger than 256 MiB");
}

#[test]
fn the_size_of_regular_expressions_is_bounded() {
    let patch = "patches:\n- target: {name: '((a{1000}){1000}){1000}'}\n  patch: '[]'\n";
    refused(&shop("", patch), "error[");
    refused(&shop("", "images:\n- {name: '((a{1000}){1000}){1000}', newTag: x}\n"), "error[");
}

#[test]
fn only_the_first_items_without_effect_get_a_suggestion() {
    let items: String = (0..300)
        .map(|_| "- {target: {kind: ConfigMap, name: shap}, patch: '[{\"op\": \"remove\", \"path\": \"/data\"}]'}\n")
        .collect();
    let run = bounded(&shop("", &format!("patches:\n{items}")), &["validate", "."]);
    assert_eq!(run.all().matches("did you mean").count(), 200, "{}", short(&run.all()));
}

#[test]
fn long_names_are_not_compared_to_find_a_suggestion() {
    let patch = format!("patches:\n- {{target: {{kind: ConfigMap, name: {}}}, patch: '[]'}}\n", "x".repeat(1 << 20));
    let tree = shop("", &patch);
    tree.write("r.yaml", SHOP.replace("shop", &"x".repeat((1 << 20) + 1)));
    let run = bounded(&tree, &["build", "."]);
    assert_ne!(run.code, None, "{}", short(&run.stderr));
}

#[test]
fn duplicate_keys_are_found_among_many() {
    let keys: String = (0..20_000).map(|at| format!("  k{at}: x\n")).collect();
    refused(&shop(&format!("data:\n{keys}  k19999: y\n"), ""), "k19999");
}

/// Under the name kustomize, the error of a component is quoted by each component around it, and each time grows to twice its length.
#[test]
fn words_of_nested_components_stay_short() {
    let tree = Tree::new(&[("kustomization.yaml", "components: [\"0\"]\n")]);
    let component =
        |below: &str| format!("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [{below}]\n");
    for level in 0..100 {
        tree.write(&format!("{level}/kustomization.yaml"), component(&format!("../{}", level + 1)));
    }
    tree.write("100/kustomization.yaml", component("missing"));
    let words = bounded(&tree, &["kustomize", "build"]).stderr;
    assert!(words.contains("\nError: accumulating components: ") && words.contains("missing: no such file or directory"));
    assert!(words.len() < 1 << 20, "{} bytes", words.len());
}
