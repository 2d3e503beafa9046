# What the scripts beside this one share: how a missing program is installed, where that is allowed. Read by `.`, in a shell
# whose folder is the top of the repository.

fail() {
    echo "$(basename "$0"): $*" >&2
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
        as_root env DEBIAN_FRONTEND=noninteractive ${RUNLEVEL:+RUNLEVEL=$RUNLEVEL} sh -c "apt-get update -q && apt-get install -q -y $1"
    elif command -v dnf >/dev/null 2>&1; then
        as_root dnf install -q -y $2
    elif command -v apk >/dev/null 2>&1; then
        as_root apk add --quiet $3
    elif command -v brew >/dev/null 2>&1; then
        brew install --quiet "$4"
    else
        return 1
    fi >&2
}

# Node.js as new as Vite and Playwright ask for, with npm.
has_node() {
    command -v npm >/dev/null 2>&1 &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# Where there is npm and Node.js is too old, npm brings a newer one, for this repository alone: a system's own is often
# years old.
newer_node() {
    command -v npm >/dev/null 2>&1 || return 1
    folder_of_node=$PWD/${CARGO_TARGET_DIR:-target}/node
    case ${CARGO_TARGET_DIR:-} in /*) folder_of_node=$CARGO_TARGET_DIR/node ;; esac
    mkdir -p "$folder_of_node"
    PATH="$folder_of_node/node_modules/node/bin:$PATH"
    has_node || npm install --no-save --no-audit --no-fund --silent --prefix "$folder_of_node" node@22 >&2
    # The shell may remember where the old one is.
    hash -r
}

need_node() {
    has_node || newer_node || true
    has_node || install "nodejs npm" "nodejs npm" "nodejs npm" node || true
    has_node || newer_node || true
    has_node || fail "Node.js 20.19 or later and npm are missing and cannot be installed from here. Install them from
  https://nodejs.org (Debian 13: apt-get install nodejs npm, Fedora: dnf install nodejs npm, Alpine: apk add nodejs npm,
  macOS: brew install node)"
}

# npm_ci: what the lock file of this folder names, and nothing else. What npm says is shown only when it fails.
npm_ci() {
    npm ci --no-progress >npm.log 2>&1 && return
    cat npm.log >&2
    fail "npm ci failed; it needs the npm registry, or a mirror of it that npm is told of"
}
