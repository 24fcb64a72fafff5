#!/bin/bash
# down.sh DIR: ends the jobs, the daemons and the network of the cell in DIR at once, and nothing else. DIR stays.
set -uo pipefail
DIR=$(cd "${1:?directory}" && pwd -P) || exit 2
[ -e "$DIR/env" ] || exit 0
. "$(dirname "$0")/cell.sh"

# Shepherds and jobs first, else a job would be taken for one that failed while somebody still looks.
pids() { cat "$DIR"/spool/execd/*/active_jobs/*/{job_pid,pid} "$DIR"/run/{execd,qmaster}.pid 2>/dev/null; }
left() { for pid in $(pids); do ours "$pid" && return 0; done; return 1; }

for pid in $(pids); do
    ours "$pid" || continue
    kill -KILL -- "-$pid" 2>/dev/null
    kill -KILL "$pid" 2>/dev/null
done
wait_for 1200 eval '! left' || exit 1
network=$(cat "$DIR/run/network.pid" 2>/dev/null)
if lives "$network" && [ "$(tr '\0' ' ' < "/proc/$network/cmdline")" = "sleep infinity " ]; then kill "$network"; fi
rm -f "$DIR/run/network.pid"
