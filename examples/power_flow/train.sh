#!/bin/sh
# Runs power_flow_train from $POWER_FLOW_BIN, the experiment's bin directory or the PATH.
program=power_flow_train
for directory in "${POWER_FLOW_BIN:-}" "${TRIAL_EXPERIMENT:-../..}/bin"; do
    [ -n "$directory" ] && [ -x "$directory/$program" ] && exec "$directory/$program" "$@"
done
command -v "$program" >/dev/null && exec "$program" "$@"
echo "$0: $program is not in \$POWER_FLOW_BIN, in the experiment's bin directory or on the PATH; see README.md" >&2
exit 127
