//! What can be said about a text that is not valid YAML: whether it may contain a Secret, and where.

/// Whether a text may contain a Secret.
pub fn may_be_secret(text: &str) -> bool {
    has_word(text, "Secret") || has_word(text, "stringData") || text.contains("SecretGenerator")
}

/// Whether the lower-case name of a field is like `secretGenerator`.
pub fn is_like_generator(key: &str) -> bool {
    let key = key.to_lowercase();
    let close = |word: &str| crate::diagnostic::did_you_mean(&key, [word]).is_some();
    key != "configmapgenerator" && (key.contains("secret") || close("secretgenerator"))
}

/// The blocks of a kustomization that is not valid YAML and may contain values of Secrets: from a top-level key to the next one.
pub fn secret_blocks(text: &str) -> Vec<(u32, u32)> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for (at, line) in text.split_inclusive('\n').scan(0, |at, line| {
        let from = *at;
        *at += line.len();
        Some((from, line))
    }) {
        let is_key = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"' || c == '\'');
        if is_key && at > start {
            blocks.push((start, at));
            start = at;
        }
    }
    blocks.push((start, text.len()));
    let is_secret = |&(start, end): &(usize, usize)| {
        let block = &text[start..end];
        let key = block.split([':', '\n']).next().unwrap_or("").trim_matches(['"', '\'', ' ']);
        is_like_generator(key) || may_be_secret(block) || block.to_lowercase().contains("secretgen") || block.contains("literals")
    };
    blocks.into_iter().filter(is_secret).map(|(start, end)| (start as u32, end as u32)).collect()
}

/// The values in lines of a text that is not valid YAML.
pub fn values(text: &str) -> impl Iterator<Item = &str> {
    let trimmed = |part: &'_ str| part.trim_matches(|c: char| c.is_whitespace() || "\"'`,[]{}-".contains(c)).len();
    text.lines().flat_map(move |line| line.split([',', '{', '}', '[', ']'])).flat_map(move |part| {
        let part = part.trim().trim_start_matches("- ").trim_matches(['"', '\'', ' ']);
        let after = part.split_once(": ").or_else(|| part.split_once('=')).map(|(_, value)| value.trim_matches(['"', '\'', ' ']));
        let whole = (!part.contains(':')).then_some(part);
        [after, whole].into_iter().flatten().filter(move |value| trimmed(value) >= 4)
    })
}

fn has_word(text: &str, word: &str) -> bool {
    let is_end = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word)
        .any(|(at, _)| is_end(text[..at].chars().next_back()) && is_end(text[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_recognized_by_words() {
        for text in ["kind: \"Secret\"", "{kind: Secret, x", "kind: Secret # c", "stringData:"] {
            assert!(may_be_secret(text), "{text}");
        }
        for text in ["secretName: x", "kind: SecretStore", "secretKeyRef: {name: x}"] {
            assert!(!may_be_secret(text), "{text}");
        }
        assert!(is_like_generator("secretGenerater") && is_like_generator("SecretGenerator") && !is_like_generator("resources"));
    }

    #[test]
    fn other_blocks_stay_visible() {
        let text = "resources: [a.yaml\nsecretGenerator:\n- name: x\nimages:\n- name: y\n";
        assert_eq!(secret_blocks(text), [(19, 46)]);
    }
}
