#!/bin/sh
# What can be known of docker/ without an engine: the compose file is one, every file that the image copies is there and
# reaches the build, the build's commands work on those files alone, and the flags and variables exist. Where a docker client
# is installed, it reads the compose file; a missing engine is no failure.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "docker.sh: $*" >&2
    exit 1
}

folder=$(mktemp -d "${TMPDIR:-/tmp}/tributary-docker.XXXXXX")
trap 'rm -rf "$folder" "$folder.steps" "$folder.log"' EXIT
trap 'exit 130' INT TERM

# Each instruction of the first stage in a line of its own, without comments.
instructions() {
    sed -e '/^[[:space:]]*#/d' docker/Dockerfile |
        sed -e ':join' -e '/\\$/{N' -e 's/\\\n[[:space:]]*//' -e 'bjoin' -e '}' |
        awk '/^FROM/ { stage++ } stage == 1 && NF'
}

# Whether .dockerignore lets a path of the top level through: the last line that names it decides.
reaches_build() {
    reached=yes
    while read -r pattern; do
        case $pattern in
        '' | '#'* | '**/'*) ;;
        "!$1") reached=yes ;;
        '*' | "$1") reached=no ;;
        esac
    done <.dockerignore
    [ $reached = yes ]
}

check_compose() {
    if command -v docker >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
        docker compose -f docker/compose.yaml config --quiet
    elif python3 -c 'import yaml' 2>/dev/null; then
        python3 - docker/compose.yaml <<'PYTHON'
import os, sys, yaml

compose = yaml.safe_load(open(sys.argv[1]))
services = compose["services"]
for name, service in services.items():
    assert ("image" in service) != ("build" in service), f"{name} has an image or is built"
    for other, need in service.get("depends_on", {}).items():
        assert other in services, f"{name} waits for {other}, which is no service"
        healthy = need["condition"] == "service_healthy"
        assert not healthy or "healthcheck" in services[other], f"{other} is never healthy"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert source in compose.get("volumes", {}), f"the volume {source} is not declared"
    if "build" in service:
        context = os.path.join(os.path.dirname(sys.argv[1]), service["build"]["context"])
        assert os.path.isfile(os.path.join(context, service["build"]["dockerfile"])), f"{name} is built from no file"
PYTHON
    elif ruby -ryaml -e '' 2>/dev/null; then
        ruby -ryaml -e 'YAML.load_file("docker/compose.yaml")["services"].fetch("gateway")'
    else
        echo "docker.sh: neither docker nor a reader of YAML is here, so docker/compose.yaml was not read" >&2
    fi
}

# COPY SOURCE… TARGET of the first stage, into the folder that stands in for the image.
copy() {
    for target in "$@"; do :; done
    while [ $# -gt 1 ]; do
        [ -e "$1" ] || fail "docker/Dockerfile copies $1, which is not there"
        reaches_build "$1" || fail "docker/Dockerfile copies $1, which .dockerignore keeps out"
        if [ -d "$1" ]; then
            mkdir -p "$folder/$target"
            tar -C "$1" --exclude=node_modules -cf - . | tar -C "$folder/$target" -xf -
        else
            cp "$1" "$folder/$target"
        fi
        shift
    done
}

# What the image builds is checked here: that needs the same files, and minutes less.
run() {
    command=$(printf '%s' "$1" | sed -e 's/cargo build/cargo check/g' -e 's/ --profile dist//g')
    (cd "$folder" && sh -euc "$command") >"$folder.log" 2>&1 || {
        cat "$folder.log" >&2
        fail "a command of docker/Dockerfile fails on the files that it copies: $1"
    }
}

check_build() {
    instructions >"$folder.steps"
    while read -r word rest; do
        case $word in
        # shellcheck disable=SC2086
        COPY) copy $rest ;;
        RUN) run "$rest" </dev/null ;;
        FROM | WORKDIR) ;;
        *) fail "docker/Dockerfile has a $word in its first stage, which this script does not know" ;;
        esac
    done <"$folder.steps"
    version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    grep -q "^FROM rust:$version-" docker/Dockerfile || fail "Cargo.toml asks for Rust $version, and docker/Dockerfile has another"
    grep -q '^\[profile\.dist\]' Cargo.toml || fail "Cargo.toml has no profile dist"
    grep -q -- '--from=build /build/target/dist/tributary ' docker/Dockerfile || fail "the program is taken from elsewhere"
}

check_words() {
    cargo build --quiet --locked
    help_of_all=
    for command in serve demo; do
        grep -q "\"$command\"" docker/Dockerfile docker/compose.yaml || fail "nothing in docker/ runs $command"
        help=$("$CARGO_TARGET_DIR/debug/tributary" "$command" --help)
        help_of_all=$help_of_all$help
        for variable in $(grep -oh 'TRIBUTARY_[A-Z_]*' docker/Dockerfile docker/compose.yaml | sort -u); do
            case $help in *"$variable"*) ;; *) fail "\`tributary $command\` knows no $variable" ;; esac
        done
    done
    for flag in $(grep -h '^CMD\|^ENTRYPOINT\|^ *command:' docker/Dockerfile docker/compose.yaml | grep -o -- '--[a-z-]*' | sort -u); do
        case $help_of_all in *"$flag"*) ;; *) fail "tributary has no $flag" ;; esac
    done
}

# The dependencies are there already, from the tests.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
export CARGO_TARGET_DIR
check_compose
check_build
check_words
echo "docker.sh: docker/ is as far in order as can be seen without an engine"
