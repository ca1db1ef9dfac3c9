//! What a directory contains when it is searched: kustomizations, manifests, and what is neither.

mod contents;
mod ignore;
mod shard;
mod tree;
mod uses;

pub use contents::{
    Content, is_broken_manifest, is_flux, is_flux_file, is_kustomization, is_patch, is_template, may_contain_objects, sort,
};
pub use ignore::{Chosen, Patterns};
pub use shard::{Shard, costs};
pub use tree::{Tree, search};
pub use uses::{Kustomizations, directories};
