"""Soundness of versions by mutation, over every kind of syntax: no change to code goes unnoticed.

Every node of the programs below lies in the closure of the workflow `flow`, except what stands
behind the line `# outside`. Each mutant changes one node; inside, the version must change, outside
it must not. Writing the program anew from its tree is itself an edit that changes nothing.
"""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from support.mutants import OPERATORS, mutants
from support.programs import analysed, workflow_versions

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "cases"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

PROGRAMS = {
    "control": """\
from dbos import DBOS

LIMITS = {"low": 1, "high": 2}
LIMITS["more"] = 3
if len(LIMITS) > 2:
    MODE = "many"
else:
    MODE = "few"

@DBOS.workflow()
def flow(first, second=2, *rest, named=4, **others):
    total = 0
    while total < 10 and first:
        total += 1
        if total == 5:
            continue
        elif total > 8:
            break
    else:
        total -= 1
    for index, item in enumerate(rest):
        total = total * 2 + item[0:3:1][index]
    try:
        step_one(first, key=LIMITS["low"])
    except (ValueError, KeyError) as error:
        step_two(str(error))
        raise RuntimeError("failed") from error
    finally:
        step_two("done")
    with DBOS.span("x") as span, DBOS.other(1):
        span.note(MODE)
    assert total > 1, "small"
    match second:
        case 1 | 2:
            step_two("one")
        case {"key": value, **more}:
            step_two(value, more)
        case [head, *tail] if head:
            step_two(head, tail)
        case str() as text:
            step_two(text)
        case _:
            step_two("other")
    del total
    return -first if not second else ~second

@DBOS.step()
def step_one(value, key):
    pass

@DBOS.step()
def step_two(*values):
    pass
""",
    "expressions": """\
import functools
import operator as op
from dbos import DBOS

RATE = 1.5

def scaled(values, by=RATE):
    return [value * by for value in values if value is not None for _ in range(2)]

def chosen(kind):
    table = {"a": lambda x, y=1: x + y, "b": functools.partial(op.add, 1)}
    return table[kind]

@DBOS.workflow()
def flow(text, count):
    def inner(value):
        nonlocal count
        count = count + value
        return count
    pairs = {key: value for key, value in zip(text, range(count))}
    letters = {letter.upper() for letter in text if letter not in "xyz"}
    lazy = (one + two for one, two in pairs.items())
    best = max(lazy, key=lambda item: (item, len(letters)))
    if (found := chosen("a")(1, 2)) >= 3:
        DBOS.sleep(found)
    label = f"{text!r:>{count}} of {best:.2f} and {count=}"
    DBOS.set_event("label", label)
    first, *others = scaled([1, 2, 3])
    DBOS.send(str(inner(first)), *others, topic="t" if first else "u", **pairs)
    return text[1:-1] @ first, others[0] << 2, b"bytes", 1j, ..., not text, first < best <= 3
""",
    "objects": """\
from dbos import DBOS
from enum import Enum

class Kind(Enum):
    SMALL = "small"
    LARGE = "large"

class Base:
    factor = 2

    def __init__(self, amount):
        self.amount = amount

    def scaled(self):
        return self.amount * self.factor + self.extra

    @property
    def extra(self):
        return 7

    @classmethod
    def of(cls, amount):
        return cls(amount + 1)

    @staticmethod
    def neutral():
        return 11

class Child(Base):
    factor = 3

    def scaled(self):
        return super().scaled() - 1

def twice(function):
    def wrapper(*values):
        return function(*values) * 2
    return wrapper

@twice
def decorated(value):
    return value + 5

COUNTER = 0

def count():
    global COUNTER
    COUNTER = COUNTER + 1
    return COUNTER

@DBOS.workflow(name="flow")
@twice
def flow(kind):
    item = Child.of(4) if kind == Kind.SMALL else Base(Base.neutral())
    DBOS.sleep(item.scaled() + decorated(1) + count())
    return getattr(item, "amount")
""",
    "asynchronous": """\
import asyncio
from dbos import DBOS

async def both(first, second):
    return await asyncio.gather(step(first), step(second))

async def numbers():
    for value in range(3):
        yield value

@DBOS.step()
async def step(value):
    return value

@DBOS.workflow()
async def flow(value):
    async for each in numbers():
        await step(each)
    async with asyncio.timeout(5):
        results = await both(value, value + 1)
    return [each async for each in numbers() if each in results]
""",
}
OUTSIDE = """
# outside
UNRELATED = 3

def helper_of_step(value):
    return value + UNRELATED

@DBOS.step(name="stored")
def store(value=1):
    return helper_of_step(value) * 2

class Unrelated:
    size = 3

    def measure_it(self):
        return self.size + 1

@DBOS.workflow()
def other(value):
    return store(value) + Unrelated().measure_it()
"""


