//! Random kustomization files, in any style: comments, empty lines, quotes, brackets, indentation, line breaks.

use serde_json::{Value, json};

use render::yaml::inline_string;

use super::Tape;

/// A file, line by line.
pub struct File {
    pub lines: Vec<Line>,
    pub line_break: &'static str,
    pub has_mark: bool,
    pub is_open: bool,
}

/// A line and what it is about.
#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    pub owner: Owner,
}

/// What a line is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Owner {
    /// `---`
    Marker,
    Blank,
    Comment,
    /// The line of a field's key, or all lines of a field that is in brackets or a mapping.
    Field(String),
    /// A line of an item.
    Item(String, usize),
}

impl File {
    pub fn text(&self) -> String {
        let mut text = if self.has_mark { "\u{feff}".to_owned() } else { String::new() };
        for line in &self.lines {
            text.push_str(&line.text);
            text.push_str(self.line_break);
        }
        if self.is_open {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    }
}

/// The style of one file.
struct Style {
    list_indent: usize,
    indent: usize,
    brackets: usize,
    comments: usize,
    blanks: usize,
    quotes: usize,
    mixed: bool,
}

pub fn file(tape: &mut Tape) -> File {
    let style = Style {
        list_indent: *tape.one(&[0, 2, 4, 1]),
        indent: *tape.one(&[2, 4, 3]),
        brackets: *tape.one(&[0, 15, 50, 100]),
        comments: *tape.one(&[0, 10, 40]),
        blanks: *tape.one(&[0, 10, 40, 100]),
        quotes: *tape.one(&[0, 20, 70]),
        mixed: tape.chance(20),
    };
    let mut out = Out { lines: Vec::new(), style, owner: Owner::Marker };
    if tape.chance(15) {
        out.push(Owner::Comment, "# head".to_owned());
        if tape.chance(50) {
            out.push(Owner::Blank, String::new());
        }
    }
    if tape.chance(15) {
        out.push(Owner::Marker, "---".to_owned());
    }
    let mut fields = fields(tape);
    if tape.chance(30) {
        for at in (1..fields.len()).rev() {
            let other = tape.below(at + 1);
            fields.swap(at, other);
        }
    }
    for (at, (name, value)) in fields.iter().enumerate() {
        out.trivia(tape, 0, at == 0);
        out.field(tape, name, value);
    }
    if tape.chance(20) {
        if tape.chance(50) {
            out.push(Owner::Blank, String::new());
        }
        out.push(Owner::Comment, "# the end".to_owned());
    }
    let last_is_text = out.lines.last().is_some_and(|line| !line.text.trim().is_empty());
    File {
        line_break: if tape.chance(20) { "\r\n" } else { "\n" },
        has_mark: tape.chance(5),
        is_open: last_is_text && tape.chance(15),
        lines: out.lines,
    }
}

/// A random file with parts that no generator thinks of; it is often not valid.
pub fn damaged(tape: &mut Tape) -> String {
    const PARTS: [&str; 30] = [
        "&a ",
        "*a",
        "<<: *a\n",
        "!!str ",
        "? ",
        "- ",
        "\n",
        "\n\n",
        "  ",
        "\t",
        "#",
        " # c",
        "'",
        "\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        ": ",
        "é",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "\r",
        "\n---\n",
        "\n...\n",
        "|\n",
        ">+\n",
        "%YAML 1.1\n",
    ];
    let mut text = file(tape).text();
    for _ in 0..=tape.below(3) {
        let mut at = (tape.below(256) * 256 + tape.below(256)) % (text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if tape.chance(30) {
            let end = (at + tape.below(8)).min(text.len());
            if text.is_char_boundary(end) {
                text.replace_range(at..end, "");
                continue;
            }
        }
        text.insert_str(at, tape.one::<&str>(&PARTS));
    }
    text
}

struct Out {
    lines: Vec<Line>,
    style: Style,
    owner: Owner,
}

const WORDS: [&str; 12] = ["web", "a.yaml", "base", "x-y", "1.2", "yes", "6", "a b", "it's", "app: x", "#1", "0x10"];
const PATHS: [&str; 10] =
    ["a.yaml", "b.yaml", "base", "../c", "d/e.yaml", "f-1.yaml", "https://x.y/z?ref=v1", "g h.yaml", "i.yaml", "j"];
const NAMES: [&str; 6] = ["nginx", "redis", "a", "gcr.io/x/y", "postgres", "b"];
const KEYS: [&str; 7] = ["app", "tier", "a.b/c", "yes", "n", "1", "team"];
const PATCH: &str = "- op: replace\n  path: /a\n\n  value: 1\n";

fn texts(tape: &mut Tape, of: &[&str]) -> Value {
    let mut list: Vec<&str> = Vec::new();
    for _ in 0..tape.below(5) {
        let text = *tape.one(of);
        if !list.contains(&text) {
            list.push(text);
        }
    }
    json!(list)
}

fn map(tape: &mut Tape) -> Value {
    let mut map = serde_json::Map::new();
    for _ in 0..=tape.below(3) {
        map.insert((*tape.one(&KEYS)).to_owned(), json!(*tape.one(&WORDS)));
    }
    Value::Object(map)
}

fn named(tape: &mut Tape, item: impl Fn(&mut Tape, &str) -> Value) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for _ in 0..=tape.below(4) {
        let name = *tape.one(&NAMES);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Value::Array(names.into_iter().map(|name| item(tape, name)).collect())
}

fn image(tape: &mut Tape, name: &str) -> Value {
    let mut image = json!({"name": name});
    for (key, values) in
        [("newTag", ["1.2", "6", "v1"]), ("newName", ["other", "redis", "q"]), ("digest", ["sha256:1", "sha256:2", ""])]
    {
        if tape.chance(50) {
            image[key] = json!(*tape.one(&values));
        }
    }
    image
}

fn generator(tape: &mut Tape, name: &str) -> Value {
    let mut item = json!({"name": name});
    if tape.chance(30) {
        item["namespace"] = json!("web");
    }
    if tape.chance(60) {
        item["literals"] = texts(tape, &["a=b", "c=d", "e=f g", "h=1", "i=it's"]);
    }
    if tape.chance(40) {
        item["files"] = texts(tape, &["a.txt", "k=b.txt", "c.txt"]);
    }
    if tape.chance(20) {
        item["env"] = json!("old.env");
    }
    if tape.chance(20) {
        item["envs"] = texts(tape, &["a.env", "b.env"]);
    }
    if tape.chance(20) {
        item["options"] = json!({"disableNameSuffixHash": true, "labels": map(tape)});
    }
    item
}

fn patch(tape: &mut Tape) -> Value {
    let target = json!({"kind": "Deployment", "name": *tape.one(&NAMES)});
    match tape.below(4) {
        0 => json!({"path": *tape.one(&PATHS)}),
        1 => json!({"path": *tape.one(&PATHS), "target": target}),
        2 => json!({"patch": PATCH, "target": target}),
        _ => json!({"target": target, "patch": "[]", "options": {"allowNameChange": true}}),
    }
}

fn fields(tape: &mut Tape) -> Vec<(String, Value)> {
    const ALL: [&str; 22] = [
        "apiVersion",
        "kind",
        "resources",
        "bases",
        "namePrefix",
        "nameSuffix",
        "namespace",
        "components",
        "commonLabels",
        "commonAnnotations",
        "labels",
        "patches",
        "patchesStrategicMerge",
        "configMapGenerator",
        "secretGenerator",
        "images",
        "imageTags",
        "replicas",
        "buildMetadata",
        "transformers",
        "generators",
        "generatorOptions",
    ];
    let mut fields = Vec::new();
    let chance = *tape.one(&[15, 35, 60]);
    for name in ALL {
        if !tape.chance(chance) {
            continue;
        }
        let value = match name {
            "apiVersion" => json!("kustomize.config.k8s.io/v1beta1"),
            "kind" => json!("Kustomization"),
            "namePrefix" | "nameSuffix" | "namespace" => json!(*tape.one(&WORDS)),
            "commonLabels" | "commonAnnotations" => map(tape),
            "labels" => {
                let label = |tape: &mut Tape| match tape.below(3) {
                    0 => json!({"pairs": map(tape)}),
                    1 => json!({"pairs": map(tape), "includeSelectors": true}),
                    _ => json!({"includeTemplates": true, "pairs": map(tape), "fields": [{"path": "a/b", "create": true}]}),
                };
                Value::Array((0..=tape.below(3)).map(|_| label(tape)).collect())
            }
            "patches" => Value::Array((0..=tape.below(4)).map(|_| patch(tape)).collect()),
            "configMapGenerator" | "secretGenerator" => named(tape, generator),
            "images" | "imageTags" => named(tape, image),
            "replicas" => named(tape, |tape, name| json!({"name": name, "count": tape.below(4)})),
            "buildMetadata" => texts(tape, &["originAnnotations", "transformerAnnotations", "managedByLabel"]),
            "generatorOptions" => json!({"disableNameSuffixHash": true, "labels": map(tape)}),
            _ => texts(tape, &PATHS),
        };
        let spelled = if tape.chance(4) { name.to_uppercase() } else { name.to_owned() };
        fields.push((spelled, value));
    }
    fields
}

impl Out {
    fn push(&mut self, owner: Owner, text: String) {
        self.lines.push(Line { text, owner });
    }

    /// Comments and empty lines in front of a field or an item.
    fn trivia(&mut self, tape: &mut Tape, column: usize, first: bool) {
        let (blanks, comments) = (self.style.blanks, self.style.comments);
        if !first && tape.chance(if column == 0 { blanks } else { blanks / 8 }) {
            self.push(Owner::Blank, if tape.chance(5) { "  ".to_owned() } else { String::new() });
        }
        if tape.chance(comments) {
            for _ in 0..=tape.below(2) {
                let text = *tape.one(&["# a comment", "# web", "# - old.yaml", "#", "# images: 'x"]);
                let indent = if tape.chance(5) { 0 } else { column };
                self.push(Owner::Comment, format!("{}{text}", " ".repeat(indent)));
            }
            if column == 0 && tape.chance(20) {
                self.push(Owner::Blank, String::new());
            }
        }
    }

    fn behind(&self, tape: &mut Tape) -> &'static str {
        if tape.chance(self.style.comments / 3) { tape.one::<&str>(&["  # why", " # it's: [x", "   ", " # web"]) } else { "" }
    }

    fn scalar(&self, tape: &mut Tape, value: &Value, in_brackets: bool) -> String {
        let Value::String(text) = value else { return value.to_string() };
        let is_plain = inline_string(text) == *text && !(in_brackets && text.contains([',', '[', ']', '{', '}', '?']));
        if is_plain && !tape.chance(self.style.quotes) {
            return text.clone();
        }
        if tape.chance(50) && !text.contains('\n') { format!("'{}'", text.replace('\'', "''")) } else { value.to_string() }
    }

    fn inline(&self, tape: &mut Tape, value: &Value) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.inline(tape, item)).collect();
                let last = if !items.is_empty() && tape.chance(10) { "," } else { "" };
                format!("[{}{last}]", items.join(if tape.chance(10) { "," } else { ", " }))
            }
            Value::Object(map) => {
                let mut entries = Vec::new();
                for (key, value) in map {
                    entries.push(format!("{}: {}", self.scalar(tape, &json!(key), true), self.inline(tape, value)));
                }
                if tape.chance(20) { format!("{{ {} }}", entries.join(", ")) } else { format!("{{{}}}", entries.join(", ")) }
            }
            value => self.scalar(tape, value, true),
        }
    }

    fn field(&mut self, tape: &mut Tape, name: &str, value: &Value) {
        self.owner = Owner::Field(name.to_owned());
        let key = if tape.chance(3) { format!("\"{name}\"") } else { name.to_owned() };
        let gap = if tape.chance(5) { "   " } else { " " };
        self.entry(tape, &key, gap, value, 0, true);
    }

    /// `key: value`, whose first line continues the last line of the file if it is open.
    fn entry(&mut self, tape: &mut Tape, key: &str, gap: &str, value: &Value, column: usize, top: bool) {
        let spaces = " ".repeat(column);
        let is_empty = value.as_array().is_some_and(Vec::is_empty);
        match value {
            Value::Array(_) | Value::Object(_) if is_empty || tape.chance(self.style.brackets) => {
                if is_empty && tape.chance(50) {
                    let text = *tape.one(&["", " null", " ~", " # none"]);
                    return self.line(format!("{spaces}{key}:{text}"));
                }
                if let Value::Array(items) = value
                    && !items.is_empty()
                    && tape.chance(25)
                {
                    return self.brackets(tape, key, items, column);
                }
                let text = self.inline(tape, value);
                let behind = self.behind(tape);
                self.line(format!("{spaces}{key}:{gap}{text}{behind}"));
            }
            Value::Array(items) => {
                let behind = self.behind(tape);
                self.line(format!("{spaces}{key}:{behind}"));
                let indent = if self.style.mixed { *tape.one(&[0, 2, 4]) } else { self.style.list_indent };
                for (at, item) in items.iter().enumerate() {
                    self.trivia(tape, column + indent, at == 0);
                    if top {
                        self.owner = Owner::Item(key.trim_matches('"').to_owned(), at);
                    }
                    self.item(tape, item, column + indent);
                }
            }
            Value::Object(map) => {
                let behind = self.behind(tape);
                self.line(format!("{spaces}{key}:{behind}"));
                let indent = if self.style.mixed { *tape.one(&[2, 4]) } else { self.style.indent };
                self.mapping(tape, map, column + indent);
            }
            Value::String(text) if text.contains('\n') => {
                self.line(format!("{spaces}{key}: |"));
                for line in text.trim_end_matches('\n').split('\n') {
                    let indent = if line.is_empty() { String::new() } else { " ".repeat(column + self.style.indent) };
                    self.line(format!("{indent}{line}"));
                }
            }
            value => {
                let text = self.scalar(tape, value, false);
                let behind = self.behind(tape);
                self.line(format!("{spaces}{key}:{gap}{text}{behind}"));
            }
        }
    }

    fn mapping(&mut self, tape: &mut Tape, map: &serde_json::Map<String, Value>, column: usize) {
        let mut entries: Vec<(&String, &Value)> = map.iter().collect();
        if tape.chance(30) {
            entries.reverse();
        }
        for (at, (key, value)) in entries.into_iter().enumerate() {
            if at > 0 && tape.chance(self.style.comments / 4) {
                self.push(Owner::Comment, format!("{}# inside", " ".repeat(column)));
            }
            let key = self.scalar(tape, &json!(key), false);
            self.entry(tape, &key, " ", value, column, false);
        }
    }

    fn item(&mut self, tape: &mut Tape, item: &Value, column: usize) {
        let spaces = " ".repeat(column);
        match item {
            Value::Object(map) if !tape.chance(self.style.brackets) => {
                let gap = if tape.chance(5) { 3 } else { 1 };
                let start = self.lines.len();
                self.mapping(tape, map, column + 1 + gap);
                // A comment can't be in front of the first key here.
                if let Some(line) = self.lines.get_mut(start) {
                    line.text.replace_range(column..=column, "-");
                }
            }
            item => {
                let text = self.inline(tape, item);
                let behind = self.behind(tape);
                self.line(format!("{spaces}- {text}{behind}"));
            }
        }
    }

    /// A list in brackets, each item on its own line.
    fn brackets(&mut self, tape: &mut Tape, key: &str, items: &[Value], column: usize) {
        let spaces = " ".repeat(column);
        self.line(format!("{spaces}{key}: ["));
        let trailing = tape.chance(50);
        for (at, item) in items.iter().enumerate() {
            let text = self.inline(tape, item);
            let comma = if at + 1 < items.len() || trailing { "," } else { "" };
            let behind = self.behind(tape);
            self.line(format!("{spaces}  {text}{comma}{behind}"));
        }
        self.line(format!("{spaces}]"));
    }

    fn line(&mut self, text: String) {
        self.push(self.owner.clone(), text);
    }
}
