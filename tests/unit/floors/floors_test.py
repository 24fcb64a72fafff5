#!/usr/bin/env python3
"""Holds the sources to the floors of ARCHITECTURE.md: includes only reach down, and what touches the
world stands where it belongs. Run in ctest as floors_only_reach_down."""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]

ALLOWED = {
    "base": [],
    "records": ["base"],
    "lifecycle": ["records", "base"],
    "optimize": ["records", "base"],
    "import": ["records", "base"],
    "ports": ["base"],
    "trialdir": ["ports", "lifecycle", "records", "base"],
    "batch": ["trialdir", "ports", "lifecycle", "records", "base"],
    "posix": ["ports", "base"],
    "app": ["batch", "trialdir", "lifecycle", "optimize", "import", "ports", "records", "base"],
}

WORLD = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\b|\bsleep_(?:for|until)\b|\bstd::system\b"
    r"|(?<![\w.>])(?:::)?(?:fork|vfork|popen|execvp?e?|posix_spawnp?|usleep|nanosleep|gettimeofday|clock_gettime"
    r"|getpid|gethostname)\s*\("
)
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def without_comments(text):
    strings_or_comments = r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/'
    keep = lambda m: m.group(0) if m.group(0).startswith('"') else " "
    return re.sub(strings_or_comments, keep, text, flags=re.DOTALL)


def floor_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "lib" else parts[0]


def is_private(text):
    return "private to" in text[:400].lower()


def check_floor(path, include):
    target, floor = include.split("/")[0], floor_of(path)
    if target not in ALLOWED or "/" not in include or not path.startswith("lib/"):
        return None
    if floor not in ALLOWED:
        return f"{path}: the floor '{floor}' is not known"
    if target != floor and target not in ALLOWED[floor]:
        return f"{path}: {floor} must not include {include}"
    return None


def shows_json(path, sources, seen=()):
    """Whether a header brings nlohmann to whoever includes it."""
    for include in INCLUDE.findall(without_comments(sources.get(path, ""))):
        below = "lib/" + include
        if include.startswith("nlohmann/"):
            return True
        if below in sources and below not in seen and shows_json(below, sources, (*seen, path)):
            return True
    return False


def check_json(path, text, sources):
    header = path.endswith(".hpp")
    direct = any(i.startswith("nlohmann/") for i in INCLUDE.findall(without_comments(text)))
    if direct and path.startswith("lib/") and not header and floor_of(path) not in ("records", "app"):
        return f"{path}: nlohmann belongs to lib/records and to sources of lib/app"
    if header and path.startswith("lib/") and shows_json(path, sources) and not is_private(text):
        return f"{path}: nlohmann in a public header"
    return None


def complaints(sources):
    """`sources`: text by path relative to the repository."""
    found = []
    for path, text in sorted(sources.items()):
        code = without_comments(text)
        found += [check_floor(path, include) for include in INCLUDE.findall(code)]
        found.append(check_json(path, text, sources))
        if re.search(r"std::filesystem|#\s*include\s*<filesystem>", code):
            found.append(f"{path}: std::filesystem")
        ours = path.startswith(("lib/", "tools/")) and floor_of(path) != "posix"
        if ours and (call := WORLD.search(re.sub(r'"(?:\\.|[^"\\\n])*"', '""', code))):
            found.append(f"{path}: {call.group(0)} outside lib/posix")
    return [complaint for complaint in found if complaint]


def repository():
    files = [p for d in ("lib", "tools", "tests", "examples") for p in (ROOT / d).rglob("*.[ch]pp")]
    return {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in files}


class Repository(unittest.TestCase):
    def test_keeps_to_the_floors(self):
        sources = repository()
        self.assertGreater(len(sources), 50)
        self.assertEqual(complaints(sources), [])

    def test_every_floor_is_known(self):
        floors = {p.name for p in (ROOT / "lib").iterdir() if p.is_dir()}
        self.assertLessEqual(floors, set(ALLOWED))


class Check(unittest.TestCase):
    """That the checks find what they are for."""

    def found(self, **extra):
        return complaints({k.replace("__", "/").replace("_cpp", ".cpp").replace("_hpp", ".hpp"): v
                           for k, v in extra.items()})

    def test_includes_that_reach_up_or_aside(self):
        for floor, target in [("base", "records"), ("lifecycle", "optimize"), ("optimize", "lifecycle"),
                              ("ports", "records"), ("posix", "records"), ("app", "posix"), ("trialdir", "batch"),
                              ("lifecycle", "ports"), ("records", "lifecycle"), ("batch", "app")]:
            self.assertEqual(len(self.found(**{f"lib__{floor}__a_cpp": f'#include "{target}/x.hpp"\n'})), 1)

    def test_includes_that_reach_down(self):
        text = '#include "base/x.hpp"\n// #include "app/no.hpp"\n#include <boost/app/x.hpp>\n'
        self.assertEqual(self.found(lib__records__a_cpp=text, tools__a_cpp='#include "posix/clock.hpp"\n'), [])

    def test_filesystem(self):
        self.assertEqual(len(self.found(tools__a_cpp="#include <filesystem>\n")), 1)
        self.assertEqual(len(self.found(lib__posix__a_cpp="std::filesystem::path p;")), 1)
        self.assertEqual(self.found(lib__posix__a_cpp="// std::filesystem is banned\n"), [])

    def test_calls_to_the_world(self):
        for call in ["std::chrono::system_clock::now()", "steady_clock::now();", "sleep_for(x)", "fork()", "::fork()",
                     "popen(c)", "std::system(c)", "::getpid()"]:
            self.assertEqual(len(self.found(lib__app__a_cpp=call)), 1, call)
            self.assertEqual(self.found(lib__posix__a_cpp=call), [], call)
        self.assertEqual(self.found(lib__app__a_cpp='log("fork() failed"); clock.now(); x.fork();'), [])

    def test_json(self):
        json = "#include <nlohmann/json.hpp>\n"
        self.assertEqual(len(self.found(lib__batch__a_cpp=json)), 1)
        self.assertEqual(self.found(lib__app__a_cpp=json, lib__records__a_cpp=json), [])
        self.assertEqual(len(self.found(lib__records__a_hpp=json)), 1)
        self.assertEqual(self.found(lib__records__a_hpp="// Private to the floor.\n" + json), [])
        through = {"lib__records__a_hpp": "// Private to it\n" + json, "lib__records__b_hpp": '#include "records/a.hpp"\n'}
        self.assertEqual(len(self.found(**through)), 1)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
