//! The limits of a build, in one place.
//!
//! Input beyond a limit is refused with the error `limit`, `alias-bomb`, or `file-too-large`. SECURITY.md lists all of them;
//! expressions in CEL have limits of their own, those of an API server.

use std::time::Duration;

/// Bytes of a file.
pub const FILE_BYTES: usize = 512 << 20;
/// Bytes of all files that a build reads; a file that is read twice counts twice.
pub const READ_BYTES: usize = 512 << 20;
/// Files that a build reads.
pub const FILES: usize = 100_000;
/// Kustomizations that a build runs; one that is reached by several paths counts once per path, unless it has no effect.
pub const KUSTOMIZATIONS: usize = 10_000;
/// Kustomizations inside each other.
pub const DEPTH: usize = 200;
/// Objects of a build.
pub const OBJECTS: usize = 250_000;
/// Files and directories that a search for kustomizations and manifests looks at.
pub const SEARCHED: usize = 1_000_000;
/// Nodes that the aliases of a file expand to.
pub const ALIAS_NODES: usize = 10_000_000;
/// Nodes that patches, replacements, and vars of a build copy.
pub const COPIED_NODES: usize = 4_000_000;
/// Bytes of a string that count as one more node.
pub const BYTES_PER_NODE: usize = 64;
/// Bytes of a string that a replacement or a var extends.
pub const VALUE_BYTES: usize = 16 << 20;
/// Bytes of the output of a build.
pub const OUTPUT_BYTES: usize = 256 << 20;
/// Bytes of a compiled regular expression in a selector, an image name, or a path.
pub const PATTERN_BYTES: usize = 2 << 20;
/// Bytes of a compiled regular expression in a schema or in an expression in CEL.
pub const SCHEMA_PATTERN_BYTES: usize = 4 << 20;
/// Bytes of names that are compared to find the one that was probably meant.
pub const SUGGESTION_BYTES: usize = 128;
/// Items without effect of a build for which a suggestion is searched.
pub const SUGGESTIONS: usize = 200;
/// The time after which waiting for another program that uses the cache is reported.
pub const LOCK_NOTE: Duration = Duration::from_secs(2);
/// The time after which waiting for another program that uses the cache ends with an error.
pub const LOCK_WAIT: Duration = Duration::from_secs(600);
