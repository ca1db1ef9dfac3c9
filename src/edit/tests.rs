//! Files that are read and written, and the errors of invalid ones. The expectations are those of kustomize 5.8.1.

use serde_json::json;

use super::*;

/// The file after `edit set nameprefix x-`, or the error.
fn edited(text: &str) -> String {
    let mut file = KustomizationFile::named(FILE_NAMES[0]);
    let result = file.take(text.as_bytes().to_vec()).and_then(|mut kustomization| {
        kustomization.set_text("namePrefix", "x-");
        file.printed(&kustomization)
    });
    match result {
        Ok(content) => String::from_utf8(content).expect("text"),
        Err(error) => format!("Error: {error}"),
    }
}

/// Escapes of the table of faults.
fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t").replace("\\x01", "\x01").replace("\\\\", "\\")
}

#[test]
fn faults_have_the_words_of_go() {
    let table: Vec<(&str, &str)> = include_str!("faults.txt").lines().filter_map(|line| line.split_once("  =>  ")).collect();
    assert!(table.len() > 70);
    let is_different = |(text, words): &&(&str, &str)| {
        // A line break in a quoted name is part of the message.
        let quoted = text.starts_with('"');
        let words = if quoted { (*words).replace("\\\\", "\\") } else { unescaped(words) };
        let text = if quoted { text.replace("1\\n", "1\n").replace("\\\\", "\\") } else { unescaped(text) };
        faults_in_go_words(&text) != Some(format!("invalid Kustomization: {words}"))
    };
    let different: Vec<_> = table.iter().filter(is_different).collect();
    assert!(different.is_empty(), "{different:#?}");
}

const KIND: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

#[test]
fn fields_keep_their_order_and_comments_move_above_a_field() {
    let text =
        "# head\n\nresources:\n# first\n- b.yaml # behind\n- a.yaml\n  # last\nNamePrefix: old\n# end\nnamespace: ns\n# rest\n";
    let expected = "# head\n\n# first\nresources:\n- b.yaml\n- a.yaml\n  # last\nnamePrefix: x-\n# end\nnamespace: ns\n";
    assert_eq!(edited(text), format!("{expected}{KIND}"));
}

#[test]
fn values_are_written_again() {
    let text = "namePrefix: a\nimages:\n    - newTag: '1'\n      name: \"b\"\nreplicas: [{name: a, count: 0x10}]\n\
                commonLabels: {b: 'yes', a: \"c\", a10: x, a2: 'y'}\nmetadata: {}\nresources: []\n\
                configMapGenerator: [{env: e, envs: [d], literals: [\"k=a\\nb\\n\"]}]\n\
                helmCharts: [{valuesInline: {a: 1e3, b: 12345678901234567890, c: ~, d: []}}]\n";
    let expected = "namePrefix: x-\nimages:\n- name: b\n  newTag: \"1\"\nreplicas:\n- count: 16\n  name: a\n\
                    commonLabels:\n  a: c\n  a2: \"y\"\n  a10: x\n  b: \"yes\"\nmetadata: {}\n\
                    configMapGenerator:\n- envs:\n  - d\n  - e\n  literals:\n  - |\n    k=a\n    b\n\
                    helmCharts:\n- valuesInline:\n    a: 1000\n    b: 12345678901234567000\n    c: null\n    d: []\n";
    assert_eq!(edited(text), format!("{expected}{KIND}"));
}

#[test]
fn deprecated_fields_are_moved() {
    let text = "namePrefix: a\nbases: [b]\nresources: [r]\nimageTags: [{name: i}]\n\
                helmChartInflationGenerator: [{chartName: c, chartHome: h, values: v}]\n";
    let expected = "namePrefix: x-\nresources:\n- r\n- b\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n\
                    helmCharts:\n- name: c\n  valuesFile: v\nhelmGlobals:\n  chartHome: h\nimages:\n- name: i\n";
    assert_eq!(edited(text), expected);
}

#[test]
fn only_fields_at_the_start_of_a_line_have_a_place() {
    // The last line does not end, so it does not count; a field that is found twice is written twice.
    assert_eq!(edited("namespace: ns\nnamePrefix: a"), format!("namespace: ns\n{KIND}namePrefix: x-\n"));
    assert_eq!(edited("namePrefix: a\n---\nnamePrefix: b\n"), format!("namePrefix: x-\nnamePrefix: x-\n{KIND}"));
    assert_eq!(edited("\"namespace\": ns\n"), format!("{KIND}namePrefix: x-\nnamespace: ns\n"));
    assert_eq!(edited("# only\n"), format!("{KIND}namePrefix: x-\n"));
}

#[test]
fn spellings_of_one_field_are_merged() {
    let text =
        "commonLabels: {a: b}\nCommonLabels: {c: d}\nNamePrefix: a\nimages: [{name: a}]\nIMAGES: [{newTag: b}, {name: c}]\n";
    let kustomization = decode(text.as_bytes()).expect("a kustomization");
    assert_eq!(kustomization.value("commonLabels"), Some(&json!({"a": "b", "c": "d"})));
    assert_eq!(kustomization.value("images"), Some(&json!([{"name": "a", "newTag": "b"}])));
}

#[test]
fn structs_are_printed_as_go_prints_them() {
    let patch = json!({"path": "p.yaml", "options": {"allowNameChange": true}});
    assert_eq!(
        go_print::go_syntax(&types::PATCH, &patch),
        "types.Patch{Path:\"p.yaml\", Patch:\"\", Target:(*types.Selector)(nil), Options:(*types.PatchArgs)(0xc000012345)}"
    );
    assert_eq!(go_print::list(&["a", "b c"]), "[a b c]");
    assert_eq!(crate::kustomize_words::quote("a\"\n\u{200b}é"), r#""a\"\n\u200bé""#);
}
