#!/bin/sh
# up.sh POOL: starts a pool of this one machine with its state in POOL, a short absolute path (unix sockets).
# POOL/bin then has condor_submit and the others, which need no environment; `. POOL/env` puts it into PATH. CONDOR_PREFIX: where get.sh put HTCondor;
# SLOTS: how many jobs of one CPU run at once. Leaves with 77 where HTCondor is not there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
pool=${1:?usage: up.sh POOL}
prefix=${CONDOR_PREFIX:-$here/../../../build/condor}
[ -e "$prefix/ready" ] || { echo "up.sh: no HTCondor in $prefix; get.sh fetches it" >&2; exit 77; }
prefix=$(cd "$prefix" && pwd)
case $pool in
    /*) ;;
    *) echo "up.sh: '$pool' is no absolute path" >&2; exit 2 ;;
esac

mkdir -p "$pool/bin" "$pool/run" "$pool/log" "$pool/lock" "$pool/spool" "$pool/execute" "$pool/sock"
chmod 1777 "$pool/lock"
if [ "$(id -u)" = 0 ]; then user=$(getent passwd 1 | cut -d: -f1); else user=$(id -un); fi
fill() { sed -e "s#@POOL@#$pool#g; s#@PREFIX@#$prefix#g; s#@USER@#$user#g; s#@SLOTS@#${SLOTS:-64}#g" "$1"; }
fill "$here/pool.config" >"$pool/condor_config"
fill "$here/bin/condor" >"$pool/bin/condor"
chmod 755 "$pool/bin/condor"
for program in "$prefix"/usr/bin/condor_* "$prefix/usr/sbin/condor_master"; do
    ln -sf condor "$pool/bin/${program##*/}"
done

printf "PATH='%s':\$PATH\nexport PATH\n" "$pool/bin" >"$pool/env"

"$pool/bin/condor_master" -pidfile "$pool/run/master.pid"
tries=0
until "$pool/bin/condor_status" -af State 2>/dev/null | grep -q Unclaimed; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "up.sh: the pool did not come up, see $pool/log" >&2; exit 1; }
    sleep 0.05
done
