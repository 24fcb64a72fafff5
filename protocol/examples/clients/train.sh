#!/bin/sh
# A job in plain sh: train.sh X. It tells intermediate values, looks for a stop, goes on from its checkpoint when it is
# started again, and answers. Rules: chapter 4 of the protocol; [3.14], [4.26], [5.11].
set -eu
x=$1 step=0
[ ! -e checkpoint/step ] || read -r step < checkpoint/step

while [ "$step" -lt 5 ]; do
    set -- sto[p] # a pattern lists the directory
    [ "$1" != stop ] || break
    step=$((step + 1))
    cost=$(awk "BEGIN { print ($x - 0.3) ^ 2 + 1 / $step }")
    printf '{"step":%d,"cost":%s}\n' "$step" "$cost" >> metrics.jsonl
    echo "$step" > checkpoint/.step.tmp
    mv checkpoint/.step.tmp checkpoint/step
done

awk "BEGIN { print \"{\\\"cost\\\": \" ($x - 0.3) ^ 2 \", \\\"steps\\\": $step}\" }" > .result.json.tmp
mv .result.json.tmp result.json
