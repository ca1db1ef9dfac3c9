//! The suite of cel-spec beside our own evaluator.
//!
//! `RENDER_CEL_SPEC=/path/to/cel-spec/tests/simple/testdata` names the suite; without it nothing is compared. Left out are files
//! and cases about messages of protocol buffers (Kubernetes has none in expressions) and `cel.block`, which only optimizers write.

#[path = "cel_spec/textproto.rs"]
mod textproto;
#[path = "cel_spec/values.rs"]
mod values;

use std::{env, fs};

use render::cel::environment::{Environment, Language};
use render::cel::machine::Limits;
use render::cel::program::Program;
use render::cel::value::Value;
use textproto::Message;

/// The files.
const FILES: [&str; 22] = [
    "basic",
    "bindings_ext",
    "comparisons",
    "conversions",
    "encoders_ext",
    "fields",
    "fp_math",
    "integer_math",
    "lists",
    "logic",
    "macros",
    "macros2",
    "math_ext",
    "namespace",
    "network_ext",
    "optionals",
    "parse",
    "plumbing",
    "string",
    "string_ext",
    "timestamps",
    "type_deduction",
];

/// Cases that Kubernetes, or this program, answers otherwise: the section, what the name begins with, and why.
const OTHERWISE: [(&str, &str, &str); 24] = [
    ("format", "scientific notation formatting", FORMAT),
    ("format", "default precision for fixed-point clause with", FORMAT),
    ("format", "default precision for scientific", FORMAT),
    ("format", "positive infinity support", FORMAT),
    ("format", "negative infinity support", FORMAT),
    ("format", "NaN support for decimal", FORMAT),
    ("format", "list support for string", FORMAT),
    ("format", "map support", FORMAT),
    ("format", "dyntype support for scientific", FORMAT),
    ("format", "dyntype NaN/infinity support", FORMAT),
    ("format", "dyntype support for lists", FORMAT),
    ("format", "dyntype support for maps", FORMAT),
    ("value_errors", "indexof_out_of_range", CEL_GO),
    ("value_errors", "lastindexof_out_of_range", CEL_GO),
    ("duration_converters", "get_milliseconds", CEL_GO),
    ("legacy_nullable_types", "null_assignable_to_abstract_parameter_candidate", CEL_GO),
    ("ipv4", "ipv4_equals_ipv6", "Kubernetes takes no IPv4 in IPv6"),
    ("ipv4", "ipv4_not_equals_ipv6", "Kubernetes takes no IPv4 in IPv6"),
    ("namespace", "self_eval_container_lookup_unchecked", "only the checker knows containers"),
    ("timestamp_selectors_tz", "getDate", ZONE),
    ("timestamp_selectors_tz", "getDayOfMonth_name_pos", ZONE),
    ("timestamp_selectors_tz", "getDayOfMonth_name_neg", ZONE),
    ("timestamp_selectors_tz", "getDayOfYear", ZONE),
    ("timestamp_selectors_tz", "getMinutes", ZONE),
];
const FORMAT: &str = "Kubernetes has version 2 of the strings, the suite is about version 4";
const CEL_GO: &str = "cel-go answers otherwise, too";
const ZONE: &str = "there is no database of time zones";

/// What came of a case.
enum Outcome {
    Passed,
    /// It is about what is left out.
    Excluded(String),
    Failed(String),
}

#[test]
fn the_suite_of_cel_spec_passes() {
    let Ok(directory) = env::var("RENDER_CEL_SPEC") else {
        eprintln!("RENDER_CEL_SPEC is not set: nothing is compared");
        return;
    };
    let mut failures = Vec::new();
    for file in FILES {
        let text = fs::read_to_string(format!("{directory}/{file}.textproto")).expect("the suite is complete");
        let (mut passed, mut excluded, mut failed) = (0, 0, 0);
        for section in Message::read(&text).messages("section") {
            for case in section.messages("test") {
                let name = format!("{file}/{}/{}", section.text("name"), case.text("name"));
                match run(case, &section.text("name")) {
                    Outcome::Passed => passed += 1,
                    Outcome::Excluded(why) => {
                        excluded += 1;
                        if env::var("RENDER_CEL_EXCLUDED").is_ok() {
                            eprintln!("excluded {name}: {why}");
                        }
                    }
                    Outcome::Failed(why) => {
                        failed += 1;
                        failures.push(format!("{name}: `{}`: {why}", case.text("expr")));
                    }
                }
            }
        }
        eprintln!("{file:16} {passed:4} passed, {failed:3} failed, {excluded:3} excluded");
    }
    assert!(failures.is_empty(), "{} cases failed:\n{}", failures.len(), failures.join("\n"));
}

