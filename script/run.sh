# Sourced after places.sh: runs commands so that a signal to the script reaches them.
# shellcheck shell=bash
#
# A command in the foreground would keep bash from acting on a signal until the command ends by
# itself. So commands run in the background and are waited for.

# Set when a signal told this script to stop; the caller decides what is left to do.
# shellcheck disable=SC2034
stopped=

# forwarding COMMAND…: runs it, hands a signal on to it, waits until it ends, returns its status.
forwarding() {
    local child='' told='' status
    trap 'told=1 stopped=1; end "$child"' INT TERM HUP
    "$@" &
    child=$!
    [ -z "$told" ] || end "$child" # told between the last two lines
    while :; do
        told=
        wait "$child" && status=0 || status=$?
        [ -n "$told" ] || break # else `wait` was only interrupted: the command still runs
    done
    trap - INT TERM HUP
    kill -KILL -- "-$child" 2>/dev/null || true # what a group's leader left behind
    return "$status"
}

# A command that leads a process group is interrupted with its whole group: only on SIGINT does
# `swift build` (6.3) end the compilers it started, and pytest its servers. Others are terminated.
end() {
    [ -z "$1" ] || kill -INT -- "-$1" 2>/dev/null || kill -TERM "$1" 2>/dev/null || true
}

# watched LIMIT LOG WORDS COMMAND…: runs COMMAND with its output in LOG and shows how far it is:
# live on a terminal, one line every 15 seconds elsewhere. After LIMIT seconds it and everything it
# started are ended. Returns its status, 124 when it took too long.
watched() {
    local limit=$1 log=$2 words=$3 shower status=0
    shift 3
    mkdir -p "${log%/*}"
    : >"$log"
    show_progress "$log" "$words" 9>&- &
    shower=$!
    # A command in the background starts deaf to SIGINT, and would hand that on to what it starts.
    forwarding setsid timeout --signal=INT --kill-after=30 "$limit" \
        env --default-signal=INT,QUIT "$@" >"$log" 2>&1 </dev/null || status=$?
    kill "$shower" 2>/dev/null || true
    wait "$shower" 2>/dev/null || true
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
    [ "$status" != 124 ] || say "$words: not done after $(clock "$limit"), ended"
    return "$status"
}

# show_progress LOG WORDS: until it is killed or the script is gone.
show_progress() {
    local began=$SECONDS next=15 gone line
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        gone=$((SECONDS - began))
        line=$(tail -n 1 "$1" | tr -d '\r' | cut -c 1-60)
        if [ -t 2 ]; then
            printf '\r\033[K%s  %s  %s' "$2" "$(clock "$gone")" "$line" >&2
        elif [ "$gone" -ge "$next" ]; then
            say "$2  $(clock "$gone")  $line"
            next=$((next + 15))
        fi
    done
}
