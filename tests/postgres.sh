#!/bin/sh
# A PostgreSQL cluster of its own for the tests: a folder with everything in it, on a free port of 127.0.0.1.
#
#   tests/postgres.sh start DIR [PID]   makes the cluster where there is none, starts it, and prints its URL.
#                                       With PID, it is stopped and removed when that process ends.
#   tests/postgres.sh stop DIR [MODE]   stops it; MODE is pg_ctl's: fast (default) or immediate. `start` goes on with it.
#   tests/postgres.sh remove DIR        stops it and removes the folder.
#   tests/postgres.sh find              prints the folder of PostgreSQL's programs; 69 where there is none.
set -eu

say() { echo "postgres.sh: $*" >&2; }

# What the machine's own pg_config and PATH name, then where packages put it; the newest first.
find_programs() {
    for candidate in "$(pg_config --bindir 2>/dev/null || echo /nowhere)" \
        "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")" \
        $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* \
            /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin 2>/dev/null | sort -rV); do
        if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
            programs=$candidate
            return
        fi
    done
    say "no PostgreSQL server found: install it (Debian: apt-get install postgresql, macOS: brew install postgresql)"
    exit 69
}

# PostgreSQL refuses to run as root: then it is run as somebody who may do nothing else.
find_user() {
    user=
    if [ "$(id -u)" = 0 ]; then
        if id postgres >/dev/null 2>&1; then user=postgres; else user=nobody; fi
    fi
}

as_user() {
    if [ -z "$user" ]; then
        "$@"
    elif command -v setpriv >/dev/null 2>&1; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
    elif command -v runuser >/dev/null 2>&1; then
        runuser -u "$user" -- "$@"
    else
        su -s /bin/sh "$user" -c '"$0" "$@"' -- "$@"
    fi
}

# The folder is made here and marked as ours. One that was there before is never taken, and never removed.
make_cluster() {
    mkdir "$folder" || { say "$folder must not exist yet"; exit 2; }
    : >"$folder/$marker"
    if [ -n "$user" ]; then chown "$user" "$folder"; fi
    as_user "$programs/initdb" -D "$folder/data" -U tributary -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 ||
        { cat "$folder/initdb.log" >&2; exit 69; }
}

try_port() {
    as_user "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 -o "-p $1 -k '$folder' -c listen_addresses=127.0.0.1 \
-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" start >/dev/null 2>&1
}

start_cluster() {
    if [ -f "$folder/data/postmaster.pid" ] && as_user "$programs/pg_ctl" -D "$folder/data" status >/dev/null 2>&1; then
        return
    fi
    if [ -f "$folder/port" ]; then
        try_port "$(cat "$folder/port")" || { tail -n 20 "$folder/log" >&2; exit 69; }
        return
    fi
    attempt=0
    while [ $attempt -lt 20 ]; do
        port=$((20000 + ($$ * 7 + attempt * 1301) % 12000))
        if try_port $port; then
            echo $port >"$folder/port"
            return
        fi
        attempt=$((attempt + 1))
    done
    tail -n 20 "$folder/log" >&2
    exit 69
}

stop_cluster() {
    if [ -d "$folder/data" ]; then
        as_user "$programs/pg_ctl" -D "$folder/data" -m "$1" -w -t 30 stop >/dev/null 2>&1 || true
    fi
}

remove_cluster() {
    must_be_ours
    stop_cluster immediate
    rm -rf -- "$folder"
}

must_be_ours() {
    [ -f "$folder/$marker" ] || { say "$folder is no cluster made here: it is left alone"; exit 2; }
}

# Outlives its caller on purpose, and ends itself after the process that it watches.
watch_process() {
    (
        # Whoever ends a whole group of processes must not end this one with it.
        trap '' HUP INT TERM
        while kill -0 "$1" 2>/dev/null; do sleep 1; done
        remove_cluster
    ) </dev/null >/dev/null 2>&1 &
}

if [ "$*" = find ]; then
    find_programs
    echo "$programs"
    exit
fi
[ $# -ge 2 ] || { say "usage: start DIR [PID] | stop DIR [MODE] | remove DIR | find"; exit 2; }
readonly action="$1" folder="$2" marker=tributary-test-cluster
case $folder in /*) ;; *) say "DIR must be absolute"; exit 2 ;; esac
find_programs
find_user
# Somewhere that everybody may enter.
cd /
case $action in
start)
    if [ -e "$folder" ]; then must_be_ours; else make_cluster; fi
    start_cluster
    if [ $# -ge 3 ]; then watch_process "$3"; fi
    echo "postgres://tributary@127.0.0.1:$(cat "$folder/port")/postgres"
    ;;
stop)
    must_be_ours
    stop_cluster "${3:-fast}"
    ;;
remove) remove_cluster ;;
*)
    say "unknown action: $action"
    exit 2
    ;;
esac
