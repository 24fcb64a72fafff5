"""The optimizer's role: its holder proposes, nobody else does, and `trialwatch --until-done` waits (protocol, 7.7)."""
import contextlib
import getpass
import json
import os
import re
import time
import uuid

import trialwatch

EPOCH = re.compile(r"[0-9]{10}")
BEAT_EVERY, SILENCE = 10, 180  # seconds (7.6)


class Held(Exception):
    """Another process has the role."""


def _publish(folder, name, document, end=""):
    trialwatch.publish(folder, name, json.dumps(document, separators=(",", ":")) + end)


def experiment_id(experiment):
    """Made by the first program that comes ([4.17])."""
    folder = experiment.file(".trialwatch")
    os.makedirs(folder, exist_ok=True)
    if "id" not in os.listdir(folder):
        made = {"format": 1, "id": uuid.uuid4().hex[:16], "path": experiment.path,
                "inode": os.stat(experiment.path).st_ino}
        with contextlib.suppress(FileExistsError):
            _publish(folder, "id", made)
    experiment.check_place()
    return trialwatch.parse(trialwatch.read_listed(folder, "id"))["id"]


class Role:
    """Held from take() to release(). Call keep() at least every ten seconds."""

    def __init__(self, experiment):
        self.experiment = experiment
        self.folder, self.beats = (experiment.file(".trialwatch", name) for name in ("optimizer", "beats"))
        self.epoch, self.count, self.last_beat = 0, 0, None

    def take(self, takeover=False):
        """Held if another process lives, or one on another host did so within three minutes."""
        identity = experiment_id(self.experiment)
        for folder in (self.folder, self.beats):
            os.makedirs(folder, exist_ok=True)
        before, released = self._newest()
        if before and not released:
            self._wait_for_end(before, takeover)
        owner = {"format": 1, "experiment": identity, "epoch": before + 1, **_this_process(), "since": time.time()}
        try:
            _publish(self.folder, "%010d" % owner["epoch"], owner, "\n")
        except FileExistsError:
            raise Held("another process took the optimizer's role at this moment") from None
        self.epoch = owner["epoch"]
        for name in ("%010d.done" % before, "%010d" % before):
            self._remove(self.folder, name)
        self.keep()

    def keep(self):
        """Held if the role was taken over."""
        now = time.monotonic()
        if self.last_beat is None or now - self.last_beat >= BEAT_EVERY:
            self._beat()
            self.last_beat = now
        if self._newest()[0] != self.epoch:
            raise Held("another process has taken over the optimizer's role")

    def release(self):
        self._remove(self.beats, self._beat_name(self.count))
        with contextlib.suppress(FileExistsError):
            os.close(os.open(os.path.join(self.folder, "%010d.done" % self.epoch), os.O_CREAT | os.O_EXCL, 0o666))

    def owner(self):
        """The uid of what this process makes."""
        return os.stat(os.path.join(self.folder, "%010d" % self.epoch)).st_uid

    def goal(self, declared):
        """How many proposals are wanted ([4.33])."""
        for name in sorted(self._goals(), reverse=True):
            goal = trialwatch.parse(trialwatch.read_listed(self.folder, name) or b"")
            return goal["trials"] if goal["declared"] == declared else declared
        return declared

    def publish_goal(self, trials, declared):
        """[4.32]"""
        name = "goal.%010d" % self.epoch
        _publish(self.folder, name, {"format": 1, "trials": trials, "declared": declared})
        for old in self._goals():
            if old < name:
                self._remove(self.folder, old)

    def _goals(self):
        return [name for name in os.listdir(self.folder) if re.fullmatch(r"goal\.[0-9]{10}", name)]

    def _newest(self):
        names = os.listdir(self.folder)
        newest = max((int(name) for name in names if EPOCH.fullmatch(name)), default=0)
        return newest, "%010d.done" % newest in names

    def _wait_for_end(self, epoch, takeover):
        owner = trialwatch.parse(trialwatch.read_listed(self.folder, "%010d" % epoch) or b"")
        who = "pid %s on %s has the optimizer's role" % (owner["pid"], owner["host"])
        this = _this_process()
        if owner["host"] == this["host"]:
            if owner["boot_id"] == this["boot_id"] and _is_alive(owner["pid"], owner["start_time"]):
                raise Held(who)
        elif not takeover:
            print("%s; waiting %d s for a sign of life (--takeover does not wait)" % (who, SILENCE), flush=True)
            self._wait_for_silence(epoch, who)

    def _wait_for_silence(self, epoch, who):
        heard, since = self._beats_of(epoch), time.monotonic()
        while time.monotonic() - since < SILENCE:
            time.sleep(5)
            if self._beats_of(epoch) != heard:
                raise Held(who)

    def _beats_of(self, epoch):
        return max((name for name in os.listdir(self.beats) if name.startswith("optimizer.%d." % epoch)), default=None,
                   key=lambda name: int(name.rpartition(".")[2]))

    def _beat_name(self, count):
        return "optimizer.%d.%d" % (self.epoch, count)

    def _beat(self):
        with contextlib.suppress(FileExistsError):
            os.close(os.open(os.path.join(self.beats, self._beat_name(self.count + 1)), os.O_CREAT | os.O_EXCL, 0o666))
        old = [self._beat_name(self.count)] if self.count else [
            name for name in os.listdir(self.beats) if re.fullmatch(r"optimizer\.[0-9]+\.[0-9]+", name)
            and int(name.split(".")[1]) < self.epoch]
        for name in old:
            self._remove(self.beats, name)
        self.count += 1

    def _remove(self, folder, name):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, name))


def _this_process():
    host, pid, start_time = trialwatch.this_process()
    with open("/proc/sys/kernel/random/boot_id") as file:
        boot_id = file.read().strip()
    return {"host": host, "boot_id": boot_id, "user": getpass.getuser(), "pid": pid, "start_time": start_time}


def _is_alive(pid, start_time):
    try:
        with open("/proc/%d/stat" % pid) as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] not in "ZX" and int(fields[19]) == start_time
