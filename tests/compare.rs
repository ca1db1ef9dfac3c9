//! `render compare`: its report on the stacks matches their manifests, and Secrets are not shown.

use std::collections::BTreeMap;

use assert_cmd::Command;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use render::compare::format::FORMATS;
use render::schema::quantity::Quantity;
use serde_json::Value;

const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "production"];
const STACKS: [&str; 5] = ["chat4all", "dashflow", "disney-ai-plus", "signal-harvester", "streaming-analytics"];

/// The standard output of a command that must succeed and report nothing.
fn render(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).assert().code(0).get_output().clone();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// `render compare` with the three environments of a stack.
fn compare(stack: &str, flags: &[&str]) -> String {
    let overlays = ENVIRONMENTS.map(|environment| format!("overlays/{environment}/{stack}"));
    let mut arguments = vec!["compare"];
    arguments.extend(overlays.iter().map(String::as_str));
    arguments.extend(flags);
    render(&arguments)
}

/// The objects of an environment, parsed by a different parser.
fn objects(environment: &str, stack: &str) -> Vec<Value> {
    let text = render(&["build", &format!("overlays/{environment}/{stack}")]);
    let documents = serde_yaml::Deserializer::from_str(&text);
    documents.map(|document| serde::Deserialize::deserialize(document).expect("an object")).collect()
}

fn find<'v>(objects: &'v [Value], kind: &str, name: &str) -> Option<&'v Value> {
    objects.iter().find(|object| object["kind"] == kind && without_hash(object) == name)
}

/// The name of an object that may have been generated.
fn without_hash(object: &Value) -> &str {
    let name = object["metadata"]["name"].as_str().expect("a name");
    let generated = matches!(object["kind"].as_str(), Some("ConfigMap" | "Secret"));
    let is_hash = |text: &str| text.len() == 10 && text.bytes().all(|byte| b"2456789bcdfghkmt".contains(&byte));
    match name.rsplit_once('-').filter(|(_, end)| generated && is_hash(end)) {
        Some((name, _)) => name,
        None => name,
    }
}

/// The cells of rows by `Kind/name` and field.
type Rows = BTreeMap<(String, String), [Option<String>; 3]>;

fn rows(stack: &str, flags: &[&str]) -> Rows {
    let json = compare(stack, &[&["--format", "json"], flags].concat());
    let table: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(table["environments"], serde_json::json!(ENVIRONMENTS));
    let row = |row: &Value| {
        let object = format!("{}/{}", row["object"]["kind"].as_str().unwrap_or(""), row["object"]["name"].as_str().unwrap_or(""));
        let cells = ENVIRONMENTS.map(|environment| row["values"][environment].as_str().map(str::to_owned));
        ((object, row["field"].as_str().expect("a field").to_owned()), cells)
    };
    table["rows"].as_array().expect("rows").iter().map(row).collect()
}

fn cells<'r>(rows: &'r Rows, object: &str, field: &str) -> [&'r str; 3] {
    let row = rows.get(&(object.to_owned(), field.to_owned())).unwrap_or_else(|| panic!("no row {object} {field}"));
    row.each_ref().map(|cell| cell.as_deref().unwrap_or("-"))
}

#[test]
fn the_environments_of_dashflow_differ_as_in_its_table() {
    let rows = rows("dashflow", &[]);
    let websocket = "Deployment/dashflow-websocket-server";
    let monitor = "Deployment/dashflow-quality-monitor";
    assert_eq!(cells(&rows, websocket, "replicas"), ["1", "2", "3 (auto-scales to 10)"]);
    assert_eq!(cells(&rows, monitor, "replicas"), ["1", "1", "2 (auto-scales to 5)"]);
    assert_eq!(cells(&rows, "ConfigMap/dashflow-config", "RUST_LOG"), ["debug", "info", "warn"]);
    for object in ["HorizontalPodAutoscaler", "PodDisruptionBudget"] {
        for name in ["dashflow-websocket-server", "dashflow-quality-monitor"] {
            assert_eq!(cells(&rows, &format!("{object}/{name}"), "present"), ["no", "no", "yes"]);
        }
        // Environments without such objects have none under any name.
        let all: Vec<_> = rows.iter().filter(|((of, field), _)| of.starts_with(object) && field == "present").collect();
        assert!(all.iter().all(|(_, cells)| cells[0].as_deref() == Some("no") && cells[1].as_deref() == Some("no")), "{all:?}");
    }
    let autoscaler = "HorizontalPodAutoscaler/dashflow-websocket-server";
    assert_eq!(cells(&rows, autoscaler, "minReplicas"), ["-", "-", "3"]);
    assert_eq!(cells(&rows, autoscaler, "maxReplicas"), ["-", "-", "10"]);
}

