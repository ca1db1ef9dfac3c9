"""Rules for Bazel: the output of overlays as files, and tests of it.

An action builds in a directory that contains copies of its declared inputs and nothing else: the files of the overlay and of the
`kustomization` targets that it uses. It has no network, no cache, and no settings outside of them. Copies are necessary because the
inputs in a sandbox are symbolic links, and a kustomization must not read what is outside of its directory.
"""

KustomizationInfo = provider(
    doc = "Files of a directory with a kustomization, and of those that it uses.",
    fields = {"files": "depset of files"},
)

# No network, no cache in the home directory, and no environment variables of the user.
_ENVIRONMENT = {
    "HOME": "/nonexistent",
    "RENDER_CACHE_DIR": "/nonexistent",
}

_INPUTS = {
    "srcs": attr.label_list(
        allow_files = True,
        doc = "Files of the directory, usually a glob; new files, such as a second kustomization, are found only with a glob.",
    ),
    "deps": attr.label_list(
        providers = [KustomizationInfo],
        doc = "The bases and components that it uses.",
    ),
}

_OVERLAY = dict(_INPUTS, **{
    "overlay": attr.string(
        mandatory = True,
        doc = "The directory with the kustomization, relative to the package; `.` for the package itself.",
    ),
    "validate": attr.bool(
        default = True,
        doc = "Whether to validate the objects.",
    ),
    "settings": attr.label(
        allow_single_file = True,
        doc = "The settings file; without it, there are no settings. The definitions that it names belong to `srcs`.",
    ),
    "flags": attr.string_list(
        doc = "More flags, such as `--kubernetes-version=1.34`.",
    ),
    "_render": attr.label(
        default = Label("//:render"),
        allow_single_file = True,
        executable = True,
        cfg = "exec",
    ),
})

def _files(ctx):
    return depset(ctx.files.srcs, transitive = [dep[KustomizationInfo].files for dep in ctx.attr.deps])

def _kustomization(ctx):
    files = _files(ctx)
    return [KustomizationInfo(files = files), DefaultInfo(files = files)]

kustomization = rule(
    implementation = _kustomization,
    doc = "A base or component that overlays use.",
    attrs = _INPUTS,
)

# Copies the files that a list names into a new directory: $1 is the list, $2 the directory that the names are relative to.
_COPY = """set -eu
here="$PWD"
tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
copy() {
  test ! -s "$here/$1" || tar -chf - -C "$2" -T "$here/$1" | tar -xf - -C "$tree"
}
"""

def _directory(ctx):
    parts = [part for part in [ctx.label.package, ctx.attr.overlay] if part not in ["", "."]]
    return "/".join(parts) or "."

def _command(ctx, settings):
    """The words after the name of the program."""
    if not ctx.attr.validate:
        return ["build", _directory(ctx), "--offline"] + ctx.attr.flags
    return [_directory(ctx), "--offline", "--settings", settings] + ctx.attr.flags

def _settings(ctx):
    return ctx.file.settings.short_path if ctx.attr.settings else "none"

def _inputs(ctx):
    return depset(ctx.files.settings, transitive = [_files(ctx)])

def _source(file):
    return file.path if file.is_source else None

def _generated(file):
    return None if file.is_source else file.short_path

def _list(ctx, name, map_each):
    """A file with the names of the inputs, one per line."""
    lines = ctx.actions.args()
    lines.set_param_file_format("multiline")
    lines.add_all(_inputs(ctx), map_each = map_each)
    output = ctx.actions.declare_file(ctx.label.name + name)
    ctx.actions.write(output, lines)
    return output

def _render(ctx, output):
    sources = _list(ctx, ".sources", _source)
    generated = _list(ctx, ".generated", _generated)
    words = ctx.actions.args()
    words.add_all([ctx.executable._render, output, sources, generated])
    words.add(ctx.bin_dir.path)
    words.add_all(_command(ctx, _settings(ctx)))
    ctx.actions.run_shell(
        command = _COPY + """program="$here/$1" output="$here/$2"
copy "$3" "$here"
copy "$4" "$here/$5"
shift 5
cd "$tree"
"$program" "$@" -o "$output"
""",
        arguments = [words],
        inputs = depset([sources, generated], transitive = [_inputs(ctx)]),
        tools = [ctx.executable._render],
        outputs = [output],
        env = _ENVIRONMENT,
        mnemonic = "Render",
        progress_message = "Rendering %s" % ctx.label,
    )

def _render_manifests(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".yaml")
    _render(ctx, output)
    return [DefaultInfo(files = depset([output]))]

render_manifests = rule(
    implementation = _render_manifests,
    doc = "The output of an overlay, as the file NAME.yaml.",
    attrs = _OVERLAY,
)

def _quote(word):
    return "'" + word.replace("'", "'\\''") + "'"

def _test(ctx, lines, files, transitive_files = None):
    """A test that runs lines of a shell script in the directory of its runfiles."""
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    exports = ["export %s=%s" % (name, _quote(value)) for name, value in _ENVIRONMENT.items()]
    ctx.actions.write(script, "\n".join(["#!/bin/sh"] + exports + lines + [""]), is_executable = True)
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(files = files, transitive_files = transitive_files),
    )]

def _words(words):
    return " ".join([_quote(word) for word in words])

def _short(file):
    return file.short_path

def _render_test(ctx):
    program = ctx.executable._render
    names = _list(ctx, ".files", _short)
    words = ["test", _directory(ctx), "--ci", "--offline", "--settings", _settings(ctx)] + ctx.attr.flags
    lines = [_COPY, "copy %s \"$here\"" % _quote(names.short_path), "cd \"$tree\"", "\"$here\"/" + _words([program.short_path] + words)]
    return _test(ctx, lines, [program, names], _inputs(ctx))

render_test = rule(
    implementation = _render_test,
    doc = "Runs `render test`: compares an overlay with its snapshots and checks its assertions, which `srcs` must contain.",
    attrs = {name: attribute for name, attribute in _OVERLAY.items() if name != "validate"},
    test = True,
)

def _render_diff_test(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".yaml")
    _render(ctx, output)
    program = ctx.executable._render
    words = [program.short_path, "diff", ctx.file.expected.short_path, output.short_path, "--settings", "none"]
    return _test(ctx, ["exec ./" + _words(words)], [program, ctx.file.expected, output])

render_diff_test = rule(
    implementation = _render_diff_test,
    doc = "Fails if the output of an overlay differs from a file in the repository, and shows how.",
    attrs = dict(_OVERLAY, expected = attr.label(
        mandatory = True,
        allow_single_file = True,
        doc = "The expected output.",
    )),
    test = True,
)
