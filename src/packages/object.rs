//! An object that several stages look at: filters select objects, and what they change in one is seen by all.

use std::cell::RefCell;
use std::rc::Rc;

use crate::go_yaml::Node;

/// A document.
pub type Object = Rc<RefCell<Node>>;

/// The objects of documents.
pub fn objects_of(nodes: Vec<Node>) -> Vec<Object> {
    nodes.into_iter().map(|node| Rc::new(RefCell::new(node))).collect()
}
