#!/bin/sh
# Operations against the gateway, a proxy, a handler written by hand, pgbench and aiohttp, in turn and side by side on this
# machine, with all that they need. Prints a table and the goals; takes about ten minutes.
#
#   tests/bench/run.sh                          all of it: three rounds of five seconds
#   tests/bench/run.sh --only Q1 Q2             some of it: Q1 to Q8, memory, scaling
#   tests/bench/run.sh --rounds 5 --seconds 10  more of it
set -eu
cd "$(dirname "$0")/../.."

. tests/install.sh

[ -e /proc/self/clear_refs ] ||
    fail "processor time and memory are read from Linux's /proc, which is not here"
command -v cargo >/dev/null 2>&1 || fail "cargo is missing: install Rust 1.90 or later from https://rustup.rs"
command -v cc >/dev/null 2>&1 || install build-essential gcc build-base gcc ||
    fail "a C compiler is missing: install one (Debian: apt-get install build-essential)"

PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin"
for program in nginx wrk python3; do
    command -v $program >/dev/null 2>&1 || RUNLEVEL=1 install $program $program $program $program ||
        fail "$program is missing and cannot be installed from here: install it (Debian: apt-get install $program)"
done
# Debian starts what it installs, but not where RUNLEVEL says that the machine is being repaired.
tests/postgres.sh find >/dev/null 2>&1 || RUNLEVEL=1 install postgresql postgresql-server postgresql postgresql@17 || true
programs=$(tests/postgres.sh find) || fail "the PostgreSQL server programs are missing: install postgresql"
command -v "$programs/pgbench" >/dev/null 2>&1 || fail "pgbench is missing: install PostgreSQL's programs for clients"

folder=$(mktemp -d "${TMPDIR:-/tmp}/tributary-bench.XXXXXX")
chmod 755 "$folder"
trap 'tests/postgres.sh remove "$folder/postgres" >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

python3 -m venv "$folder/python" 2>/dev/null || { install python3-venv python3 python3 python@3 && python3 -m venv "$folder/python"; } ||
    fail "Python has no venv module: install it (Debian: apt-get install python3-venv)"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5 || fail "pip cannot bring aiohttp"

BENCH_POSTGRES=$(tests/postgres.sh start "$folder/postgres")
"$programs/psql" --quiet --set ON_ERROR_STOP=1 "$BENCH_POSTGRES" <tests/bench/rows.sql

cargo build --release --bin tributary --example floor
target=${CARGO_TARGET_DIR:-target}
BENCH_NGINX=$(command -v nginx) BENCH_WRK=$(command -v wrk) BENCH_PGBENCH=$programs/pgbench
BENCH_TRIBUTARY=$target/release/tributary BENCH_FLOOR=$target/release/examples/floor
export BENCH_POSTGRES BENCH_NGINX BENCH_WRK BENCH_PGBENCH BENCH_TRIBUTARY BENCH_FLOOR
status=0
"$folder/python/bin/python" tests/bench/contest.py "$@" || status=$?
exit "$status"
