#!/usr/bin/python3
"""The job wrapper under every shell of this machine. Rules: the Wrapper section of protocol/."""
import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

WRAPPER = pathlib.Path(__file__).resolve().parents[2] / "lib" / "batch" / "wrapper.sh"
ID, TRIAL, KEY, SHARD = "0123456789abcdef", "000042", "1.train.0.1", "10"
SHELLS = {
    "dash": ["dash"],
    "bash": ["bash"],
    "bash_posix": ["bash", "--posix"],
    "busybox": ["busybox", "sh"],
    "sh": ["sh"],
}
EVENT = re.compile(
    r"(?P<kind>[xbti])\.(?P<trial>@?\w+)\.(?P<key>\d+\.\w+\.\d+\.\d+)\.(?P<rc>\d+)\.(?P<marker>[01])"
    r"\.(?P<host>[A-Za-z0-9-]+)\.(?P<nonce>[A-Za-z0-9]+)")


class Experiment:
    """An experiment directory as the watcher leaves it before the first submit."""

    def __init__(self, root, trial=TRIAL):
        self.root = pathlib.Path(root)
        self.trial = trial
        once = trial.startswith("@")
        self.dir = self.root / ".trialwatch/once" / trial[1:] if once else self.root / "trials" / trial
        self.spool = self.root / ".trialwatch/spool" / SHARD
        self.claims = self.root / ".trialwatch/claims" / trial
        for directory in (self.dir, self.spool, self.claims):
            directory.mkdir(parents=True)
        self.id = self.root / ".trialwatch/id"
        self.id.write_text('{"format":1,"id":"%s","inode":12,"path":"/any"}\n' % ID)
        (self.claims / "go.1").touch()

    def argv(self, shell, command, key=KEY, done="-", id=ID):
        return [*shell, str(WRAPPER), str(self.root), id, self.trial, key, SHARD, done, *command]

    def events(self):
        found = []
        for name in sorted(os.listdir(self.spool)):
            match = EVENT.fullmatch(name)
            assert match, name
            found.append(match.groupdict())
        return found

    def claim(self, key=KEY):
        return (self.claims / key).read_text()


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        time.sleep(0.005)


