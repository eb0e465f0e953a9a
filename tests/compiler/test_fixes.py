"""Fixes of one file: refusals first, then what each fix makes of its golden case."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest

from dbos_build import fixes
from dbos_build.fixes.catalogue import FIXES, fixability
from dbos_build.fixes.planning import FUNCTIONS, OVERLAPS, UNSAFE
from support import fix_cases

HEAD = """\
import asyncio
import logging
import os
import random
import time
import uuid

import requests

from dbos import DBOS, Queue


@DBOS.workflow()
"""


def reasons(marked: str, *, unsafe: bool = True) -> list[str]:
    """Why the marked findings of a workflow are not fixed; the text must then be untouched."""
    case = fix_cases.read(HEAD + marked)
    result = fixes.plan(case.text, case.findings, unsafe)
    assert result.text == case.text
    assert not result.applied
    return [reason for _, reason in result.skipped]


def filled(name: str) -> str:
    """The reason to leave code alone that only the first run of a process reaches."""
    return (
        f"it runs only while `{name}` is not there: some runs would record a step here, and "
        f"some not; fill `{name}` when the module is imported, or in a step"
    )


REFUSALS = {
    "an open file": (
        "def f():\n    file = open('x')  # fix DBS203: open('x')",
        "what `open` gives cannot be recorded",
    ),
    "a context manager": (
        "def f():\n    with make(time.time()) as x: pass  # fix DBS001: make(time.time())",
        "it is not a value that is read",
    ),
    "a block that may do something durable": (
        "def f(g):\n with open('x') as x:  # fix DBS203: open('x')\n  g(x.read())",
        "the block calls `g`, which may be durable",
    ),
    "a block that fills a list of the workflow": (
        "def f(a):\n with open('x') as x:  # fix DBS203: open('x')\n  a.append(x.read())",
        "the block calls `a.append`, which may be durable",
    ),
    "a block that changes an object": (
        "def f(a):\n with open('x') as x:  # fix DBS203: open('x')\n  a.text = x.read()",
        "the block changes `a.text`",
    ),
    "a block with two ways out": (
        "def f(a):\n with open('x') as x:  # fix DBS203: open('x')\n  if a: return\n  a = x",
        "the block does more than read and write",
    ),
    "a block that leaves a loop": (
        "def f(a):\n for b in a:\n  with open('x') as x:  # fix DBS203: open('x')\n   break",
        "the block leaves a loop around it",
    ),
    "a file that stays open": (
        "def f():\n with open('x') as x:  # fix DBS203: open('x')\n  y = 1\n return x.closed, y",
        "what the block opens is used after it",
    ),
    "a block that may set a name": (
        "def f(a):\n with open('x') as x:  # fix DBS203: open('x')\n  if a: y = 1\n return y",
        "`y` is not set on every way through the block",
    ),
    "a string of several lines": (
        "def f():\n    return requests.get(  # fix DBS201: requests.get(\n'''a\nb''').text",
        "it holds a string of several lines",
    ),
    "an object of the workflow": (
        "def f(session):\n    return session.get('u').json()  # fix DBS202: session.get('u')",
        "it needs `session`, an object of the function around it",
    ),
    "self": (
        "def f(self):\n    return requests.post(self).text  # fix DBS201: requests.post(self)",
        "it needs `self`",
    ),
    "a local function": (
        "def f():\n    def key(x): return x\n    return hash(key)  # fix DBS503: hash(key)",
        "it uses `key`, which is defined inside the function",
    ),
    "a variable of the module that is filled once": (
        "def f():\n global P\n if P is None: P = os.environ['U']  # fix DBS301: os.environ",
        filled("P"),
    ),
    "one that is filled after a way out": (
        "def f():\n global p\n if p: return p\n p = time.time()  # fix DBS001: time.time()",
        filled("p"),
    ),
    "an attribute that is filled once": (
        "def f(self):\n if not self.at: self.at = time.time()  # fix DBS001: time.time()",
        filled("self.at"),
    ),
    "a table that is filled by key": (
        "def f(k):\n if k not in SEEN: SEEN[k] = time.time()  # fix DBS001: time.time()",
        filled("SEEN"),
    ),
    "shuffling in place": (
        "def f(xs):\n    random.shuffle(xs)  # fix DBS101: random.shuffle(xs)",
        "its result is not used",
    ),
    "a clock that is passed on": (
        "def f():\n    return sorted([1], key=time.time)  # fix DBS001: time.time",
        "`time.time` is passed on, not called",
    ),
    "writing the environment": (
        "def f():\n    os.environ['X'] = '1'  # fix DBS301: os.environ",
        "it is not a value that is read",
    ),
    "a lambda in a coroutine": (
        "async def f():\n    return (lambda: time.time())()  # fix DBS001: time.time()",
        "`await` cannot stand in a lambda or generator expression",
    ),
    "a generator in a coroutine": (
        "async def f(xs):\n    return sum(time.time() for _ in xs)  # fix DBS001: time.time()",
        "`await` cannot stand in a lambda or generator expression",
    ),
    "a default": (
        "def f(at=time.time()):  # fix DBS001: time.time()\n    return at",
        "the expression runs when the module is loaded, not in a function",
    ),
    "a walrus in the path": (
        "def f():\n    return os.environ[(k := 'X')] + k  # fix DBS301: os.environ",
        "it awaits, yields or assigns inside the expression",
    ),
    "DBOS is something else": (
        "def f(DBOS):\n    time.sleep(1)  # fix DBS003: time.sleep(1)",
        "`DBOS` is another thing in this file",
    ),
    "a sleep nobody awaits": (
        "async def f():\n    return asyncio.sleep(1)  # fix DBS003: asyncio.sleep(1)",
        "the coroutine is not awaited where it is made",
    ),
    "a sleep with a result": (
        "async def f():\n    return await asyncio.sleep(1, 2)  # fix DBS003: asyncio.sleep(1, 2)",
        "the sleep takes more than the seconds",
    ),
    "a sleep in a lambda": (
        "async def f():\n    (lambda: time.sleep(1))()  # fix DBS003: time.sleep(1)",
        "`await` cannot stand here",
    ),
    "no such twin": (
        "async def f():\n    DBOS.pause_schedule('x')  # fix DBS809: DBOS.pause_schedule('x')",
        "`pause_schedule` has no form to await",
    ),
    "awaiting in a plain function": (
        "def f():\n    DBOS.sleep_async(1)  # fix DBS406: DBOS.sleep_async(1)",
        "the function around it is not a coroutine",
    ),
    "a handle": (
        "async def f(handle):\n    return handle.get_result()  # fix DBS408: handle.get_result()",
        "which handle it is does not show; await the one of the async API",
    ),
    "sorted twice": (
        "def f(xs):\n    for x in sorted(xs): print(x)  # fix DBS501: sorted(xs)",
        "it is sorted already",
    ),
    "taking an element out": (
        "def f(xs):\n    return xs.pop()  # fix DBS502: xs.pop()",
        "it takes an element out of the collection",
    ),
    "a plain function that is started": (
        "def f(g):\n    DBOS.start_workflow(g, 1)  # fix DBS820: DBOS.start_workflow(g, 1)",
        "what is passed is not a workflow",
    ),
    "sorted is taken": (
        "def f(xs, sorted):\n    for x in xs: sorted(x)  # fix DBS501: xs",
        "`sorted` is another thing in this file",
    ),
    "a queue of the workflow's": (
        "def f(name):\n    queue = Queue(name)  # fix DBS810: Queue(name)",
        "the queue depends on the function around it",
    ),
    "a print to elsewhere": (
        "def f(file):\n    print(1, file=file)  # fix DBS207: print(1, file=file)",
        "`print` has options that a log does not have",
    ),
    "a logger": (
        "def f():\n    logging.getLogger().info(1)  # fix DBS207: logging.getLogger().info(1)",
        "it is a logger of its own; give it a filter or use DBOS.logger",
    ),
    "a handler that returns": (
        "def f():\n try:\n  g()\n except asyncio.CancelledError:  # fix DBS819\n  return 2",
        "the handler leaves in another way",
    ),
    "a body beside the def": (
        "def f(xs=[]): return xs  # fix DBS606: []",
        "the body is on the line of its `def`",
    ),
    "a rollback": (
        "def f():\n    DBOS.sql_session.rollback()  # fix DBS807: DBOS.sql_session.rollback()",
        "without `rollback` the function does something else",
    ),
    "keywords before arguments": (
        "def f():\n    DBOS.enqueue(g(x=1), 2)  # fix DBS820: DBOS.enqueue(g(x=1), 2)",
        "the arguments of the workflow do not show",
    ),
    "a rule without a fix": (
        "def f():\n    eval('1')  # fix DBS703: eval('1')",
        "the rule has no fix",
    ),
}


@pytest.mark.parametrize(("marked", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_fixed_is_left_alone_with_the_reason(marked: str, reason: str) -> None:
    (found,) = reasons(marked)
    assert reason in found


def test_an_unsafe_fix_is_made_only_when_asked_for() -> None:
    marked = "def f():\n    return requests.get('u').text  # fix DBS201: requests.get('u')"
    assert reasons(marked, unsafe=False) == [UNSAFE]


def test_a_safe_fix_with_arguments_that_may_not_be_serialisable_has_to_be_asked_for() -> None:
    marked = "def f(xs):\n    return random.choice(xs)  # fix DBS101: random.choice(xs)"
    (reason,) = reasons(marked, unsafe=False)
    assert reason.startswith("the arguments of the step must be serialisable")


def test_a_file_that_does_not_parse_is_left_alone() -> None:
    result = fixes.plan("def f(:\n", [fix_cases.at("DBS001", 1, 0, 1, 3)])
    assert result.text == "def f(:\n"
    assert [reason for _, reason in result.skipped] == ["the file cannot be parsed for rewriting"]


@pytest.mark.parametrize("column", [0, 40, 4000])
def test_a_finding_that_is_nowhere_in_the_file_is_refused(column: int) -> None:
    result = fixes.plan("x = 1\n", [fix_cases.at("DBS003", 77, column, 99, column)])
    assert result.text == "x = 1\n"
    assert [reason for _, reason in result.skipped] == ["the code is not what the rule saw"]


def test_of_two_fixes_that_overlap_the_first_is_made() -> None:
    text = HEAD + "def f():\n    return open(os.getenv('X', '')).read()\n"
    line = text.count("\n")
    outer, inner = "open(os.getenv('X', ''))", "os.getenv('X', '')"
    last = text.split("\n")[line - 1]
    result = fixes.plan(
        text,
        [
            fix_cases.at("DBS203", line, last.index(outer), line, last.index(outer) + len(outer)),
            fix_cases.at("DBS301", line, last.index(inner), line, last.index(inner) + len(inner)),
        ],
        True,
    )
    assert [each.code for each in result.applied] == ["DBS203"]
    assert [reason for _, reason in result.skipped] == [OVERLAPS]
    assert "    return open(os.getenv('X', '')).read()\n\n\n@DBOS.workflow()" in result.text


def test_the_same_step_is_not_written_twice_even_across_runs() -> None:
    case = fix_cases.read(HEAD + "def f():\n    return time.time()  # fix DBS001: time.time()\n")
    once = fixes.plan(case.text, case.findings).text
    more = (
        once + "\n\n@DBOS.workflow()\ndef g():\n    return time.time()  # fix DBS001: time.time()\n"
    )
    again = fix_cases.read(more)
    twice = fixes.plan(again.text, again.findings).text
    assert twice.count("def current_time(") == 1
    assert twice.endswith("def g():\n    return current_time()\n")


@pytest.mark.parametrize("path", fix_cases.cases(), ids=lambda path: path.stem)
def test_a_golden_case_is_fixed_as_written_down(path: Path) -> None:
    case = fix_cases.read(path.read_text(encoding="utf-8"))
    result = fixes.plan(case.text, case.findings, True)
    assert not result.skipped
    assert result.applied == tuple(sorted(case.findings, key=lambda finding: finding.order))
    golden = path.with_name(f"{path.stem}.fixed.py").read_text(encoding="utf-8")
    assert result.text == golden
    ast.parse(golden)


@pytest.mark.parametrize("path", fix_cases.cases(), ids=lambda path: path.stem)
def test_line_ends_of_windows_are_kept(path: Path) -> None:
    case = fix_cases.read(path.read_text(encoding="utf-8"))
    golden = path.with_name(f"{path.stem}.fixed.py").read_text(encoding="utf-8")
    windows = case.text.replace("\n", "\r\n")
    assert fixes.plan(windows, case.findings, True).text == golden.replace("\n", "\r\n")


@pytest.mark.parametrize("path", fix_cases.cases(), ids=lambda path: path.stem)
def test_nothing_but_the_marked_places_changes(path: Path) -> None:
    """Every line of the old text without a mark is still there, in order."""
    marked = path.read_text(encoding="utf-8").split("\n")
    golden = path.with_name(f"{path.stem}.fixed.py").read_text(encoding="utf-8").split("\n")
    kept = [line for line in marked if line.startswith(('"""', "def ", "class ", "# "))]
    kept = [line for line in kept if "# fix " not in line]
    rest = iter(golden)
    assert all(line in rest for line in kept)


