#!/bin/bash
# up.sh DIR: starts, or starts again, a private Grid Engine cell of one host in DIR. Then ". DIR/env"; down.sh DIR stops it.
# Debian: gridengine-master gridengine-exec gridengine-client iproute2. As root.
#
#   SLOTS (8), GPUS (4): of the one queue all.q, and of the complex gpu; the parallel environment is smp
#   NOTIFY (00:01:00): between the warning and the killing of a deleted job
#   MAX_UNHEARD (00:05:00): after which a host that says nothing counts as gone
#
# Leaves with 77 where Grid Engine is not installed or cannot be run here, with 1 where it does not start.
#
# The daemons listen on every address of their machine and cannot be told otherwise. So they have a network of their own,
# in which there is a loopback device only; DIR/env puts commands that step into it first in PATH.
set -euo pipefail
umask 022
: "${SLOTS:=8}" "${GPUS:=4}" "${NOTIFY:=00:01:00}" "${MAX_UNHEARD:=00:05:00}"
LIB=/usr/lib/gridengine SHARE=/usr/share/gridengine
export PATH=$PATH:/usr/sbin:/sbin
HOST=$(hostname)

skip() { echo "up.sh: $1" >&2; exit 77; }
for program in $LIB/sge_qmaster $LIB/sge_execd $LIB/qsub ip unshare nsenter; do
    command -v $program >/dev/null || skip "${program##*/} is not installed"
done
[ "$(id -u)" = 0 ] || skip "only root may give the daemons a network of their own"
ADDRESSES=$(getent ahosts "$HOST" | awk '$2 == "STREAM" { print $1 }') && [ -n "$ADDRESSES" ] ||
    skip "the name of this machine, $HOST, has no address"

mkdir -p "${1:?directory}"
DIR=$(cd "$1" && pwd -P)
mkdir -p "$DIR"/{root/default/common,root/bin,root/lib,root/utilbin,spool/qmaster/job_scripts,spool/db,spool/execd,run,tmp,bin}
. "$(dirname "$0")/cell.sh"

# A process that does nothing holds the network while daemons come and go.
open_network() {
    ! lives "$(cat "$DIR/run/network.pid" 2>/dev/null)" || return 0
    unshare -n setsid sleep infinity </dev/null >/dev/null 2>&1 3>&- & # nobody shall wait for its end
    echo $! > "$DIR/run/network.pid"
    local old
    old=$(readlink /proc/self/ns/net)
    wait_for 1200 eval '[ "$(readlink "/proc/$(cat "$DIR/run/network.pid")/ns/net")" != "$old" ]'
    inside ip link set lo up
    for address in $ADDRESSES; do # the machine's own address must be answered in there too
        case $address in 127.* | ::1) ;; *) inside ip address add "$address" dev lo ;; esac
    done
}

write_environment() {
    local port=$((10000 + (RANDOM * 32768 + RANDOM) % 20000)) # nobody else is in this network
    cat > "$DIR/env" <<TXT
export SGE_ROOT=$DIR/root SGE_CELL=default SGE_QMASTER_PORT=$port SGE_EXECD_PORT=$((port + 1))
export SGE_QMASTER_PIDFILE=$DIR/run/qmaster.pid SGE_EXECD_PIDFILE=$DIR/run/execd.pid
export PATH=$DIR/bin:\$PATH
TXT
    for program in qsub qstat qdel qacct qmod qhost qconf qalter qhold qrls; do
        cat > "$DIR/bin/$program" <<TXT
#!/bin/sh
exec nsenter --net=/proc/\$(cat '$DIR/run/network.pid')/ns/net $LIB/$program "\$@"
TXT
        chmod +x "$DIR/bin/$program"
    done
}