#[test]
fn resource_limits_of_dashflow_are_low_medium_and_high() {
    let rows = rows("dashflow", &[]);
    let limits: Vec<_> = rows.iter().filter(|((_, field), _)| field.starts_with("limits.")).collect();
    let of_services = limits.iter().filter(|((object, _), _)| object.starts_with("Deployment/dashflow-")).count();
    assert_eq!((limits.len(), of_services), (18, 6), "{limits:?}");
    for ((object, field), cells) in limits {
        let amounts =
            cells.each_ref().map(|cell| Quantity::parse(cell.as_deref().expect("a limit")).expect("a quantity").nanos());
        let [low, medium, high] = amounts;
        let rises = if object.contains("dashflow-") { low < medium && medium < high } else { low <= medium && medium <= high };
        assert!(rises && low < high, "{object} {field}: {cells:?}");
    }
}

#[test]
fn the_manifests_of_dashflow_have_these_differences() {
    let [dev, staging, production] = ENVIRONMENTS.map(|environment| objects(environment, "dashflow"));
    let replicas = |objects: &[Value], name: &str| find(objects, "Deployment", name).expect(name)["spec"]["replicas"].clone();
    for (name, of_dev, of_staging) in [("dashflow-websocket-server", 1, 2), ("dashflow-quality-monitor", 1, 1)] {
        assert_eq!((replicas(&dev, name), replicas(&staging, name)), (of_dev.into(), of_staging.into()));
        assert_eq!(replicas(&production, name), Value::Null, "the autoscaler sets the replicas");
    }
    for (name, least, most) in [("dashflow-websocket-server", 3, 10), ("dashflow-quality-monitor", 2, 5)] {
        let spec = &find(&production, "HorizontalPodAutoscaler", name).expect(name)["spec"];
        assert_eq!(
            (&spec["scaleTargetRef"]["name"], &spec["minReplicas"], &spec["maxReplicas"]),
            (&name.into(), &least.into(), &most.into())
        );
        assert!(find(&production, "PodDisruptionBudget", name).is_some());
    }
    for (objects, level) in [(&dev, "debug"), (&staging, "info"), (&production, "warn")] {
        assert_eq!(find(objects, "ConfigMap", "dashflow-config").expect("settings")["data"]["RUST_LOG"], level);
    }
    let absent =
        |objects: &[Value]| !objects.iter().any(|o| o["kind"] == "HorizontalPodAutoscaler" || o["kind"] == "PodDisruptionBudget");
    assert!(absent(&dev) && absent(&staging));
}

#[test]
fn entries_of_config_maps_that_differ_have_a_row_and_no_others() {
    for stack in STACKS {
        let built = ENVIRONMENTS.map(|environment| objects(environment, stack));
        let mut data: BTreeMap<(String, String), [Option<String>; 3]> = BTreeMap::new();
        let mut everywhere: BTreeMap<String, usize> = BTreeMap::new();
        for (at, objects) in built.iter().enumerate() {
            for object in objects.iter().filter(|object| object["kind"] == "ConfigMap") {
                let name = format!("ConfigMap/{}", without_hash(object));
                *everywhere.entry(name.clone()).or_default() += 1;
                for (key, value) in object["data"].as_object().expect("data") {
                    data.entry((name.clone(), key.clone())).or_default()[at] = value.as_str().map(str::to_owned);
                }
            }
        }
        data.retain(|(object, _), cells| everywhere[object] == 3 && cells.iter().any(|cell| *cell != cells[0]));
        assert!(!data.is_empty(), "{stack}");
        let mut rows = rows(stack, &["--kind", "ConfigMap"]);
        rows.retain(|(object, _), _| everywhere[object] == 3);
        assert_eq!(rows, data, "{stack}");
    }
}

#[test]
fn an_environment_does_not_differ_from_itself() {
    for environment in ENVIRONMENTS {
        let overlay = format!("overlays/{environment}");
        for view in ["default", "all"] {
            let text = render(&["compare", &overlay, &overlay, "--name", "this,that", "--view", view]);
            assert!(text.starts_with("no differences in ") && !text.contains(" 0 ") && text.lines().count() == 1, "{text}");
        }
    }
}

#[test]
fn secrets_are_shown_only_on_request() {
    let directory = tempfile::tempdir().expect("a directory");
    let values = ["correct-horse-battery", "staple-of-another-kind"];
    for (name, value) in ["one", "two"].iter().zip(values) {
        let overlay = directory.path().join(name);
        std::fs::create_dir_all(&overlay).expect("a directory");
        let kustomization = format!(
            "resources: [plain.yaml]\nsecretGenerator:\n- name: generated\n  literals: [PASSWORD={value}, SAME=both-have-this]\n"
        );
        let plain = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: plain, annotations: {{note: {value}}}}}\nstringData: {{PASSWORD: {value}}}\n"
        );
        std::fs::write(overlay.join("kustomization.yaml"), kustomization).expect("a file");
        std::fs::write(overlay.join("plain.yaml"), plain).expect("a file");
    }
    let run = |flags: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
        let output = command.current_dir(directory.path()).args(["compare", "one", "two", "--same"]).args(flags).assert().code(0);
        String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8")
    };
    for format in FORMATS {
        for view in ["default", "all"] {
            let flags = ["--format", format.name, "--view", view];
            let masked = run(&flags);
            for value in values.iter().chain(&["both-have-this"]) {
                assert!(!masked.contains(value) && !masked.contains(&STANDARD.encode(value)), "{flags:?}\n{masked}");
            }
            let stars = masked.replace("\\*", "*");
            assert!(stars.contains("*** (1)") && stars.contains("*** (2)"), "{flags:?}\n{masked}");
            let shown = run(&[&flags[..], &["--show-secrets"]].concat()).replace("\\_", "_");
            assert!(values.iter().all(|value| shown.contains(value)) && !shown.contains("***"), "{flags:?}\n{shown}");
        }
    }
}

