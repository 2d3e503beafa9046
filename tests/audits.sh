#!/bin/sh
# The audits of the npm package graphql-http, all of them, against the program: builds it where it is not built, installs
# what tests/audits/package-lock.json names, and asks. Fails with the first thing that is missing or not as it should be.
set -eu
cd "$(dirname "$0")/.."

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
    echo "audits.sh: Node.js 20 or later and npm are needed: install them from https://nodejs.org
  (Debian: apt-get install nodejs npm, Fedora: dnf install nodejs, Alpine: apk add nodejs npm, macOS: brew install node)" >&2
    exit 1
fi

cargo build --quiet --bin tributary
program=${CARGO_TARGET_DIR:-target}/debug/tributary
npm ci --prefix tests/audits --silent --no-audit --no-fund
node tests/audits/audits.js "$program"
