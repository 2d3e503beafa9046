#!/bin/sh
# Counts the instructions that it takes to decode an answer of a hundred posts and to complete and write a response of it, and
# compares them with the figure in instructions.txt: they are about the same on every machine of a kind, whatever else it does.
# More than a tenth above the figure is a failure. `--write` makes what is counted the figure.
set -eu
cd "$(dirname "$0")/../.."

. tests/install.sh

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "the figure is one of Linux on x86_64: not counted here" >&2
    exit 0
fi
command -v valgrind >/dev/null 2>&1 || install valgrind valgrind valgrind valgrind ||
    fail "valgrind is missing and cannot be installed from here: install it (Debian: apt-get install valgrind)"

cargo build --quiet --release --example instructions
program=${CARGO_TARGET_DIR:-target}/release/examples/instructions

# What is done once does not count: the difference of two runs is that of a hundred operations.
count() {
    valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$program" "$1" 2>&1 |
        sed -n 's/.*I *refs: *//p' | tr -d ,
}
few=$(count 20)
many=$(count 120)
[ -n "$few" ] && [ -n "$many" ] && [ "$many" -gt "$few" ] || fail "valgrind has counted nothing: run $program 20"
counted=$(((many - few) / 100))

file=tests/bench/instructions.txt
if [ "${1:-}" = --write ]; then
    echo "$counted" >$file
fi
known=$(cat $file)
echo "instructions to decode and complete a hundred posts: $counted, of which $known are known"
[ "$((counted * 100))" -le "$((known * 110))" ] ||
    fail "that is more than a tenth above the figure in $file: find out why, or write the new figure with --write"
