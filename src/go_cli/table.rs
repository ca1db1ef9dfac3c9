//! Tables of commands as text: one paragraph for each command, parents first.
//!
//! ```text
//! = edit add label           the words that lead to the command, or `.` for the program
//! use: label                 the same names as in `command.rs`: use, alias, short, long, example, at most, one of;
//! hidden                     without value: hidden, no usage, no flags, runs
//! long:
//! |A text of several lines.
//! flag: bool force f         a flag: type, name, and letter; then its usage, default, deprecated, hidden, choices
//! usage: overwrite it
//! ```

use super::command::{Command, Flag, Kind, Tree};

/// The hidden command that shells call, which every program has.
const REQUEST: &str = include_str!("completion/request.txt");

impl Tree {
    /// The commands of a table. Descriptions and examples show this name of the program.
    pub fn of_table(program: &'static str, text: &'static str) -> Self {
        let mut commands = read(&[text, REQUEST]);
        let named = commands.first().map_or(program, |command| command.usage);
        for command in commands.iter_mut().filter(|_| named != program) {
            let first = command.path.split(' ').next().unwrap_or_default();
            let (old, new) = (format!("{named} {first}"), format!("{program} {first}"));
            command.long = command.long.replace(&old, &new);
            command.example = command.example.replace(&old, &new);
        }
        Tree { program, commands }
    }
}

/// Reads tables. Lines that are not part of the form are ignored.
fn read(tables: &[&'static str]) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    let mut lines = tables.iter().flat_map(|table| table.lines()).peekable();
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix("= ") {
            let path = if path == "." { "" } else { path };
            add(&mut commands, path);
            continue;
        }
        let Some(command) = commands.last_mut() else { continue };
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        let mut text = value.to_owned();
        let mut count = 0;
        while let Some(more) = lines.peek().and_then(|line| line.strip_prefix('|')) {
            if count > 0 {
                text.push('\n');
            }
            text.push_str(more);
            count += 1;
            lines.next();
        }
        set(command, key, value, text);
    }
    commands
}

fn add(commands: &mut Vec<Command>, path: &'static str) {
    let above = path.rsplit_once(' ').map_or("", |(above, _)| above);
    let parent = (!path.is_empty()).then(|| commands.iter().position(|command| command.path == above)).flatten();
    let position = commands.len();
    if let Some(parent) = parent {
        commands[parent].children.push(position);
    }
    commands.push(Command { path, parent, ..Command::default() });
}

fn set(command: &mut Command, key: &str, value: &'static str, text: String) {
    match (key, command.flags.last_mut()) {
        ("flag", _) => command.flags.extend(flag(value)),
        ("usage", Some(flag)) => flag.usage = text,
        ("default", Some(flag)) => flag.default = value,
        ("deprecated", Some(flag)) => flag.deprecated = text,
        ("choices", Some(flag)) => flag.choices = value.split(' ').collect(),
        ("hidden", Some(flag)) => flag.is_hidden = true,
        ("hidden", None) => command.is_hidden = true,
        ("use", _) => command.usage = value,
        ("alias", _) => command.aliases.push(value),
        ("no usage", _) => command.is_quiet = true,
        ("no flags", _) => command.is_without_flags = true,
        ("runs", _) => command.runs = true,
        ("at most", _) => command.at_most = value.parse().ok(),
        ("one of", _) => command.one_of = value.split(' ').collect(),
        ("short", _) => command.short = text,
        ("long", _) => command.long = text,
        ("example", _) => command.example = text,
        _ => {}
    }
}

fn flag(value: &'static str) -> Option<Flag> {
    let mut words = value.split(' ');
    let kind = match words.next()? {
        "bool" => Kind::Bool,
        "string" => Kind::Text,
        "stringArray" => Kind::Array,
        _ => Kind::Slice,
    };
    let name = words.next()?;
    let letter = words.next().and_then(|word| word.chars().next());
    Some(Flag { name, letter, kind, usage: String::new(), ..Flag::help("") })
}
