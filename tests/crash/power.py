"""A search on a small filesystem of its own that loses its power once: shut down without a word, and mounted again.

    TRIALWATCH_BIN=build/release/bin python3 tests/crash/power.py ext4 7

TRIALWATCH_KEEP=DIR copies what is there at the end, but the image. What the file system held in memory is gone, as is every process. What is started afterwards reads another boot id, from
a file that lies over the kernel's in a mount namespace of its own.
"""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from point import wrong_names, wrong_results, wrong_traces, wrong_words
from search import PATIENCE, Search, Stuck

SIZES = {"ext4": "64M", "xfs": "320M"}  # mkfs.xfs makes none below 300 MB
LONGEST = 1.1  # seconds; a search takes about that long here


def run(*words, check=True):
    return subprocess.run(words, check=check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)


def missing():
    """What this machine lacks for a power loss; "" if nothing."""
    if os.geteuid() != 0:
        return "root"
    for program in ("mount", "unshare", "mkfs.ext4", "mkfs.xfs", "xfs_io"):
        if not shutil.which(program):
            return program
    home = tempfile.mkdtemp(prefix="trialwatch-power-")
    try:
        Disk(home, "ext4").remove()
        return ""
    except subprocess.CalledProcessError as error:
        return f"loop mounts ({error.stdout.strip()})"
    finally:
        shutil.rmtree(home)


class Disk:
    def __init__(self, home, kind):
        self.image, self.place = os.path.join(home, "image"), os.path.join(home, "mount")
        os.mkdir(self.place)
        run("truncate", "-s", SIZES[kind], self.image)
        run("mkfs." + kind, "-q", self.image)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", self.image, self.place)

    def cut(self, flush):
        run("xfs_io", "-x", "-c", "shutdown -f" if flush else "shutdown", self.place, check=False)

    # A process that was just killed may hold it for a moment.
    def unmount(self):
        end = time.monotonic() + PATIENCE
        while run("umount", self.place, check=False).returncode != 0:
            if time.monotonic() > end:
                raise Stuck(f"{self.place} stays in use")
            time.sleep(0.02)

    # Asking whether it is mounted fails on one that is shut down.
    def remove(self):
        if run("umount", self.place, check=False).returncode != 0:
            run("umount", "-l", self.place, check=False)


class PowerSearch(Search):
    """The power goes `moment` seconds after the begin, whatever happens then."""

    def __init__(self, kind, moment, flush):
        home = tempfile.mkdtemp(prefix="trialwatch-power-")
        self.disk = Disk(home, kind)
        self.cutting, self.dark, self.lost = False, threading.Event(), False
        self.timer = threading.Timer(moment, self.cut, [flush])
        super().__init__(home=home, path=os.path.join(self.disk.place, "experiment"))
        run("sync", "-f", self.path)

    # What fails from here on may do so because of it, before it is known to be over.
    def cut(self, flush):
        self.cutting = True
        self.disk.cut(flush)
        self.dark.set()

    def is_dark(self, seconds):
        return self.dark.wait(PATIENCE if self.cutting else seconds)

    def run(self):
        self.timer.start()
        super().run()
        self.timer.join()
        self.tend()
        self.until("both programs have ended", lambda: not self.running)

    def tend(self):
        if self.dark.is_set():
            self.come_back()
        try:
            super().tend()
        except OSError:
            if not self.is_dark(1):
                raise

    def note_leaving(self, name, status, said=""):
        if self.lost or not self.is_dark(5):
            super().note_leaving(name, status, said)

    def until(self, what, holds):
        super().until(what, lambda: self.patiently(holds))

    def trials(self, **wanted):
        return self.patiently(super().trials, **wanted)

    def states(self, **wanted):
        return self.patiently(super().states, **wanted)

    # An outcome that a power loss has torn is made anew by the watcher: [3.10], it is looked at again.
    def patiently(self, look, **words):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return look(**words)
            except (OSError, ValueError):
                if self.is_dark(0.5):
                    self.come_back()
                elif not self.lost or time.monotonic() > end:
                    raise

    def come_back(self):
        for process in self.running.values():
            process.kill()
            process.wait()
        for _ in range(3):  # a wrapper that was killed may have forked before
            self.lab.end_jobs()
        self.disk.unmount()
        self.disk.mount()
        self.dark.clear()
        self.cutting, self.lost = False, True
        self.lab.prefix = self.next_boot()
        self.left.clear()
        for name in [*self.running, *self.ended]:
            self.start(name)
        self.ended.clear()

    def next_boot(self):
        boot_id = os.path.join(self.home, "boot_id")
        with open(boot_id, "w") as file:
            file.write("00000000-0000-4000-8000-000000000001\n")
        over = 'mount --bind "$1" /proc/sys/kernel/random/boot_id && shift && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", over, "sh", boot_id]

    def start(self, name):
        if os.path.isdir(self.path):
            super().start(name)
        else:
            self.ended.add(name)  # it comes back with the power

    def close(self):
        self.timer.cancel()
        self.lab.end_jobs()
        for process in self.running.values():
            process.kill()
            process.wait()
        self.disk.remove()
        super().close()


def lose_power(kind, seed):
    """(seconds until the loss, what is wrong)."""
    chance = random.Random(seed)
    moment, flush = chance.uniform(0, LONGEST), chance.random() < 0.3
    search = PowerSearch(kind, moment, flush)
    try:
        search.run()
        # Whoever was cut off while he made a trial by hand makes it again.
        wrong = wrong_results(search, created_twice=True) + wrong_names(search, search.empty_trials()[:1], gaps=1)
        wrong += wrong_traces(search) + wrong_words(search)
    except Stuck as stuck:
        wrong = [str(stuck)]
    finally:
        keep = os.environ.get("TRIALWATCH_KEEP")
        if keep:
            shutil.copytree(search.home, keep, symlinks=True, ignore=shutil.ignore_patterns("image"))
        search.close()
    return moment, wrong if search.lost else wrong + ["the power was never lost"]


def main(words):
    moment, wrong = lose_power(words[0], int(words[1]))
    print(f"{words[0]} {words[1]}: power lost after {moment:.2f} s")
    for line in wrong:
        print("WRONG:", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
