#!/bin/sh
# "Trains", and writes one input for each of three flow tasks.
set -eu
x=$("$TRIALCTL" get x) y=$("$TRIALCTL" get y)
mkdir -p flows/results
for step in 1 2 3; do
    awk -v s="$step" -v x="$x" 'BEGIN { printf "{\"step\":%d,\"loss\":%.6g}\n", s, (x - 1) ^ 2 + 1 / s }' >> metrics.jsonl
    echo "{\"x\": $x, \"y\": $y, \"corner\": $step}" > "flows/$step.json"
done
touch training_done
