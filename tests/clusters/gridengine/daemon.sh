#!/bin/bash
# daemon.sh DIR qmaster|execd kill|start: an outage. Jobs run on. kill is SIGKILL; start waits until it answers.
set -euo pipefail
DIR=$(cd "${1:?directory}" && pwd -P)
. "$DIR/env"
. "$(dirname "$0")/cell.sh"
cd "$DIR/run"
case $3 in
    kill)
        pid=$(cat "$DIR/run/$2.pid")
        ! ours "$pid" || kill -KILL "$pid"
        wait_for 200 eval "! ours $pid"
        ;;
    start)
        start_daemon "$2"
        wait_for 400 eval 'qconf -sh >/dev/null 2>&1'
        ;;
    *) echo "usage: daemon.sh DIR qmaster|execd kill|start" >&2; exit 2 ;;
esac
