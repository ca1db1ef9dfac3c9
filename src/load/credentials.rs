//! URLs as they may be shown: without credentials.
//!
//! A URL can carry a user and a password (`https://user:token@host/…`) or a signed query (`?token=…`). Every text that
//! is printed and may contain a URL goes through [`mask`] first: messages, the trace of an error, the output of git.

/// The query parameters of URLs that this program uses or that are harmless; the values of all others are hidden.
const SHOWN_PARAMETERS: [&str; 4] = ["ref", "submodules", "timeout", "version"];

/// The text with the credentials of every URL in it replaced by `***`.
pub fn mask(text: &str) -> String {
    replace(text, &|_| "***".to_owned())
}

/// The same with one `*` per character, for a line in which columns are counted.
pub fn mask_line(line: &str) -> String {
    replace(line, &|secret| "*".repeat(secret.chars().count()))
}

fn replace(text: &str, cover: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let secure = !before.to_ascii_lowercase().ends_with("ssh://");
        let end = after.find(|c: char| c.is_whitespace() || "'\"`<>".contains(c)).unwrap_or(after.len());
        url(&after[..end], secure, cover, &mut out);
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

/// A URL without its scheme. The user of an ssh URL is not a secret, but a password is; the user of a web URL may be a token.
fn url(url: &str, user_is_secret: bool, cover: &dyn Fn(&str) -> String, out: &mut String) {
    let authority = url.find(['/', '?', '#']).unwrap_or(url.len());
    let mut rest = url;
    if let Some(at) = url[..authority].rfind('@') {
        let (user, password) = url[..at].split_once(':').map_or((&url[..at], None), |(user, password)| (user, Some(password)));
        match password {
            _ if user_is_secret => out.push_str(&cover(&url[..at])),
            Some(password) => {
                out.push_str(user);
                out.push(':');
                out.push_str(&cover(password));
            }
            None => out.push_str(user),
        }
        rest = &url[at..];
    }
    let Some((path, query)) = rest.split_once('?') else {
        out.push_str(rest);
        return;
    };
    out.push_str(path);
    for (index, parameter) in query.split('&').enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        match parameter.split_once('=') {
            Some((name, value)) if !value.is_empty() && !SHOWN_PARAMETERS.contains(&name) => {
                out.push_str(name);
                out.push('=');
                out.push_str(&cover(value));
            }
            _ => out.push_str(parameter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden() {
        for (text, shown) in [
            ("https://user:pa@ss@host/a/b", "https://***@host/a/b"),
            ("`https://ghp_token@github.com/o/r?ref=v1`", "`https://***@github.com/o/r?ref=v1`"),
            ("ssh://git:pw@host/o/r", "ssh://git:***@host/o/r"),
            ("ssh://git@host/o/r", "ssh://git@host/o/r"),
            ("git@github.com:o/r", "git@github.com:o/r"),
            (
                "at 'https://h/x?token=abc&ref=v1&sig=' and https://h/y?k=v",
                "at 'https://h/x?token=***&ref=v1&sig=' and https://h/y?k=***",
            ),
            ("https://h/a@b?x", "https://h/a@b?x"),
            ("no URL: // :// @", "no URL: // :// @"),
        ] {
            assert_eq!(mask(text), shown);
        }
    }

    #[test]
    fn a_line_keeps_its_width() {
        let line = "- https://user:tökén@host/a?token=x # why";
        assert_eq!(mask_line(line), "- https://**********@host/a?token=* # why");
        assert_eq!(mask_line(line).chars().count(), line.chars().count());
    }
}
