#!/bin/bash
# daemon.sh DIR NAME start | SIGNAL: a daemon of the Slurm in DIR: slurmctld, or slurmd.NODE. After KILL and TERM it is
# waited until the process has ended.
PATH=$PATH:/usr/sbin:/sbin
DIR=$(cd "${1:?directory}" && pwd -P) || exit 1
. "$DIR/env"
case $2.$3 in
    slurmctld.start)
        slurmctld -f "$SLURM_CONF" 2>/dev/null
        for ((i = 0; i < 500; i++)); do
            timeout 3 scontrol ping 2>/dev/null | grep -q 'is UP' && exit 0
            sleep 0.02
        done
        exit 1
        ;;
    slurmd.*.start) exec slurmd -f "$SLURM_CONF" -N "${2#slurmd.}" 2>/dev/null ;;
esac
pid=$(cat "$DIR/pid/$2") && kill -"$3" "$pid" || exit 1
case $3 in KILL | TERM) ;; *) exit 0 ;; esac
for ((i = 0; i < 500; i++)); do
    stat=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) && [ "${stat%% *}" != Z ] || exit 0
    sleep 0.02
done
exit 1