fn run(case: &Message, section: &str) -> Outcome {
    if let Some((_, _, why)) = OTHERWISE.iter().find(|(of, name, _)| *of == section && case.text("name").starts_with(name)) {
        return Outcome::Excluded((*why).to_owned());
    }
    match prepare(case) {
        Err(needs) => Outcome::Excluded(needs),
        Ok((environment, variables)) => check(case, &environment, &variables),
    }
}

/// The environment and the values of the variables; an error names what is left out.
fn prepare(case: &Message) -> Result<(Environment, Vec<(String, Value)>), String> {
    let expr = case.text("expr");
    for word in ["TestAllTypes", "google.protobuf.", "proto.", "cel.block", "cel.index", "NestedEnum", "GlobalEnum"] {
        if expr.contains(word)
            && !["google.protobuf.Timestamp)", "google.protobuf.Duration)"].iter().any(|end| expr.ends_with(end))
        {
            return Err(word.to_owned());
        }
    }
    let container = case.text("container");
    let container = if container.starts_with("cel.expr.conformance") { String::new() } else { container };
    let mut environment = Language::everything().environment().in_container(&container);
    for declaration in case.messages("type_env") {
        let of = declaration.message("ident").and_then(|ident| ident.message("type")).ok_or("a function")?;
        environment.declare(&declaration.text("name"), values::of_type(of)?);
    }
    let mut variables = Vec::new();
    for binding in case.messages("bindings") {
        let value = binding.message("value").and_then(|value| value.message("value")).ok_or("an unknown")?;
        variables.push((binding.text("key"), values::value(value)?));
    }
    Ok((environment, variables))
}

fn check(case: &Message, environment: &Environment, variables: &[(String, Value)]) -> Outcome {
    let fails = case.message("eval_error").is_some() || case.message("any_eval_errors").is_some();
    let program = if case.text("disable_check") == "true" {
        match environment.language().parse(&case.text("expr")) {
            Ok(expr) => Program::unchecked(expr),
            Err(_) if fails => return Outcome::Passed,
            Err(fault) => return Outcome::Failed(fault.message),
        }
    } else {
        match environment.compile(&case.text("expr")) {
            Ok(checked) => {
                let typed = case.message("typed_result").and_then(|typed| typed.message("deduced_type"));
                if let Some(Ok(wanted)) = typed.map(values::of_type)
                    && *checked.output() != wanted
                {
                    return Outcome::Failed(format!("its type is {}, not {wanted}", checked.output()));
                }
                Program::new(checked)
            }
            Err(_) if fails => return Outcome::Passed,
            Err(faults) => {
                return Outcome::Failed(faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; "));
            }
        }
    };
    if case.text("check_only") == "true" {
        return Outcome::Passed;
    }
    let variables: Vec<(&str, Value)> = variables.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let result = program.evaluate(&variables, &Limits::FREE).result;
    let wanted = case.message("value").or_else(|| case.message("typed_result").and_then(|typed| typed.message("result")));
    match (result, wanted.map(values::value)) {
        (Err(_), None) if fails => Outcome::Passed,
        (Ok(value), _) if fails => Outcome::Failed(format!("it yields {value:?}")),
        (_, Some(Err(needs))) => Outcome::Excluded(needs),
        // Without a value, `true` is wanted.
        (Ok(value), None) if values::same(&value, &Value::Bool(true)) => Outcome::Passed,
        (Ok(value), Some(Ok(wanted))) if values::same(&value, &wanted) => Outcome::Passed,
        (Ok(value), wanted) => Outcome::Failed(format!("it yields {value:?}, not {wanted:?}")),
        (Err(failure), _) => Outcome::Failed(failure.to_string()),
    }
}
