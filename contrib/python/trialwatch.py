"""Job scripts and drivers of trialwatch in Python: one file, standard library only, Python 3.8 or later.

A job calls config(), log(), should_stop(), finish(). A driver makes an Experiment. Numbers in brackets are rules of
the protocol."""
import contextlib
import errno
import json
import math
import os
import re
import socket
import stat
import sys
import time
import uuid

# ---------------------------------------------------------------------------------------------- for jobs


class TrialPruned(Exception):
    """Somebody asked this trial to end early. A result counts all the same; where the stage says "on_stop": "continue"
    one is needed. A nonzero exit is no failure."""


def _open_trial_directory():
    """Held open, since the job may change its directory, and the path may come to be a successor's ([4.27])."""
    path = os.environ.get("TRIAL_DIR")
    if not path:
        return None
    return os.open("." if os.path.samefile(".", path) else path, os.O_RDONLY | os.O_DIRECTORY)


_trial_directory = _open_trial_directory()  # None: this is no job of a trial


def _number_in(names, default):
    found = [os.environ[name] for name in names if os.environ.get(name, "").isdigit()]
    return int(found[0]) if found else default


def rank():
    """Of this process among those of the job, as torchrun, Slurm, Open MPI or MPICH say it; alone: 0."""
    return _number_in(("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK"), 0)


def ranks():
    """How many processes the job has. In a batch script of Slurm that is one, whatever it has allocated."""
    return _number_in(("WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE"), 1)


def config(path="config.json"):
    """The parameters, without what trialwatch keeps for itself. Without such a file: empty."""
    try:
        with open(path, encoding="utf-8", opener=_opener) as file:
            return {name: value for name, value in json.load(file).items() if not name.startswith("_")}
    except FileNotFoundError:
        return {}


def log(metrics, step):
    """Adds a line to metrics.jsonl; numbers that are not finite are left out with a warning, as are lines that cannot
    be written. Then raises TrialPruned if a stop was asked for.

    Of several ranks the first writes and none is told: one that leaves alone would leave the others waiting. Call
    should_stop() on all of them."""
    if rank() == 0:
        line = {"step": 0}
        line.update(_finite(metrics), step=_step(step))
        if len(line) > 1:
            _append(json.dumps(line))
    if ranks() == 1 and should_stop():
        raise TrialPruned("a stop was asked for")


def should_stop(reduce=None):
    """Whether a stop was asked for. Ranks on other hosts may see that later than the first: `reduce` makes one answer
    of all ranks' answers, e.g. lambda seen: comm.allreduce(seen, MPI.LOR), and has to be called by all of them."""
    seen = _trial_directory is not None and "stop" in os.listdir(_trial_directory)  # [3.14]
    return bool(reduce(seen)) if reduce else seen


def finish(values):
    """Writes result.json: a number for each objective; texts may be beside them. Numbers that are not finite are left
    out with a warning, and the trial fails if it was an objective. Only the first rank writes."""
    if rank() != 0:
        return
    others = {name: value for name, value in values.items() if isinstance(value, (str, bool, list, dict, type(None)))}
    numbers = {name: value for name, value in values.items() if name not in others}
    text = json.dumps({**_finite(numbers), **others}, allow_nan=False)
    if _trial_directory is None:
        print("result: " + text, flush=True)
        return
    aside = ".result.json.%d.tmp" % os.getpid()
    with open(aside, "w", encoding="utf-8", opener=_opener) as file:
        file.write(text + "\n")
    _move_into_place(aside, "result.json", _trial_directory)


@contextlib.contextmanager
def replacing(path):
    """Gives the name of a file to write, which takes the place of `path` when the block ends without an exception:
    readers see the old file or all of the new one."""
    folder, name = os.path.split(os.fspath(path))
    aside = os.path.join(folder, ".%s.%d.tmp" % (name, os.getpid()))
    yield aside
    _move_into_place(aside, os.fspath(path), None)


def checkpoint():
    """A directory that survives attempts. See replacing() for how to write into it."""
    path = os.environ.get("TRIAL_CHECKPOINT") or "checkpoint"
    os.makedirs(path, exist_ok=True)
    return path


