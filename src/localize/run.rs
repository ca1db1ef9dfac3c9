//! One run: the target, the scope, and the destination are checked, and everything is localized.
//!
//! Behavior: kustomize's `localizer.Run` and `NewLoader`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::destination::{Destination, Plain};
use super::go_path::{self, join, relative};
use super::place::{Bounds, Place, Site, without_reference};
use super::root::{Done, Root};
use super::urls;
use super::words::{Failure, Result, Within, quoted_path};
use crate::kustomize_words::quote;
use crate::load::{Access, RepoUrl};
use crate::records::Records;

/// What to localize, as the user writes it.
pub struct Request<'a> {
    /// A directory, or the URL of one.
    pub target: &'a str,
    /// The directory that local paths must not leave; the target itself if it is empty.
    pub scope: &'a str,
    /// The directory to create; chosen by the name of the target if it is empty.
    pub destination: &'a str,
    /// What may be contacted.
    pub access: Access,
}

/// Localizes a directory, and returns the path of the new one.
///
/// # Errors
/// Something can't be read, or not from there; nothing is left of the destination.
pub fn run(request: &Request<'_>, records: &mut Records) -> Result<PathBuf> {
    let Request { target, scope, destination, .. } = request;
    let url = RepoUrl::parse(target).ok();
    if url.as_ref().is_some_and(|url| url.reference.is_none()) {
        return Err(without_reference(target));
    }
    let remote = records.remote(request.access.clone());
    let site = Site::of_target(target, remote, &Plain);
    let site = site.within(|| format!("unable to establish localize target {}", quote(target)))?;
    let scope = scope_of(request, &site).within(|| format!("invalid localize scope {}", quote(scope)))?;
    let created = Destination::begin(&path_of(destination, &site));
    let bounds = created.within(|| format!("invalid localize destination {}", quote(destination)))?;
    let bounds = Arc::new(Bounds { scope, destination: bounds });
    let to = join(bounds.destination.path(), &relative(&bounds.scope, &site.root).to_string_lossy());
    let created = bounds.destination.create_directory(&to);
    created.within(|| "unable to create directory in localize destination")?;
    let place = Place { site: Arc::new(site), bounds: Arc::clone(&bounds), is_local: true };
    let mut done = Done::new();
    let localized = Root { place, to, records, done: &mut done, inner: None }.localize();
    localized.within(|| format!("unable to localize target {}", quote(target)))?;
    let path = bounds.destination.path().to_owned();
    match Arc::try_unwrap(bounds) {
        Ok(bounds) => bounds.destination.finish().map(|()| path),
        Err(_) => Err(Failure::new("the destination is still being filled")),
    }
}

/// The directory that local paths must not leave. Behavior: kustomize's `establishScope`.
fn scope_of(request: &Request<'_>, site: &Site) -> Result<PathBuf> {
    let Request { target, scope, .. } = request;
    if let Some(repository) = &site.repository {
        if !scope.is_empty() {
            let (scope, target) = (quote(scope), quote(target));
            return Err(Failure(format!("scope {scope} specified for remote localize target {target}")));
        }
        return Ok(repository.root.clone());
    }
    if scope.is_empty() {
        return Ok(site.root.clone());
    }
    let found = go_path::directory(Path::new(scope), &Plain).within(|| "unable to establish localize scope")?;
    if !site.root.starts_with(&found) {
        let (scope, target, root) = (quote(scope), quote(target), quoted_path(&site.root));
        return Err(Failure(format!("localize scope {scope} does not contain target {target} at {root}")));
    }
    Ok(found)
}

/// The path of the destination.
fn path_of(destination: &str, site: &Site) -> PathBuf {
    if !destination.is_empty() {
        return PathBuf::from(destination);
    }
    let fetched = site.repository.as_ref().map(|repository| (&repository.url, repository.root == site.root));
    PathBuf::from(urls::destination(&site.root, fetched))
}
