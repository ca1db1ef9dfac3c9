//! The bytes of the catalog: strings, schemas, and kinds, each found by its place.
//!
//! `tools/generate-catalogue.py` writes `catalogue.bin` and describes its layout. Reading is total: a corrupt table has fewer kinds.

use std::cmp::Ordering;

static BYTES: &[u8] = include_bytes!("catalogue.bin");

/// The number of fields before the offsets of the strings.
const HEAD: usize = 6;

/// A kind in the catalog.
#[derive(Clone, Debug)]
pub struct Row {
    /// The API group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// Whether its objects are not in a namespace.
    pub is_cluster: bool,
    /// Its versions, the most stable first.
    pub versions: Vec<RowVersion>,
}

/// A version of a kind in the catalog.
#[derive(Clone, Copy, Debug)]
pub struct RowVersion {
    /// Its name.
    pub name: &'static str,
    /// Whether the status is a subresource.
    pub has_status: bool,
    /// The path of the number of replicas.
    pub replicas: Option<&'static str>,
    /// Where it is from.
    pub source: Source,
    /// Where its schema is.
    pub schema: usize,
}

/// Where definitions are from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The name of the project.
    pub project: &'static str,
    /// The repository: `OWNER/NAME`.
    pub repository: &'static str,
    /// The tag; `HEAD` if the project has none.
    pub tag: &'static str,
}

/// Reads numbers one after the other.
#[derive(Clone, Debug)]
pub struct Cursor {
    at: usize,
}

impl Cursor {
    /// The schema at this place.
    pub fn schema(place: usize) -> Option<Self> {
        Some(Cursor { at: word(4)?.checked_add(place)? })
    }

    /// The next number.
    pub fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS.min(35)).step_by(7) {
            let byte = *BYTES.get(self.at)?;
            self.at += 1;
            number |= usize::from(byte & 127).checked_shl(shift)?;
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    /// The string that the next number names.
    pub fn string(&mut self) -> Option<&'static str> {
        string(self.number()?)
    }
}

/// The number of kinds.
pub fn count() -> usize {
    word(1).unwrap_or_default()
}

/// The kind at this position; kinds are sorted by group and name.
pub fn row(at: usize) -> Option<Row> {
    let mut cursor = start(at)?;
    let (group, kind) = (cursor.string()?, cursor.string()?);
    let (is_cluster, count) = (cursor.number()? == 1, cursor.number()?);
    let versions = (0..count).map(|_| version(&mut cursor)).collect::<Option<Vec<_>>>()?;
    Some(Row { group, kind, is_cluster, versions })
}

/// The group and the name of the kind at this position.
pub fn name(at: usize) -> Option<(&'static str, &'static str)> {
    let mut cursor = start(at)?;
    Some((cursor.string()?, cursor.string()?))
}

/// The first position whose group and name are not less than these.
pub fn position(group: &str, kind: &str) -> usize {
    let (mut low, mut high) = (0, count());
    while low < high {
        let middle = low + (high - low) / 2;
        match name(middle).map(|found| found.cmp(&(group, kind))) {
            Some(Ordering::Less) => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

fn start(at: usize) -> Option<Cursor> {
    let index = HEAD + word(0)? + 1;
    Some(Cursor { at: word(5)?.checked_add(word(index.checked_add(at).filter(|_| at < count())?)?)? })
}

fn version(cursor: &mut Cursor) -> Option<RowVersion> {
    let (name, flags) = (cursor.string()?, cursor.number()?);
    let replicas = if flags & 2 == 0 { None } else { Some(cursor.string()?) };
    let source = source(cursor.number()?)?;
    Some(RowVersion { name, has_status: flags & 1 == 1, replicas, source, schema: cursor.number()? })
}

fn source(at: usize) -> Option<Source> {
    let here = HEAD + word(0)? + 1 + word(1)? + at.checked_mul(3)?;
    let text = |part: usize| string(word(here + part)?);
    Some(Source { project: text(0)?, repository: text(1)?, tag: text(2)? })
}

fn string(at: usize) -> Option<&'static str> {
    let (texts, here) = (word(3)?, HEAD.checked_add(at).filter(|_| at < word(0).unwrap_or_default())?);
    let bytes = BYTES.get(texts.checked_add(word(here)?)?..texts.checked_add(word(here + 1)?)?)?;
    std::str::from_utf8(bytes).ok()
}

/// A number of four bytes.
fn word(at: usize) -> Option<usize> {
    let start = at.checked_mul(4)?;
    let bytes = BYTES.get(start..start.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_read_and_is_found() {
        assert!(count() > 700 && BYTES.len() < 3 << 20);
        for at in 0..count() {
            let row = row(at).unwrap();
            assert_eq!(position(row.group, row.kind), at);
            assert!(!row.versions.is_empty() && row.versions.iter().all(|version| !version.source.project.is_empty()));
        }
        assert!(row(count()).is_none() && string(usize::MAX).is_none() && Cursor::schema(usize::MAX).is_none());
    }
}
