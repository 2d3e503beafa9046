#!/bin/sh
# The audits of the npm package graphql-http, all of them, against the program: builds it where it is not built, installs
# what tests/audits/package-lock.json names, and asks. Fails with the first thing that is missing or not as it should be.
set -eu
cd "$(dirname "$0")/.."

. tests/install.sh

need_node
cargo build --quiet --bin tributary
program=${CARGO_TARGET_DIR:-target}/debug/tributary
npm ci --prefix tests/audits --silent --no-audit --no-fund
node tests/audits/audits.js "$program"
