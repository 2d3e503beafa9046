#!/bin/sh
# The clients that people use, each for real, against the demo and a schema with everything. Installs Node.js when it is missing
# and it may, and says what to install when it may not.
set -eu
cd "$(dirname "$0")/.."
. tests/install.sh

need_node
cargo build --quiet
TRIBUTARY_BINARY=$(cd "${CARGO_TARGET_DIR:-target}/debug" && pwd)/tributary
DEMO_SCHEMA=$PWD/schema.graphql
export TRIBUTARY_BINARY DEMO_SCHEMA

# What is installed and what is generated goes with the folder.
folder=$(mktemp -d "${TMPDIR:-/tmp}/tributary-clients.XXXXXX")
trap 'rm -rf "${folder:?}"' EXIT
trap 'exit 130' INT TERM
cp -R tests/clients/. "$folder"
cd "$folder"
npm_ci
npm test --silent || fail "the client tests failed"
echo "clients.sh: every client is content"
