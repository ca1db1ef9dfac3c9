#!/usr/bin/env python3
"""Generates a repository with many overlays, for measuring build engines, `render affected`, and `--shard`.

    tools/generate-monorepo.py /tmp/monorepo --overlays 10000

An app has a base and ten overlays; ten apps belong to a team. All bases use a base of the platform, and all overlays a component of
their team. With the defaults there are 10,000 overlays in 100 teams with 1,000 apps, and about 24,000 files. The same arguments
give the same bytes.
"""

import argparse
import pathlib

ENVIRONMENTS = 10
APPS = 10

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {app}
spec:
  replicas: 1
  selector:
    matchLabels:
      app: {app}
  template:
    metadata:
      labels:
        app: {app}
    spec:
      containers:
      - name: {app}
        image: registry.example.com/{app}:1.0
        envFrom:
        - configMapRef:
            name: settings
        ports:
        - name: http
          containerPort: 8080
"""

SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: {app}
spec:
  selector:
    app: {app}
  ports:
  - name: http
    port: 80
    targetPort: http
"""

ACCOUNT = """apiVersion: v1
kind: ServiceAccount
metadata:
  name: platform
automountServiceAccountToken: false
"""

COMPONENT = """apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
labels:
- pairs:
    team: {team}
  includeTemplates: true
"""

OVERLAY = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {app}-{env}
resources:
- ../../base
components:
- ../../../component
images:
- name: registry.example.com/{app}
  newTag: "1.{number}"
replicas:
- name: {app}
  count: {replicas}
configMapGenerator:
- name: settings
  envs:
  - settings.env
patches:
- path: resources.yaml
"""

PATCH = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {app}
spec:
  template:
    spec:
      containers:
      - name: {app}
        resources:
          requests:
            cpu: {cpu}m
            memory: 128Mi
"""

TEAM_BUILD = """load("@rules_render//bazel:render.bzl", "kustomization")

kustomization(
    name = "component",
    srcs = ["component/kustomization.yaml"],
    visibility = ["//visibility:public"],
)
"""

APP_BUILD = """load("@rules_render//bazel:render.bzl", "kustomization", "render_manifests")

kustomization(
    name = "base",
    srcs = glob(["base/**"]),
    deps = ["//platform:base"],
)

[
    render_manifests(
        name = env,
        srcs = glob(["overlays/" + env + "/**"]),
        overlay = "overlays/" + env,
        deps = [
            ":base",
            "//{team}:component",
        ],
    )
    for env in {environments}
]
"""

PLATFORM_BUILD = """load("@rules_render//bazel:render.bzl", "kustomization")

kustomization(
    name = "base",
    srcs = glob(["base/**"]),
    visibility = ["//visibility:public"],
)
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path, help="where the repository is created")
    parser.add_argument("--overlays", type=int, default=10000, help="number of overlays (default: 10000)")
    parser.add_argument("--bazel", action="store_true", help="also write BUILD.bazel files for bazel/render.bzl")
    args = parser.parse_args()
    root = args.directory
    write(root / "platform/base/kustomization.yaml", "resources:\n- account.yaml\n")
    write(root / "platform/base/account.yaml", ACCOUNT)
    if args.bazel:
        write(root / "platform/BUILD.bazel", PLATFORM_BUILD)
    for at in range(args.overlays):
        app_number, number = divmod(at, ENVIRONMENTS)
        team, app, env = f"team-{app_number // APPS}", f"app-{app_number}", f"env-{number}"
        home = root / team / app
        if number == 0:
            if app_number % APPS == 0:
                write(root / team / "component/kustomization.yaml", COMPONENT.format(team=team))
                if args.bazel:
                    write(root / team / "BUILD.bazel", TEAM_BUILD)
            resources = "resources:\n- ../../../platform/base\n- deployment.yaml\n- service.yaml\n"
            write(home / "base/kustomization.yaml", resources)
            write(home / "base/deployment.yaml", DEPLOYMENT.format(app=app))
            write(home / "base/service.yaml", SERVICE.format(app=app))
            if args.bazel:
                count = min(ENVIRONMENTS, args.overlays - at)
                names = [f"env-{number}" for number in range(count)]
                lines = "[\n" + "".join(f'        "{name}",\n' for name in names) + "    ]"
                write(home / "BUILD.bazel", APP_BUILD.format(team=team, environments=lines))
        overlay = home / "overlays" / env
        values = {"app": app, "env": env, "number": number, "replicas": number + 1, "cpu": 100 + number}
        write(overlay / "kustomization.yaml", OVERLAY.format(**values))
        write(overlay / "settings.env", f"ENVIRONMENT={env}\nLOG_LEVEL=info\n")
        write(overlay / "resources.yaml", PATCH.format(**values))


if __name__ == "__main__":
    main()
