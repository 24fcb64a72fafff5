#!/usr/bin/env python3
"""Tells a counterexample in words: which process did what, in order, and what was wrong in the end.

Lines of a model that end in a comment /* TELL words */ are told with these words; a % is followed by the name of a
variable, whose value stands there."""
import re
import sys

STEP = re.compile(r"^\s*\d+:\s+proc\s+(\d+) \(([^:)]+):\d+\) \S+:(\d+) \(state \d+\)")
SILENT = re.compile(r"^\s*\d+:\s+proc\s+\d+ .*\[(.*)\]")


def tell(trail, source):
    """trail: what `spin -t -p` printed; source: the lines of the model."""
    lines, before = [], None
    for line in trail.splitlines():
        step = STEP.match(line)
        if not step:
            continue
        number = int(step[3])
        words = re.search(r"/\*: (.*?) \*/", source[number - 1])
        at = (step[1], number)
        if words and at != before:
            lines.append("  %s %s %s" % (step[2].strip(":"), step[1], words[1]))
        before = at
    failed = re.search(r":(\d+), Error: (assertion violated)", trail)
    if failed:
        lines.append("  and that is wrong: " + source[int(failed[1]) - 1].strip())
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: spin -t -p MODEL.pml > TRAIL; story.py TRAIL MODEL.pml")
    print(tell(open(sys.argv[1]).read(), open(sys.argv[2]).read().splitlines()))
