//! Patterns of `${NAME#pattern}`: Go's `path.Match`, except that `*` and `?` also match a slash.

/// Whether a text matches a pattern as a whole; a malformed pattern matches nothing.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut from) = (0, 0);
    // Where to continue after the last `*`, which then matches one more character.
    let mut retry: Option<(usize, usize)> = None;
    while from < text.len() || at < pattern.len() {
        if pattern.get(at) == Some(&'*') {
            retry = Some((at + 1, from + 1));
            at += 1;
            continue;
        }
        match text.get(from).and_then(|c| one(pattern.get(at..).unwrap_or_default(), *c)) {
            Some(length) => (at, from) = (at + length, from + 1),
            None => match retry {
                Some((after, next)) if next <= text.len() => {
                    (at, from) = (after, next);
                    retry = Some((after, next + 1));
                }
                _ => return false,
            },
        }
    }
    true
}

/// The length of the first element of a pattern if it matches a character.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['\\', escaped, ..] => (*escaped == c).then_some(2),
        ['[', ..] => class(pattern, c),
        [literal, ..] => (*literal == c).then_some(1),
        [] => None,
    }
}

/// The length of a class such as `[^a-z]` if it matches a character.
fn class(pattern: &[char], c: char) -> Option<usize> {
    let mut at = 1;
    let negated = pattern.get(at) == Some(&'^');
    at += usize::from(negated);
    let mut found = false;
    let first = at;
    loop {
        if pattern.get(at) == Some(&']') && at > first {
            return (found != negated).then_some(at + 1);
        }
        let (low, next) = letter(pattern, at)?;
        let (high, next) = if pattern.get(next) == Some(&'-') { letter(pattern, next + 1)? } else { (low, next) };
        found |= (low..=high).contains(&c);
        at = next;
    }
}

/// A character of a class, and the position after it.
fn letter(pattern: &[char], at: usize) -> Option<(char, usize)> {
    match (pattern.get(at)?, pattern.get(at + 1)) {
        ('-' | ']', _) => None,
        ('\\', Some(escaped)) => Some((*escaped, at + 2)),
        ('\\', None) => None,
        (c, _) => Some((*c, at + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text) in
            [("*", ""), ("*", "a/b"), ("h?", "he"), ("*/", "usr/"), ("[a-h]", "c"), ("[^a]*x", "bx"), ("\\*", "*")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("h", "he"), ("", "a"), ("?", ""), ("[a", "a"), ("[]a]", "a"), ("[^a]", "a"), ("*a", "ab")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
