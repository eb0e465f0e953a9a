"""The checker against code that nobody wrote for it: it neither crashes, hangs, runs nor writes it.

The material is the interpreter's own library, as it is and with every function made a workflow, and
sources that hypothesis invents.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbos_build import cli

LIBRARY = Path(sysconfig.get_path("stdlib"))
CASES = Path(__file__).parent / "corpus" / "cases"
SECONDS_PER_FILE = 2.0
ROOT_IMPORT = "from dbos import DBOS as _DBOS\n"


def library_files() -> list[Path]:
    """The interpreter's own modules, without its tests and what was installed."""
    left_out = {"site-packages", "test", "tests", "idle_test", "lib2to3"}
    return [
        path
        for path in sorted(LIBRARY.rglob("*.py"))
        if not left_out & set(path.relative_to(LIBRARY).parts)
    ]


def rooted(text: str) -> str:
    """The same module with every function and method declared as a workflow."""
    tree = ast.parse(text)
    lines = text.splitlines(keepends=True)
    for first in sorted(first_lines(tree), reverse=True):
        line = lines[first - 1]
        indentation = line[: len(line) - len(line.lstrip())]
        if line.lstrip().startswith(("def ", "async ", "@")):
            lines.insert(first - 1, f"{indentation}@_DBOS.workflow()\n")
    lines.insert(end_of_preamble(tree), ROOT_IMPORT)
    return "".join(lines)


def first_lines(tree: ast.Module) -> list[int]:
    """The first line of each function, its decorators included."""
    return [
        min([node.lineno, *(each.lineno for each in node.decorator_list)])
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def end_of_preamble(tree: ast.Module) -> int:
    """The last line that must stay before an import: docstring and `__future__`."""
    end = 0
    for node in tree.body:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not future and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            break
        end = node.end_lineno or end
    return end


def check(*arguments: str) -> list[dict[str, object]]:
    """Run `check` in this process; its findings. Any crash is raised."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = cli.run(["--debug", "check", *arguments, "--output-format", "json"])
    assert code in (0, 1), output.getvalue()
    found: list[dict[str, object]] = json.loads(output.getvalue())
    return found


@pytest.fixture(scope="module")
def rooted_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the standard library in which everything is a workflow."""
    root = tmp_path_factory.mktemp("library")
    for path in library_files():
        target = root / path.relative_to(LIBRARY)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rooted(path.read_text(encoding="utf-8")), encoding="utf-8")
    return root


@pytest.mark.long
def test_the_standard_library_with_its_tests_has_no_finding_but_syntax_errors() -> None:
    found = check(str(LIBRARY))
    assert {finding["code"] for finding in found} <= {"DBS990", "DBS991"}


@pytest.mark.long
def test_a_library_of_nothing_but_workflows_is_checked_as_one_program(rooted_library: Path) -> None:
    found = check(str(rooted_library))
    assert len({finding["code"] for finding in found}) >= 20


@pytest.mark.long
def test_no_file_takes_long(rooted_library: Path, tmp_path: Path) -> None:
    slow = {}
    largest = sorted(rooted_library.rglob("*.py"), key=lambda path: -path.stat().st_size)
    for path in largest[:30]:
        alone = tmp_path / f"alone_{path.name}"
        shutil.copy(path, alone)
        started = time.process_time()
        check(str(alone))
        seconds = time.process_time() - started
        if seconds > SECONDS_PER_FILE:
            slow[path.name] = seconds
        alone.unlink()
    assert slow == {}


NAMES = st.sampled_from(["time", "random", "datetime", "os", "order", "value", "names", "self"])
LITERALS = st.sampled_from(["1", "'a'", "None", "[]", "{}", "{1, 2}", "(1,)", "b''", "...", "1.5"])


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}.{}".format, inner, NAMES),
        st.builds("{}({})".format, inner, inner),
        st.builds("{}(*{}, **{})".format, inner, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{} for value in {}]".format, inner, inner),
        st.builds("(lambda order, *names: {})".format, inner),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("f'{{{}!r}}'".format, NAMES),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("str({})".format, st.one_of(st.just(""), inner)),
        st.builds("sorted({}, key={})".format, inner, inner),
    )


