//! Converts objects to snapshots: masks and prints them.

use std::sync::Arc;

use super::hashes::Hashes;
use super::mask::TestSettings;
use super::{names, secret};
use crate::confidential::Copies;
use crate::diagnostic::Result;
use crate::records::Records;
use crate::resource::{ResId, ResMap};
use crate::yaml::{self, Node};

/// The beginning of every snapshot: files that begin differently belong to the user.
pub(super) const HEAD: &str = "# Snapshot of ";
const HEAD_END: &str = ", written by `render test --update`.\n";

/// The object that a file is the snapshot of; `None` if it is not a snapshot.
pub fn title(content: &[u8]) -> Option<String> {
    let line = content.strip_prefix(HEAD.as_bytes())?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    Some(line.trim_end_matches('\r').trim_end_matches(HEAD_END.trim_end()).to_owned())
}

/// The snapshot of one object.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The name of its file.
    pub file: String,
    /// The id of the object, without the hash of its content.
    pub id: ResId,
    /// The object as written: masked. Its values have their original locations.
    pub node: Node,
    /// The content of the file.
    pub text: String,
}

/// Takes the snapshots of a build, sorted by file name.
///
/// # Errors
/// An object can't be printed.
pub fn take(resources: &ResMap, settings: &[Arc<TestSettings>], records: &Records) -> Result<Vec<Snapshot>> {
    let hashes = Hashes::of(resources);
    let stems: Vec<ResId> = resources.iter().map(|resource| stem(resource.id(), &hashes)).collect();
    let shows_secrets = settings.iter().any(|settings| settings.shows_secrets);
    let copies = Copies::of_build(resources, &records.sources, &records.provenance);
    let mut snapshots = Vec::with_capacity(stems.len());
    for ((resource, stem), file) in resources.iter().zip(&stems).zip(names::file_names(&stems)) {
        let mut node = resource.node().clone();
        settings.iter().for_each(|settings| settings.masks.apply(stem, &mut node));
        if !shows_secrets {
            secret::hide(&mut node);
            if node.get("kind").and_then(Node::as_str) != Some("Secret") && copies.masked(&node).is_some() {
                secret::hide_copies(&mut node, &copies);
            }
        }
        hashes.hide_in(&mut node);
        let about: String = stem.to_string().chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        let mut text = format!("{HEAD}{about}{HEAD_END}");
        yaml::emit(&node, &mut text).map_err(|errors| {
            let step = records.provenance.get(node.origin()).step;
            errors.in_order_of(&records.sources).trace(format!("{}: {}", records.provenance.get_step(step), resource.id()), None)
        })?;
        snapshots.push(Snapshot { file, id: stem.clone(), node, text });
    }
    snapshots.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(snapshots)
}

fn stem(id: &ResId, hashes: &Hashes) -> ResId {
    ResId { name: hashes.stem(&id.name).into(), ..id.clone() }
}
