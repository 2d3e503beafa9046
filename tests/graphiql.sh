#!/bin/sh
# GraphiQL's page as it is embedded in the program, against what its sources make:
#
#   tests/graphiql.sh            fails where the two differ
#   tests/graphiql.sh --write    builds it anew and writes what is embedded
#
# It is built in a copy, from exactly the packages that page/package-lock.json names.
set -eu
cd "$(dirname "$0")/.."
. tests/install.sh

case "${1:-}" in
    "") mode=check ;;
    --write) mode=write ;;
    *) fail "usage: tests/graphiql.sh [--write]" ;;
esac

need_node
graphiql=$PWD/src/server/graphiql
folder=$(mktemp -d "${TMPDIR:-/tmp}/tributary-graphiql.XXXXXX")
trap 'rm -rf "${folder:?}"' EXIT
trap 'exit 130' INT TERM
cp -R "$graphiql/page/." "$folder"
cd "$folder"
npm_ci
npm run --silent build >build.log 2>&1 || {
    cat build.log >&2
    fail "the page cannot be built"
}
node build/pack.mjs "$mode" "$graphiql" ||
    fail "what is embedded is not what src/server/graphiql/page makes; run tests/graphiql.sh --write and commit what changed"
