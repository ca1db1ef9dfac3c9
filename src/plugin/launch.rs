//! Determines the program to start from a function's spec and the flags: the function itself, or docker with its image.
//!
//! Behavior: kyaml's `RunFns` and its exec and container runtimes: no network unless requested and allowed, the user
//! `nobody` unless specified otherwise, no new privileges.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::function_spec::{Container, Exec, FunctionSpec, Mount};
use super::process::{Program, find_in_path};
use crate::diagnostic::{Diagnostic, Result};
use crate::load::Loader;
use crate::load::reads::What;
use crate::options::FunctionOptions;
use crate::yaml::Located;
use crate::yaml::provenance::StepId;

/// The programs that start containers, with the same arguments; the first one that is installed is used.
const ENGINES: [&str; 2] = ["docker", "podman"];

/// The environment variables of every container.
const CONTAINER_ENV: [(&str, &str); 2] = [("LOG_TO_STDERR", "true"), ("STRUCTURED_RESULTS", "true")];

/// The program of a function that runs in `directory`; `None` if the spec names neither an image nor a program.
///
/// # Errors
/// The flag that enables it is not set, or there is no program that starts containers.
pub fn program(spec: &FunctionSpec, options: &FunctionOptions, directory: &Path) -> Result<Option<Program>, Diagnostic> {
    if !spec.container.image.is_empty() {
        return container(&spec.container, options, directory).map(Some);
    }
    if spec.exec.path.is_empty() {
        return Ok(None);
    }
    if !options.exec {
        let error = Diagnostic::error(
            "exec-function",
            format!("the function `{}` is a program, and programs are not enabled", *spec.exec.path),
        );
        return Err(located(error, &spec.exec.path).help("enable them with `--enable-exec`, if you trust the function"));
    }
    if directory.parent().is_none() {
        let error = Diagnostic::error("exec-function", "functions can't run in the root directory");
        return Err(located(error, &spec.exec.path).help("move the kustomization into a subdirectory"));
    }
    Ok(Some(exec(&spec.exec, options, directory)))
}

/// The name of the program that starts containers; the first one if none is installed.
pub fn container_engine() -> &'static str {
    ENGINES.into_iter().find(|name| find_in_path(name).is_some()).unwrap_or(ENGINES[0])
}

/// Programs run in the directory of their kustomization, which must therefore exist on disk.
///
/// # Errors
/// It is a directory of a git revision.
pub fn check_directory(loader: &Loader) -> Result<(), Diagnostic> {
    if loader.files().on_disk() {
        return Ok(());
    }
    let message = "functions and plugins require the directory of their kustomization, which a git revision does not have";
    Err(Diagnostic::error("no-work-tree", message).help("check out the revision, for example with `git worktree add`"))
}

/// Records what a function reads from the file system by itself: its program, or the mounts of its container.
pub fn note(spec: &FunctionSpec, options: &FunctionOptions, loader: &Loader, step: StepId) {
    if spec.container.image.is_empty() {
        let path = spec.exec.path.as_str();
        if path.contains('/') {
            loader.note(Some(step), What::Program, path.trim_start_matches("./"));
        }
        return;
    }
    let mounts = spec.container.mounts.iter().map(|mount| mount.value.clone());
    for mount in mounts.chain(options.mounts.iter().map(|text| Mount::parse(text))).filter(|mount| mount.r#type == "bind") {
        loader.note(Some(step), What::Mount, &mount.src);
    }
}

fn located<T>(error: Diagnostic, place: &Located<T>) -> Diagnostic {
    match place.span {
        Some(span) => error.at(span),
        None => error,
    }
}

/// A name without slash is looked up in `PATH`; anything else is relative to the kustomization.
fn exec(exec: &Exec, options: &FunctionOptions, directory: &Path) -> Program {
    let name = exec.path.as_str();
    let path = if name.contains('/') {
        directory.join(name.trim_start_matches("./"))
    } else {
        find_in_path(name).unwrap_or_else(|| name.into())
    };
    let pair = |text: &String| {
        let (name, value) = text.split_once('=')?;
        (!value.contains('=')).then(|| (name.to_owned(), value.to_owned()))
    };
    let env: BTreeMap<String, String> = exec.envs.iter().chain(&options.env).filter_map(pair).collect();
    let args = exec.args.iter().map(OsString::from).collect();
    Program { path, args, env: env.into_iter().collect(), directory: directory.to_owned() }
}

fn container(container: &Container, options: &FunctionOptions, directory: &Path) -> Result<Program, Diagnostic> {
    if container.network && options.network.is_none() {
        let error = Diagnostic::error("function-network", format!("the function `{}` requests a network", *container.image))
            .running_words("couldn't execute function: network required but not enabled with --network");
        return Err(located(error, &container.image).help("allow it with `--network`"));
    }
    let Some(path) = ENGINES.iter().find_map(|name| find_in_path(name)) else {
        let error =
            Diagnostic::error("container-engine", "starting a container requires docker or podman, but neither is installed")
                .io();
        let help = format!("install one of them to run the function `{}`", *container.image);
        return Err(located(error, &container.image).help(help));
    };
    let user = if options.as_current_user { current_user() } else { "nobody".to_owned() };
    let args = container_args(container, options, directory, &user);
    let args = args.into_iter().map(OsString::from).collect();
    Ok(Program { path, args, env: Vec::new(), directory: directory.to_owned() })
}

