# Sourced by every script here: where things lie, and how a script speaks. Defines, does nothing.
# shellcheck shell=bash disable=SC2034
#
# Whatever is built or downloaded lies in the user's cache folder, never in the clone: a second
# clone finds the dependencies built, and `git clean` costs nothing.

set -euo pipefail

: "${HOME:=~}"
export HOME

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/callmatch
venv=$cache/venv
artifacts=${CALLMATCH_ARTIFACTS:-$cache/artifacts}

# The build folder belongs to whichever clone built last. What a clone runs and finds out lies in a
# folder of its own, so that no clone ever runs or tests the program of another.
clones=$cache/clones
own=$clones/${top##*/}-$(printf '%s' "$top" | cksum | cut -d ' ' -f 1)
program=$own/callmatch
logs=$own/logs

# One set of flags for every build and test: another set would build everything anew.
swift_flags=(--explicit-target-dependency-import-check error)

# Toolchains that their installers leave off PATH.
if ! command -v swiftc >/dev/null; then
    for folder in "${SWIFTLY_BIN_DIR:-$HOME/.local/share/swiftly/bin}" \
        /opt/swift/usr/bin /usr/local/swift/usr/bin; do
        if [ -x "$folder/swiftc" ]; then
            PATH=$folder:$PATH
            break
        fi
    done
fi

# Everything that is not a result goes to standard error.
say() { printf '%s\n' "$*" >&2; }

# fail STATUS WORDS…: 1 = found a problem, 2 = wrong use.
fail() {
    local status=$1
    shift
    say "script/${0##*/}: $*"
    exit "$status"
}

# Seconds as m:ss.
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# hold NAME: waits until no other script of this user holds the lock NAME, and holds it until this
# script ends or lets go. Children inherit it, so an orphaned build keeps the next one out.
hold() {
    mkdir -p "$cache"
    exec 9>"$cache/$1.lock"
    if ! flock --nonblock 9; then
        say "Waiting: another script holds $cache/$1.lock"
        flock 9
    fi
}

let_go() { exec 9>&-; }

# The browser of the tests; nothing when the machine has none.
browser() {
    if [ -n "${CALLMATCH_CHROMIUM:-}" ]; then
        echo "$CALLMATCH_CHROMIUM"
    else
        command -v chromium || command -v google-chrome || true
    fi
}