class WrapperTests:
    shell = []

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.top = pathlib.Path(self.temporary.name)
        self.experiment = Experiment(self.top / "experiment")

    def run_wrapper(self, *command, experiment=None, environment=None, **options):
        experiment = experiment or self.experiment
        return subprocess.run(experiment.argv(self.shell, command, **options), stdin=subprocess.PIPE,
                              text=True, capture_output=True, timeout=60, env=environment)

    def start(self, *command, **options):
        argv = self.experiment.argv(self.shell, command, **options)
        process = subprocess.Popen(argv, start_new_session=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)

        def clean():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        self.addCleanup(clean)
        return process

    def only_event(self, **expected):
        events = self.experiment.events()
        self.assertEqual(len(events), 1, events)
        for name, value in expected.items():
            self.assertEqual(events[0][name], str(value), events)
        return events[0]

    def ready(self, name="ready"):
        until((self.experiment.dir / name).exists)

    def assert_not_run(self):
        self.assertFalse((self.experiment.dir / "ran").exists())

    # --- how a script ends ---

    def test_ok(self):
        result = self.run_wrapper("sh", "-c", "echo out; echo err >&2; pwd")
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, "out\n%s\n" % self.experiment.dir, "err\n"))
        event = self.only_event(kind="x", trial=TRIAL, key=KEY, rc=0, marker=0)
        host, boot, pid, start, nonce = self.experiment.claim().rstrip("\n").split(" ")
        self.assertEqual((event["host"], event["nonce"]), (host, nonce))
        self.assertEqual(host, os.uname().nodename.split(".")[0])
        self.assertEqual(boot, pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        self.assertEqual(nonce, "%sx%s" % (pid, start))
        self.assertEqual([entry.stat().st_size for entry in self.experiment.spool.iterdir()], [0])

    def test_failing(self):
        for status in (1, 7, 75, 126, 127, 255):
            with self.subTest(status=status):
                key = "1.train.0.%d" % (status + 1)
                self.assertEqual(self.run_wrapper("sh", "-c", "exit %d" % status, key=key).returncode, status)
                told = [e["rc"] for e in self.experiment.events() if e["key"] == key]
                self.assertEqual(told, [str(status)])

    def test_script_dies_of_a_signal(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
            key = "1.train.0.%d" % (number + 1)
            result = self.run_wrapper("sh", "-c", "kill -%d $$" % number, key=key)
            self.assertEqual(result.returncode, 128 + number)
        self.assertEqual(sorted(e["rc"] for e in self.experiment.events()), ["137", "139", "143"])
        self.assertEqual({e["kind"] for e in self.experiment.events()}, {"x"})

    def test_script_missing(self):
        self.assertEqual(self.run_wrapper("./nonesuch.sh").returncode, 127)
        self.only_event(kind="x", rc=127)

    def test_script_not_executable(self):
        (self.experiment.dir / "script.sh").write_text("exit 0\n")
        self.assertEqual(self.run_wrapper("./script.sh").returncode, 126)
        self.only_event(kind="x", rc=126)

    def test_script_without_interpreter_line(self):
        script = self.experiment.dir / "script.sh"
        script.write_text("exit 5\n")
        script.chmod(0o755)
        self.assertEqual(self.run_wrapper("./script.sh").returncode, 5)

    def test_command_is_never_a_function_of_the_wrapper(self):
        self.assertEqual(self.run_wrapper("tw_post", "x", "0", "1").returncode, 127)
        self.assertEqual(self.run_wrapper("exit", "3", key="1.train.0.2").returncode, 127)
        self.assertEqual({e["rc"] for e in self.experiment.events()}, {"127"})

    def test_stdin_is_empty(self):
        self.assertEqual(self.run_wrapper("cat").stdout, "")

    # --- the marker ---

    def test_marker(self):
        self.run_wrapper("touch", "training_done", done="training_done")
        self.only_event(rc=0, marker=1)

    def test_marker_missing(self):
        self.run_wrapper("touch", "training_don", "training_done2", done="training_done")
        self.only_event(rc=0, marker=0)

    def test_no_marker_wanted(self):
        self.run_wrapper("touch", "./-", done="-")
        self.only_event(rc=0, marker=0)

    def test_marker_of_a_failing_script(self):
        self.run_wrapper("sh", "-c", "touch done; exit 3", done="done")
        self.only_event(rc=3, marker=1)

    def test_odd_markers(self):
        names = ["a b", "-e", "!", "(", "a*", ".hidden", "sub/di r/done", "a\nb", "[x]"]
        for number, name in enumerate(names):
            with self.subTest(name=name):
                key = "1.train.0.%d" % (number + 1)
                self.run_wrapper("sh", "-c", "true", key=key, done=name)
                path = self.experiment.dir / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
                self.run_wrapper("true", key="2" + key[1:], done=name)  # the gate of 2 is closed
                (self.experiment.claims / "go.3").touch()
                self.run_wrapper("true", key="3" + key[1:], done=name)
                events = [e for e in self.experiment.events() if e["key"][1:] == key[1:]]
                markers = {e["key"][0]: e["marker"] for e in events}
                self.assertEqual(markers, {"1": "0", "2": "0", "3": "1"})

    # --- claims and the gate ---

    def test_claim_taken(self):
        self.assertEqual(self.run_wrapper("true").returncode, 0)
        before = self.experiment.claim()
        self.assertEqual(self.run_wrapper("touch", "ran").returncode, 0)
        self.assertEqual(self.experiment.claim(), before)
        self.assertEqual([e["kind"] for e in self.experiment.events()], ["b", "x"])
        self.assert_not_run()

    def test_void_claim(self):
        (self.experiment.claims / KEY).write_text("void\n")
        self.assertEqual(self.run_wrapper("touch", "ran").returncode, 0)
        self.only_event(kind="b", key=KEY, rc=0)
        self.assertEqual(self.experiment.claim(), "void\n")
        self.assert_not_run()

    def test_one_of_many_wins(self):
        processes = [self.start("sh", "-c", "echo ran >> log") for _ in range(16)]
        for process in processes:
            process.communicate(timeout=60)
        self.assertEqual((self.experiment.dir / "log").read_text(), "ran\n")
        self.assertEqual(sorted(e["kind"] for e in self.experiment.events()), ["b"] * 15 + ["x"])

    def test_gate_closed(self):
        (self.experiment.claims / "go.1").unlink()
        self.assertEqual(self.run_wrapper("touch", "ran").returncode, 75)
        self.only_event(kind="i", rc=5)
        self.assertTrue((self.experiment.claims / KEY).exists())
        self.assert_not_run()

    def test_gate_of_another_incarnation(self):
        self.assertEqual(self.run_wrapper("touch", "ran", key="12.train.0.1").returncode, 75)
        self.only_event(kind="i", rc=5, key="12.train.0.1")
        self.assert_not_run()

    def test_trial_that_runs_again(self):
        (self.experiment.claims / "go.2").touch()
        self.assertEqual(self.run_wrapper("touch", "ran").returncode, 75)
        self.only_event(kind="i", rc=5)
        self.assert_not_run()
        (self.experiment.claims / "go.10").touch()
        (self.experiment.claims / "go.x").touch()
        self.assertEqual(self.run_wrapper("touch", "ran", key="10.train.0.1").returncode, 0)

    def test_trial_that_has_ended(self):
        (self.experiment.dir / "outcome.json").touch()
        result = self.run_wrapper("touch", "ran")
        self.assertEqual((result.returncode, result.stderr), (75, "trialwatch: trial %s has ended\n" % TRIAL))
        self.only_event(kind="i", rc=6)
        self.assertTrue((self.experiment.claims / KEY).exists())
        self.assert_not_run()

    def test_outcomes_that_were_set_aside_do_no_harm(self):
        for name in ("outcome.3.json", ".outcome.json.n1.tmp", "outcome.json.old"):
            (self.experiment.dir / name).touch()
        self.assertEqual(self.run_wrapper("true").returncode, 0)
        self.only_event(kind="x", rc=0)

    def test_missing_claims_directory(self):
        shutil.rmtree(self.experiment.claims)
        result = self.run_wrapper("touch", "ran")
        self.assertEqual(result.returncode, 75)
        self.assertRegex(result.stderr, "^trialwatch: cannot create ")
        self.only_event(kind="i", rc=3)
        self.assert_not_run()

    def test_claim_that_cannot_be_written(self):
        # As on a full disk: the name is made, its content is not.
        def no_bytes():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        process = subprocess.run(self.experiment.argv(self.shell, ["touch", "ran"]), preexec_fn=no_bytes,
                                 restore_signals=False, capture_output=True, timeout=60)
        self.assertEqual(process.returncode, 75)
        self.only_event(kind="i", rc=4)
        self.assertEqual(self.experiment.claim(), "")
        self.assert_not_run()

    # --- where it is not the experiment, or not reachable ---

    def test_wrong_id(self):
        result = self.run_wrapper("touch", "ran", id="fedcba9876543210")
        self.assertEqual(result.returncode, 75)
        self.assertIn("another experiment", result.stderr)
        self.assertEqual(self.experiment.events(), [])  # somebody else's spool
        self.assertFalse((self.experiment.claims / KEY).exists())
        self.assert_not_run()

    def test_id_inside_other_text_is_not_the_id(self):
        self.experiment.id.write_text('{"id":"x%s","path":"\\"id\\":\\"%s\\""}\n' % (ID, ID))
        self.assertEqual(self.run_wrapper("touch", "ran").returncode, 75)
        self.assert_not_run()

    def test_missing_id(self):
        self.experiment.id.unlink()
        self.assertEqual(self.run_wrapper("touch", "ran").returncode, 75)
        self.only_event(kind="i", rc=1)
        self.assert_not_run()

    def test_missing_trial_directory(self):
        self.experiment.dir.rmdir()
        self.assertEqual(self.run_wrapper("true").returncode, 75)
        self.only_event(kind="i", rc=2)
        self.assertFalse((self.experiment.claims / KEY).exists())

    def test_missing_experiment(self):
        shutil.rmtree(self.experiment.root)
        self.assertEqual(self.run_wrapper("true").returncode, 75)

    def test_missing_spool(self):
        self.experiment.spool.rmdir()
        self.assertEqual(self.run_wrapper("touch", "ran").returncode, 75)
        self.assertFalse((self.experiment.claims / KEY).exists())  # still free for another attempt's host
        self.assert_not_run()

    def test_read_only_spool(self):
        wrapper = shutil.copy(WRAPPER, self.top)
        self.top.chmod(0o755)
        for directory in (self.experiment.dir, self.experiment.claims):
            directory.chmod(0o777)
        self.experiment.spool.chmod(0o555)
        argv = [wrapper if word == str(WRAPPER) else word for word in self.experiment.argv(self.shell, ["touch", "ran"])]
        nobody = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}  # root may write everywhere
        self.assertEqual(subprocess.run(argv, capture_output=True, timeout=60, **nobody).returncode, 75)
        self.assertFalse((self.experiment.claims / KEY).exists())
        self.assert_not_run()

    def test_spool_vanishes_while_running(self):
        result = self.run_wrapper("sh", "-c", "rmdir %s; exit 3" % self.experiment.spool)
        self.assertEqual(result.returncode, 3)

    # --- names ---

    def test_arguments_arrive_as_they_are(self):
        words = ["a b", "c\nd", "", "'", '"', "$HOME", "`x`", "\\", "*", "-n", "é", "\t"]
        code = "import sys; open('words', 'w').write(repr(sys.argv[1:]))"
        self.run_wrapper("/usr/bin/python3", "-c", code, *words)
        self.assertEqual((self.experiment.dir / "words").read_text(), repr(words))

    def test_odd_experiment_paths(self):
        names = ("with space", "new\nline",
                 "quo'te\"s", "$HOME", "star*", "-dash", "[a]", "back\\slash", "é")
        for name in names:
            with self.subTest(name=name):
                odd = Experiment(self.top / name)
                result = self.run_wrapper("sh", "-c", "pwd; touch done", experiment=odd, done="done")
                self.assertEqual((result.returncode, result.stdout), (0, "%s\n" % odd.dir))
                self.assertEqual([(e["kind"], e["marker"]) for e in odd.events()], [("x", "1")])
                self.assertEqual(self.run_wrapper("false", experiment=odd).returncode, 0)  # taken

    def test_once_stages(self):
        for trial in ("@before", "@after"):
            once = Experiment(self.top / trial, trial)
            (once.dir / "outcome.json").touch()  # of an earlier run
            self.assertEqual(self.run_wrapper("pwd", experiment=once).stdout, "%s\n" % once.dir)
            self.assertEqual([(e["kind"], e["trial"]) for e in once.events()], [("x", trial)])

    def test_environment_is_left_alone(self):
        environment = {"PATH": os.environ["PATH"], "IFS": "x", "host": "h", "pid": "1", "CDPATH": "/",
                       "a b": "c"}
        code = "import os; print(sorted((k, os.environ.get(k)) for k in ('host', 'pid', 'IFS')))"
        result = self.run_wrapper("/usr/bin/python3", "-c", code, environment=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("('host', 'h'), ('pid', '1')", result.stdout)
        code = "import os; print([k for k in os.environ if k.startswith('tw_')])"
        self.assertEqual(self.run_wrapper("/usr/bin/python3", "-c", code, key="1.train.0.2").stdout, "[]\n")

    def test_slot_is_told_by_the_nonce(self):
        self.run_wrapper("true", environment={"PATH": os.environ["PATH"], "TRIALWATCH_SLOT": "g0g3"})
        self.assertRegex(self.only_event(kind="x")["nonce"], r"^\d+x\d+g0g3$")
        self.run_wrapper("true", key="1.train.0.2",
                         environment={"PATH": os.environ["PATH"], "TRIALWATCH_SLOT": "../x"})
        self.assertRegex(self.experiment.claim("1.train.0.2"), r"x\d+\n$")

    # --- signals ---

    PATIENT = "trap 'touch told; exit 9' TERM; touch ready; while :; do sleep 0.01; done"

    def test_term_is_forwarded_and_the_end_awaited(self):
        process = self.start("sh", "-c", "trap 'sleep 0.3; touch told; exit 9' TERM; touch ready; "
                                         "while :; do sleep 0.01; done")
        self.ready()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 9)
        self.assertTrue((self.experiment.dir / "told").exists())
        self.assertEqual([(e["kind"], e["rc"]) for e in self.experiment.events()], [("t", "143"), ("x", "9")])

    def test_int_and_hup_arrive_as_term(self):
        for number, sent in enumerate((signal.SIGINT, signal.SIGHUP)):
            process = self.start("sh", "-c", self.PATIENT, key="1.train.0.%d" % (number + 1))
            self.ready()
            process.send_signal(sent)
            self.assertEqual(process.wait(timeout=30), 9)
            (self.experiment.dir / "ready").unlink()
        self.assertEqual([e["kind"] for e in self.experiment.events()], ["t", "t", "x", "x"])

    def test_term_kills_a_script_without_trap(self):
        process = self.start("sh", "-c", "touch ready; exec sleep 60")
        self.ready()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 143)
        told = [(e["kind"], e["rc"]) for e in self.experiment.events()]
        self.assertEqual(told, [("t", "143"), ("x", "143")])

    def test_term_twice(self):
        process = self.start("sh", "-c", "n=0; trap 'n=$((n+1)); touch told$n; [ $n = 2 ] && exit 4' TERM; "
                                         "touch ready; while :; do sleep 0.01; done")
        self.ready()
        process.send_signal(signal.SIGTERM)
        self.ready("told1")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 4)
        self.assertEqual([e["kind"] for e in self.experiment.events()], ["t", "x"])

    def test_script_that_ignores_term(self):
        process = self.start("sh", "-c", "trap '' TERM; touch ready; until [ -e go ]; do sleep 0.01; done; exit 6")
        self.ready()
        for _ in range(5):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.02)
        (self.experiment.dir / "go").touch()
        self.assertEqual(process.wait(timeout=30), 6)
        self.assertEqual([(e["kind"], e["rc"]) for e in self.experiment.events()], [("t", "143"), ("x", "6")])

    def test_user_signals_are_forwarded(self):
        process = self.start("sh", "-c", "trap 'touch one' USR1; trap 'exit 8' USR2; touch ready; "
                                         "while :; do sleep 0.01; done")
        self.ready()
        process.send_signal(signal.SIGUSR1)
        self.ready("one")
        process.send_signal(signal.SIGUSR2)
        self.assertEqual(process.wait(timeout=30), 8)
        self.only_event(kind="x", rc=8)

    def test_signal_storm(self):
        process = self.start("sh", "-c", "trap : USR1; touch ready; i=0; while [ $i -lt 40 ]; do i=$((i+1)); "
                                         "sleep 0.01; done; exit 77")
        self.ready()
        while process.poll() is None:
            process.send_signal(signal.SIGUSR1)
            time.sleep(0.001)
        self.check_end(process, 77, signal.SIGUSR1)

    def test_term_for_the_whole_group(self):
        process = self.start("sh", "-c", self.PATIENT)
        self.ready()
        os.killpg(process.pid, signal.SIGTERM)
        self.check_end(process, 9, signal.SIGTERM)

    def check_end(self, process, status, number):
        """The child's status; or the signal's number from bash, which may lose it if both come at once."""
        told = process.wait(timeout=30)
        bash = subprocess.run([*self.shell, "-c", "echo $BASH_VERSION"], capture_output=True).stdout.strip()
        self.assertIn(told, (status, 128 + number) if bash else (status,))
        self.assertEqual([e["rc"] for e in self.experiment.events() if e["kind"] == "x"], [str(told)])

    @unittest.skipUnless(shutil.which("strace"), "needs strace to hold the wrapper up")
    def test_term_before_the_start(self):
        gate = self.experiment.claims / "go.1"
        hold = ["strace", "-f", "-o", "/dev/null", "-e", "trace=openat", "-P", str(gate),
                "-e", "inject=openat:delay_enter=500000"]
        for number in range(5):  # again, where this process was held up for longer than the wrapper
            key = "1.train.0.%d" % (number + 1)
            process = subprocess.Popen(hold + self.experiment.argv(self.shell, ["touch", "ran"], key=key), start_new_session=True)
            until(lambda: (self.experiment.claims / key).exists() and self.experiment.claim(key).endswith("\n"))
            time.sleep(0.1)
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(self.experiment.claim(key).split()[2]), signal.SIGTERM)
            status = process.wait(timeout=60)
            if not (self.experiment.dir / "ran").exists():
                break
            (self.experiment.dir / "ran").unlink()
        self.assertEqual(status, 143)
        self.assertEqual([(e["kind"], e["rc"]) for e in self.experiment.events() if e["key"] == key], [("x", "143")])
        self.assert_not_run()

    def test_term_at_any_moment(self):
        # Whenever it comes: an attempt that was claimed ends with an event, an unclaimed one did not run.
        for number in range(60):
            key = "1.train.%d.1" % number
            process = self.start("sh", "-c", "exec sleep 60", key=key)
            time.sleep(number * 0.0002)
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=30)
            claimed = (self.experiment.claims / key).exists()
            kinds = [e["kind"] for e in self.experiment.events() if e["key"] == key]
            self.assertEqual(abs(status) % 128, 15)
            self.assertEqual("x" in kinds, claimed, (number, kinds, status))

    def test_killed_wrapper_leaves_its_claim(self):
        process = self.start("sh", "-c", "touch ready; until [ -e go ]; do sleep 0.01; done; touch late")
        self.ready()
        process.kill()
        process.wait(timeout=30)
        self.assertEqual(self.experiment.events(), [])
        host, boot, pid, start, nonce = self.experiment.claim().split()
        self.assertEqual(int(pid), process.pid)
        (self.experiment.dir / "go").touch()
        self.ready("late")  # the script outlives it: that is what a straggler is


KNOWN = {os.path.realpath(shutil.which(shell[0]) or "") for name, shell in SHELLS.items() if name != "sh"}

for name, shell in SHELLS.items():
    found = shutil.which(shell[0])
    if found and (name != "sh" or os.path.realpath(found) not in KNOWN):
        bases = (WrapperTests, unittest.TestCase)
        globals()["Wrapper_" + name] = type("Wrapper_" + name, bases, {"shell": shell})

if __name__ == "__main__":
    unittest.main()
