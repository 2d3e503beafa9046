#!/bin/sh
# Random operations over random schemas, put to tributary and to the reference implementation (npm's graphql): the answers
# must be the same, byte for byte. A seed makes a run repeatable.
#
#   tests/differential.sh                                    20,000 operations
#   tests/differential.sh --seed 7 --operations 1000         other ones
set -eu
cd "$(dirname "$0")/.."

. tests/install.sh

need_node
cargo build --quiet
target=${CARGO_TARGET_DIR:-target}
npm ci --prefix tests/differential --no-audit --no-fund --loglevel=error >/dev/null
exec node tests/differential/main.mjs --binary "$target/debug/tributary" "$@"
