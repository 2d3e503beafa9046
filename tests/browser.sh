#!/bin/sh
# GraphiQL as a person meets it: the program with a schema of its own, and Chromium without a window. Installs Node.js and
# Chromium when they are missing and it may, and says what to install when it may not. With CHROMIUM=/path/to/chromium that
# browser is used.
set -eu
cd "$(dirname "$0")/.."
. tests/install.sh

find_chromium() {
    for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome-stable google-chrome \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        command -v "$name" && return
    done
    return 1
}

need_node
CHROMIUM=$(find_chromium || { install chromium chromium chromium chromium && find_chromium; }) ||
    fail "Chromium is missing and cannot be installed from here. Install it (Debian, Fedora, Alpine: the package chromium,
  macOS: brew install chromium), or name one: CHROMIUM=/path/to/chromium"
cargo build --quiet
TRIBUTARY_BINARY=$(cd "${CARGO_TARGET_DIR:-target}/debug" && pwd)/tributary
export CHROMIUM TRIBUTARY_BINARY

folder=$(mktemp -d "${TMPDIR:-/tmp}/tributary-browser.XXXXXX")
trap 'rm -rf "${folder:?}"' EXIT
trap 'exit 130' INT TERM
cp -R tests/browser/. "$folder"
cd "$folder"
npm_ci
npm test --silent || fail "the browser tests failed"
echo "browser.sh: every browser test passed"
