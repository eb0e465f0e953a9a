"""Canonical forms: equal for code that behaves alike, on every Python, at any depth.

The compiler and the runtime compute the digest of a module separately, because neither may import
the other; here they must agree. Versions computed by Python 3.11, 3.12 and 3.13 must be the same
bytes; each interpreter on this machine is asked.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import dbos.values.canonical
from dbos_build.names.forms import constant
from dbos_build.reading.digest import constant_text, fingerprint, module_digest
from support.programs import workflow_versions

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.__file__).parent


def interpreters() -> list[str]:
    """The supported interpreters on this machine, the running one included."""
    found = {sys.executable: None}
    for minor in (11, 12, 13):
        folders = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        onpath = shutil.which(f"python3.{minor}")
        for candidate in [*map(str, folders), *([onpath] if onpath else [])]:
            found[candidate] = None
            break
    return list(found)


def ask(interpreter: str, program: str, *arguments: str, seed: str = "0") -> str:
    """What a program prints in another interpreter that sees our sources and nothing else."""
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("compiler", "tests", "templates"))
    done = subprocess.run(
        [interpreter, "-W", "ignore", "-c", program, *arguments],
        env={"PYTHONPATH": paths, "PYTHONHASHSEED": seed, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


DIGESTS = """
import ast, pathlib, sys
from dbos_build.reading.digest import fingerprint, module_digest
found = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py"))[::3]:
    found.append(module_digest(ast.parse(path.read_bytes())))
print(len(found), fingerprint("", " ".join(found)))
"""
VERSIONS = """
import json, pathlib, sys
from support.programs import workflow_versions
files = json.loads(sys.argv[1])
print(json.dumps(workflow_versions(files), sort_keys=True))
"""
PROGRAM = {
    "app/__init__.py": "",
    "app/main.py": """\
from dbos import DBOS
from app.other import helper, TABLE as table
import math

@DBOS.workflow()
def first(text, /, count: int = 0x10, *, flag=-0.0):
    label = f"{text!r:>{count}}{'' if count else 'x'} {count=}" "tail" f"{text}"
    match text:
        case {"a": [1, *rest], **more} if rest:
            return helper(rest, more)
    try:
        return sorted(table, key=lambda each: (each, label, 1e3, 1j, b"\\xff", ...))
    except (ValueError, KeyError) as error:
        raise RuntimeError("\u00e9\u2028") from error

@DBOS.workflow()
async def second(value):
    async with value as inner:
        return [each async for each in inner if (twice := each * 2) > math.pi]
""",
    "app/other.py": """\
TABLE = {"b": 2, "a": 1}

def helper(values, more):
    return even(len(values)) or more

def even(number):
    return number == 0 or odd(number - 1)

def odd(number):
    return number != 0 and even(number - 1)
""",
}


def test_several_interpreters_are_asked() -> None:
    assert len(interpreters()) >= 2


def test_module_digests_are_the_same_on_every_python() -> None:
    answers = {ask(each, DIGESTS, str(LIBRARY)) for each in interpreters()}
    assert len(answers) == 1
    assert int(answers.pop().split()[0]) > 50


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_versions_are_the_same_on_every_python_and_under_every_hash_seed(seed: str) -> None:
    expected = json.dumps(workflow_versions(PROGRAM), sort_keys=True)
    for each in interpreters():
        assert ask(each, VERSIONS, json.dumps(PROGRAM), seed=seed) == expected, each


def test_the_runtime_computes_the_same_digests() -> None:
    texts = [path.read_bytes() for path in sorted(LIBRARY.glob("*.py"))[::4]]
    texts += [
        b"",
        b'"""Doc."""\n',
        b"x = None, ..., b'', 1.0, True, 'a' 'b'\n",
        b"def f(): 'doc'\n",
    ]
    for text in texts:
        assert dbos.values.canonical.module_digest(text) == module_digest(ast.parse(text))


EQUAL = [
    ("x = 1 # comment\n", "x=1\n"),
    ('"""Doc."""\ndef f():\n    "doc"\n    return 1\n', "def f():\n    return 1\n"),
    ("x = 'a'\r\ny = 2\r\n", 'x = ("a")\ny = 2\n'),
    ("x = 16\n", "x = 0x10\n"),
    ("class A:\n    'doc'\n    x = 1\n", "class A:\n    x = 1\n"),
    ("u = u'x'\n", "u = 'x'\n"),
]
DIFFERENT = [
    ("x = 1\n", "x = True\n"),
    ("x = 1\n", "x = 1.0\n"),
    ("x = 0.0\n", "x = -0.0\n"),
    ("x = 'a'\n", "x = b'a'\n"),
    ("f'{x}'\n", "f'{x!r}'\n"),
    ("def f(): 'doc'\n", "def f(): return 'doc'\n"),
    ("x: int = 1\n", "x = 1\n"),
    ("[a, [b]]\n", "[[a], b]\n"),
    ("f(a, b)\n", "f(a)(b)\n"),
    ("x = 'a', 'b'\n", "x = 'a,b'\n"),
]


@pytest.mark.parametrize(("one", "two"), EQUAL)
def test_what_does_not_run_does_not_count(one: str, two: str) -> None:
    assert module_digest(ast.parse(one)) == module_digest(ast.parse(two))


@pytest.mark.parametrize(("one", "two"), DIFFERENT)
def test_what_runs_counts(one: str, two: str) -> None:
    assert module_digest(ast.parse(one)) != module_digest(ast.parse(two))


def test_depth_does_not_matter() -> None:
    deep = "x = " + "(" * 90 + "1" + ",)" * 90 + "\n"
    long = "x = " + " + ".join(["1"] * 900) + "\n"
    for text in (deep, long):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert module_digest(ast.parse(text)).startswith("m1-")


def test_any_constant_has_a_text() -> None:
    huge = ast.literal_eval("0x" + "f" * 9000)
    assert constant(huge).startswith("int:0xfff")
    assert constant_text(huge).startswith("int:0xfff")
    assert constant("\ud800") == "str:'\\ud800'"
    assert fingerprint("m1-", "\ud800") != fingerprint("m1-", "?")
