#!/usr/bin/env python3
"""Tells a counterexample: which process changed what, in order, and which property was violated in the end."""
import re
import sys

STEP = re.compile(r"^\s*\d+:\s+proc\s+(\d+) \(([^:)]+).*?\) \S+?:(\d+) \(state \d+\).*?\[(.*)\]\s*$")
CHANGE = re.compile(r"^([\w.\[\]()+-]+) = (.*)$")
OF_NO_INTEREST = re.compile(r"^(i|old|read|posted|seen|fresh)\b|^disk\[|^segment\[|^m\.value")


def words(statement):
    """What a statement of spin's trail did, or nothing."""
    change = CHANGE.match(statement)
    if change and not OF_NO_INTEREST.match(statement):
        return "%s becomes %s" % (change[1], change[2].strip("()"))
    started = re.match(r"^\(run (\w+)", statement)
    return "starts a " + started[1] if started else ""


def tell(trail, source):
    """trail: what `spin -t -p` printed; source: the lines of the model. One line for what one process did in a row."""
    told, last = [], None
    for line in trail.splitlines():
        step = STEP.match(line)
        what = words(step[4]) if step else ""
        if not what:
            continue
        who = "%s %s" % (step[2], step[1])
        if who != last:
            told.append("  %s: %s" % (who, what))
        else:
            told[-1] += "; " + what
        last = who
    failed = re.search(r":(\d+), Error: assertion violated", trail)
    if failed:
        told.append("  That is wrong: " + source[int(failed[1]) - 1].strip())
    return "\n".join(told)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: spin -t -p MODEL.pml > TRAIL; story.py TRAIL MODEL.pml")
    with open(sys.argv[1], encoding="utf-8") as trail, open(sys.argv[2], encoding="utf-8") as model:
        print(tell(trail.read(), model.read().splitlines()))
