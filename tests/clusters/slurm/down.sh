#!/bin/bash
# down.sh DIR: ends the Slurm that up.sh started in DIR, its jobs included. Leaves DIR.
PATH=$PATH:/usr/sbin:/sbin
DIR=$(cd "${1:?directory}" && pwd -P) || exit 1

# A zombie is dead: whoever is process 1 here may collect it late.
alive() {
    local stat
    stat=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) && [ "${stat%% *}" != Z ]
}

# stop PIDFILE. The number may have gone to another process: ours has DIR in its command line or environment.
stop() {
    local pid t
    pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] || return 0
    cat "/proc/$pid/cmdline" "/proc/$pid/environ" 2>/dev/null | grep -qaF "$DIR" || return 0
    kill -CONT "$pid" 2>/dev/null # a test may have stopped it
    kill -TERM "$pid" 2>/dev/null
    for ((t = 0; t < 500; t++)); do
        alive "$pid" || return 0
        sleep 0.02
    done
    kill -KILL "$pid" 2>/dev/null
}

# What outlived its slurmd: step daemons, and processes of jobs, known by the SLURM_CONF of this DIR.
strays() {
    local proc environment
    for proc in /proc/[0-9]*; do
        environment=$({ tr '\0' '\n' < "$proc/environ"; } 2>/dev/null) || continue
        [[ $'\n'$environment$'\n' == *$'\n'"SLURM_CONF=$DIR/slurm.conf"$'\n'* ]] || continue
        if [[ $'\n'$environment == *$'\n'SLURM_JOB_ID=* || $(cat "$proc/comm" 2>/dev/null) == slurmstepd ]]; then
            echo "${proc#/proc/}"
        fi
    done
}

cancel_jobs() {
    local t
    timeout 5 scancel -u "$(id -un)" 2>/dev/null || return 0
    for ((t = 0; t < 40; t++)); do
        [ -n "$(timeout 5 squeue -h -t R,CG 2>/dev/null | head -1)" ] || return 0
        sleep 0.1
    done
}

[ ! -f "$DIR/env" ] || . "$DIR/env"
if pid=$(cat "$DIR/pid/slurmctld" 2>/dev/null) && alive "$pid"; then cancel_jobs; fi
for file in "$DIR"/pid/slurmd.* "$DIR/pid/slurmctld" "$DIR/munge/pid"; do stop "$file"; done
for pid in $(strays); do kill -KILL "$pid" 2>/dev/null; done
exit 0