EXPRESSIONS = st.recursive(st.one_of(NAMES, LITERALS), _expressions, max_leaves=8)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.lists(inner, min_size=1, max_size=3).map(lambda each: _indented("\n".join(each)))
    return st.one_of(
        st.builds("if {}:\n{}\nelse:\n{}".format, EXPRESSIONS, block, block),
        st.builds("for {} in {}:\n{}".format, NAMES, EXPRESSIONS, block),
        st.builds("while {}:\n{}\n    break".format, EXPRESSIONS, block),
        st.builds("with {} as {}:\n{}".format, EXPRESSIONS, NAMES, block),
        st.builds("try:\n{}\nexcept {}:\n{}\nfinally:\n{}".format, block, NAMES, block, block),
        st.builds("def {}(order, value=1):\n{}".format, NAMES, block),
        st.builds("class {}({}):\n{}".format, NAMES, NAMES, block),
        st.builds("match {}:\n    case [{}, *_]:\n        pass".format, EXPRESSIONS, NAMES),
        st.builds("@_DBOS.workflow()\ndef {}(self, *names):\n{}".format, NAMES, block),
        st.builds("@_DBOS.step(name={})\nasync def {}(order):\n{}".format, LITERALS, NAMES, block),
    )


SIMPLE = st.one_of(
    EXPRESSIONS,
    st.builds("{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("{}, *{} = {}".format, NAMES, NAMES, EXPRESSIONS),
    st.builds("value.{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("names[{}] = {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("del {}".format, NAMES),
    st.builds("import {} as {}".format, NAMES, NAMES),
    st.builds("from .{} import {}".format, NAMES, NAMES),
    st.builds("assert {}, {}".format, EXPRESSIONS, EXPRESSIONS),
    st.sampled_from(["pass", "import time", "import os, random", "from datetime import datetime"]),
)
PROGRAMS = st.lists(st.recursive(SIMPLE, _statements, max_leaves=12), min_size=1, max_size=5).map(
    lambda statements: (
        f"{ROOT_IMPORT}from os import *\n"
        + "\n".join(statements)
        + "\n\n@_DBOS.workflow()\ndef main(order: str) -> object:\n"
        + _indented("\n".join(statements))
        + "\n"
    )
)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(
    max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET
)
@given(program=PROGRAMS)
def test_invented_programs_are_checked_without_a_crash(program: str, tmp_path: Path) -> None:
    file = tmp_path / "invented.py"
    file.write_text(program, encoding="utf-8")
    check(str(file))


@settings(
    max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=QUIET
)
@given(text=st.binary(max_size=200))
def test_any_bytes_are_a_finding_not_a_crash(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bytes.py"
    file.write_bytes(b"from dbos import DBOS\n" + text)
    check(str(file))


def test_the_answer_does_not_depend_on_the_hash_seed() -> None:
    answers = set()
    for seed in ("0", "1", "2"):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "dbos_build", "check", ".", "--output-format", "json"],
            cwd=CASES,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        answers.add(done.stdout)
    assert len(answers) == 1


SPY = """
import os, sys
project = os.path.realpath(sys.argv[1])
seen = []

def inside(name):
    named = isinstance(name, str) and not name.startswith("<")
    return named and os.path.realpath(name).startswith(project)

def spy(event, arguments):
    if event == "exec" and inside(arguments[0].co_filename):
        seen.append(f"executed {arguments[0].co_filename}")
    elif event == "import" and (arguments[0].startswith("trap") or inside(arguments[1])):
        seen.append(f"imported {arguments[0]}")
    elif event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        writes = (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and os.fsdecode(arguments[0]) != os.devnull:
            seen.append(f"wrote {arguments[0]!r}")
    elif event in ("subprocess.Popen", "os.system", "socket.connect", "os.remove", "os.mkdir"):
        seen.append(event)

sys.dont_write_bytecode = True
from dbos_build import cli
sys.addaudithook(spy)
os.chdir(project)
code = cli.run(["--debug", "check", ".", "--output-format", "json"])
print("CODE", code, file=sys.stderr)
print("SEEN", seen, file=sys.stderr)
"""

TRAP = """
import pathlib
from dbos import DBOS

pathlib.Path("trap-sprung").write_text("executed")

@DBOS.workflow()
def trapped(name: str) -> str:
    import time
    return f"{name}{time.time()}"

raise SystemExit("the checked project was run")
"""


def test_nothing_of_a_project_is_imported_executed_or_written(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "trap_package").mkdir(parents=True)
    (project / "trap_package" / "__init__.py").write_text("raise SystemExit('ran')\n", "utf-8")
    for name in ("trap.py", "json.py", "sitecustomize.py"):
        (project / name).write_text(TRAP, "utf-8")
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    done = subprocess.run(
        [sys.executable, "-P", "-c", SPY, str(project)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CODE 1" in done.stderr, done.stderr
    assert "SEEN []" in done.stderr, done.stderr
    assert "DBS001" in done.stdout
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project"]
