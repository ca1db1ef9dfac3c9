//! Rules for Windows options in security contexts, and for HostProcess pods.

use super::owner::each_container;
use crate::validate::look::{as_text, is_false, is_true, set};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// The maximum size of the credential spec of a group managed service account, in bytes.
const MAX_SPEC: usize = 64 * 1024;

/// Checks `windowsOptions` of a security context.
pub fn options(context: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(options) = set(context, "windowsOptions") else { return };
    let path = path.field("windowsOptions");
    let given = |field| set(options, field).and_then(|node| Some((as_text(node)?, node)));
    if let Some((name, node)) = given("gmsaCredentialSpecName")
        && let Err(cause) = names::dns_subdomain(name)
    {
        out.invalid(node, &path.field("gmsaCredentialSpecName"), format!("`{name}` {cause}"));
    }
    if let Some((_, node)) = given("gmsaCredentialSpec").filter(|(text, _)| text.is_empty() || text.len() > MAX_SPEC) {
        out.invalid(
            node,
            &path.field("gmsaCredentialSpec"),
            "`gmsaCredentialSpec` must not be empty and must be no more than 64 KiB",
        );
    }
    if let Some((name, node)) = given("runAsUserName")
        && let Err(cause) = user_name(name)
    {
        out.invalid(node, &path.field("runAsUserName"), format!("`{}` {cause}", name.escape_debug()));
    }
}

/// Checks a user name of the form `DOMAIN\user`, where the domain is optional.
fn user_name(name: &str) -> Result<(), &'static str> {
    let (domain, user) = match name.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, name),
    };
    if name.is_empty() || name.contains(|c: char| c.is_ascii_control()) || user.contains('\\') {
        return Err("must not be empty and must not contain control characters or more than one `\\`");
    }
    if domain.is_some_and(|domain| domain.len() >= 256 || !(is_net_bios(domain) || is_dns(domain))) {
        return Err("must have a valid NetBIOS or DNS domain");
    }
    if user.is_empty() || user.len() > 104 {
        return Err("must have a user of 1 to 104 characters");
    }
    if user.bytes().all(|byte| matches!(byte, b'.' | b' ')) || user.contains(|c: char| "\"/\\:;|=,+*?<>@[]".contains(c)) {
        return Err("must not have a user of only dots and spaces, or one that contains any of \"/\\:;|=,+*?<>@[]");
    }
    Ok(())
}

fn is_net_bios(domain: &str) -> bool {
    (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(|c: char| "\\/:*?\"<>|".contains(c))
}

fn is_dns(domain: &str) -> bool {
    let label = |label: &str| {
        let ends = label.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric()) && !label.ends_with('-');
        ends && label.len() <= 63 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.split('.').all(label)
}

/// Checks HostProcess containers: either all containers are of this type or none, and they require the host network.
pub fn host_process(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let of = |node: &Node| {
        let options = node.at_path(&["securityContext", "windowsOptions"])?;
        let (yes, no) = (is_true(options, "hostProcess"), is_false(options, "hostProcess"));
        (yes || no).then_some(yes)
    };
    let pod = of(spec);
    let (mut all, mut on_host) = (0, 0);
    each_container(spec, path, |container, path| {
        let own = of(container);
        all += 1;
        on_host += usize::from(own.or(pod) == Some(true));
        if pod.is_some() && own.is_some() && own != pod {
            let context = path.field("securityContext");
            let options = context.field("windowsOptions");
            let place = container.at_path(&["securityContext", "windowsOptions", "hostProcess"]).unwrap_or(container);
            out.invalid(place, &options.field("hostProcess"), "must be equal to `hostProcess` of the pod");
        }
    });
    if on_host == 0 {
        return;
    }
    if on_host != all {
        out.invalid(spec, path, "`hostProcess` must be true for all containers or for none");
    }
    if !is_true(spec, "hostNetwork") {
        let place = set(spec, "hostNetwork").unwrap_or(spec);
        out.invalid(place, &path.field("hostNetwork"), "`hostProcess` requires `hostNetwork: true`");
    }
}
