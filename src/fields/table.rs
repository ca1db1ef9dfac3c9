//! A table of rows that transformers share: one of kustomize's, which is built when its rows are needed for the first time and
//! then kept for the whole run, or one of a kustomization. Most builds need few of the tables, and many need none.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// Rows that are cheap to clone, and copied before some are added.
#[derive(Clone, Debug)]
pub struct Table<T: 'static> {
    /// One of kustomize's tables.
    known: Option<&'static LazyLock<Vec<T>>>,
    /// Other rows, if it is not one of kustomize's tables.
    own: Option<Arc<Vec<T>>>,
}

impl<T> Table<T> {
    /// One of kustomize's tables, which has rows.
    pub const fn known(rows: &'static LazyLock<Vec<T>>) -> Self {
        Table { known: Some(rows), own: None }
    }

    /// Whether this is one of kustomize's tables, without additions.
    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }
}

impl<T: Clone> Table<T> {
    /// The rows, to change them.
    pub fn to_mut(&mut self) -> &mut Vec<T> {
        if let Some(rows) = self.known.take() {
            self.own = Some(Arc::new((*rows).clone()));
        }
        Arc::make_mut(self.own.get_or_insert_default())
    }
}

impl<T> Deref for Table<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match (self.known, &self.own) {
            (Some(rows), _) => rows,
            (None, Some(rows)) => rows,
            (None, None) => &[],
        }
    }
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Table { known: None, own: Some(Arc::new(rows.into_iter().collect())) }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { known: None, own: None }
    }
}

impl<T: PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Table<T> {}