def test_every_fix_has_a_function_a_golden_case_and_a_summary() -> None:
    fixed = {fix.name for fix in FIXES.values()}
    assert set(FUNCTIONS) == fixed == {fix_cases.fix_name(path) for path in fix_cases.cases()}
    assert len(fixed) >= 14
    assert all(fix.summary and not fix.summary.endswith(".") for fix in FIXES.values())


def test_every_golden_case_is_for_its_own_fix() -> None:
    for path in fix_cases.cases():
        case = fix_cases.read(path.read_text(encoding="utf-8"))
        assert {FIXES[finding.code].name for finding in case.findings} == {fix_cases.fix_name(path)}


def test_a_rule_without_an_entry_has_no_fix() -> None:
    assert fixability("DBS001") == "safe"
    assert fixability("DBS201") == "unsafe"
    assert fixability("DBS707") is None


def test_knowing_whether_there_is_a_fix_does_not_load_libcst() -> None:
    code = (
        "import sys, dbos_build.fixes.catalogue as c; "
        "assert c.fixability('DBS001'); assert 'libcst' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("module", ["bisect", "contextlib", "netrc", "queue", "sched", "shelve"])
def test_findings_at_random_places_never_break_a_file(module: str) -> None:
    """Whatever is flagged, as whatever rule: no error, valid Python, and every finding answered."""
    text = (Path(sysconfig.get_path("stdlib")) / f"{module}.py").read_text(encoding="utf-8")
    chance = random.Random(module)
    kinds = (ast.Call, ast.Attribute, ast.Subscript, ast.For, ast.With, ast.ExceptHandler)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        places = [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    found = [
        fix_cases.at(
            chance.choice(sorted(FIXES)),
            node.lineno,
            node.col_offset,
            node.end_lineno or node.lineno,
            node.end_col_offset or 0,
        )
        for node in chance.sample(places, min(25, len(places)))
    ]
    result = fixes.plan(text, found, True)
    ast.parse(result.text)
    answered = [*result.applied, *(finding for finding, _ in result.skipped)]
    assert sorted(each.order for each in answered) == sorted(each.order for each in found)


@pytest.mark.parametrize(
    "body",
    [
        "def f(at):\n if at is None: at = time.time()  # fix DBS001: time.time()\n return at",
        "def f(o):\n if o.at is None: return time.time()  # fix DBS001: time.time()",
        "def f(x):\n global N\n N = 2\n if x: return time.time()  # fix DBS001: time.time()",
    ],
    ids=["a local variable", "an attribute that is only read", "a variable that is not tested"],
)
def test_a_step_may_stand_where_only_the_run_itself_decides(body: str) -> None:
    case = fix_cases.read(HEAD + body)
    result = fixes.plan(case.text, case.findings, True)
    assert len(result.applied) == 1, result.skipped