# What the package's own installer would ask a person about.
write_cell() {
    ln -sfn $SHARE/util "$SGE_ROOT/util"
    for directory in bin lib utilbin; do ln -sfn $LIB "$SGE_ROOT/$directory/lx-amd64"; done
    local common=$SGE_ROOT/$SGE_CELL/common
    echo "$HOST" > "$common/act_qmaster"
    # Every name under which this machine knows itself is one host to Grid Engine.
    { echo "$HOST"; hostname -f || true; getent hosts 127.0.0.1 "$HOST" | awk '{ for (i = 2; i <= NF; i++) print $i }'; } 2>/dev/null |
        awk '!seen[$0]++' | paste -sd' ' > "$common/host_aliases"
    cat > "$common/bootstrap" <<TXT
admin_user              $(id -un)
default_domain          none
ignore_fqdn             false
spooling_method         berkeleydb
spooling_lib            libspoolb
spooling_params         $DIR/spool/db
binary_path             $LIB
qmaster_spool_dir       $DIR/spool/qmaster
security_mode           none
listener_threads        2
worker_threads          2
scheduler_threads       1
TXT
    # gid_range: of its own, so that two cells never take each other's processes for theirs. Loads every second.
    local gid=$((SGE_QMASTER_PORT * 1000))
    sed -E -e "s#^(execd_spool_dir ).*#\1 $DIR/spool/execd#; s#^(min_[ug]id ).*#\1 0#; s#^(mailer ).*#\1 /bin/true#" \
        -e "s#^(administrator_mail ).*#\1 none#; s#^(load_report_time ).*#\1 00:00:01#; s#^(gid_range ).*#\1 $gid-$((gid + 999))#" \
        -e "s#^(max_unheard ).*#\1 $MAX_UNHEARD#" \
        -e "s#^(reporting_params ).*#\1 accounting=true reporting=false flush_time=00:00:01 accounting_flush_time=00:00:00 joblog=false sharelog=00:00:00#" \
        $SHARE/default-configuration > "$DIR/run/global.conf"
    $LIB/spoolinit berkeleydb libspoolb "$DIR/spool/db" init
    $LIB/spooldefaults configuration "$DIR/run/global.conf"
    $LIB/spooldefaults complexes $SHARE/util/resources/centry
    $LIB/spooldefaults usersets $SHARE/util/resources/usersets
    $LIB/spooldefaults managers "$(id -un)"
}

# One host, one queue that starts jobs within a second, one parallel environment, GPUs that are only counted, for each job and not for each slot.
configure() {
    qconf -as "$HOST"
    qconf -ssconf | sed -E 's/^(schedule_interval ).*/\1 0:0:1/; s/^(flush_(submit|finish)_sec ).*/\1 1/; s/^(job_load_adjustments ).*/\1 NONE/; s/^(load_adjustment_decay_time ).*/\1 0:0:0/' > sched.conf
    qconf -Msconf sched.conf
    { qconf -sc; echo "gpu gpu INT <= YES JOB 0 0"; } > complex.conf
    qconf -Mc complex.conf
    printf '%s\n' "hostname $HOST" "load_scaling NONE" "complex_values gpu=$GPUS" "user_lists NONE" "xuser_lists NONE" "projects NONE" \
        "xprojects NONE" "usage_scaling NONE" "report_variables NONE" > host.conf
    qconf -Ae host.conf
    printf '%s\n' "pe_name smp" "slots $SLOTS" "user_lists NONE" "xuser_lists NONE" "start_proc_args NONE" "stop_proc_args NONE" \
        "allocation_rule \$pe_slots" "control_slaves FALSE" "job_is_first_task TRUE" "urgency_slots min" "accounting_summary FALSE" \
        "qsort_args NONE" > pe.conf
    qconf -Ap pe.conf
    qconf -sq | sed -E "s#^(qname ).*#\1 all.q#; s#^(hostlist ).*#\1 $HOST#; s#^(slots ).*#\1 $SLOTS#; s#^(tmpdir ).*#\1 $DIR/tmp#; s#^(shell ).*#\1 /bin/sh#; s#^(load_thresholds ).*#\1 NONE#; s#^(pe_list ).*#\1 smp#; s#^(notify ).*#\1 $NOTIFY#" > queue.conf
    qconf -Aq queue.conf
}

queue_is_ready() { # it has a load report, and no letter of trouble
    qstat -f 2>/dev/null | awk '$1 ~ /^all\.q@/ && $4 != "-NA-" && NF == 5 { ok = 1 } END { exit !ok }'
}

exec 3>&2
trap 'tail "$DIR"/run/*.log "$DIR"/spool/qmaster/messages >&3 || true' ERR
open_network
[ -e "$DIR/env" ] || write_environment
. "$DIR/env"
export TMPDIR=$DIR/tmp
cd "$DIR/run"
new=
[ -e "$DIR/spool/db/sge" ] || { new=1; write_cell > init.log 2>&1; }
start_daemon qmaster
wait_for 1200 eval 'qconf -sh >/dev/null 2>&1' # it goes to the background before it listens
[ -z "$new" ] || configure >> init.log 2>&1
start_daemon execd
wait_for 1200 queue_is_ready
