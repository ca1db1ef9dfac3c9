//! The scanner's stacks: possible keys, indentation, and the brackets that are open.

use super::scan::{PossibleKey, Scanner};
use super::token::{Mark, Scan, Token, TokenKind};

/// The maximum nesting depth of flow collections, and of block collections.
const MAX_DEPTH: usize = 10_000;
/// The maximum number of characters of a key without `?`.
const MAX_KEY: isize = 1024;

impl Scanner {
    /// Whether a possible key still is one.
    pub(super) fn key_is_valid(&mut self, at: usize) -> Scan<bool> {
        let Some(key) = self.keys.get(at).copied().filter(|key| key.possible) else { return Ok(false) };
        if key.mark.line < self.mark.line || key.mark.index + MAX_KEY < self.mark.index {
            if key.required {
                return self.fail(key.mark, "could not find expected ':'");
            }
            self.keys[at].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    /// Remembers that a key may begin here.
    pub(super) fn save_key(&mut self) -> Scan {
        let required = self.flow_level == 0 && self.indent == self.mark.column;
        if self.key_allowed {
            self.remove_key()?;
            let key = PossibleKey { possible: true, required, token: self.tokens.len(), mark: self.mark };
            self.keys_by_token.insert(key.token, self.keys.len() - 1);
            if let Some(last) = self.keys.last_mut() {
                *last = key;
            }
        }
        Ok(())
    }

    /// Forgets the possible key of this level.
    pub(super) fn remove_key(&mut self) -> Scan {
        let Some(key) = self.keys.last_mut().filter(|key| key.possible) else { return Ok(()) };
        let found = *key;
        if found.required {
            return self.fail(found.mark, "could not find expected ':'");
        }
        key.possible = false;
        self.keys_by_token.remove(&found.token);
        Ok(())
    }

    /// Opens a block collection if the column is deeper than the current one; `number` is the token that it begins before.
    fn roll(&mut self, column: isize, number: Option<usize>, kind: TokenKind, mark: Mark) -> Scan {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            let context = self.keys.last().map_or(self.mark, |key| key.mark);
            return self.fail(context, format!("exceeded max depth of {MAX_DEPTH}"));
        }
        let at = number.unwrap_or(self.tokens.len()).min(self.tokens.len());
        self.tokens.insert(at, Token::new(kind, mark));
        Ok(())
    }

    /// Closes the block collections that are deeper than a column. Their ends stand before comments that belong to what is
    /// around them.
    pub(super) fn unroll(&mut self, column: isize, scan: Mark) {
        if self.flow_level > 0 {
            return;
        }
        let mut block = scan;
        block.index -= 1;
        while self.indent > column {
            let mut stop = block.index;
            for comment in self.comments.iter().rev() {
                if comment.end.index < stop {
                    break;
                }
                if comment.start.column == self.indent + 1 {
                    block = comment.start;
                }
                stop = comment.scan.index;
            }
            self.tokens.push(Token::new(TokenKind::BlockEnd, block));
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    pub(super) fn fetch_flow_start(&mut self, kind: TokenKind) -> Scan {
        self.save_key()?;
        self.keys.push(PossibleKey { token: self.tokens.len(), mark: self.mark, ..PossibleKey::default() });
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return self.fail(self.mark, format!("exceeded max depth of {MAX_DEPTH}"));
        }
        self.key_allowed = true;
        self.push_indicator(kind);
        Ok(())
    }

    pub(super) fn fetch_flow_end(&mut self, kind: TokenKind) -> Scan {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(key) = self.keys.pop() {
                self.keys_by_token.remove(&key.token);
            }
        }
        self.key_allowed = false;
        self.push_indicator(kind);
        Ok(())
    }

    pub(super) fn fetch_block_entry(&mut self) -> Scan {
        if self.flow_level == 0 {
            if !self.key_allowed {
                return self.fail(self.mark, "block sequence entries are not allowed in this context");
            }
            self.roll(self.mark.column, None, TokenKind::BlockSequenceStart, self.mark)?;
        }
        self.remove_key()?;
        self.key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry);
        Ok(())
    }

    pub(super) fn fetch_key(&mut self) -> Scan {
        if self.flow_level == 0 {
            if !self.key_allowed {
                return self.fail(self.mark, "mapping keys are not allowed in this context");
            }
            self.roll(self.mark.column, None, TokenKind::BlockMappingStart, self.mark)?;
        }
        self.remove_key()?;
        self.key_allowed = self.flow_level == 0;
        self.push_indicator(TokenKind::Key);
        Ok(())
    }

    pub(super) fn fetch_value(&mut self) -> Scan {
        let level = self.keys.len() - 1;
        if self.key_is_valid(level)? {
            let key = self.keys[level];
            let at = key.token.min(self.tokens.len());
            self.tokens.insert(at, Token::new(TokenKind::Key, key.mark));
            self.roll(key.mark.column, Some(key.token), TokenKind::BlockMappingStart, key.mark)?;
            self.keys[level].possible = false;
            self.keys_by_token.remove(&key.token);
            self.key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.key_allowed {
                    return self.fail(self.mark, "mapping values are not allowed in this context");
                }
                self.roll(self.mark.column, None, TokenKind::BlockMappingStart, self.mark)?;
            }
            self.key_allowed = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value);
        Ok(())
    }
}