def checkpoint_from():
    """The directory with the parent trial's checkpoint, to begin with and not to write to; None where there is none."""
    return os.environ.get("TRIAL_CHECKPOINT_FROM") or None


def budget(default=None):
    """Up to which step to train, those of the parents among them, in whatever unit the proposer means."""
    text = os.environ.get("TRIAL_BUDGET")
    if not text:
        return default
    return int(text) if text.isdigit() else float(text)


def seed():
    """For random numbers; the same in every attempt of a trial. 0 in a trial made by hand."""
    return int(os.environ.get("TRIAL_SEED") or 0)


def _opener(path, flags):
    return os.open(path, flags, 0o666, dir_fd=_trial_directory)


def _sync(path, directory=None):
    fd = os.open(path, os.O_RDONLY, dir_fd=directory)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _move_into_place(aside, path, directory):
    _sync(aside, directory)
    os.rename(aside, path, src_dir_fd=directory, dst_dir_fd=directory)
    _sync(os.path.dirname(path) or ".", directory)


def _warn(text):
    print("trialwatch: " + text, file=sys.stderr, flush=True)


def _step(step):
    if int(step) != step or step < 0:
        raise ValueError("a step is a whole number from 0, not %r" % (step,))
    return int(step)


def _finite(metrics):
    """Numbers of any library as Python's. [3.12]: others are not to be written."""
    values = {name: int(value) if isinstance(value, int) else float(value) for name, value in metrics.items()}
    for name in [name for name, value in values.items() if not math.isfinite(value)]:
        _warn("%s is %r, which is not recorded" % (name, values.pop(name)))
    return values


def _append(line):
    """One write for the line, after the newline that a killed writer left out ([4.12]). A job does not fail for it."""
    if _trial_directory is None:
        print(line, flush=True)
        return
    try:
        fd = _opener("metrics.jsonl", os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            size = os.fstat(fd).st_size
            torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
            os.write(fd, (("\n" if torn else "") + line + "\n").encode())
        finally:
            os.close(fd)
    except OSError as error:
        _warn("metrics.jsonl: %s" % error)


# ---------------------------------------------------------------------------------------------- documents

LONGEST_DOCUMENT, LONGEST_OUTCOME, DEEPEST = 1 << 20, 8 << 20, 100  # [3.11]


class ProtocolError(ValueError):
    """A document that is wrong, or a directory that must not be written to."""


class NotYet(ProtocolError):
    """The beginning of a document ([3.9])."""


def parse(data, bare_nan=False, longest=LONGEST_DOCUMENT):
    """The JSON document in these bytes. Raises NotYet or ProtocolError."""
    if len(data) > longest:
        raise ProtocolError("longer than %d bytes" % longest)
    whole = data.rstrip(b"\0")  # zeros: a file that is still being written, seen over NFS
    try:
        document = json.loads(whole.decode("utf-8-sig"), object_pairs_hook=_object, parse_float=_float, parse_int=_int,
                              parse_constant=float if bare_nan else _refuse_constant)
    except UnicodeDecodeError as error:
        raise (NotYet if error.reason == "unexpected end of data" else ProtocolError)(str(error)) from None
    except json.JSONDecodeError as error:
        raise (NotYet if _is_beginning(error, bare_nan) else ProtocolError)(str(error)) from None
    except RecursionError:
        raise ProtocolError("nested too deep") from None
    if len(whole) < len(data):
        raise NotYet("zeros at its end")
    if _depth(document) > DEEPEST:
        raise ProtocolError("more than %d levels deep" % DEEPEST)
    return document


def _is_beginning(error, bare_nan):
    rest = error.doc[error.pos:].rstrip(" \t\r\n")
    words = ["true", "false", "null"] + (["NaN", "Infinity", "-Infinity"] if bare_nan else [])
    return (re.fullmatch(r"[-+.eE]*", rest) is not None or any(word.startswith(rest) for word in words)
            or error.msg.startswith("Unterminated string")
            or (error.msg.startswith("Invalid \\") and re.fullmatch(r"\\?u?[0-9a-fA-F]{0,4}", rest) is not None))


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ProtocolError("a key is twice in an object")
    return found


def _float(text):
    if not math.isfinite(float(text)):
        raise ProtocolError("no double can hold %s" % text)
    return float(text)


def _int(text):
    _float(text)
    return int(text)


def _refuse_constant(text):
    raise ProtocolError("%s is not JSON" % text)


def _depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _without_comments(text):
    """Strings stay as they are; of comments the line breaks."""
    return re.sub(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/',
                  lambda found: found[0] if found[0][0] == '"' else " " + "\n" * found[0].count("\n"), text, flags=re.S)


def read_listed(folder, name, longest=LONGEST_DOCUMENT):
    """The bytes of a file that a listing of its directory shows ([3.14]), else None. OSError: nothing is known."""
    for tries in range(10):
        try:
            if name not in os.listdir(folder):
                return None
        except FileNotFoundError:
            return None
        try:
            fd = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # [1.5]
            break
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ESTALE) or tries == 9:  # [3.17]
                raise
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ProtocolError("%s is no regular file" % name)
        return file.read(longest + 1)


