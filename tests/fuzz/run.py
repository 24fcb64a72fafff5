#!/usr/bin/env python3
"""Runs the fuzzing programs, two at a time, from the corpus that the tests read: run.py SECONDS [--only NAME].

New inputs go to a temporary directory. What was found stays in --keep, with the command that repeats it.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/fuzz/corpus"
EXAMPLES = {"metrics": "metrics-line"}
GOLDEN = {"metrics": "metrics.jsonl", "segment": "journal-0000000001", "names": "event-names", "claim": "claim"}
FOREIGN = ROOT / "tests/unit/import/data"
CONDOR = ROOT / "tests/unit/batch/data/htcondor"
GIVE_UP = 60  # seconds beyond the time that was given
told = threading.Lock()


def seeds(name):
    """The same directories and files as in readers.cpp."""
    kind = EXAMPLES.get(name, name)
    places = [CORPUS / name, *(ROOT / f"protocol/examples/{sort}/{kind}" for sort in ("valid", "invalid"))]
    places += [FOREIGN] if name == "foreign_space" else []
    places += [CONDOR] if name in ("condor_log", "class_ads") else []
    files = [file for place in places for file in sorted(place.rglob("*")) if file.is_file()]
    golden = ROOT / "tests/golden/1" / GOLDEN.get(name, f"{name}.json")
    return [file for file in files if file.suffix != ".expect"] + ([golden] if golden.exists() else [])


def copy_seeds(name, directory):
    directory.mkdir(parents=True)
    for number, file in enumerate(seeds(name)):
        shutil.copyfile(file, directory / f"{number:03}-{file.name}")


def command(program, options, work, keep):
    name = program.name.removeprefix("fuzz_")
    words = [str(program), f"-max_total_time={options.seconds}", f"-max_len={options.longest}", "-timeout=10",
             "-rss_limit_mb=2048", "-print_final_stats=1", "-close_fd_mask=1", f"-artifact_prefix={keep}/{name}-"]
    dictionary = ROOT / "tests/fuzz" / ("submit.dict" if name == "submit" else "words.dict")
    return words + [f"-dict={dictionary}", str(work / "new"), str(work / "seeds")]


def number_after(text, pattern):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(program, options, temporary, keep):
    """One line for the program; true: nothing was found."""
    name = program.name.removeprefix("fuzz_")
    work = temporary / name
    copy_seeds(name, work / "seeds")
    (work / "new").mkdir()
    begin = time.monotonic()
    done = subprocess.run(command(program, options, work, keep), capture_output=True, text=True, errors="replace",
                          timeout=options.seconds + GIVE_UP, check=False)
    log = done.stderr
    (keep / f"{name}.log").write_text(log)
    line = (f"{name:12} {time.monotonic() - begin:6.0f} s  {number_after(log, r'number_of_executed_units: +([0-9]+)'):10} "
            f"executions  coverage {number_after(log, r' cov: ([0-9]+)'):6}  ")
    with told:
        print(line + ("no finding" if done.returncode == 0 else "A FINDING"), flush=True)
        if done.returncode != 0:
            tell_finding(program, log)
    return done.returncode == 0


def tell_finding(program, log):
    for line in log.splitlines():
        if re.search(r"ERROR:|runtime error:|what\(\):|^SUMMARY", line):
            print("    " + line[:300])
    for file in re.findall(r"Test unit written to (\S+)", log):
        print(f"    {program} {file}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=int, help="for each program")
    parser.add_argument("--only", action="append", metavar="NAME", help="this one; may be given more than once")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/fuzz/bin")
    parser.add_argument("--keep", type=pathlib.Path, help="for logs and findings; default: a temporary directory")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--longest", type=int, default=8192, help="bytes of an input")
    options = parser.parse_args()
    programs = [file for file in sorted(options.bin.glob("fuzz_*")) if file.is_symlink()]
    if options.only:
        programs = [options.bin / f"fuzz_{name}" for name in options.only]
    if not programs:
        sys.exit(f"no programs in {options.bin}: cmake --preset fuzz && cmake --build --preset fuzz")
    keep = (options.keep or pathlib.Path(tempfile.mkdtemp(prefix="trialwatch-fuzz-"))).resolve()
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(options.jobs) as pool:
        good = list(pool.map(lambda program: run(program, options, pathlib.Path(temporary), keep), programs))
    print(f"{sum(good)} of {len(good)} without a finding; logs: {keep}")
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
