#!/usr/bin/env python3
"""From the end of a train job to the acceptance of its flow array: handover.py slurm [--trials 50] [--flows 100].

On a real batch system of its own. The submit command is timed by a script around it; trials run one after another, so
that its calls are train, flow, metric, train, ... What trialwatch adds is the time from the script's last line to the
beginning of the call: the wrapper's event, its being seen, the list of inputs, the journal's sync, the launch script.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("TRIALWATCH_BIN", str(ROOT / "build/release/bin"))
sys.path[:0] = [str(ROOT / "tests/clusters"), str(ROOT / "tests/e2e")]

from cluster_lab import Cluster, ClusterLab  # noqa: E402

SUBMIT = {"slurm": "sbatch", "htcondor": "condor_submit", "gridengine": "qsub"}


def time_calls(cluster):
    name = SUBMIT[cluster.kind]
    real = shutil.which(name, path=cluster.environment["PATH"])
    shims = os.path.join(cluster.directory, "timed")
    os.makedirs(shims)
    with open(os.path.join(shims, name), "w") as file:
        file.write(f'#!/bin/bash\nbegin=$EPOCHREALTIME\n"{real}" "$@"\nstatus=$?\n'
                   f'echo "$begin $EPOCHREALTIME" >> "{cluster.directory}/timed.log"\nexit $status\n')
    os.chmod(os.path.join(shims, name), 0o755)
    cluster.environment["PATH"] = shims + ":" + cluster.environment["PATH"]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cluster", choices=sorted(SUBMIT))
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--flows", type=int, default=100)
    options = parser.parse_args()
    train = (f"#!/bin/bash\nmkdir -p flows; for ((i = 1; i <= {options.flows}; i++)); do echo {{}} > flows/$i.json; done\n"
             "touch training_done\necho $EPOCHREALTIME > ended\n")
    cluster = Cluster(options.cluster)
    lab = None
    try:
        time_calls(cluster)
        lab = ClusterLab(cluster, options={"submits_per_minute": 100000}, train=train, flow="#!/bin/sh\nexit 0\n",
                         metric='#!/bin/sh\necho "{\\"cost\\": 1}" > result.json\n',
                         optimizer={"sampler": "random", "trials": options.trials, "parallel": 1})
        done = lab.run("trialctl", "run", lab.path, timeout=3600)
        if done.returncode != 0:
            sys.exit(done.stdout)
        with open(os.path.join(cluster.directory, "timed.log")) as file:
            calls = [tuple(map(float, line.split())) for line in file]
        ended = [float(lab.read(f"trials/{trial}/ended")) for trial in lab.names("trials")]
        assert len(calls) == 3 * len(ended), f"{len(calls)} calls for {len(ended)} trials"
        flows = calls[1::3]
        tell("from the script's end to the array's acceptance", [end - at for (_, end), at in zip(flows, ended)])
        tell(f"of that {SUBMIT[options.cluster]} itself", [end - begin for begin, end in flows])
        tell("added", [begin - at for (begin, _), at in zip(flows, ended)])
    finally:
        if lab:
            lab.close()
        cluster.close()


def tell(what, seconds):
    print(f"{what:50} median {1000 * statistics.median(seconds):7.1f} ms   p99 {1000 * percentile(seconds, 0.99):7.1f} ms   n={len(seconds)}")


if __name__ == "__main__":
    main()
