#!/usr/bin/env python3
"""The text of protocol/ holds together: rule numbers, rules.tsv, named tests, links, the table of experiment.json."""
import json
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTOCOL = ROOT / "protocol"
CHAPTERS = sorted(PROTOCOL.glob("[0-9][0-9]-*.md"))
RULE = re.compile(r"^- \[(\d+\.\d+)\] ", re.MULTILINE)
UNTESTED = ("binds others", "binds later releases")  # in place of the names of tests
SECTION = re.compile(r"^## (\d+\.\d+) ", re.MULTILINE)  # chapters 2, 7 and 8 number these instead
CITED = re.compile(r"\[(\d+\.\d+)\]")


def text_of(path):
    return path.read_text(encoding="utf-8")


def number(rule):
    return [int(part) for part in rule.split(".")]


def sections_with_rules(text):
    parts = SECTION.split(text)[1:]  # number, text, number, text, ...
    return [section for section, body in zip(parts[::2], parts[1::2]) if "MUST" in body]


def listed_rules():
    return [line.split("\t") for line in text_of(PROTOCOL / "rules.tsv").splitlines()]


def all_tests():
    """Suite.Name of GoogleTest, file.test_name of Python, names given to add_test."""
    found = set()
    for path in (ROOT / "tests").rglob("*"):
        if path.suffix in (".cpp", ".hpp"):
            found |= {".".join(pair) for pair in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", text_of(path), re.M)}
        elif path.suffix == ".py":
            found |= {f"{path.stem}.{name}" for name in re.findall(r"^    def (test_\w+)", text_of(path), re.M)}
        elif path.name == "CMakeLists.txt":
            found |= set(re.findall(r"add_test\(NAME (\w+)", text_of(path)))
    return found


def resolve(schema, root):
    while "$ref" in schema:
        schema = {**root["$defs"][schema["$ref"].rsplit("/", 1)[1]], **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def schema_keys(schema, root, prefix=""):
    """Path of every key of experiment.json -> (default or None, whether it must be there)."""
    found = {}
    for variant in schema.get("oneOf", [schema]):
        for key, value in variant.get("properties", {}).items():
            value = resolve(value, root)
            path = prefix + key
            if path in ("space", "objectives", "stages"):
                inner = value["items"] if "items" in value else value["additionalProperties"]
                inner_prefix = path + ("[]." if "items" in value else ".NAME.")
                if path == "stages":
                    found[path] = (None, False)
                found |= schema_keys(resolve(inner, root), root, inner_prefix)
            elif "properties" in value.get("items", {}):
                found |= schema_keys(value["items"], root, path + "[].")
            elif "properties" in value and key != "when":
                found |= schema_keys(value, root, path + ".")
            else:
                required = key in variant.get("required", []) and ("oneOf" not in schema or key == "type")
                found[path] = (value.get("default"), required)
    return found


class Text(unittest.TestCase):
    def test_rules_are_numbered_in_order_and_once(self):
        for path in CHAPTERS:
            rules = RULE.findall(text_of(path))
            with self.subTest(path.name):
                chapter = int(path.name[:2])
                self.assertEqual(rules, [f"{chapter}.{n}" for n in range(1, len(rules) + 1)])

    def test_every_rule_is_listed_and_every_listed_one_is_there(self):
        written = [rule for path in CHAPTERS for rule in RULE.findall(text_of(path)) + sections_with_rules(text_of(path))]
        rows = listed_rules()
        self.assertTrue(all(len(row) == 3 and all(row) for row in rows))
        self.assertEqual([row[0] for row in rows], sorted(written, key=number))

    def test_rules_that_are_cited_are_there(self):
        known = {row[0] for row in listed_rules()}
        files = CHAPTERS + [PROTOCOL / "README.md"] + [p for p in (PROTOCOL / "examples" / "clients").iterdir() if p.is_file()]
        for path in files:
            for rule in CITED.findall(text_of(path)):
                self.assertIn(rule, known, path.name)

    def test_tests_that_are_named_are_there(self):
        tests = all_tests()
        for rule, _, names in listed_rules():
            for name in [] if names in UNTESTED else names.split():
                with self.subTest(rule):
                    self.assertIn(name, tests)

    def test_links_lead_somewhere(self):
        for path in PROTOCOL.glob("*.md"):
            for target in re.findall(r"\]\(([^)#]+)\)", re.sub(r"`[^`]*`", "", text_of(path))):
                with self.subTest(f"{path.name}: {target}"):
                    self.assertTrue((path.parent / target).exists())

    def test_every_chapter_is_in_the_index(self):
        index = text_of(PROTOCOL / "README.md")
        for path in CHAPTERS:
            self.assertIn(f"]({path.name})", index)

    def test_the_table_of_experiment_json_is_the_schema(self):
        schema = json.loads(text_of(PROTOCOL / "schemas" / "experiment.schema.json"))
        section = text_of(PROTOCOL / "04-documents.md").split("## experiment.json")[1].split("\n## ")[0]
        rows = re.findall(r"^\| (\S+) \| (\S+) \|.*\|$", section, re.M)
        table = {key.replace("*", ""): (default, "**" in key) for key, default in rows if key != "key"}
        keys = schema_keys(schema, schema)
        self.assertEqual(sorted(table), sorted(keys))
        for key, (default, required) in keys.items():
            with self.subTest(key):
                self.assertEqual(table[key][1], required)
                if default is not None:
                    said = default if isinstance(default, str) else json.dumps(default)
                    self.assertEqual(table[key][0], said)


if __name__ == "__main__":
    unittest.main()
