//! Commands and flags, and which of them are shown.

/// The commands of a program. The first one is the program itself.
pub struct Tree {
    /// The name of the program, as shown in messages.
    pub program: &'static str,
    /// All commands; parents come before their children, and children are sorted by name.
    pub commands: Vec<Command>,
}

/// One command.
#[derive(Default)]
pub struct Command {
    /// The words that lead to it, such as `edit add`; empty for the program itself.
    pub path: &'static str,
    /// The position of its parent; the program has none.
    pub parent: Option<usize>,
    /// The positions of its children.
    pub children: Vec<usize>,
    /// Its name and its arguments, as shown.
    pub usage: &'static str,
    /// Other names.
    pub aliases: Vec<&'static str>,
    /// Whether help does not list it.
    pub is_hidden: bool,
    /// Whether errors are not followed by its usage.
    pub is_quiet: bool,
    /// Whether its usage does not mention flags.
    pub is_without_flags: bool,
    /// Whether it does something itself; otherwise, it prints its help.
    pub runs: bool,
    /// The most arguments that it accepts, if there is a limit.
    pub at_most: Option<usize>,
    /// The arguments of which it requires exactly one, if any.
    pub one_of: Vec<&'static str>,
    /// One line about it.
    pub short: String,
    /// Its description, if it is longer than one line.
    pub long: String,
    /// Examples.
    pub example: String,
    /// Its own flags, sorted by name. Those of the program apply to all its commands.
    pub flags: Vec<Flag>,
}

/// The type of a flag's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On or off; a value must be joined with `=`.
    Bool,
    /// A string.
    Text,
    /// Strings, one for each time that the flag is set.
    Array,
    /// Strings, as a line of CSV, for each time that the flag is set.
    Slice,
}

/// One flag.
pub struct Flag {
    /// Its name, without dashes.
    pub name: &'static str,
    /// Its one-letter name.
    pub letter: Option<char>,
    /// The type of its value.
    pub kind: Kind,
    /// Its value if it is not set.
    pub default: &'static str,
    /// What it does. A word in backquotes names the value.
    pub usage: String,
    /// The remark that is printed if it is set, if it is deprecated.
    pub deprecated: String,
    /// Whether help does not list it.
    pub is_hidden: bool,
    /// The values that shells offer.
    pub choices: Vec<&'static str>,
}

impl Flag {
    /// The flag `--help` of a command with a name.
    pub fn help(name: &str) -> Self {
        Flag {
            name: "help",
            letter: Some('h'),
            kind: Kind::Bool,
            default: "",
            usage: format!("help for {name}"),
            deprecated: String::new(),
            is_hidden: false,
            choices: Vec::new(),
        }
    }

    /// Whether shells offer it.
    pub fn is_offered(&self) -> bool {
        !self.is_hidden && self.deprecated.is_empty()
    }
}

impl Tree {
    /// The words that invoke a command, such as `kustomize edit add`.
    pub fn full_name(&self, command: usize) -> String {
        let path = self.commands[command].path;
        if path.is_empty() { self.program.to_owned() } else { format!("{} {path}", self.program) }
    }

    /// The children of a command.
    pub fn children(&self, command: usize) -> impl Iterator<Item = usize> {
        self.commands[command].children.iter().copied()
    }

    /// Whether a command is listed as one: not hidden, and it or one of its commands does something.
    pub fn is_available(&self, command: usize) -> bool {
        let found = &self.commands[command];
        let is_help = found.path == "help";
        !found.is_hidden && !is_help && (found.runs || self.has_available_children(command))
    }

    /// Whether shells offer a command.
    pub fn is_offered(&self, command: usize) -> bool {
        self.is_available(command) || self.commands[command].path == "help"
    }

    /// Whether a command has commands that are listed.
    pub fn has_available_children(&self, command: usize) -> bool {
        self.children(command).any(|child| self.is_available(child))
    }

    /// Whether a command is only a page of help.
    pub fn is_topic(&self, command: usize) -> bool {
        let found = &self.commands[command];
        !found.runs && !found.is_hidden && self.children(command).all(|child| self.is_topic(child))
    }

    /// The flags that a command inherits from the program.
    pub fn inherited(&self, command: usize) -> &[Flag] {
        if command == 0 { &[] } else { &self.commands[0].flags }
    }

    /// The flag of a command with a name.
    pub fn flag(&self, command: usize, name: &str) -> Option<&Flag> {
        self.flags(command).find(|flag| flag.name == name)
    }

    /// The flag of a command with a one-letter name.
    pub fn flag_of_letter(&self, command: usize, letter: char) -> Option<&Flag> {
        self.flags(command).find(|flag| flag.letter == Some(letter))
    }

    fn flags(&self, command: usize) -> impl Iterator<Item = &Flag> {
        self.commands[command].flags.iter().chain(self.inherited(command))
    }
}

impl Command {
    /// Its name: the first word of its usage.
    pub fn name(&self) -> &'static str {
        self.usage.split(' ').next().unwrap_or(self.usage)
    }

    /// Whether a word on the command line means this command.
    pub fn is_called(&self, word: &str) -> bool {
        self.name() == word || self.aliases.contains(&word)
    }
}
