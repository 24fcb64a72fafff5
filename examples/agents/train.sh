#!/bin/sh
# Gradient descent with momentum on a narrow valley, 20 epochs. Each leaves its state in the checkpoint, so that a run whose
# allocation ended goes on in the next one.
set -eu
rate=$("$TRIALCTL" get rate) momentum=$("$TRIALCTL" get momentum)
state=$TRIAL_CHECKPOINT/state
[ -s "$state" ] || echo "0 -1.5 1 0 0" > "$state"
while read -r epoch x y vx vy < "$state" && [ "$epoch" -lt 20 ]; do
    awk -v e="$epoch" -v x="$x" -v y="$y" -v vx="$vx" -v vy="$vy" -v r="$rate" -v m="$momentum" '
        function clip(v) { return v > 10 ? 10 : v < -10 ? -10 : v }
        BEGIN {
            for (i = 0; i < 20; i++) {
                vx = m * vx - r * x; vy = m * vy - r * 30 * y
                x = clip(x + vx); y = clip(y + vy)
            }
            print e + 1, x, y, vx, vy
        }' > "$state.new"
    mv "$state.new" "$state"
done
read -r epoch x y vx vy < "$state"
awk -v x="$x" -v y="$y" 'BEGIN { printf "{\"loss\": %.9g}\n", x * x / 2 + 15 * y * y }' > result.json
