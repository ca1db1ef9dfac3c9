//! A pod mounts the socket of the container engine: it may start any container on its node, and so do anything there.
//!
//! Building images works without it (kaniko, buildah, BuildKit without root). Where an agent of the node needs it, say so in an annotation
//! of the workload, `ignore-check.render.dev/container-socket: collects the logs of containers`, or under `silence` in `.render.yaml`.

use super::{Lint, Set, Told};
use crate::validate::look::{items, set as field, text};

/// The lint.
pub const LINT: Lint = Lint { code: "container-socket", file: include_str!("container_socket.rs"), check };

const SOCKETS: &[&str] =
    &["/docker.sock", "/containerd.sock", "/crio.sock", "/podman.sock", "/cri-dockerd.sock", "/dockershim.sock"];

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        for (at, volume) in items(pod.spec, "volumes") {
            let Some((path, node)) = field(volume, "hostPath").and_then(|host| text(host, "path")) else { continue };
            if SOCKETS.iter().any(|socket| path.ends_with(socket)) {
                let message = format!("`{path}` is the socket of the container engine");
                let field = format!("{}.volumes[{at}].hostPath.path", pod.path);
                told.warn(owner, node, field, message, "do without it, unless this is an agent of the node");
            }
        }
    }
}
