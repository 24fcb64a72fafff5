#!/bin/sh
# Folds the answers into the number that is minimised: at best 2/3, at x = 1, y = 0, rippled.
set -eu
x=$("$TRIALCTL" get x) shape=$("$TRIALCTL" get shape)
cat flows/results/*.json | tr -d '{},":' | awk -v x="$x" -v shape="$shape" '
    { sum += $2 }
    END { ripple = shape == "rippled" ? 0.5 * (1 - cos(5 * (x - 1))) : 0.1
          printf "{\"cost\": %.9g}\n", sum / NR + ripple }' > result.json.tmp
mv result.json.tmp result.json
