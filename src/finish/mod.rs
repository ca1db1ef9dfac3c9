//! What happens once, when the whole tree is collected: hash suffixes, name references, dropping of local
//! configuration, and the order of output.

pub mod hash_suffix;
pub mod local_config;
pub mod name_references;
pub mod sort_order;
