#!/bin/sh
# Random operations over random schemas, put to tributary and to the reference implementation (npm's graphql): the answers
# must be the same, byte for byte. A seed makes a run repeatable.
#
#   tests/differential.sh                                    20,000 operations
#   tests/differential.sh --seed 7 --operations 1000         other ones
set -eu
cd "$(dirname "$0")/.."

node=$(node --version 2>/dev/null || true)
major=${node#v}
if [ "$(expr "${major%%.*}" : '[0-9]*$')" = 0 ] || [ "${major%%.*}" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
    echo "differential.sh: Node.js 20 or later and npm are missing: install them from https://nodejs.org
  (Debian: apt-get install nodejs npm, Fedora: dnf install nodejs, Alpine: apk add nodejs npm, macOS: brew install node)" >&2
    exit 1
fi

cargo build --quiet
target=${CARGO_TARGET_DIR:-target}
npm ci --prefix tests/differential --no-audit --no-fund --loglevel=error >/dev/null
exec node tests/differential/main.mjs --binary "$target/debug/tributary" "$@"