def parts(tree: ast.Module, boundary: int) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """The statements before and behind the line `# outside`; imports and steps are in neither."""
    plain = [each for each in tree.body if not isinstance(each, ast.Import | ast.ImportFrom)]
    inside = [each for each in plain if each.lineno < boundary and not is_step(each)]
    return inside, [each for each in plain if each.lineno > boundary]


def is_step(node: ast.stmt) -> bool:
    """Whether a statement defines a step."""
    decorators = getattr(node, "decorator_list", [])
    return any(ast.unparse(each).startswith("DBOS.step") for each in decorators)


@pytest.mark.parametrize("program", PROGRAMS)
def test_writing_a_program_anew_changes_nothing(program: str) -> None:
    text = PROGRAMS[program]
    anew = ast.unparse(ast.parse(text))
    assert workflow_versions({"main.py": anew}) == workflow_versions({"main.py": text})


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_mutant_inside_the_closure_changes_the_version(program: str) -> None:
    text = PROGRAMS[program]
    tree = ast.parse(text)
    before = workflow_versions({"main.py": text})["flow"]
    unnoticed: list[str] = []
    count = 0
    for part in parts(tree, boundary=10_000)[0]:
        for mutant in mutants(part):
            changed = mutant.text(tree)
            if changed is None:
                continue
            count += 1
            versions = workflow_versions({"main.py": changed})
            if versions.get("flow") == before:
                unnoticed.append(f"{mutant.operator} at line {mutant.line}")
    assert unnoticed == []
    assert count > 60


def test_no_mutant_outside_the_closure_changes_the_version() -> None:
    text = PROGRAMS["control"] + OUTSIDE
    boundary = text[: text.index("# outside")].count("\n") + 1
    tree = ast.parse(text)
    before = workflow_versions({"main.py": text})["flow"]
    noticed = []
    count = 0
    for part in parts(tree, boundary)[1]:
        for mutant in mutants(part):
            changed = mutant.text(tree)
            if changed is not None:
                count += 1
                if workflow_versions({"main.py": changed})["flow"] != before:
                    noticed.append(f"{mutant.operator} at line {mutant.line}")
    assert noticed == []
    assert count > 50


def test_mutants_of_natural_workflows_change_their_versions() -> None:
    unnoticed: list[str] = []
    count = 0
    for path in sorted(CORPUS.rglob("*.py"))[::3]:
        text = path.read_text(encoding="utf-8")
        program = analysed({path.name: text})
        tree = program.modules[0].tree
        names = [each.name for each in program.workflows]
        if tree is None or not names:
            continue
        before = workflow_versions({path.name: text})
        bodies = {node.lineno: node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)}
        for workflow in program.workflows[:4]:
            body = bodies.get(workflow.line)
            if body is None or names.count(workflow.name) > 1:
                continue
            mutant = random.Random(workflow.name).choice(list(mutants(body)))
            changed = mutant.text(tree)
            if changed is None:
                continue
            count += 1
            if workflow_versions({path.name: changed}).get(workflow.name) == before[workflow.name]:
                unnoticed.append(f"{path.parent.name} {workflow.name}: {mutant.operator}")
    assert unnoticed == []
    assert count > 200


def test_the_programs_use_every_operator() -> None:
    trees = [ast.parse(text) for text in PROGRAMS.values()]
    found = {mutant.operator for tree in trees for mutant in mutants(tree)}
    assert found == OPERATORS.keys()
