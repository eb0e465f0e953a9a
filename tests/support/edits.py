"""Random edits of programs, as people make them, and what an analysis made from nothing finds.

In: texts, and a source of chance with a fixed seed. Out: texts that parse: `edited` mostly inside a
function, `reworked` at the top of a module. Never does: check whether the result makes sense.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.checking import selection
from dbos_build.findings import Finding
from dbos_build.interpreter.engine import Engine
from dbos_build.settings.config import Settings
from support.analysis import project

NATURAL = sorted((Path(__file__).parents[1] / "compiler" / "natural").rglob("*.py"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
STATEMENTS = (
    "x = 1", "time.sleep(1)", "value = time.time()", "DBOS.logger.info('x')", "return 3",
    "for i in range(3):\n{pad}    print(i)", "import random", "y = [a for a in ()]", "pass",
    "self.total = 4", "raise ValueError('x')", "helper(1)", "z = lambda: 0", "yield 1",
    "value = random.random()", "os.environ['x']", "if value:\n{pad}    value = 2",
    "global LIMIT", "DBOS.set_event('a', 1)", "x = datetime.now()", "await other()",
)  # fmt: skip
HALVES = ("x", "1", " ", "(", "'", ".a", "()")


def whole(texts: dict[str, str], chosen: Settings) -> tuple[Finding, ...]:
    """What an analysis made from nothing finds."""
    return tuple(selection.select(rules.check(program.analyse(project(texts), chosen)), chosen))


def edited(text: str, chance: random.Random) -> str:
    """A text with an edit, mostly inside a function; one that does not parse is as it was."""
    tree = ast.parse(text)
    functions = [each for each in ast.walk(tree) if isinstance(each, FUNCTIONS)]
    if not functions:
        return text
    lines = text.split("\n")
    place, other = (_line_in(chance.choice(functions), chance) for _ in range(2))
    line = lines[place]
    pad = " " * (len(line) - len(line.lstrip()))
    match chance.randrange(8):
        case 0 | 1:
            lines.insert(place, pad + chance.choice(STATEMENTS).format(pad=pad))
        case 2:
            del lines[place]
        case 3:
            lines.insert(place, line)
        case 4:
            names = sorted({each.id for each in ast.walk(tree) if isinstance(each, ast.Name)})
            words = list(re.finditer(r"[A-Za-z_]\w*", line))
            if words and names:
                word = chance.choice(words)
                lines[place] = line[: word.start()] + chance.choice(names) + line[word.end() :]
        case 5:
            column = chance.randint(0, len(line))
            lines[place] = line[:column] + chance.choice(HALVES) + line[column:]
        case 6:
            lines[place] = re.sub(r"(['\"])([^'\"]+)\1", r"\1\2q\1", line, count=1)
        case _:
            lines.insert(place, pad + lines[other].strip())
    made = "\n".join(lines)
    try:
        ast.parse(made)
    except (SyntaxError, ValueError):
        return text
    return made


def _line_in(function: ast.FunctionDef | ast.AsyncFunctionDef, chance: random.Random) -> int:
    return chance.randint(function.body[0].lineno - 1, (function.end_lineno or 1) - 1)


def count_runs(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> int:
    """How many bodies are run while something is done."""
    counted = 0
    run_body = Engine.run_body

    def counting(self: Engine, *arguments: object) -> None:
        nonlocal counted
        counted += 1
        run_body(self, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "run_body", counting)
        act()
    return counted


TOP = (
    "import random", "import json as j", "from time import time as now2", "LIMIT = 5",
    "EXTRA = {'a': 1}", "def added(x, y=1):\n    return x", "x = [1, 2]", "pass",
    "def added2():\n    import time\n    return time.time()", "total = now()", "print('top')",
    "@DBOS.step()\ndef stepped(v):\n    return v", "queue2 = Queue('q2')", "DBOS.launch()",
    "@DBOS.workflow()\ndef flowed(v):\n    return later(v) if v else now()",
    "class More:\n    total: int = 0\n    def m(self):\n        return self.total",
    "class Sub(Watch):\n    def passed(self):\n        return 1", "from app.clocks import *",
    "@DBOS.workflow()\ndef order(name):\n    return 1", "def helper(a):\n    return a",
    "SEEN.append(helper)", "if True:\n    def conditional():\n        return time.time()",
    "@functools.wraps(print)\ndef decorator(f):\n    return f", "fetch = DBOS.step()(label)",
    "@now.register(int)\ndef chosen(v):\n    return 1", "now = functools.singledispatch(now)",
    "import zlib", "import zlib as compress", "from zlib import crc32, adler32", "unseen",
    "UNSEEN = [1, {'b': 2}]", "UNSEEN = 4", "def unseen(a, b=now()):\n    return a + b",
    "def unseen(a):\n    return zlib.crc32(a)", "print = 4", "now = 3",
    "async def unseen():\n    pass",
    "class Unseen:\n    a: int = 0\n    b = 3\n    def m(self):\n        self.q = 4",
    "def unseen():\n    return order(1)", "def unseen():\n    global LIMIT\n    LIMIT = 2",
)  # fmt: skip
DECORATORS = (
    "@DBOS.step()", "@DBOS.workflow()", "@DBOS.step(retries_allowed=True)", "@staticmethod",
    "@property", "@functools.lru_cache", "@DBOS.workflow(name='renamed')", "@DBOS.transaction()",
    "@decorator",
)  # fmt: skip
MEMBERS = (
    "field: int = 0", "other = now()", "def extra(self): return self.start", "size: str",
    "start = time.time()", "def __len__(self): return 1",
)  # fmt: skip


def reworked(text: str, chance: random.Random) -> str:
    """A text with an edit at its top; one that does not parse is as it was."""
    lines = text.split("\n")
    tree = ast.parse(text)
    if not tree.body:
        return chance.choice(TOP)
    one, other = chance.choice(tree.body), chance.choice(tree.body)
    functions = [each for each in ast.walk(tree) if isinstance(each, FUNCTIONS)]
    classes = [each for each in ast.walk(tree) if isinstance(each, ast.ClassDef)]
    first, end = _span(one)
    match chance.randrange(9):
        case 0:
            lines[first:first] = chance.choice(TOP).split("\n")
        case 1:
            lines[end:end] = chance.choice(TOP).split("\n")
        case 2:
            del lines[first:end]
        case 3 if functions:
            _change_signature(lines, chance.choice(functions), chance)
        case 4 if functions:
            _change_decorators(lines, chance.choice(functions), chance)
        case 5 if classes:
            body = chance.choice(classes).body[0]
            lines.insert(body.lineno - 1, " " * body.col_offset + chance.choice(MEMBERS))
        case 6:
            lines[first] = _with_another_name(lines[first], tree, chance)
        case 7:
            begin, stop = _span(other)
            lines[first:first] = lines[begin:stop]
        case _:
            lines[first] = re.sub(r"\d+", lambda found: found.group() + "1", lines[first])
    made = "\n".join(lines)
    try:
        ast.parse(made)
    except (SyntaxError, ValueError):
        return text
    return made


def _span(statement: ast.stmt) -> tuple[int, int]:
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)]) - 1
    return first, statement.end_lineno or first + 1


def _with_another_name(line: str, tree: ast.Module, chance: random.Random) -> str:
    names = sorted({each.id for each in ast.walk(tree) if isinstance(each, ast.Name)})
    words = list(re.finditer(r"[A-Za-z_]\w*", line))
    if not words or not names:
        return line
    word = chance.choice(words)
    return line[: word.start()] + chance.choice(names) + line[word.end() :]


def _change_decorators(
    lines: list[str], function: ast.FunctionDef | ast.AsyncFunctionDef, chance: random.Random
) -> None:
    if function.decorator_list and chance.random() < 0.5:
        del lines[function.decorator_list[0].lineno - 1]
    else:
        pad = " " * function.col_offset
        lines.insert(function.lineno - 1, pad + chance.choice(DECORATORS))


def _change_signature(
    lines: list[str], function: ast.FunctionDef | ast.AsyncFunctionDef, chance: random.Random
) -> None:
    place = function.lineno - 1
    line = lines[place]
    lines[place] = chance.choice(
        (
            line.replace(function.name, function.name + "z", 1),
            line.replace("(", "(extra=1, ", 1),
            re.sub(r"\((\w+)", r"(\1: int", line, count=1),
            line.replace("):", ") -> int:"),
            line.replace("def ", "async def ", 1),
            re.sub(r", \w+\)", ")", line),
        )
    )
