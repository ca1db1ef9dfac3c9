//! Objects and collections of them.

mod annotated;
mod documents;
mod id;
mod index;
mod nearest;
pub mod origin;
mod resmap;
#[allow(clippy::module_inception)]
mod resource;
mod selector;
mod shared;
pub mod sort_order;
pub mod wildcard;

pub use annotated::{annotations_mut, is_recorded};
pub use documents::objects;
pub use id::{CLUSTER, ResId, effective};
pub use index::Part;
pub use origin::Origin;
pub use resmap::ResMap;
pub use resource::{Behavior, FormerId, PassedOver, Resource};
pub use selector::{LabelSelector, Pattern, Selector};

pub use crate::schema::Gvk;
