//! Flags and arguments, as pflag reads them.

use super::command::{Flag, Kind, Tree};
use super::csv;
use crate::kustomize_words::quote;

/// The flags and the arguments of a command line.
#[derive(Default)]
pub(super) struct Flags {
    /// The values of the flags that are set.
    pub(super) values: Vec<(&'static str, Set)>,
    /// Everything else.
    pub(super) arguments: Vec<String>,
    /// How many of the arguments stand before `--`.
    pub(super) dash: Option<usize>,
    /// Remarks about flags that are deprecated.
    pub(super) remarks: String,
    /// The value of `--help`, if it is set.
    pub(super) help: Option<bool>,
}

/// The value of a flag.
pub(super) enum Set {
    /// On or off.
    Bool(bool),
    /// A string.
    Text(String),
    /// Strings.
    List(Vec<String>),
}

/// Why flags can't be read.
pub(super) struct Stop(pub(super) String);

impl Flags {
    /// Reads the flags of a command.
    pub(super) fn read(tree: &Tree, command: usize, words: &[String]) -> Result<Self, Stop> {
        let mut flags = Flags::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                flags.dash = Some(flags.arguments.len());
                flags.arguments.extend(words.by_ref().cloned());
            } else if let Some(long) = word.strip_prefix("--") {
                flags.long(tree, command, word, long, &mut words)?;
            } else if word.len() > 1 && word.starts_with('-') {
                flags.letters(tree, command, &word[1..], &mut words)?;
            } else {
                flags.arguments.push(word.clone());
            }
        }
        Ok(flags)
    }

    /// `--name`, `--name=value`, or `--name value`.
    fn long<'w>(
        &mut self,
        tree: &Tree,
        command: usize,
        word: &str,
        long: &str,
        words: &mut impl Iterator<Item = &'w String>,
    ) -> Result<(), Stop> {
        if long.starts_with(['-', '=']) {
            return Err(Stop(format!("bad flag syntax: {word}")));
        }
        let (name, joined) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        if name == "help" {
            return self.set_help(joined);
        }
        let Some(flag) = tree.flag(command, name) else {
            return Err(Stop(format!("unknown flag: --{name}")));
        };
        let value = match joined {
            Some(value) => value.to_owned(),
            None if flag.kind == Kind::Bool => "true".to_owned(),
            None => words.next().ok_or_else(|| Stop(format!("flag needs an argument: --{name}")))?.clone(),
        };
        self.set(flag, value)
    }

    /// `-a`, `-avalue`, `-a=value`, `-a value`, or several letters.
    fn letters<'w>(
        &mut self,
        tree: &Tree,
        command: usize,
        letters: &str,
        words: &mut impl Iterator<Item = &'w String>,
    ) -> Result<(), Stop> {
        // Values for the tests of a program in Go, such as `-test.v`, mean nothing.
        if letters.starts_with("test.") {
            return Ok(());
        }
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            let here = rest;
            rest = &rest[letter.len_utf8()..];
            let joined = rest.strip_prefix('=').filter(|value| !value.is_empty());
            let Some(flag) = tree.flag_of_letter(command, letter) else {
                if letter == 'h' {
                    self.set_help(joined)?;
                    rest = if joined.is_some() { "" } else { rest };
                    continue;
                }
                let shown = char::from(here.as_bytes()[0]);
                return Err(Stop(format!("unknown shorthand flag: {} in -{here}", in_single_quotes(shown))));
            };
            let value = match joined {
                Some(value) => value.to_owned(),
                None if flag.kind == Kind::Bool => {
                    self.set(flag, "true".to_owned())?;
                    continue;
                }
                None if !rest.is_empty() => rest.to_owned(),
                None => match words.next() {
                    Some(word) => word.clone(),
                    None => {
                        let shown = in_single_quotes(letter);
                        return Err(Stop(format!("flag needs an argument: {shown} in -{here}")));
                    }
                },
            };
            self.set(flag, value)?;
            return Ok(());
        }
        Ok(())
    }

    /// `--help`, which may have a value.
    fn set_help(&mut self, value: Option<&str>) -> Result<(), Stop> {
        let text = value.unwrap_or("true");
        let refused = |cause| Stop(format!("invalid argument {} for \"-h, --help\" flag: {cause}", quote(text)));
        self.help = Some(bool_of(text).map_err(refused)?);
        Ok(())
    }

    fn set(&mut self, flag: &Flag, value: String) -> Result<(), Stop> {
        let known = self.values.iter_mut().find(|(name, _)| *name == flag.name).map(|(_, set)| set);
        let refused = |cause: String| {
            let letter = flag.letter.map(|letter| format!("-{letter}, ")).unwrap_or_default();
            let name = quote(&format!("{letter}--{}", flag.name));
            Stop(format!("invalid argument {} for {name} flag: {cause}", quote(&value)))
        };
        let new = match flag.kind {
            Kind::Bool => Set::Bool(bool_of(&value).map_err(refused)?),
            Kind::Text => Set::Text(value),
            Kind::Array => Set::List(vec![value]),
            Kind::Slice => Set::List(csv::fields(&value).map_err(refused)?),
        };
        match (known, new) {
            (Some(Set::List(list)), Set::List(more)) => list.extend(more),
            (Some(known), new) => *known = new,
            (None, new) => self.values.push((flag.name, new)),
        }
        if !flag.deprecated.is_empty() {
            self.remarks += &format!("Flag --{} has been deprecated, {}\n", flag.name, flag.deprecated);
        }
        Ok(())
    }
}

/// A Boolean, as Go's `strconv.ParseBool` reads it.
fn bool_of(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing {}: invalid syntax", quote(text))),
    }
}

/// A character, as Go's `%q` prints it.
fn in_single_quotes(c: char) -> String {
    match c {
        '"' => "'\"'".to_owned(),
        '\'' => "'\\''".to_owned(),
        c => {
            let text = quote(&c.to_string());
            format!("'{}'", &text[1..text.len() - 1])
        }
    }
}
