//! Converts bytes to text: UTF-8, or UTF-16 with a byte order mark; `\r\n` becomes `\n`, as in kustomize's reader. Converts
//! bytes that are not text to base64, as written by go-yaml. Stores texts in nodes.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ecow::EcoString;

/// Bytes that are not text.
#[derive(Debug)]
pub struct NotText {
    /// The bytes.
    pub content: Vec<u8>,
    /// Offset of the first invalid byte.
    pub offset: usize,
}

/// The text of a file's content.
///
/// # Errors
/// The first byte that is not valid UTF-8.
pub fn text_of(content: Vec<u8>) -> Result<Arc<str>, NotText> {
    let text = match content.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match String::from_utf8(content) {
            Ok(text) => text,
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                return Err(NotText { content: error.into_bytes(), offset });
            }
        },
    };
    Ok(if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text.into() })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// A text as nodes store it. `EcoString::from` copies long texts byte by byte.
pub fn stored(text: &str) -> EcoString {
    let mut stored = EcoString::with_capacity(text.len());
    stored.push_str(text);
    stored
}

/// Base64, in lines of 70 characters if it has at least that many.
pub fn wrapped_base64(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let text = STANDARD.encode(bytes);
    if text.len() < LINE {
        return text;
    }
    let mut wrapped = String::with_capacity(text.len() + text.len() / LINE + 1);
    for line in text.as_bytes().chunks(LINE) {
        wrapped.extend(line.iter().map(|&byte| char::from(byte)));
        wrapped.push('\n');
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_base64_is_wrapped_at_70() {
        assert_eq!(wrapped_base64(b"hello"), "aGVsbG8=");
        assert_eq!(wrapped_base64(&[0; 51]).len(), 68);
        let long = wrapped_base64(&[0; 60]);
        assert_eq!(long.lines().map(str::len).collect::<Vec<_>>(), [70, 10]);
        assert!(long.ends_with('\n'));
    }
}
