//! A pod mounts the socket of the container runtime, which gives it full control of its node.
//!
//! Image builds do not need the socket (use kaniko, Buildah, or rootless BuildKit). If a node agent needs it, silence the finding
//! with an annotation on the workload, `ignore-check.render.dev/container-socket: collects container logs`, or with an entry
//! under `silence` in `.render.yaml`.

use super::{Lint, Reporter, Set};
use crate::validate::look::{items, set as field, text};

/// The lint.
pub const LINT: Lint = Lint { code: "container-socket", file: include_str!("container_socket.rs"), check };

const SOCKETS: &[&str] =
    &["/docker.sock", "/containerd.sock", "/crio.sock", "/podman.sock", "/cri-dockerd.sock", "/dockershim.sock"];

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        for (at, volume) in items(pod.spec, "volumes") {
            let Some((path, node)) = field(volume, "hostPath").and_then(|host| text(host, "path")) else { continue };
            if SOCKETS.iter().any(|socket| path.ends_with(socket)) {
                let message = format!("`{path}` is the socket of the container runtime");
                let field = format!("{}.volumes[{at}].hostPath.path", pod.path);
                out.warn(owner, node, field, message, "remove the volume, unless this is a node agent");
            }
        }
    }
}