#[test]
fn csv_can_be_read_by_other_parsers() {
    for stack in STACKS {
        let text = compare(stack, &["--format", "csv", "--all"]);
        let records = records(&text);
        assert_eq!(records[0], ["group", "kind", "namespace", "name", "field", "dev", "staging", "production"]);
        assert!(records.iter().all(|record| record.len() == 8), "{stack}");
        let rows = rows(stack, &["--all"]);
        assert_eq!(records.len() - 1, rows.len(), "{stack}");
        for record in &records[1..] {
            let cells = rows[&(format!("{}/{}", record[1], record[3]), record[4].clone())].each_ref();
            // What a spreadsheet would take for a formula has an apostrophe in front.
            let shown = |text: String| if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
            assert_eq!(record[5..], cells.map(|cell| shown(cell.clone().unwrap_or_default())), "{stack}");
        }
    }
}

/// Parses records according to RFC 4180.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\n' if !quoted => panic!("a line ends without a carriage return"),
            c => field.push(c),
        }
    }
    assert!(!quoted && field.is_empty() && record.is_empty());
    records
}

#[test]
fn lines_of_text_are_as_long_as_requested() {
    for stack in STACKS {
        for width in [60, 80, 120] {
            let text = compare(stack, &["--all", "--width", &width.to_string()]);
            let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("  ")).collect();
            assert!(rows.len() > 20);
            let longest = rows.iter().map(|line| line.chars().count()).max();
            assert!(longest <= Some(width), "{stack}: {longest:?}");
        }
    }
}

#[test]
fn wrapping_and_limits_lose_nothing() {
    for stack in STACKS {
        let cells = |text: &str| -> Vec<String> {
            let words = text.replace(char::is_whitespace, "");
            words.chars().map(String::from).collect::<Vec<_>>()
        };
        let sorted = |text: &str| {
            let mut cells = cells(text);
            cells.sort();
            cells
        };
        let wide = compare(stack, &["--width", "100000"]);
        for width in [60, 80, 120] {
            let narrow = compare(stack, &["--width", &width.to_string()]);
            assert!(!narrow.contains('…') || wide.contains('…'), "{stack}");
            assert_eq!(sorted(&narrow), sorted(&wide), "{stack} {width}");
        }
    }
}

#[test]
fn the_most_important_rows_come_first() {
    let table: Value = serde_json::from_str(&compare("dashflow", &["--format", "json"])).expect("JSON");
    let field = |row: &Value| row["field"].as_str().expect("a field").to_owned();
    let rows: Vec<&Value> = table["rows"].as_array().expect("rows").iter().filter(|row| !row["object"].is_null()).collect();
    let missing = rows.iter().rposition(|row| field(row) == "present").expect("a missing object");
    let image = rows.iter().position(|row| field(row).starts_with("replicas")).expect("replicas");
    assert!(missing < image, "{missing} {image}");
    let by_path: Value = serde_json::from_str(&compare("dashflow", &["--format", "json", "--sort", "path"])).expect("JSON");
    let set = |table: &Value| {
        table["rows"].as_array().expect("rows").iter().map(Value::to_string).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(set(&table), set(&by_path));
}

#[test]
fn the_page_needs_no_other_files() {
    let page = compare("dashflow", &["--format", "html", "--same", "--all"]);
    for part in ["<script", "<link", "<img", "<iframe", " src=", " href=", "url(", "@import"] {
        assert!(!page.contains(part), "{part}");
    }
    for tag in ["table", "thead", "tbody", "tr", "td", "body"] {
        let (open, close) = (page.matches(&format!("<{tag}")).count(), page.matches(&format!("</{tag}>")).count());
        assert!(open == close && open > 0, "{tag}: {open} {close}");
    }
}

#[test]
fn invalid_command_lines_print_nothing() {
    for arguments in [
        &["overlays/dev"][..],
        &["overlays/dev", "overlays/dev"],
        &["overlays/dev", "overlays/staging", "--name", "one"],
        &["overlays/dev", "overlays/staging", "--name", "one,one"],
        &["overlays/dev", "overlays/staging", "--kind", "("],
        &["overlays/dev", "overlays/staging", "--view", "none"],
        &["overlays/dev", "overlays/staging", "--format", "none"],
        &["overlays/dev", "overlays/staging", "--all", "--view", "default"],
        &["overlays/dev", "overlays/none"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
        let command = command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("compare").args(arguments);
        let output = command.assert().code(2).get_output().clone();
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}
