//! Rules for volumes: each has one source.

use rustc_hash::{FxHashMap, FxHashSet};

use super::claims;
use super::owner::Owner;
use super::projected::{down, key_items, projected};
use crate::schema::quantity::Quantity;
use crate::validate::look::{self, Unique, count, entries, in_range, is_false, is_true, items, one_of, required_text, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// The volumes of a pod: names, each with the field of its source.
pub type Volumes<'n> = FxHashMap<&'n str, &'n str>;

/// Checks the volumes of a pod and returns them. Those from the claim templates of a StatefulSet come first.
pub fn check<'n>(spec: &'n Node, owner: Owner<'n>, path: &Path<'_>, out: &mut Findings) -> Volumes<'n> {
    let list = path.field("volumes");
    let mut found = Volumes::default();
    let claims = owner.stateful_set.map_or(0, |set| claim_volumes(set, &list, &mut found, out));
    let claimed: FxHashSet<&str> = found.keys().copied().collect();
    let mut unique = Unique::default();
    let mut at = claims;
    for (_, volume) in items(spec, "volumes") {
        // A claim template replaces a volume with the same name.
        if claims > 0 && text(volume, "name").is_some_and(|(name, _)| claimed.contains(name)) {
            continue;
        }
        let path = list.index(at);
        at += 1;
        if let Some((name, node)) = required_text(volume, "name", &path, out) {
            if let Err(cause) = names::dns_label(name) {
                out.invalid(node, &path.field("name"), format!("`{name}` {cause}"));
            }
            unique.add(name, node, &path.field("name"), out);
            found.insert(name, kind_of(volume));
        }
        source(volume, owner, &path, out);
    }
    found
}

/// The field of a volume's source; a volume without one is an `emptyDir`.
fn kind_of(volume: &Node) -> &str {
    let mut fields = volume.as_mapping().into_iter().flatten();
    let source = fields.find(|entry| entry.key.text != "name" && !entry.value.is_null());
    source.map_or("emptyDir", |entry| entry.key.text.as_str())
}

/// Adds the volumes of a StatefulSet's claim templates. Returns their number.
fn claim_volumes<'n>(stateful_set: &'n Node, list: &Path<'_>, found: &mut Volumes<'n>, out: &mut Findings) -> usize {
    let mut at = 0;
    for (_, claim) in items(stateful_set, "volumeClaimTemplates") {
        let metadata = set(claim, "metadata").unwrap_or(claim);
        let path = list.index(at);
        match text(metadata, "name") {
            None => out.required(metadata, &path.field("name"), "the claim template requires a name"),
            Some((name, _)) if found.contains_key(name) => continue,
            Some((name, place)) => {
                if let Err(cause) = names::dns_label(name) {
                    out.invalid(place, &path.field("name"), format!("the volume name `{name}` of the claim template {cause}"));
                }
                found.insert(name, "persistentVolumeClaim");
            }
        }
        at += 1;
    }
    at
}

/// A type of volume source; the server checks them in the order of [`SOURCES`].
struct Source {
    field: &'static str,
    /// The required strings.
    required: &'static [&'static str],
    /// Checks the rest.
    check: fn(&Node, &Path<'_>, &mut Findings),
}