# ---------------------------------------------------------------------------------------------- publishing


def this_process():
    """(host, pid, start time), as an owner record has them (7.2)."""
    host = re.sub(r"[^A-Za-z0-9]", "-", socket.gethostname().split(".")[0][:63]) or "localhost"
    with open("/proc/self/stat") as file:
        start_time = int(file.read().rpartition(")")[2].split()[19])
    return host, os.getpid(), start_time


def publish(folder, name, text):
    """Whole, durable and create-only ([3.2]). FileExistsError: the name is taken, its bytes stay."""
    target = os.path.join(folder, name)
    aside = os.path.join(folder, ".%s.py%s.%s-%dx%d.tmp" % ((name, uuid.uuid4().hex[:12]) + this_process()))
    try:
        with open(aside, "x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _link(aside, target)
    finally:
        with contextlib.suppress(OSError):  # one that stays is never read
            os.unlink(aside)
    _sync(folder)


def _link(aside, target):
    try:
        os.link(aside, target)
    except OSError as error:
        if os.path.exists(target) and os.path.samefile(aside, target):  # [3.4]
            return
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        if os.path.basename(target) in os.listdir(os.path.dirname(target)):
            raise FileExistsError(errno.EEXIST, "it exists", target) from None
        os.rename(aside, target)  # [3.5]: no hard links here



# ---------------------------------------------------------------------------------------------- for drivers

TRIAL = re.compile(r"[0-9]{6,18}|[A-Za-z][A-Za-z0-9_-]{0,63}")
COLUMNS = ("id", "state", "stage", "reason", "attempts", "seconds", "seq")


class Experiment:
    """An experiment directory. It holds nothing in memory: what a method says was read at that moment. OSError means
    that something could not be read, and nothing is to be concluded from it ([3.16])."""

    def __init__(self, path):
        self.path = os.path.realpath(path)
        if not os.path.isdir(self.path):
            raise FileNotFoundError(errno.ENOENT, "there is no such experiment", self.path)

    def file(self, *names):
        return os.path.join(self.path, *names)

    def settings(self):
        """experiment.json as it stands, without defaults. `trialctl check` looks for mistakes, this does not."""
        data = read_listed(self.path, "experiment.json")
        if data is None:
            raise ProtocolError("there is no experiment.json in %s" % self.path)
        settings = parse(_without_comments(data.decode("utf-8-sig")).encode())
        if not isinstance(settings, dict) or settings.get("format") != 1:
            raise ProtocolError("experiment.json is not of format 1")
        return settings

    def objectives(self, settings=None):
        """[(name, direction)], of these settings or those that stand there now."""
        declared = (settings or self.settings()).get("objectives", [{}])
        return [(one.get("name", "cost"), one.get("direction", "minimize")) for one in declared]

    def ids(self):
        """Directories that may be trials, also those without a config."""
        with contextlib.suppress(FileNotFoundError), os.scandir(self.file("trials")) as entries:
            return sorted(entry.name for entry in entries
                          if TRIAL.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False))
        return []

    def config(self, trial):
        """config.json with `_trial`; None while there is none, or none that can be used."""
        return self._document(trial, "config.json")

    def outcome(self, trial):
        """How the trial ended: as in outcome.json, or by result.json where no watcher ever ran, without `seq`. None:
        it has not ended."""
        outcome = self._document(trial, "outcome.json", LONGEST_OUTCOME)
        if outcome is not None and outcome.get("format") != 1:
            raise ProtocolError("%s/outcome.json is not of format 1" % trial)
        return outcome if outcome is not None or self.is_watched() else self._judge_result(trial)

    def outcomes(self):
        """{id: outcome} of the trials that have ended."""
        found = {trial: self.outcome(trial) for trial in self.ids()}
        return {trial: outcome for trial, outcome in found.items() if outcome is not None}

    def wait(self, trials=None, timeout=None, poll=0.5):
        """Yields (id, outcome) as each ends; of all trials that there are now unless some are named. One whose
        directory was removed never ends. TimeoutError."""
        waiting = [trial for trial in self.ids() if self.config(trial) is not None] if trials is None else list(trials)
        end = None if timeout is None else time.monotonic() + timeout
        while waiting:
            for trial in list(waiting):
                outcome = None
                with contextlib.suppress(FileNotFoundError):  # listed, and not to be seen yet
                    outcome = self.outcome(trial)
                if outcome is not None:
                    waiting.remove(trial)
                    yield trial, outcome
            if waiting and end is not None and time.monotonic() > end:
                raise TimeoutError("not ended: " + ", ".join(waiting))
            if waiting:
                time.sleep(poll)

    def submit(self, params, **trial):
        """Makes a trial and returns its id. `trial`: run, k, seed, budget, parent, ... of `_trial` ([4.4]: who can be
        restarted gives run and k). After an exception the trial may be there nevertheless."""
        self.check_place()
        reserved = [name for name in params if not name or name.startswith("_")]
        if reserved:
            raise ProtocolError("no names for parameters: %s" % reserved)
        text = json.dumps({**params, **({"_trial": trial} if trial else {})}, allow_nan=False, default=_plain)
        os.makedirs(self.file("trials"), exist_ok=True)
        name = self._take_number()
        try:
            publish(self.file("trials", name), "config.json", text)
        except BaseException:
            with contextlib.suppress(OSError):  # not empty where the config is there
                os.rmdir(self.file("trials", name))
            raise
        _sync(self.file("trials"))
        self.ring(name)
        return name

    def stop(self, trial, reason="", by=""):
        """Asks its jobs to end early. By "pruner" the trial is pruned whatever its stages say ([5.12])."""
        self._request(trial, "stop", reason, by)

    def kill(self, trial, reason="", by=""):
        """Ends it now."""
        self._request(trial, "kill", reason, by)

    def metrics(self, trial, offset=0):
        """([{"step": ..., name: number}], offset for the next call). What is no metric is passed over ([4.13])."""
        try:
            if "metrics.jsonl" not in os.listdir(self.file("trials", trial)):
                return [], offset
            with open(self.file("trials", trial, "metrics.jsonl"), "rb") as file:
                file.seek(offset)
                text = file.read()
        except FileNotFoundError:
            return [], offset
        whole = text[:text.rfind(b"\n") + 1]
        lines = [line for line in map(_metric, whole.split(b"\n")) if line]
        return lines, offset + len(whole)

    def is_paused(self):
        """A proposer waits meanwhile ([4.6])."""
        return "paused" in self._listing(".trialwatch")

    def is_watched(self):
        """A watcher runs here, or did once."""
        return any(re.fullmatch(r"\d{10}", name) for name in self._listing(".trialwatch", "journal"))

    def to_rows(self):
        """A dict for each trial, with the columns of `trialctl list --csv`; those that have not ended have no state."""
        return [self._row(trial) for trial in self.ids() if self.config(trial) is not None]

    def to_dataframe(self):
        try:
            import pandas
        except ImportError:
            raise ImportError("to_dataframe() needs pandas; to_rows() does not") from None
        return pandas.DataFrame(self.to_rows())

    def ring(self, trial):
        """A courtesy: without it a watcher finds the news a little later ([6.29])."""
        shard = "%02d" % (int(trial[-2:]) % 16) if trial.isdigit() else "00"
        with contextlib.suppress(OSError):
            bell = self.file(".trialwatch", "spool", shard, "r.%s.%s" % (trial, uuid.uuid4().hex))
            os.close(os.open(bell, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))

    def _row(self, trial):
        outcome = self.outcome(trial) or {}
        row = {column: outcome.get(column) for column in COLUMNS}
        row["id"] = trial
        row.update(("params_" + name, value) for name, value in sorted(parameters(self.config(trial) or {}).items()))
        row.update(("values_" + name, value) for name, value in sorted(outcome.get("values", {}).items()))
        return row

    def _listing(self, *names):
        try:
            return os.listdir(self.file(*names))
        except FileNotFoundError:
            return []

    def _document(self, trial, name, longest=LONGEST_DOCUMENT):
        try:
            data = read_listed(self.file("trials", trial), name, longest)
            document = None if data is None else parse(data, longest=longest)
        except ProtocolError:  # about this document and nothing else ([3.13])
            return None
        return document if isinstance(document, dict) else None

    def _judge_result(self, trial):
        try:
            data = read_listed(self.file("trials", trial), "result.json")
            if data is None:
                return None
            result = parse(data, bare_nan=True)
        except NotYet:
            return None
        except ProtocolError as error:
            return _ended("failed", {}, str(error))
        if not isinstance(result, dict):
            return _ended("failed", {}, "the result is no object")
        values = {name: value for name, value in result.items() if _is_number(value) and math.isfinite(value)}
        missing = [name for name, _ in self.objectives() if name not in values]
        return _ended("failed", values, "no usable number: " + missing[0]) if missing else _ended("complete", values)

    def _take_number(self):
        """[1.2]: above all that there are, and those that were set aside."""
        names = self._listing("trials") + [name.partition(".")[0] for name in self._listing(".trialwatch", "zombies")]
        number = max((int(name) + 1 for name in names if re.fullmatch(r"\d{6,15}", name)), default=0)
        while True:
            with contextlib.suppress(FileExistsError):
                os.mkdir(self.file("trials", "%06d" % number))
                return "%06d" % number
            number += 1

    def check_place(self):
        """ProtocolError if this is not where the experiment was made ([5.15])."""
        data = read_listed(self.file(".trialwatch"), "id")
        if data is None:
            return
        identity = parse(data)
        if (identity.get("path"), identity.get("inode")) != (self.path, os.stat(self.path).st_ino):
            raise ProtocolError("%s was moved or copied: say which by trialctl identity" % self.path)

    def _request(self, trial, name, reason, by):
        self.check_place()
        folder = self.file("trials", trial)
        if "retry" in os.listdir(folder) and self.outcome(trial) is not None:  # [5.18]
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(folder, "retry"))
        content = {key: value for key, value in (("by", by), ("reason", reason)) if value}
        with contextlib.suppress(FileExistsError):  # asked for before
            publish(folder, name, json.dumps(content))
        self.ring(trial)


def parameters(config):
    """The scalars of a config.json ([4.1])."""
    return {name: value for name, value in config.items()
            if not name.startswith("_") and not isinstance(value, (list, dict))}


def _ended(state, values, reason=""):
    return {"state": state, "values": values, "reason": reason, "kind": "" if state == "complete" else "result"}


def _metric(line):
    try:
        found = parse(line, bare_nan=True)
    except ProtocolError:
        return None
    step = found.get("step") if isinstance(found, dict) else None
    if not _is_number(step) or not math.isfinite(step) or step < 0 or int(step) != step:
        return None
    return {**{name: value for name, value in found.items() if _is_number(value)}, "step": int(step)}


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(value):
    """Scalars of numpy and the like."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError("%r cannot be a parameter" % (value,))
