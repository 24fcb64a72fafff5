#include "batch/command/profiles.hpp"

namespace tw::command {

namespace {

// OpenPBS and PBS Professional: qsub(1B), qstat(1B), qdel(1B), qsig(1B) of doc/man1 in its sources. A name
// has up to 16 characters in qstat's default format, and only 10 in that of `qstat -u`. -J wants at least two
// indexes, so one task is said as n-(n+1):2. `qstat -t` shows the array, "12[]", and its subjobs; X is a
// subjob that has ended.
const OptionTable pbs{
    {"submit",
     "qsub -N {token} -r n -j oe -o {log} [-q {queue}] [-A {account}] [-v {forward}] [-l walltime={hms}] "
     "-l select={nodes}:ncpus={cpus}[:ngpus={gpus}][:mem={memory_mb}mb] [-J {array}] [{args}]"},
    {"array_format", "{first}-{end}:{step}"},
    {"index", "PBS_ARRAY_INDEX"},
    {"job_id", R"(^(?<id>\d+(?:\[\])?))"},
    {"status", "qstat -t"},
    {"line",
     R"(^(?<id>\d+(?:\[(?<index>\d+)\])?)(?![\d\[])\S*\s+(?<name>\S+)\s+\S+\s+\S+\s+(?<state>[A-Z])\s+\S+\s*$)"},
    {"ignore", R"(^\s*$|^Job [iI][dD]\s|^[-\s]+$|^\d+\[\]\S*\s)"},
    {"queued", "[QWT]"},
    {"running", "[REBSU]"},
    {"held", "H"},
    {"ended", "[FX]"},
    {"cancel", "qdel {ids}"},
    {"signal", "qsig -s TERM {ids}"},
    {"gone", "Unknown Job|[Jj]ob has finished|invalid for (?:finished|state)"},
    {"invalid",
     "illegal|[Uu]nknown (?:queue|resource)|Unauthorized|not permitted|Job violates|invalid option|Access to "
     "queue is denied"},
    {"busy", "would exceed|[Mm]aximum number of jobs|limit on number of jobs"},
};

// Torque: qsub(1B), qstat(1B) of its documentation, 6.1. Tasks of an array are named NAME-INDEX; C:
// completed.
const OptionTable torque{
    {"submit",
     "qsub -N {token} -r n -j oe -o {log} [-q {queue}] [-A {account}] [-v {forward}] [-l walltime={hms}] "
     "-l nodes={nodes}:ppn={cpus}[:gpus={gpus}] [-l mem={memory_mb}mb] [-t {array}] [{args}]"},
    {"array_format", "{list}"},
    {"index", "PBS_ARRAYID"},
    {"job_id", R"(^(?<id>\d+(?:\[\])?))"},
    {"status", "qstat -t"},
    {"line",
     R"(^(?<id>\d+(?:\[(?<index>\d+)\])?)(?![\d\[])\S*\s+(?<name>\S+?)(?:-\d+)?\s+\S+\s+\S+\s+(?<state>[A-Z])\s+\S+\s*$)"},
    {"ignore", R"(^\s*$|^Job [iI][dD]\s|^[-\s]+$|^\d+\[\]\S*\s)"},
    {"queued", "[QWT]"},
    {"running", "[RES]"},
    {"held", "H"},
    {"ended", "C"},
    {"cancel", "qdel {ids}"},
    {"signal", "qsig -s TERM {ids}"},
    {"gone", "Unknown Job|invalid state for|state EXITING|state COMPLETE"},
    {"invalid", "illegal|Unknown (?:queue|resource)|Unauthorized|violates|invalid option"},
    {"busy", "would exceed|Maximum number of jobs"},
};

// IBM Spectrum LSF 10.1: bsub, bjobs, bkill of its command reference. -rn: never run again by itself. bjobs
// shows ended jobs for CLEAN_PERIOD with -a, and leaves with 255 where there are none. Names of tasks are
// NAME[INDEX].
const OptionTable lsf{
    {"submit",
     "bsub -J {token}{array} -rn -o {log} [-q {queue}] [-P {account}] [-env {forward}] [-W {minutes}] "
     "-n {cpus} -R \"span[ptile={cpus}]\" [-M {memory_mb}MB -R \"rusage[mem={memory_mb}MB]\"] [-gpu "
     "num={gpus}] [{args}]"},
    {"array_format", "\"[{list}]\""},
    {"index", "LSB_JOBINDEX"},
    {"job_id", R"(Job <(?<id>\d+)> is submitted)"},
    {"status", "bjobs -a -noheader -o 'jobid jobindex job_name stat exec_host delimiter=\";\"'"},
    {"line", R"(^(?<id>\d+);(?<index>\d+);(?<name>.*?)(?:\[[^;]*\])?;(?<state>[A-Z]+);(?<host>[^;]*)$)"},
    {"element", "{id}\"[{index}]\""},
    {"queued", "PEND|WAIT|PROV|FWD_PEND"},
    {"running", "RUN|USUSP|SSUSP|UNKWN|ZOMBI"},
    {"held", "PSUSP"},
    {"ended", "DONE|EXIT"},
    {"absent", "No (?:unfinished |matching )?job found"},
    {"cancel", "bkill {ids}"},
    {"signal", "bkill -s TERM {ids}"},
    {"gone", "Job has already finished|No matching job found|is being (?:terminated|signaled)"},
    {"invalid", "No such queue|Bad |Illegal |not (?:allowed|permitted)|cannot use the queue|Unknown project"},
    {"busy", "[Pp]ending job threshold|job slot limit|Too many"},
};

// Flux: flux-submit(1), flux-jobs(1), flux-cancel(1), flux-job(1) of flux-core. Each task is a job of its
// own. flux jobs shows 1000 jobs unless it is told otherwise, and active ones only.
const OptionTable flux{
    {"submit",
     "flux submit --job-name={token} --output={log} --error={log} -n1 -c{cpus} [-g{gpus}] [-t{minutes}m] "
     "[-q{queue}] "
     "[-B{account}] [{args}] /bin/sh {launch} {index}"},
    {"job_id", R"(^(?<id>\S+)\s*$)"},
    {"status", "flux jobs -n -c 1000000 -o '{id.dec};{name};{state};{nodelist}'"},
    {"line", R"(^(?<id>\d+);(?<name>.*);(?<state>[A-Z]+);(?<host>[^;]*)$)"},
    {"queued", "DEPEND|PRIORITY|SCHED|NEW"},
    {"running", "RUN|CLEANUP"},
    {"ended", "INACTIVE"},
    {"cancel", "flux cancel {ids}"},
    {"signal", "flux job kill -s TERM {id}"},
    {"gone", "inactive|unknown job|not running|not found"},
    {"invalid", "unsatisfiable|invalid|unrecognized|exceeds|unknown queue"},
    {"busy", "too many jobs|queue is (?:disabled|full)"},
};

}  // namespace

const OptionTable* find_profile(const std::string& name) {
    if (name == "pbs") return &pbs;
    if (name == "torque") return &torque;
    if (name == "lsf") return &lsf;
    return name == "flux" ? &flux : nullptr;
}

std::vector<std::string> profile_names() {
    return {"flux", "lsf", "pbs", "torque"};
}

}  // namespace tw::command
