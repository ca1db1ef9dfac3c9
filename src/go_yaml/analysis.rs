//! Which styles a text may be written in. Behavior: go-yaml v3's `yaml_emitter_analyze_scalar`.

use super::scan::{is_blank, is_blank_or_end, is_break};

/// The styles that a text may be written in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Allowed {
    pub(super) multiline: bool,
    pub(super) flow_plain: bool,
    pub(super) block_plain: bool,
    pub(super) single_quoted: bool,
    pub(super) block: bool,
}

/// Whether a character may be written as it is.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

/// Analyzes a text.
pub(super) fn analyze(text: &str) -> Allowed {
    if text.is_empty() {
        return Allowed { block_plain: true, single_quoted: true, ..Allowed::default() };
    }
    let indicators = Indicators::of(text);
    let mut special = false;
    let mut tabs = false;
    let (mut break_space, mut space_break, mut breaks) = (false, false, false);
    let (mut previous_space, mut previous_break) = (false, false);
    for c in text.chars() {
        match c {
            '\t' => tabs = true,
            c if !is_printable(c) => special = true,
            _ => {}
        }
        break_space |= c == ' ' && previous_break;
        space_break |= is_break(c) && previous_space;
        breaks |= is_break(c);
        previous_space = c == ' ';
        previous_break = is_break(c);
    }
    let at_edge = |c: char| c == ' ' || is_break(c);
    let edges = text.starts_with(at_edge) || text.ends_with(at_edge);
    let quoted = !(break_space || space_break || tabs || special);
    let plain = quoted && !edges && !breaks;
    Allowed {
        multiline: breaks,
        flow_plain: plain && !indicators.flow,
        block_plain: plain && !indicators.block,
        single_quoted: quoted,
        block: !(text.ends_with(' ') || space_break || special),
    }
}

/// Whether a text contains what would be read as an indicator.
struct Indicators {
    flow: bool,
    block: bool,
}

impl Indicators {
    fn of(text: &str) -> Self {
        let document = text.starts_with("---") || text.starts_with("...");
        let mut found = Indicators { flow: document, block: document };
        let mut after_space = true;
        let mut chars = text.chars().peekable();
        let mut first = true;
        while let Some(c) = chars.next() {
            let before_space = chars.peek().is_none_or(|&next| is_blank(next));
            match c {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' if first => {
                    found = Indicators { flow: true, block: true };
                }
                '?' if first => found.add(true, before_space),
                '-' if first => found.add(before_space, before_space),
                ',' | '?' | '[' | ']' | '{' | '}' => found.flow = true,
                ':' => found.add(true, before_space),
                '#' => found.add(after_space, after_space),
                _ => {}
            }
            after_space = is_blank_or_end(c);
            first = false;
        }
        found
    }

    fn add(&mut self, flow: bool, block: bool) {
        self.flow |= flow;
        self.block |= block;
    }
}
