#!/bin/sh
# The job wrapper of trialwatch: claims one attempt, runs its command, posts how it ended.
# Arguments: EXPERIMENT ID TRIAL KEY SHARD DONE COMMAND [ARG...], see lib/batch/wrapper.hpp.
#
# Builtins only and no subshell: the one fork is the command's. Every variable is ours by its prefix,
# so that nothing the command inherits is changed. Redirections that may fail stand on { } because a
# failing one on a special builtin (":", "exec") would end the shell.
#
# Leaves with the command's status; 0 when the attempt was taken by somebody else; 75 when it started
# nothing. The reason is the number of the posted infrastructure event:
#   1 the experiment's id cannot be read      2 the trial directory cannot be entered
#   3 the claim failed though nobody has it   4 the claim does not read back as written
#   5 the gate is closed, or a later open     6 the trial has ended
# After 1-3 the attempt is unclaimed, after 4-6 it is claimed and never ran. Nothing is posted where
# nothing of ours is: another experiment's id, or a spool that cannot be written.

# In its POSIX mode bash forgets a child's status when a signal comes together with the child's end.
[ -z "${BASH_VERSION-}" ] || command set +o posix 2> /dev/null

tw_root=$1 tw_id=$2 tw_trial=$3 tw_key=$4 tw_shard=$5 tw_done=$6
shift 6
tw_spool=$tw_root/.trialwatch/spool/$tw_shard
tw_claims=$tw_root/.trialwatch/claims/$tw_trial
tw_claim=$tw_claims/$tw_key
tw_gate=$tw_claims/go.${tw_key%%.*}
case $tw_trial in
    @*) tw_dir=$tw_root/.trialwatch/once/${tw_trial#@} ;;
    *) tw_dir=$tw_root/trials/$tw_trial ;;
esac
tw_pid='' tw_early='' tw_term='' tw_told='' tw_marker=0 tw_patience=5000

# Looks by name, then in the listing: a network filesystem may remember an absence, but lists afresh.
tw_exists() {
    [ -e "$1" ] && return 0
    for tw_name in "$1"*; do
        [ "$tw_name" = "$1" ] && return 0
    done
    return 1
}

# tw_create FILE LINE: creates exclusively; with an empty LINE, an empty file. tw_made is "" when
# nothing was created, else the status of the writing.
tw_create() {
    tw_made=''
    set -C
    { { [ -z "$2" ] || printf '%s\n' "$2"; tw_made=$?; } > "$1"; } 2> /dev/null
    set +C
    [ "$tw_made" = 0 ]
}

# tw_post KIND RC MARKER. The name is ours alone: if it exists, an earlier try had worked.
tw_post() {
    tw_event=$tw_spool/$1.$tw_trial.$tw_key.$2.$3.$tw_host.$tw_nonce
    for tw_try in 1 2 3 4 5; do
        tw_create "$tw_event" '' && return 0
        tw_exists "$tw_event" && return 0
    done
    return 1
}

tw_refuse() {
    printf 'trialwatch: %s\n' "$2" >&2
    tw_post i "$1" 0
    exit 75
}

# Before the start a signal is kept for the command, after it is passed on.
tw_signal() {
    [ "$1" = TERM ] && tw_term=1
    if [ "$tw_pid" ]; then
        tw_forward "$1"
    else
        tw_early="$tw_early $1"
    fi
}

# A forked shell forgets a signal that comes before it has reset our traps. So this waits, for well below
# a second, until the child has become the command: the kernel's flag 64 says "forked, no exec yet".
tw_forward() {
    while [ "$tw_patience" -gt 0 ]; do
        tw_patience=$((tw_patience - 1)) tw_stat=''
        { read -r tw_stat < "/proc/$tw_pid/stat"; } 2> /dev/null
        tw_look ${tw_stat##*)}
    done
    kill -"$1" "$tw_pid" 2> /dev/null
}

tw_look() {
    case $1.$7 in
        Z.* | *. | *.*[!0-9]*) tw_patience=0 ;;
        *) [ $(($7 & 64)) -ne 0 ] || tw_patience=0 ;;
    esac
}

tw_tell_timeout() {
    if [ "$tw_term" ] && [ -z "$tw_told" ]; then
        tw_told=1
        tw_post t 143 0
    fi
}

tw_start_time() {
    tw_start=${20}
}

# Who this is. The last ")" ends the command's name, which may hold anything; field 22 is 20 further on.
tw_host='' tw_boot='' tw_stat='' tw_slot=${TRIALWATCH_SLOT-}
{
    read -r tw_host < /proc/sys/kernel/hostname
    read -r tw_boot < /proc/sys/kernel/random/boot_id
} 2> /dev/null
{ while read -r tw_line; do tw_stat=$tw_line; done < /proc/self/stat; } 2> /dev/null
tw_start_time ${tw_stat##*)}
tw_host=${tw_host%%.*}
tw_alnum=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789
while :; do
    case $tw_host in
        *[!"$tw_alnum"-]*) tw_host=${tw_host%%[!"$tw_alnum"-]*}-${tw_host#*[!"$tw_alnum"-]} ;;
        *) break ;;
    esac