/// The arguments of the program that starts a container.
pub fn container_args(container: &Container, options: &FunctionOptions, directory: &Path, user: &str) -> Vec<String> {
    let mut args: Vec<String> =
        ["run", "--rm", "-i", "-a", "STDIN", "-a", "STDOUT", "-a", "STDERR", "--network"].map(str::to_owned).to_vec();
    args.push(if container.network { "host" } else { "none" }.to_owned());
    args.extend(["--user", user, "--security-opt=no-new-privileges"].map(str::to_owned));
    let mounts = container.mounts.iter().map(|mount| mount.value.clone());
    for mount in mounts.chain(options.mounts.iter().map(|text| Mount::parse(text))) {
        args.extend(["--mount".to_owned(), mount_option(&mount, directory)]);
    }
    for variable in container_env(&container.envs, &options.env) {
        args.extend(["-e".to_owned(), variable]);
    }
    args.push(container.image.value.clone());
    args
}

fn mount_option(mount: &Mount, directory: &Path) -> String {
    let source = directory.join(&mount.src);
    let mode = if mount.rw { "" } else { ",readonly" };
    format!("type={},source={},target={}{mode}", mount.r#type, crate::load::tidy(&source).display(), mount.dst)
}

/// Values by name, then the names whose values the container engine takes from its own environment. The command line
/// takes precedence over the spec, and so do the values that every container gets.
fn container_env(spec: &[String], flags: &[String]) -> Vec<String> {
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    let mut exported: Vec<String> = Vec::new();
    for variables in [spec, flags] {
        values.extend(CONTAINER_ENV);
        for variable in variables {
            match variable.split_once('=') {
                Some((name, value)) => _ = values.insert(name, value),
                None if exported.contains(variable) => {}
                None => exported.push(variable.clone()),
            }
        }
    }
    values.into_iter().map(|(name, value)| format!("{name}={value}")).chain(exported).collect()
}

/// `uid:gid` of the process.
#[cfg(unix)]
pub fn current_user() -> String {
    format!("{}:{}", rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw())
}

/// There are no such ids; containers run as the user that kustomize uses by default.
#[cfg(not(unix))]
pub fn current_user() -> String {
    "nobody".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> FunctionOptions {
        FunctionOptions { exec: false, as_current_user: false, env: Vec::new(), mounts: Vec::new(), network: None }
    }

    fn named(text: &str) -> Located<String> {
        Located { value: text.to_owned(), span: None }
    }

    #[test]
    fn a_container_has_no_network_and_no_privileges() {
        let mount = Mount { r#type: "bind".into(), src: "./data".into(), dst: "/data".into(), rw: false };
        let container = Container {
            image: named("example.com/fn:v1"),
            mounts: vec![Located { value: mount, span: None }],
            envs: vec!["B=2".into(), "HOME".into(), "LOG_TO_STDERR=false".into()],
            ..Container::default()
        };
        let flags = FunctionOptions {
            env: vec!["A=1".into(), "B=3".into()],
            mounts: vec!["type=tmpfs,dst=/t,rw=true".into()],
            ..options()
        };
        let args = container_args(&container, &flags, Path::new("/k"), "nobody").join(" ");
        let expected = "run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody \
             --security-opt=no-new-privileges --mount type=bind,source=/k/data,target=/data,readonly \
             --mount type=tmpfs,source=/k,target=/t -e A=1 -e B=3 -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true -e HOME \
             example.com/fn:v1";
        assert_eq!(args, expected);
    }

    #[test]
    fn a_network_and_a_program_require_their_flags() {
        let exec = Exec { path: named("./fn"), ..Exec::default() }.into();
        assert_eq!(program(&exec, &options(), Path::new("/k")).unwrap_err().code, "exec-function");
        let networked = Container { image: named("fn"), network: true, ..Container::default() };
        assert_eq!(program(&networked.into(), &options(), Path::new("/k")).unwrap_err().code, "function-network");
        assert!(program(&FunctionSpec::default(), &options(), Path::new("/k")).unwrap().is_none());
    }

    #[test]
    fn a_program_is_relative_to_the_kustomization() {
        let spec = Exec { path: named("./fn.sh"), args: vec!["x".into()], envs: vec!["A=1".into(), "B=1=2".into(), "C".into()] };
        let flags = FunctionOptions { exec: true, env: vec!["A=2".into()], ..options() };
        let program = exec(&spec, &flags, Path::new("/k"));
        assert_eq!(program.path, Path::new("/k/fn.sh"));
        assert_eq!(program.env, [("A".to_owned(), "2".to_owned())]);
    }
}
