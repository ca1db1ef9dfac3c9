//! Names and values: small pools, so that references match; unusual ones, so that typing and quoting are tested.

use super::document::{Quotes, Yaml, map};
use super::random::Random;

const NAMES: &[&str] = &["web", "api", "db", "cache", "worker", "web-api"];
const ODD_NAMES: &[&str] = &["a.b", "web:admin", "Web", "x", "system:node", "0", "123", "true", "web-", "a_b", "null", "1e3"];
const NAMESPACES: &[&str] = &["one", "two", "default", "prod", "kube-system"];
const KEYS: &[&str] = &["app", "tier", "team", "app.kubernetes.io/name", "env", "track"];
const LABEL_VALUES: &[&str] = &["web", "api", "db", "a", "b", "front", "v1", "1", "true", ""];
const IMAGES: &[&str] = &[
    "nginx",
    "nginx:1.25",
    "nginx:latest",
    "busybox",
    "busybox:1.36.1",
    "registry.example.com/team/app:v1.2.3",
    "registry.example.com:5000/team/app",
    "localhost:5000/app:dev",
    "gcr.io/p/app@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3",
    "nginx:1.25@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3",
    "team/app:1",
    "docker.io/library/nginx",
    "app",
];
const WORDS: &[&str] = &[
    "a",
    "value",
    "hello world",
    "8080",
    "true",
    "yes",
    "null",
    "1.0",
    "0x1F",
    "2020-01-01",
    "12:30",
    "a: b",
    "a #b",
    "# a",
    "- a",
    "'a'",
    "\"a\"",
    "{{ .Values.x }}",
    "{a",
    "[a]",
    "$(VAR)",
    "$$(VAR)",
    "a\nb",
    "a\nb\n",
    "a\n\nb\n\n",
    "  a\n b\n",
    "\na",
    "a \nb",
    "\ttab",
    "é",
    "中文",
    "😀",
    "a\u{2028}b",
    "\u{feff}x",
    "=",
    "<<",
    "~",
    "",
    " ",
    " a",
    "a ",
    "http://example.com:80/a?b=c&d=<e>",
    "*.example.com",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "a,b",
    "a=b",
    "1e3",
    "010",
    "key: value\nlist:\n- a\n- b\n",
    "{\"a\": 1, \"b\": [1, 2.50, \"x\"]}",
    "{\"a\":{\"name\":\"web\"}}",
    "[1, 2]",
    "the quick brown fox jumps over the lazy dog, and then it does so again and again until the line is really very long",
    "line one\n  line two\nline three",
    "a\r\nb",
    "a\\nb",
    "---",
    "a\n---\nb",
    "...",
];
const PLAIN: &[&str] = &[
    "0",
    "1",
    "-1",
    "+1",
    "42",
    "010",
    "0o17",
    "0x1F",
    "0b11",
    "1_000",
    "1.0",
    "1.50",
    "1e3",
    "1E3",
    ".5",
    "5.",
    "-0",
    "0.1",
    "12345678.9",
    "123456789012345678901",
    "9007199254740993",
    "18446744073709551615",
    "1e21",
    "1e-7",
    "true",
    "false",
    "True",
    "TRUE",
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "null",
    "Null",
    "NULL",
    "~",
    "",
    "2020-01-01",
    "12:30",
    "1:2:3",
    "08",
    "09.5",
    "1.2.3",
    "100m",
    "1Gi",
    "0.5",
    "=",
    "a b",
    "a:b",
    "http://a.b/c",
    "!!str 1",
    "!!int 1",
    "!custom a",
    "!!str",
    "'it''s'",
    "\"a\\x41\\u00e9\\n\"",
    "{}",
    "[]",
    "[ ]",
    "{ }",
    "{a, b}",
    "\"a\\/b\"",
    "0777",
    "-0o7",
    "+.inf",
    "a'b",
    "a\"b",
    "0x",
    "1__0",
    "_1",
    "1_",
    "--1",
    "1e",
    "+",
    "-.5",
];

/// Generates the values of random documents.
pub struct Values {
    pub random: Random,
    /// From 0 (everything is as users write it) to 3 (many unusual forms).
    pub oddness: usize,
}

impl Values {
    /// True in `percent` of 100 cases for each level of oddness.
    pub fn odd(&mut self, percent: usize) -> bool {
        let percent = percent * self.oddness;
        self.random.chance(percent)
    }

