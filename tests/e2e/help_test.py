#!/usr/bin/env python3
"""--help, the man pages, README's table of commands and the bash completion name the same verbs and options."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ["TRIALWATCH_BIN"]
README = (ROOT / "README.md").read_text()
COMPLETION = ROOT / "contrib" / "completion" / "trialctl.bash"
EVERYWHERE = {"--help", "--help-all", "--version"}


def help_of(*words):
    return subprocess.run([os.path.join(BIN, words[0]), *words[1:], "--help"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def verbs():
    listed = help_of("trialctl").split("Subcommands:")[1]
    return re.findall(r"^  ([\w-]+) ", listed, re.MULTILINE)


def options_of(*words):
    """Long names, and short ones of options that have no long name."""
    found = set()
    for names in re.findall(r"^ +(-[\w,-]+)", help_of(*words), re.MULTILINE):
        names = names.split(",")
        found |= {name for name in names if name.startswith("--")} or set(names)
    return found - EVERYWHERE


def commands():
    return [("trialwatch",), ("trialopt",), ("trialagent",)] + [("trialctl", verb) for verb in verbs()]


def manual_of(program, verb=None):
    text = (ROOT / "contrib" / "man" / f"{program}.1").read_text().replace("\\-", "-")
    text = re.sub(r"\\f.", "", text)
    if verb is None:
        return text
    parts = re.split(r"^\.S[SH] ", text, flags=re.MULTILINE)
    return next((part for part in parts if part.split()[0] == verb), "")


def named_in(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text))


def table_rows():
    """Command to row: ("trialctl", "status") or ("trialopt",)."""
    rows = {}
    for row in re.findall(r"^\| `trial(?:ctl|watch|opt|agent) .*$", README, re.MULTILINE):
        words = tuple(re.match(r"\| `(\w+) ([\w-]+)", row).groups())
        rows[words if words[0] == "trialctl" else words[:1]] = row
    return rows


class Help(unittest.TestCase):
    def test_it_lists_verbs_and_options(self):
        self.assertGreater(len(verbs()), 15)
        self.assertIn("--detach", options_of("trialctl", "run"))
        self.assertIn("-k", options_of("trialctl", "best"))

    def test_an_unknown_verb_is_told_which_was_meant(self):
        for word, said in (("stauts", "did you mean 'status'?"), ("xyzzy", "trialctl --help")):
            done = subprocess.run([os.path.join(BIN, "trialctl"), word, "anything"], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(f"there is no verb '{word}'", done.stderr)
            self.assertIn(said, done.stderr)

    def test_man_pages_have_every_verb_and_option(self):
        for command in commands():
            with self.subTest(command):
                text = manual_of(*command)
                self.assertTrue(text, "not in the man page")
                self.assertEqual(options_of(*command) - named_in(text), set())

    def test_man_pages_have_nothing_else(self):
        for command in commands():
            with self.subTest(command):
                short = {"-h", "-j", "-n", "-y", "-r", "-f", "-q"}
                self.assertEqual(named_in(manual_of(*command)) - options_of(*command) - EVERYWHERE - short, set())
        told = re.findall(r"^\.SS ([\w-]+)", manual_of("trialctl"), re.MULTILINE)
        self.assertEqual(sorted(told), sorted(verbs()))

    def test_readme_has_every_command_and_no_other(self):
        self.assertEqual(set(table_rows()), set(commands()))

    def test_readme_has_the_options_that_there_are(self):
        for command, row in table_rows().items():
            with self.subTest(command):
                told = {word for word in re.findall(r"`(-[\w-]+)`", row)}
                self.assertEqual(told, options_of(*command))

    @unittest.skipUnless(shutil.which("man") or shutil.which("groff"), "neither man nor groff is here")
    def test_man_pages_are_correct_roff(self):
        groff = shutil.which("groff")
        for page in sorted((ROOT / "contrib" / "man").glob("*.1")):
            render = [groff, "-man", "-Tutf8", "-ww", "-z"] if groff else ["man", "--warnings", "-l"]
            done = subprocess.run([*render, str(page)], text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  env={**os.environ, "MANROFFOPT": "", "MANWIDTH": "90"})
            self.assertEqual((done.returncode, done.stderr), (0, ""), page.name)


@unittest.skipUnless(shutil.which("bash"), "bash is not here")
class Completion(unittest.TestCase):
    def complete(self, *words, directory=None):
        script = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trialwatch; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "-c", script, str(COMPLETION), *words], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=directory)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_verbs(self):
        self.assertEqual(self.complete("trialctl", "") - EVERYWHERE, set(verbs()))
        self.assertEqual(self.complete("trialctl", "st"), {"status", "stop"})

    def test_options_of_every_command(self):
        for command in commands():
            with self.subTest(command):
                self.assertEqual(self.complete(*command, "-") - EVERYWHERE, options_of(*command))

    def test_directories_states_and_templates(self):
        self.assertIn("examples", self.complete("trialctl", "status", "ex", directory=ROOT))
        self.assertEqual(self.complete("trialctl", "list", "e", "--state", "fa"), {"failed"})
        self.assertEqual(self.complete("trialctl", "init", "e", "--template", "p"), {"power-flow"})


if __name__ == "__main__":
    unittest.main()
