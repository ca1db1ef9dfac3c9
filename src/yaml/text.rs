//! Bytes to text: UTF-8, or UTF-16 with a byte order mark; `\r\n` becomes `\n`, as in kustomize's reader.

use std::sync::Arc;

/// Bytes that are no text.
#[derive(Debug)]
pub struct NotText {
    /// The bytes.
    pub content: Vec<u8>,
    /// Offset of the first wrong one.
    pub offset: usize,
}

/// The text of a file's content.
///
/// # Errors
/// The first byte that is no UTF-8.
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