const fn plain(field: &'static str, required: &'static [&'static str]) -> Source {
    Source { field, required, check: |_, _, _| {} }
}

const SOURCES: &[Source] = &[
    Source { field: "emptyDir", required: &[], check: empty_dir },
    Source { field: "hostPath", required: &["path"], check: host_path },
    Source { field: "gitRepo", required: &["repository"], check: git_repo },
    Source { field: "gcePersistentDisk", required: &["pdName"], check: partition },
    Source { field: "awsElasticBlockStore", required: &["volumeID"], check: partition },
    Source { field: "secret", required: &["secretName"], check: key_items },
    Source { field: "nfs", required: &["server"], check: nfs },
    Source { field: "iscsi", required: &["targetPortal"], check: iscsi },
    plain("glusterfs", &["endpoints", "path"]),
    Source { field: "flocker", required: &[], check: flocker },
    plain("persistentVolumeClaim", &["claimName"]),
    Source { field: "rbd", required: &["image"], check: monitors },
    Source { field: "cinder", required: &["volumeID"], check: secret_ref },
    Source { field: "cephfs", required: &[], check: monitors },
    Source { field: "quobyte", required: &["registry", "volume"], check: quobyte },
    Source { field: "downwardAPI", required: &[], check: down },
    Source { field: "fc", required: &[], check: fibre_channel },
    Source { field: "flexVolume", required: &["driver"], check: flex_volume },
    Source { field: "configMap", required: &["name"], check: key_items },
    plain("azureFile", &["secretName", "shareName"]),
    plain("vsphereVolume", &["volumePath"]),
    plain("photonPersistentDisk", &["pdID"]),
    plain("portworxVolume", &["volumeID"]),
    Source { field: "azureDisk", required: &["diskName", "diskURI"], check: azure_disk },
    Source { field: "storageos", required: &["volumeName"], check: storage_os },
    Source { field: "projected", required: &[], check: projected },
    plain("scaleIO", &["gateway", "system", "volumeName"]),
    Source { field: "csi", required: &["driver"], check: csi },
    Source { field: "ephemeral", required: &[], check: claims::ephemeral },
    Source { field: "image", required: &[], check: image },
];

fn source(volume: &Node, owner: Owner<'_>, path: &Path<'_>, out: &mut Findings) {
    let mut first: Option<&Source> = None;
    for source in SOURCES {
        let Some(node) = set(volume, source.field) else { continue };
        let path = path.field(server_name(source.field, first.is_some()));
        if let Some(first) = first {
            out.forbidden(
                node,
                &path,
                format!("a volume must not have more than one source, and `{}` is already set", first.field),
            );
            continue;
        }
        first = Some(source);
        for field in source.required {
            required_text(node, field, &path, out);
        }
        (source.check)(node, &path, out);
    }
    names_of_others(volume, owner, path, out);
}

/// The name of a source in errors of the server: some names are older than the field.
fn server_name(field: &'static str, is_second: bool) -> &'static str {
    match (field, is_second) {
        ("gcePersistentDisk", false) => "persistentDisk",
        ("cephfs", true) => "cephFS",
        ("downwardAPI", true) => "downwarAPI",
        _ => field,
    }
}

/// Checks names that are composed of the volume's name and another one.
fn names_of_others(volume: &Node, owner: Owner<'_>, path: &Path<'_>, out: &mut Findings) {
    let Some((name, place)) = text(volume, "name") else { return };
    if let Some(iscsi) = set(volume, "iscsi").filter(|iscsi| set(iscsi, "initiatorName").is_some()) {
        let portal = text(iscsi, "targetPortal").map_or(0, |(portal, _)| portal.len());
        if name.len() + 1 + portal > 64 {
            out.invalid(
                place,
                &path.field("name"),
                "the names of the volume and of the portal must be no more than 63 characters together",
            );
        }
    }
    let pod = owner.metadata.filter(|_| owner.is_pod).and_then(|metadata| text(metadata, "name"));
    if let (Some((pod, _)), Some(_)) = (pod, set(volume, "ephemeral")) {
        let claim = format!("{pod}-{name}");
        if let Err(cause) = names::dns_subdomain(&claim) {
            out.invalid(
                place,
                &path.field("name"),
                format!("the name of the claim would be `{claim}`, which is not valid: it {cause}"),
            );
        }
    }
}

fn empty_dir(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(limit) = set(node, "sizeLimit")
        && Quantity::of(limit).is_some_and(|limit| limit.nanos() < 0)
    {
        out.forbidden(limit, &path.field("sizeLimit"), "the limit must not be negative");
    }
}

fn host_path(node: &Node, path: &Path<'_>, out: &mut Findings) {
    no_dots(node, "path", path, out);
    if text(node, "path").is_some() {
        let types = ["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];
        one_of(node, "type", &types, path, out);
    }
}

fn git_repo(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((_, place)) = text(node, "directory").filter(|(found, _)| found.starts_with('/')) {
        out.invalid(place, &path.field("directory"), "the path must be relative");
    }
    no_dots(node, "directory", path, out);
}

fn partition(node: &Node, path: &Path<'_>, out: &mut Findings) {
    in_range(node, "partition", 0..=255, path, out);
}

fn nfs(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, place)) = required_text(node, "path", path, out).filter(|(found, _)| !found.starts_with('/')) {
        out.invalid(place, &path.field("path"), format!("`{found}` must be an absolute path"));
    }
}

fn iscsi(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((name, place)) = required_text(node, "iqn", path, out).filter(|(name, _)| !is_iscsi_name(name)) {
        out.invalid(
            place,
            &path.field("iqn"),
            format!("`{name}` is not a valid iSCSI name; expected one that starts with `iqn.`, `eui.`, or `naa.`"),
        );
    }
    if let Some((name, place)) = text(node, "initiatorName").filter(|(name, _)| !is_iscsi_name(name)) {
        let message = format!("`{name}` is not a valid iSCSI name; expected one that starts with `iqn.`, `eui.`, or `naa.`");
        out.invalid(place, &path.field("initiatorname"), message);
    }
    in_range(node, "lun", 0..=255, path, out);
    let needs_secret = is_true(node, "chapAuthDiscovery") || is_true(node, "chapAuthSession");
    if needs_secret && set(node, "secretRef").is_none() {
        out.required(node, &path.field("secretRef"), "authentication requires `secretRef`");
    }
}

/// Whether a name is `iqn.2001-04.com.example:disk`, `eui.` and 16, or `naa.` and 32 letters or digits.
fn is_iscsi_name(name: &str) -> bool {
    let exactly = |rest: &str, count: usize| {
        let mut chars = rest.chars();
        chars.next().is_some() && chars.as_str().len() == count && chars.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if let Some(rest) = name.strip_prefix("eui") {
        return exactly(rest, 16);
    }
    if let Some(rest) = name.strip_prefix("naa") {
        return exactly(rest, 32);
    }
    let Some((authority, unique)) = name.strip_prefix("iqn.").and_then(|rest| rest.split_once(':')) else { return false };
    let date = |part: &str, from: usize, to: usize| part.get(from..to).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let dated = date(authority, 0, 4) && authority.get(4..5) == Some("-") && date(authority, 5, 7);
    let domain = authority.get(8..).unwrap_or("");
    dated
        && authority.get(7..8) == Some(".")
        && !domain.is_empty()
        && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        && !unique.is_empty()
        && !unique.contains(|c: char| c.is_whitespace() || ",;*&$|".contains(c))
}

fn flocker(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let (name, uuid) = (text(node, "datasetName"), text(node, "datasetUUID"));
    match (name, uuid) {
        (None, None) => out.required(node, path, "one of `datasetName` or `datasetUUID` is required"),
        (Some(_), Some(_)) => out.invalid(node, path, "`datasetName` and `datasetUUID` are mutually exclusive"),
        _ => {}
    }
    if let Some((_, place)) = name.filter(|(name, _)| name.contains('/')) {
        out.invalid(place, &path.field("datasetName"), "the name must not contain `/`");
    }
}

fn monitors(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if count(node, "monitors") == 0 {
        out.required(set(node, "monitors").unwrap_or(node), &path.field("monitors"), "`monitors` is required");
    }
}

fn secret_ref(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(secret) = set(node, "secretRef") {
        required_text(secret, "name", &path.field("secretRef"), out);
    }
}

fn quobyte(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((_, place)) = text(node, "tenant").filter(|(tenant, _)| tenant.len() > 64) {
        out.required(place, &path.field("tenant"), "`tenant` must be no more than 64 characters");
    }
    let has_port = |pair: &str| pair.rsplit_once(':').is_some_and(|(host, _)| !host.contains(':') || host.starts_with('['));
    if let Some((_, place)) = text(node, "registry").filter(|(registry, _)| !registry.split(',').all(has_port)) {
        out.invalid(place, &path.field("registry"), "`registry` must be a comma-separated list of `host:port` pairs");
    }
}

fn fibre_channel(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let (names, ids) = (count(node, "targetWWNs"), count(node, "wwids"));
    let field = path.field("targetWWNs");
    match (names, ids) {
        (0, 0) => out.required(node, &field, "one of `targetWWNs` or `wwids` is required"),
        (1.., 1..) => out.invalid(node, &field, "`targetWWNs` and `wwids` are mutually exclusive"),
        _ => {}
    }
    if names > 0 && set(node, "lun").is_none() {
        out.required(node, &path.field("lun"), "`targetWWNs` requires `lun`");
    } else if names > 0 {
        in_range(node, "lun", 0..=255, path, out);
    }
}

fn flex_volume(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let options = path.field("options");
    for entry in entries(node, "options") {
        let key = entry.key.text.as_str();
        let namespace = format!(".{}", key.split('/').next().unwrap_or("").to_lowercase());
        if namespace.ends_with(".kubernetes.io") || namespace.ends_with(".k8s.io") {
            out.invalid(&entry.value, &options.key(key), format!("`{key}` is reserved for Kubernetes"));
        }
    }
}

fn azure_disk(node: &Node, path: &Path<'_>, out: &mut Findings) {
    one_of(node, "cachingMode", &["None", "ReadOnly", "ReadWrite"], path, out);
    one_of(node, "kind", &["Shared", "Dedicated", "Managed"], path, out);
    let managed = text(node, "kind").is_some_and(|(kind, _)| kind == "Managed");
    let start = if managed { "/subscriptions/" } else { "https://" };
    if let Some((_, place)) = text(node, "diskURI").filter(|(uri, _)| !uri.starts_with(start)) {
        out.unsupported(place, &path.field("diskURI"), &[&format!("{start}...")]);
    }
}

fn storage_os(node: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["volumeName", "volumeNamespace"] {
        look::form(node, field, names::dns_label, path, out);
    }
    secret_ref(node, path, out);
}

fn csi(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((driver, place)) = text(node, "driver") {
        if driver.len() > 63 {
            out.too_long(place, &path.field("driver"), format!("must be no more than 63 characters, found {}", driver.len()));
        }
        if let Err(cause) = names::dns_subdomain(&driver.to_lowercase()) {
            out.invalid(place, &path.field("driver"), format!("`{driver}` {cause}"));
        }
    }
    if let Some(secret) = set(node, "nodePublishSecretRef") {
        let path = path.field("nodePublishSecretRef");
        if required_text(secret, "name", &path, out).is_some() {
            look::form(secret, "name", names::dns_subdomain, &path, out);
        }
    }
}

fn image(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if out.since(35) {
        one_of(node, "pullPolicy", &["Always", "IfNotPresent", "Never"], path, out);
    }
}

/// Checks that a path does not contain `..`.
fn no_dots(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, place)) = text(node, field).filter(|(found, _)| found.split('/').any(|part| part == "..")) {
        out.invalid(place, &path.field(field), format!("`{found}` must not contain `..`"));
    }
}

/// Checks that disks that only one node can write to are read-only in a workload with several pods, up to Kubernetes 1.28.
pub fn read_only_disks(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if out.since(29) {
        return;
    }
    let list = path.field("volumes");
    for (at, volume) in items(spec, "volumes") {
        if let Some(disk) = set(volume, "gcePersistentDisk").filter(|disk| !is_true(disk, "readOnly")) {
            let place = set(disk, "readOnly").filter(|_| is_false(disk, "readOnly")).unwrap_or(disk);
            let path = list.index(at);
            let path = path.field("gcePersistentDisk");
            out.invalid(place, &path.field("readOnly"), "`readOnly` must be true when several pods mount the disk");
        }
    }
}

/// Whether a volume comes from a claim, so that it can be a device.
pub fn is_claimed(kind: &str) -> bool {
    matches!(kind, "persistentVolumeClaim" | "ephemeral")
}
