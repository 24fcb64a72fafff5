#!/bin/sh
# down.sh POOL: stops what up.sh started, jobs included. QUIT is quick and writes nothing to the logs of running jobs;
# with DOWN_SIGNAL=TERM they are evicted, and told so.
set -eu

pool=${1:?usage: down.sh POOL}
master=$(cat "$pool/run/master.pid" 2>/dev/null) || exit 0
kill -s "${DOWN_SIGNAL:-QUIT}" "$master" 2>/dev/null || exit 0
tries=0
while kill -0 "$master" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "down.sh: master $master does not end" >&2; exit 1; }
    sleep 0.05
done
