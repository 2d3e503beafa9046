#!/bin/sh
# Every test, on a fresh machine: looks for what the tests need, installs what is missing when it may, says what to
# install when it may not, starts a PostgreSQL cluster of its own, and runs everything. Arguments go to the test runner:
#
#   tests/run.sh              every test
#   tests/run.sh http         those with `http` in their name
#
# With TRIBUTARY_TEST_POSTGRES=postgres://… the tests use that server instead of a cluster of their own.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "run.sh: $*" >&2
    exit 1
}

# As root, as somebody who may become root without a password, or not at all.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# install DEBIAN FEDORA ALPINE HOMEBREW: the package by its name in each system.
install() {
    if command -v apt-get >/dev/null 2>&1; then
        as_root env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -q && apt-get install -q -y $1"
    elif command -v dnf >/dev/null 2>&1; then
        as_root dnf install -q -y "$2"
    elif command -v apk >/dev/null 2>&1; then
        as_root apk add --quiet $3
    elif command -v brew >/dev/null 2>&1; then
        brew install --quiet "$4"
    else
        return 1
    fi >&2
}

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

# nextest runs the tests side by side and ends with one summary; cargo's own runner does where it is not installed.
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --no-fail-fast "$@"
else
    cargo test --no-fail-fast "$@"
fi

# What of the container can be seen without an engine.
[ $# -gt 0 ] || tests/docker.sh
