//! The names of all rules that describe an effect in their own words, with their classes.

use crate::diff::note::{Class, Rule};

/// A Namespace takes along everything in it.
pub const NAMESPACE_DELETED: Rule = Rule::of_deletion("namespace-deleted");
/// A claim takes along its volume.
pub const CLAIM_DELETED: Rule = Rule::of_deletion("claim-deleted");
/// A volume takes along its storage.
pub const VOLUME_DELETED: Rule = Rule::of_deletion("volume-deleted");
/// Claims of a StatefulSet stay, and nothing uses them.
pub const CLAIMS_LEFT: Rule = Rule::of_deletion("claims-left-behind");
/// A StatefulSet takes along its claims.
pub const CLAIMS_DELETED: Rule = Rule::of_deletion("claims-deleted");
/// Custom objects vanish with their definition.
pub const DEFINITION_DELETED: Rule = Rule::of_deletion("definition-deleted");
/// An object of an operator takes along its data.
pub const RESOURCE_DELETED: Rule = Rule::of_deletion("resource-deleted");
/// Something still refers to a Secret or ConfigMap.
pub const STILL_REFERRED: Rule = Rule::of_deletion("still-referred-to");
/// A renamed object begins without the data of the old one.
pub const STARTS_EMPTY: Rule = Rule::new("starts-empty", Class::DataLoss);
/// A claim is recreated.
pub const CLAIM_RECREATED: Rule = Rule::new("claim-recreated", Class::DataLoss);
/// A definition is recreated.
pub const DEFINITION_RECREATED: Rule = Rule::new("definition-recreated", Class::DataLoss);
/// A version in which objects are stored is removed.
pub const STORED_VERSION_REMOVED: Rule = Rule::new("stored-version-removed", Class::DataLoss);
/// A volume can't shrink.
pub const STORAGE_SHRUNK: Rule = Rule::new("storage-shrunk", Class::DataLoss);
/// The claim templates of a StatefulSet can't change.
pub const CLAIM_TEMPLATES: Rule = Rule::new("claim-templates-changed", Class::DataLoss);
/// A policy keeps data no longer.
pub const POLICY: Rule = Rule::new("deletion-policy", Class::DataLoss);
/// Scaling down deletes claims.
pub const SCALED_DOWN: Rule = Rule::new("scaled-down", Class::DataLoss);
/// A volume of pods is another one.
pub const OTHER_VOLUME: Rule = Rule::new("other-volume", Class::DataLoss);
/// An object that is removed stays in the cluster.
pub const KEPT: Rule = Rule::new("stays-behind", Class::Info);
/// Data stays although the object is deleted.
pub const DATA_KEPT: Rule = Rule::new("data-kept", Class::Info);
/// A version is not served any more.
pub const VERSION_REMOVED: Rule = Rule::new("version-removed", Class::Info);
/// Pods keep what they read when they started.
pub const KEEPS_OLD_VALUE: Rule = Rule::new("keeps-old-value", Class::Info);
/// Pods get new files.
pub const UPDATED_LATER: Rule = Rule::new("updated-later", Class::Info);
/// A program restarts pods when a Secret or ConfigMap changes.
pub const RELOADED: Rule = Rule::new("pods-reload", Class::Restart);
/// An autoscaler decides the number of replicas.
pub const AUTOSCALED: Rule = Rule::new("autoscaled", Class::Info);
