//! Rules for CronJobs. Behavior: `ValidateCronJobCreate`.

use super::{job, schedule, time_zones};
use crate::validate::look::{self, is_true, not_negative, one_of, required_text, set};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// Checks a CronJob.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = set(node, "spec") else {
        return out.required(node, &path.field("schedule"), "`spec` is required");
    };
    if let Some((found, place)) = required_text(spec, "schedule", &path, out) {
        self::schedule(found, place, &path.field("schedule"), out);
    }
    if let Some(zone) = set(spec, "timeZone") {
        let name = look::as_text(zone).unwrap_or("");
        if !time_zones::is_known(name) {
            let near = crate::diagnostic::did_you_mean(name, time_zones::all());
            let error = zone.error("invalid-value", format!("`{name}` is not a valid time zone"));
            let help = near.map_or("use a name such as `Europe/Berlin`".to_owned(), |near| format!("did you mean `{near}`?"));
            out.push(error.help(help), path.field("timeZone").to_string());
        }
    }
    one_of(spec, "concurrencyPolicy", &["Allow", "Forbid", "Replace"], &path, out);
    for field in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        not_negative(spec, field, &path, out);
    }
    job_template(spec, &path.field("jobTemplate"), out);
}

fn schedule(found: &str, place: &Node, path: &Path<'_>, out: &mut Findings) {
    let zone = found.strip_prefix("TZ=").or_else(|| found.strip_prefix("CRON_TZ="));
    if found.contains("TZ") && (out.since(29) || zone.is_none()) {
        let error = place.error("invalid-value", "the schedule must not contain a time zone").help("set `timeZone` instead");
        return out.push(error, path.to_string());
    }
    // Kubernetes 1.28 and older accept a time zone at the start.
    let fields = zone.map_or(found, |zone| zone.split_once(' ').map_or("", |(_, rest)| rest));
    if let Err(cause) = schedule::parse(fields) {
        out.invalid(place, path, format!("`{found}` is not a valid schedule: {cause}"));
    }
}

fn job_template(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("spec");
    let Some(found) = spec.at_path(&["jobTemplate", "spec"]).filter(|found| !found.is_null()) else {
        let path = path.field("template");
        let path = path.field("spec");
        return out.required(
            set(spec, "jobTemplate").unwrap_or(spec),
            &path.field("containers"),
            "the Job template requires `spec`",
        );
    };
    job::spec(found, false, &path, out);
    if let Some(selector) = set(found, "selector") {
        out.invalid(selector, &path.field("selector"), "the server generates the selector of a Job");
    }
    if let Some(node) = set(found, "manualSelector").filter(|_| is_true(found, "manualSelector")) {
        out.unsupported(node, &path.field("manualSelector"), &["false"]);
    }
}
