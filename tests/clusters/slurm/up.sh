#!/bin/bash
# up.sh DIR: starts a private Slurm in DIR: munged, slurmctld, and one slurmd for each virtual node, all on loopback.
# Then ". DIR/env"; down.sh DIR stops it. Needs no systemd and nothing of /etc; several run side by side.
# Debian: slurmctld slurmd slurm-client munge
#
#   NODES (2), CPUS (8), MEMORY (4000, megabytes): of each node
#   MIN_JOB_AGE (300): seconds for which ended jobs are remembered
#   CONF: more lines of slurm.conf; where one begins with PartitionName=, there is no partition but those
#
# Leaves with 77 where Slurm is not installed, with 1 where it does not start.
set -eu
umask 022
: "${NODES:=2}" "${CPUS:=8}" "${MEMORY:=4000}" "${MIN_JOB_AGE:=300}" "${CONF:=}"
PATH=$PATH:/usr/sbin:/sbin

for program in munged slurmctld slurmd sbatch squeue scontrol scancel sinfo; do
    command -v $program >/dev/null || { echo "up.sh: $program is not installed" >&2; exit 77; }
done
mkdir -p "${1:?directory}"
DIR=$(cd "$1" && pwd -P)
[ ${#DIR} -le 80 ] || { echo "up.sh: the path is too long for unix sockets: $DIR" >&2; exit 1; }
chmod a+x "$DIR" # munged refuses a socket that others could not reach; the key is 0600
mkdir -p "$DIR"/{munge,state,spool,log,pid}
HOST=$(hostname -s)
USER=$(id -un)

# NODES + 1 consecutive ports that nobody listens on, below those that the kernel gives to clients.
free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
find_ports() {
    local i
    while :; do
        PORT=$((10000 + (RANDOM * 32768 + RANDOM) % 20000))
        for ((i = 0; i <= NODES; i++)); do free $((PORT + i)) || continue 2; done
        return
    done
}

start_munge() {
    [ -s "$DIR/munge/key" ] || (umask 077; head -c 1024 /dev/urandom > "$DIR/munge/key")
    munged --socket="$DIR/munge/s" --key-file="$DIR/munge/key" --log-file="$DIR/munge/log" \
        --pid-file="$DIR/munge/pid" --seed-file="$DIR/munge/seed" --num-threads=4
}

# proctrack/linuxproc: the default needs cgroups that a container does not give, and without it no script runs
# while its job is reported as COMPLETED 0:0. config_overrides: nodes may claim more CPUs than there are.
write_conf() {
    cat <<TXT
ClusterName=lab
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$PORT
SlurmUser=$USER
SlurmdUser=$USER
AuthType=auth/munge
AuthInfo=socket=$DIR/munge/s
StateSaveLocation=$DIR/state
SlurmdSpoolDir=$DIR/spool/%n
SlurmctldPidFile=$DIR/pid/slurmctld
SlurmdPidFile=$DIR/pid/slurmd.%n
SlurmctldLogFile=$DIR/log/slurmctld
SlurmdLogFile=$DIR/log/slurmd.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1,default_queue_depth=10000
PriorityType=priority/basic
ReturnToService=2
SlurmdParameters=config_overrides
MaxArraySize=1001
MaxJobCount=10000
MinJobAge=$MIN_JOB_AGE
KillWait=2
InactiveLimit=0
SlurmdTimeout=10
SlurmctldTimeout=30
MessageTimeout=25
TCPTimeout=2
BatchStartTimeout=10
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
MailProg=/bin/true
JobRequeue=1
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$DIR/log/jobcomp
TXT
    local i
    for ((i = 1; i <= NODES; i++)); do
        echo "NodeName=n$i NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((PORT + i)) CPUs=$CPUS RealMemory=$MEMORY"
    done
    printf '%s\n' "$CONF"
    case $'\n'$CONF in
        *$'\n'PartitionName=*) ;;
        *) echo "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=60 State=UP" ;;
    esac
}

idle_nodes() { sinfo -h -N -t idle -o %N 2>/dev/null | sort -u | wc -l; }

start_slurm() {
    local i
    slurmctld -f "$SLURM_CONF"
    # A slurmd that finds no controller tries again only after a second.
    for ((i = 0; i < 100; i++)); do
        timeout 3 scontrol ping 2>/dev/null | grep -q 'is UP' && break
        sleep 0.02
    done
    for ((i = 1; i <= NODES; i++)); do
        mkdir -p "$DIR/spool/n$i"
        slurmd -f "$SLURM_CONF" -N "n$i"
    done
    for ((i = 0; i < 400; i++)); do
        [ "$(idle_nodes)" = "$NODES" ] && return
        sleep 0.05
    done
    echo "up.sh: only $(idle_nodes) of $NODES nodes came up" >&2
    sinfo -N -l >&2 || true
    return 1
}

find_ports
start_munge
write_conf > "$DIR/slurm.conf"
echo "export SLURM_CONF='$DIR/slurm.conf'" > "$DIR/env"
. "$DIR/env"
start_slurm
