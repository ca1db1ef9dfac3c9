//! `fn run`: runs the functions of a directory, or one that the command line names.

use anyhow::anyhow;

use super::package_output::{print, stdin, without_usage};
use crate::commands::output;
use crate::go_cli::Call;
use crate::packages::{Failed, FunctionRun, function_config};

/// Runs the command.
///
/// # Errors
/// The flags contradict each other, or a function fails.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let run = configured(call)?;
    let logs = call.on("log-steps");
    let log = |label: &str| {
        if logs {
            output::eprint(&format!("Running {label}\n"));
        }
    };
    let result = without_usage(stdin_of(call)).and_then(|input| without_usage(printed(FunctionRun { input, ..run }.run(&log))));
    print(&result?)
}

/// Prints what functions returned even if some of them failed.
fn printed(result: anyhow::Result<String>) -> anyhow::Result<String> {
    if let Some(failed) = result.as_ref().err().and_then(|error| error.downcast_ref::<Failed>()) {
        print(&failed.printed)?;
    }
    result
}

/// Standard input, if there is no directory.
fn stdin_of(call: &Call) -> anyhow::Result<Option<Vec<u8>>> {
    if arguments(call).0.is_empty() { stdin().map(Some) } else { Ok(None) }
}

/// The arguments of the command, and those of the function after `--`.
fn arguments(call: &Call) -> (&[String], &[String]) {
    let dash = call.dash().unwrap_or(call.args().len());
    call.args().split_at(dash.min(call.args().len()))
}

fn configured(call: &Call) -> anyhow::Result<FunctionRun> {
    let (image, program, programs) = (call.text("image"), call.text("exec-path"), call.on("enable-exec"));
    if !programs && !program.is_empty() {
        return Err(anyhow!("must specify --enable-exec with --exec-path"));
    }
    if call.dash().is_some() && image.is_empty() && program.is_empty() {
        return Err(anyhow!("must specify --image"));
    }
    let (own, items) = arguments(call);
    if own.len() > 1 {
        return Err(anyhow!("0 or 1 arguments supported, function arguments go after '--'"));
    }
    let names_function = !image.is_empty() || !program.is_empty();
    let function = names_function.then(|| function_config(image, call.on("network"), program, items)).transpose()?;
    Ok(FunctionRun {
        path: own.first().cloned().unwrap_or_default(),
        input: None,
        prints: own.is_empty() || call.on("dry-run"),
        function_paths: call.list("fn-path").to_vec(),
        function,
        is_global: call.on("global-scope"),
        network: call.on("network"),
        programs,
        mounts: call.list("mount").to_vec(),
        results: call.text("results-dir").to_owned(),
        env: call.list("env").to_vec(),
        as_current_user: call.on("as-current-user"),
    })
}
