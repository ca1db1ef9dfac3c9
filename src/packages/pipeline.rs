//! Runs filters one after the other. Behavior: kyaml's `kio.Pipeline`.

use super::file_annotations::Before;
use super::object::Object;

/// A filter: the objects that remain, changed or not.
pub type Filter<'f> = Box<dyn FnMut(Vec<Object>) -> anyhow::Result<Vec<Object>> + 'f>;

/// What remains of objects after filters; `None` if nothing remains: then nothing is written. Without filters, nothing is
/// something.
///
/// # Errors
/// Those of the filters, and annotations about files that contradict each other.
pub fn filter(objects: Vec<Object>, filters: Vec<Filter<'_>>) -> anyhow::Result<Option<Vec<Object>>> {
    let mut objects = objects;
    for mut filter in filters {
        let before = Before::number(&objects)?;
        objects = filter(objects)?;
        if objects.is_empty() {
            return Ok(None);
        }
        before.reconcile(&objects)?;
    }
    Ok(Some(objects))
}