    pub fn name(&mut self) -> String {
        if self.odd(2) { self.random.pick(ODD_NAMES).into() } else { self.random.pick(NAMES).into() }
    }

    /// A name as a value: occasionally a number that is written without quotes.
    pub fn name_value(&mut self, name: &str) -> Yaml {
        if name.bytes().all(|byte| byte.is_ascii_digit()) && self.odd(10) { Yaml::plain(name) } else { name.into() }
    }

    pub fn namespace(&mut self) -> &'static str {
        self.random.pick(NAMESPACES)
    }

    pub fn key(&mut self) -> String {
        let odd = ["10", "a10", "yes", "1.5", "null", "a b", "a:b", "é", "x/y/z", "app.kubernetes.io/part-of", "on", "~"];
        if self.odd(3) { self.random.pick(&odd).into() } else { self.random.pick(KEYS).into() }
    }

    pub fn label_value(&mut self) -> Yaml {
        if self.odd(2) {
            return self.scalar();
        }
        Yaml::from(self.random.pick(LABEL_VALUES))
    }

    pub fn labels(&mut self) -> Yaml {
        let count = self.random.between(1, 3);
        let mut labels = map! {};
        for _ in 0..count {
            let (key, value) = (self.key(), self.label_value());
            labels.set(&key, value);
        }
        labels
    }

    pub fn image(&mut self) -> &'static str {
        self.random.pick(IMAGES)
    }

    /// A string, often one that needs quotes.
    pub fn string(&mut self) -> Yaml {
        let text = match self.random.below(8) {
            0..3 => self.random.pick(&["a", "value", "info", "debug", "hello world"]).to_owned(),
            3..7 => self.random.pick(WORDS).to_owned(),
            _ => {
                let pieces = ["a", "b", " ", ":", "#", "\n", "-", "'", "\"", "é", ",", "x y", "{", "]", "%", "1", "word "];
                self.random.pieces(&pieces, 8)
            }
        };
        Yaml::Text(text, self.quotes())
    }

    fn quotes(&mut self) -> Quotes {
        match self.random.below(10) {
            0..5 => Quotes::Auto,
            5 => Quotes::Single,
            6 => Quotes::Double,
            7 | 8 => Quotes::Literal,
            _ => Quotes::Folded,
        }
    }

    /// A string, number, boolean, date or null.
    pub fn scalar(&mut self) -> Yaml {
        match self.random.below(4) {
            0 if self.oddness > 0 => Yaml::plain(self.random.pick(PLAIN)),
            1 => Yaml::plain(self.random.pick(&["0", "1", "8080", "true", "false", "0.5", "1.0", "null", "100m"])),
            _ => self.string(),
        }
    }

    /// A key or string in a common form.
    pub fn random_key(&mut self) -> &'static str {
        self.random.pick(KEYS)
    }

    pub fn random_text(&mut self) -> &'static str {
        self.random.pick(WORDS)
    }

    /// Any value.
    pub fn value(&mut self, depth: usize) -> Yaml {
        match self.random.below(if depth == 0 { 5 } else { 9 }) {
            0..5 => self.scalar(),
            5 | 6 => {
                let count = self.random.below(4);
                if self.random.chance(50) {
                    return Yaml::from((0..count).map(|_| self.value(depth - 1)).collect::<Vec<_>>());
                }
                Yaml::from((0..count).map(|_| self.named_element(depth - 1)).collect::<Vec<_>>())
            }
            _ => {
                let mut mapping = map! {};
                for _ in 0..self.random.below(4) {
                    let key = self.random.pick(&["name", "size", "mode", "enabled", "config", "items", "ref", "kind"]);
                    let value = self.value(depth - 1);
                    mapping.set(key, value);
                }
                mapping
            }
        }
    }

    fn named_element(&mut self, depth: usize) -> Yaml {
        let name = self.name();
        let mut element = map! { "name" => name };
        let value = self.value(depth);
        element.set(self.random.pick(&["value", "port", "size", "config"]), value);
        element
    }

    pub fn count(&mut self) -> Yaml {
        let number = self.random.pick(&["0", "1", "2", "3", "10"]);
        if self.odd(3) { Yaml::plain(self.random.pick(&["010", "0x3", "1_0", "+3", "3.0", "1e1"])) } else { Yaml::plain(number) }
    }

    pub fn port(&mut self) -> Yaml {
        Yaml::plain(self.random.pick(&["80", "443", "8080", "53", "9090"]))
    }
}
