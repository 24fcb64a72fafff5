#!/usr/bin/env python3
"""The JSON Schemas of protocol/ and the toolkit's readers agree on every example.

  valid/KIND/NAME    the schema and the reader accept it
  invalid/KIND/NAME  both refuse it
  refused/KIND/NAME  breaks a rule that a schema cannot say: only the reader refuses it

Beside every invalid and refused example stands NAME without .json and with .expect: words, one per line,
each of which the reader's message contains. Leaves with 77 (skipped) where jsonschema is not installed.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("python's jsonschema is not installed")
    sys.exit(77)

DRAFT = "https://json-schema.org/draft/2020-12/schema"
KINDS = ["experiment", "config", "result", "outcome", "metrics-line", "request", "identity", "goal", "stopped", "owner",
         "agent", "agent-job"]
BARE_NAN = {"result", "metrics-line"}  # as Python's own json module writes it
LEAST_VALID = {"experiment": 8}
LEAST_INVALID = {"experiment": 25}


def refuse_repeated(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key is there twice")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def parse(path, kind):
    text = path.read_text(encoding="utf-8")
    if kind == "request" and not text.strip():
        return {}
    constant = float if kind in BARE_NAN else refuse_constant
    return json.loads(text, object_pairs_hook=refuse_repeated, parse_constant=constant)


class Agreement(unittest.TestCase):
    reader = None
    protocol = None

    @classmethod
    def setUpClass(cls):
        cls.validators = {}
        for kind in KINDS:
            path = cls.protocol / "schemas" / f"{kind}.schema.json"
            schema = json.loads(path.read_text(encoding="utf-8"))
            jsonschema.Draft202012Validator.check_schema(schema)
            cls.validators[kind] = jsonschema.Draft202012Validator(schema)

    def examples(self, group, kind):
        return sorted((self.protocol / "examples" / group / kind).glob("*.json"))

    def schema_accepts(self, path, kind):
        try:
            document = parse(path, kind)
        except (ValueError, RecursionError):
            return False
        return self.validators[kind].is_valid(document)

    def read(self, paths, kind):
        """What the reader says about each path; "" when it accepts."""
        done = subprocess.run([self.reader, kind, *map(str, paths)], stdout=subprocess.PIPE, text=True,
                              encoding="utf-8", errors="replace", check=False)
        self.assertIn(done.returncode, (0, 2))
        said = {str(path): "" for path in paths}
        for line in done.stdout.splitlines():
            path, _, message = line.partition("\t")
            if path in said:
                said[path] += message + "\n"
        return said

    def check(self, group, kind, schema_accepts, reader_accepts):
        paths = self.examples(group, kind)
        if not paths:
            return
        said = self.read(paths, kind)
        for path in paths:
            with self.subTest(example=str(path.relative_to(self.protocol))):
                self.assertEqual(self.schema_accepts(path, kind), schema_accepts, "the schema")
                message = said[str(path)]
                self.assertEqual(message == "", reader_accepts, "the reader: " + message)
                if not reader_accepts:
                    for words in path.with_suffix(".expect").read_text(encoding="utf-8").splitlines():
                        self.assertIn(words, message)

    def test_valid(self):
        for kind in KINDS:
            self.check("valid", kind, True, True)

    def test_invalid(self):
        for kind in KINDS:
            self.check("invalid", kind, False, False)

    def test_refused(self):
        for kind in KINDS:
            self.check("refused", kind, True, False)

    def test_there_are_enough(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.assertGreaterEqual(len(self.examples("valid", kind)), LEAST_VALID.get(kind, 3))
                self.assertGreaterEqual(len(self.examples("invalid", kind)), LEAST_INVALID.get(kind, 5))

    def test_schemas_say_what_they_are(self):
        for kind, validator in self.validators.items():
            with self.subTest(kind=kind):
                self.assertTrue(validator.schema.get("title"))
                self.assertTrue(validator.schema.get("description"))
                self.assertEqual(validator.schema.get("$schema"), DRAFT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reader", required=True, help="the program read_document")
    parser.add_argument("--protocol", required=True, type=pathlib.Path, help="the directory protocol/")
    options, rest = parser.parse_known_args()
    Agreement.reader = options.reader
    Agreement.protocol = options.protocol
    unittest.main(argv=[sys.argv[0], *rest])
