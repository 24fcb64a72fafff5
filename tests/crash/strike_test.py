"""The tracer itself: what it strikes, what it leaves alone, and that it misses no call that strace knows."""
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

from sizes import needs_strike
from search import STRIKE, program, wait_for

DURABLE = "open,openat,openat2,creat,write,writev,pwrite64,pwritev,ftruncate,truncate,fallocate,fsync,fdatasync," \
          "syncfs,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fork," \
          "vfork,clone,clone3"


@needs_strike
class Strike(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="trialwatch-strike-")
        self.addCleanup(shutil.rmtree, self.home)
        self.under = os.path.join(self.home, "under")
        os.mkdir(self.under)

    def strike(self, script, *blow):
        words = [STRIKE, "--log", self.home + "/log", "--under", self.under, *blow, "--", "/bin/sh", "-c", script]
        done = subprocess.run(words, cwd=self.under, capture_output=True, text=True, timeout=60)
        self.assertTrue(wait_for(lambda: self.log()[-1:] and self.log()[-1].split()[0] in ("exit", "signal")))
        return done, self.log()

    def put(self, path):
        with open(path, "w") as file:
            file.write("go\n")

    def log(self):
        """The tracer writes its last line when the program may have been waited for."""
        with open(self.home + "/log") as log:
            return log.read().splitlines()

    def test_calls_are_numbered_in_their_order_and_others_pass(self):
        elsewhere = os.path.join(self.home, "elsewhere")
        done, log = self.strike(f"echo a > a; read x < a; mkdir b; echo out; echo > '{elsewhere}'; exit 3")
        self.assertEqual((done.returncode, done.stdout), (3, "out\n"))
        self.assertEqual([line.split(" ", 1)[1] for line in log if "fork" not in line and "clone" not in line],
                         ["openat /a", "write /a", "3"])  # mkdir is another process
        self.assertEqual(sorted(os.listdir(self.under)), ["a", "b"])

    def test_killed_at_a_call_it_did_not_make_it(self):
        done, log = self.strike("echo a > a; echo b > b; echo c > c", "--at", "3")
        self.assertEqual(done.returncode, -9)
        self.assertEqual(log[-2:], ["3 openat /b STRUCK", "signal 9"])
        self.assertEqual(os.listdir(self.under), ["a"])

    def test_a_refused_call_is_not_made_and_the_next_is(self):
        done, log = self.strike("echo a > a; echo b > b; echo c > c", "--at", "3", "--error", "ESTALE")
        self.assertEqual(done.returncode, 0)
        self.assertIn("Stale", done.stderr)
        self.assertEqual(sorted(os.listdir(self.under)), ["a", "c"])

    def test_errors_may_last(self):
        fifo = os.path.join(self.home, "fifo")
        os.mkfifo(fifo)
        threading.Timer(9.5, self.put, [fifo]).start()
        script = f"echo a > a; echo b > b; read go < {fifo}; until echo c > c; do :; done 2> /dev/null"
        done, log = self.strike(script, "--at", "1", "--error", "EIO", "--span", "10")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(os.listdir(self.under), ["c"])

    def test_the_program_leads_its_session_and_is_its_parents_child(self):
        words = [STRIKE, "--log", self.home + "/log", "--under", self.under, "--", "/bin/sh", "-c",
                 "read a b c d e f rest < /proc/self/stat; echo $a $d $f"]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
        said = process.communicate(timeout=60)[0].split()
        self.assertEqual(said[:2], [str(process.pid), str(os.getpid())])
        self.assertEqual(said[2], str(process.pid))

    @unittest.skipUnless(shutil.which("strace"), "needs strace to compare with")
    def test_it_misses_no_call_that_strace_sees(self):
        ours, theirs = [self.make_trials(words) for words in (self.ours, self.strace)]
        self.assertEqual(ours, theirs)
        self.assertGreater(len(ours), 40)

    def make_trials(self, traced):
        """The names of the durable calls of one trialctl new."""
        path = os.path.join(self.home, "traced-" + traced.__name__)
        subprocess.run([program("trialctl"), "init", path], check=True, capture_output=True)
        return traced(path, [program("trialctl"), "new", path, "--sweep", "x=1,2,3", "--sweep", "y=1,2,3"])

    def ours(self, path, words):
        subprocess.run([STRIKE, "--log", self.home + "/ours", "--under", path, "--", *words], check=True,
                       capture_output=True)
        with open(self.home + "/ours") as log:
            return [line.split()[1] for line in log if line[0].isdigit()]

    def strace(self, path, words):
        subprocess.run(["strace", "-o", self.home + "/theirs", "-y", "-e", "trace=" + DURABLE, *words], check=True,
                       capture_output=True)
        calls = []
        with open(self.home + "/theirs") as log:
            for line in log:
                name = line.split("(")[0]
                creates = not name.startswith("open") or re.search("O_CREAT|O_TRUNC", line)
                if creates and path in line:
                    calls.append(name)
        return calls


if __name__ == "__main__":
    unittest.main()
