#!/bin/sh
# Every test, on a fresh machine: looks for what the tests need, installs what is missing when it may, says what to
# install when it may not, starts a PostgreSQL cluster of its own, and runs everything. Arguments go to the test runner:
#
#   tests/run.sh              every test, those in a browser and of clients too
#   tests/run.sh http         of those in Rust, the ones with `http` in their name
#   tests/run.sh --long       of those in Rust, the ones that gain by taking minutes, of the program as it is released; each
#                             tells its figures
#
# With TRIBUTARY_TEST_POSTGRES=postgres://… the tests use that server instead of a cluster of their own.
set -eu
cd "$(dirname "$0")/.."

. tests/install.sh

has_postgres() {
    tests/postgres.sh find >/dev/null 2>&1
}

command -v cargo >/dev/null 2>&1 || fail "cargo is missing: install Rust 1.90 or later from https://rustup.rs"
command -v cc >/dev/null 2>&1 || install build-essential gcc build-base gcc ||
    fail "a C compiler is missing: install one (Debian: apt-get install build-essential)"

if [ -z "${TRIBUTARY_TEST_POSTGRES:-}" ]; then
    has_postgres || install postgresql postgresql-server "postgresql" postgresql@17 || true
    has_postgres || fail "the PostgreSQL server programs are missing and cannot be installed from here. Install them
  (Debian: apt-get install postgresql, Fedora: dnf install postgresql-server, Alpine: apk add postgresql,
  macOS: brew install postgresql@17), or name a server: TRIBUTARY_TEST_POSTGRES=postgres://user@host/database"
    folder=$(mktemp -d "${TMPDIR:-/tmp}/tributary-tests.XXXXXX")
    chmod 755 "$folder"
    trap 'tests/postgres.sh remove "$folder/postgres" >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
    trap 'exit 130' INT TERM
    TRIBUTARY_TEST_POSTGRES=$(tests/postgres.sh start "$folder/postgres")
    export TRIBUTARY_TEST_POSTGRES
fi

has_pgbouncer() {
    PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin" command -v pgbouncer >/dev/null 2>&1
}

# The tests start their own; where the package starts one, it is left alone.
has_pgbouncer || install pgbouncer pgbouncer pgbouncer pgbouncer || true
has_pgbouncer || fail "PgBouncer is missing and cannot be installed from here. Install it (Debian: apt-get install pgbouncer,
  Fedora: dnf install pgbouncer, Alpine: apk add pgbouncer, macOS: brew install pgbouncer)"

# A soak, an overload, thousands of repetitions: alone on the machine, one after the other.
if [ "${1:-}" = --long ]; then
    export TRIBUTARY_TEST_LONG=1
    status=0
    for name in d7_ o3_ o4_ o18_ p3_ s1_ s4_; do
        cargo test --release --test it -- --nocapture --test-threads 1 "$name" || status=$?
    done
    exit "$status"
fi

# nextest runs the tests side by side and ends with one summary; cargo's own runner does where it is not installed. What
# fails there does not keep the rest from being tried.
status=0
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --no-fail-fast "$@" || status=$?
else
    cargo test --no-fail-fast "$@" || status=$?
fi
if [ $# -eq 0 ]; then
    tests/browser.sh || status=$?
    # Clients that people use.
    tests/clients.sh || status=$?
    # What the package graphql-http asks of every server.
    tests/audits.sh || status=$?
    # Random operations over random schemas, of which the seed is the same each time.
    tests/differential.sh --seed 1 --operations 20000 || status=$?
    # What an answer costs, in instructions.
    tests/bench/instructions.sh || status=$?
    # What of the container can be seen without an engine.
    tests/docker.sh || status=$?
fi
exit "$status"
