# What up.sh, down.sh and daemon.sh share. Sourced, with DIR set.

lives() { # PID; a zombie is gone
    local stat
    [ -n "${1-}" ] && stat=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) && [ "${stat%% *}" != Z ]
}

wait_for() { # TWENTIETHS COMMAND...
    local i
    for ((i = 0; i < $1; i++)); do
        "${@:2}" && return 0
        sleep 0.05
    done
    echo "this did not come true in time: ${*:2}" >&2
    return 1
}

inside() { # COMMAND...: in the network of the cell
    nsenter --net="/proc/$(cat "$DIR/run/network.pid")/ns/net" "$@"
}

# A process of this cell, and not whoever has its number now: the daemons and jobs have its root in their environment.
ours() { # PID
    lives "$1" && tr '\0' '\n' < "/proc/$1/environ" 2>/dev/null | grep -qxF "SGE_ROOT=$DIR/root"
}

start_daemon() { # qmaster | execd. A clean environment, as at boot: jobs inherit execd's
    # shellcheck disable=SC2046
    inside env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR="$DIR/tmp" $(env | grep ^SGE_) \
        "/usr/lib/gridengine/sge_$1" >> "$DIR/run/$1.log" 2>&1 3>&-
}