done
while [ ${#tw_host} -gt 63 ]; do
    tw_host=${tw_host%?}
done
# Which devices the backend gave, for whoever adopts this job; a file name has no room for long ones.
case $tw_slot in
    *[!"$tw_alnum"]* | ?????????????????????????????????*) tw_slot='' ;;
esac
: "${tw_host:=localhost}" "${tw_boot:=unknown}" "${tw_start:=0}"
tw_nonce=$$x$tw_start$tw_slot

# 1. Is this the experiment that the attempt belongs to? Nothing may be written into another one.
tw_line=''
{ read -r tw_line < "$tw_root/.trialwatch/id"; } 2> /dev/null
case $tw_line in
    *"\"id\":\"$tw_id\""*) ;;
    *'"id":"'*)
        printf 'trialwatch: %s is another experiment now\n' "$tw_root" >&2
        exit 75
        ;;
    *) tw_refuse 1 "cannot read $tw_root/.trialwatch/id" ;;
esac
cd "$tw_dir" 2> /dev/null || tw_refuse 2 "cannot enter $tw_dir"
# A run whose end cannot be told would be lost: better not to take it.
[ -w "$tw_spool" ] || exit 75

# 2. Traps come before the claim: from there on a signal must leave an event behind.
trap 'tw_signal TERM' TERM INT HUP
trap 'tw_signal USR1' USR1
trap 'tw_signal USR2' USR2

# 3. The claim is the start: whoever creates it may run the command, nobody else ever.
tw_words="$tw_host $tw_boot $$ $tw_start $tw_nonce"
tw_create "$tw_claim" "$tw_words"
if [ -z "$tw_made" ]; then
    if tw_exists "$tw_claim"; then
        tw_post b 0 0
        exit 0
    fi
    tw_refuse 3 "cannot create $tw_claim"
fi

# 4. Read it back (a full disk, a lost write), then look at the gate: closing removes the gate first,
# so a gate seen open after the claim means that the closing will find this claim.
tw_line=''
{ read -r tw_line < "$tw_claim"; } 2> /dev/null
[ "$tw_line" = "$tw_words" ] || tw_refuse 4 "$tw_claim does not read back as written"
tw_open=''
{ { tw_open=1; } < "$tw_gate"; } 2> /dev/null
[ "$tw_open" ] || tw_refuse 5 "trial $tw_trial is closed"
# The gate of a later incarnation: a retry came meanwhile.
for tw_name in "$tw_claims"/go.*; do
    tw_line=${tw_name##*.}
    case $tw_line in
        '' | *[!0-9]*) ;;
        *) [ "$tw_line" -le "${tw_key%%.*}" ] || tw_refuse 5 "trial $tw_trial runs again" ;;
    esac
done
# A watcher that was overtaken between its look and its acts may open the gate of an ended trial again. What
# runs once is no trial, and keeps the outcome of its last run.
case $tw_trial in
    @*) ;;
    *) if tw_exists "$tw_dir/outcome.json"; then tw_refuse 6 "trial $tw_trial has ended"; fi ;;
esac

# 5. Told to end before the start: end without one.
if [ "$tw_term" ]; then
    tw_rc=143
else
    # 6. "exec" makes it a program, never a function or builtin of this shell.
    exec "$@" < /dev/null &
    tw_pid=$!
    for tw_name in $tw_early; do
        tw_forward "$tw_name"
    done
    # 7. A trapped signal ends "wait" early, and bash may do so for a signal of before. So it is waited
    # until the child is collected, whatever "wait" says; 127 is its status, or there is no such child.
    while :; do
        tw_tell_timeout
        wait "$tw_pid" 2> /dev/null
        tw_rc=$?
        [ "$tw_rc" != 127 ] && kill -0 "$tw_pid" 2> /dev/null || break
    done
    tw_tell_timeout
    # Where a signal came together with the end, bash has given the signal's number and remembers the
    # status, if not for ever: at worst it says -1 and the signal's number stays. Other shells have given
    # the status and remember nothing (127).
    for tw_try in 1 2 3; do
        wait "$tw_pid" 2> /dev/null
        tw_status=$?
        case $tw_status in
            127 | -*) ;;
            *) tw_rc=$tw_status ;;
        esac
    done
    case $tw_rc in
        -*) tw_rc=255 ;;
    esac
    tw_pid='' # a late signal must not reach whoever has the number next
fi

# 8. 9. 10. The marker is looked up here, where the command's own writes are visible.
if [ "$tw_done" != - ] && tw_exists "$tw_done"; then
    tw_marker=1
fi
tw_post x "$tw_rc" "$tw_marker"
exit "$tw_rc"
