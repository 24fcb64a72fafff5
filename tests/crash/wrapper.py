"""The wrapper of one attempt is struck: a shim that bears the real wrapper's name lies there before the watcher comes.

The watcher does not rewrite a file of that name. For the attempt that is struck the shim becomes strike, which
becomes the real wrapper: same process, same session, same arguments. Else it becomes the real wrapper at once.
"""
import functools
import os
import shlex

from lab import Lab

SHIM = """#!/bin/sh
case $3/$4 in
    {key}) exec {strike} /bin/sh {real} "$@" ;;
esac
exec /bin/sh {real} "$@"
"""


@functools.cache
def real_wrapper():
    """(name, text) of what this build installs."""
    lab = Lab()
    try:
        lab.run("trialwatch", lab.path, "--once")
        name, = lab.names(".trialwatch/bin")
        return name, lab.read(".trialwatch/bin/" + name)
    finally:
        lab.close()


def install_shim(search):
    name, text = real_wrapper()
    real = os.path.join(search.home, "wrapper.sh")
    with open(real, "w") as file:
        file.write(text)
    every = search.struck == "all"
    words = " ".join(map(shlex.quote, search.strike("wrapper:KEY" if every else search.struck)))
    if every:
        words = words.replace("KEY", '"$3"_"$4"')
    key = "*" if every else search.struck.removeprefix("wrapper:")
    search.lab.put(".trialwatch/bin/" + name, SHIM.format(key=key, strike=words, real=shlex.quote(real)))
