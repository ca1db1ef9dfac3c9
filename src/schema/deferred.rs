//! A part of a schema that may be read when a value first reaches it.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A part that was read, or the place where it can be read.
#[derive(Debug)]
pub struct Deferred<T> {
    part: OnceLock<Arc<T>>,
    place: usize,
    read: fn(usize) -> Arc<T>,
    /// Whether it may have a default, as far as that is known without reading it.
    pub may_have_default: bool,
}

impl<T: Default> Deferred<T> {
    /// A part that was not read.
    pub fn at(place: usize, read: fn(usize) -> Arc<T>, may_have_default: bool) -> Self {
        Deferred { part: OnceLock::new(), place, read, may_have_default }
    }
}

impl<T: Default> From<T> for Deferred<T> {
    fn from(part: T) -> Self {
        Deferred { part: OnceLock::from(Arc::new(part)), place: 0, read: |_| Arc::default(), may_have_default: true }
    }
}

impl<T> Deref for Deferred<T> {
    type Target = Arc<T>;

    fn deref(&self) -> &Arc<T> {
        self.part.get_or_init(|| (self.read)(self.place))
    }
}
