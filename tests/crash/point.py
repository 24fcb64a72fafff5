"""One point: a program, the number of its durable call, and what happens to it there. Alone:

    TRIALWATCH_BIN=build/release/bin python3 tests/crash/point.py trialwatch 17
    TRIALWATCH_BIN=build/release/bin python3 tests/crash/point.py trialctl:stop 3 ENOSPC
    TRIALWATCH_BIN=build/release/bin python3 tests/crash/point.py wrapper:000002/1.train.0.1 2 EIO 0.5

A number alone kills; an error fails the call, with seconds also all that follow for so long. "trialwatch 0" strikes
nothing and prints the calls. --keep leaves the directory there.
"""
import collections
import re
import sys

from search import Search, Stuck

Point = collections.namedtuple("Point", "program number error span", defaults=("", 0))

# What the search of search.py comes to: (who proposed it, x, state, cost).
PROPOSED = {0: (0.5, "complete"), 1: (0.3765514288675498, "complete"), 2: (0.8465679484417838, "complete"),
            3: (0.10269494762036967, "complete"), 4: (0.36257406442252416, "complete")}
BY_HAND = {0.25: "pruned", 0.75: "killed", 0.5: "complete"}


def describe(point):
    how = f"fails with {point.error}" if point.error else "is where it is killed"
    length = f" and all after it for {point.span} s" if point.span else ""
    words = [point.program, str(point.number)] + ([point.error] if point.error else [])
    words += [str(point.span)] if point.span else []
    return f"call {point.number} of {point.program} {how}{length}; alone: tests/crash/point.py {' '.join(words)}"


def blow(point):
    if not point.number:
        return []
    words = ["--at", str(point.number)]
    if point.error:
        words += ["--error", point.error, "--span", str(point.span)]
    return words


def struck_at(search, point):
    """The line of the call that was struck; "" when the program did not come so far."""
    try:
        with open(search.log_of(point.program)) as log:
            return next((line.strip() for line in log if line.rstrip().endswith("STRUCK")), "")
    except FileNotFoundError:
        return ""


def wrong_results(search, created_twice):
    results = search.results()
    wrong = []
    for k, (x, state) in PROPOSED.items():
        found = [result for result in results.values() if result[0] == k]
        if found != [(k, x, state, {"cost": x})]:
            why = [(search.lab.outcome(trial) or {}).get("reason") for trial in search.trials(k=k)]
            wrong.append(f"proposal {k}: {found} {why}")
    for x, state in BY_HAND.items():
        found = [result for result in results.values() if result[0] is None and result[1] == x]
        good = (None, x, state, {"cost": x} if state == "complete" else {})
        if any(result != good for result in found) or not 1 <= len(found) <= 1 + created_twice:
            wrong.append(f"by hand, x={x}: {found}")
    return wrong


def wrong_names(search, reserved, gaps=0):
    """Trials are numbered in the order of their proposals; `reserved` may have stayed empty. A gap is a number whose
    maker was killed, or could neither fill nor free it: when it came free others had the next ones."""
    names, empty = search.lab.names("trials"), search.empty_trials()
    proposed = {config[0]: name for name in names if (config := search.config(name)) and config[0] is not None}
    missing = {f"{number:06}" for number in range(int(names[-1]))} - set(names)
    wrong = [f"trials are named {names}"] if len(missing) > gaps else []
    wrong += [] if sorted(proposed.values()) == [proposed[k] for k in sorted(proposed)] else [f"order: {proposed}"]
    return wrong + [f"left behind: trials/{name}, empty" for name in empty if name not in reserved]


def wrong_end(search, point):
    """Everything that breaks the promise, in words."""
    killed_new = point.program in ("trialctl:new", "trialctl:another")  # given again it makes one more trial
    # Between the mkdir that reserves a number and the first file in it nobody can tell whose it is.
    struck = struck_at(search, point)
    reserved = re.findall(r"^\d+ openat2 /trials/(\d+)/\.config\.json\.", struck)
    wrong = wrong_results(search, created_twice=killed_new)
    wrong += wrong_names(search, reserved, gaps=killed_new or point.span > 0)
    return wrong + wrong_traces(search) + wrong_leaving(search, point) + wrong_words(search)


def wrong_traces(search):
    wrong, starts = [], search.starts()
    wrong += [f"started twice: {line}" for line, count in collections.Counter(starts).items() if count > 1]
    numbers = search.numbers()
    if sorted(numbers, key=str) != sorted(set(numbers), key=str):
        wrong.append(f"two outcomes of one number: {numbers}")
    return wrong + [f"left behind: {name}" for name in search.left_behind()]


def wrong_leaving(search, point):
    """Killed programs die of it, once; an error is answered by a message and a status, never by a signal."""
    wrong = []
    for name, status, said in search.left:
        if name != point.program:
            wrong.append(f"{name} left with {status}: {said}")
        elif point.error and (status < 0 or not said):
            wrong.append(f"{name} left with {status} and said nothing")
        elif not point.error and status != -9:
            wrong.append(f"{name} left with {status} after a kill: {said}")
    return wrong


def wrong_words(search):
    check, status = search.lab.ctl("check"), search.lab.ctl("status")
    wrong = [] if check.returncode == 0 and "no mistakes found" in check.stdout else [f"check: {check.stdout}"]
    if status.returncode != 0 or "0 running, 0 queued" not in status.stdout or "has left" not in status.stdout:
        wrong.append(f"status: {status.stdout}")
    return wrong


def run_point(point, keep=False):
    """(the struck call or "", what is wrong)."""
    search = Search(point.program, blow(point))
    try:
        search.run()
        wrong = wrong_end(search, point)
    except Stuck as stuck:
        wrong = [str(stuck)]
    try:
        if not point.number:
            with open(search.log_of(point.program)) as log:
                print(log.read(), end="")
        return struck_at(search, point), [f"{word} [{struck_at(search, point)}]" for word in wrong]
    finally:
        if keep:
            print(search.home)
            search.lab.end_jobs()
        else:
            search.close()


def main(words):
    keep = "--keep" in words
    words = [word for word in words if word != "--keep"]
    error, span = (words[2:] + ["", "0"])[:2] if len(words) > 2 else ("", "0")
    point = Point(words[0], int(words[1]), error, float(span or 0))
    struck, wrong = run_point(point, keep)
    print(struck or "not struck")
    for line in wrong:
        print("WRONG:", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
