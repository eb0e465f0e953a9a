"""Whatever is typed, a checker that saw all of it finds what a new one finds.

Files of a small program are edited as people do: characters in a line, whole lines, a function put
in, renamed, given another decorator or taken out, code that does not parse and its repair. Trees
of what did not change live through all of it, and so does what is kept with them.
"""

from __future__ import annotations

import random

import pytest

from dbos_build import checking, rules
from dbos_build.analysis import program
from dbos_build.checking import selection
from dbos_build.settings.config import Settings
from support.analysis import project

TEXTS = {
    "app/__init__.py": "from app.clocks import now as moment\n",
    "app/clocks.py": '''"""Clocks."""
import time

LIMIT = 3


def now():
    return time.time()  # when


def later(seconds):
    start = now()
    return start + seconds


class Watch:
    """Measures."""

    def __init__(self, clock=now):
        self.clock = clock
        self.begun = clock()

    def passed(self):
        return self.clock() - self.begun
''',
    "app/parts.py": """from dbos import DBOS

from app import clocks


@DBOS.step()
def fetch(name):
    return clocks.now(), name


@DBOS.transaction()
def store(name, value):
    DBOS.sql_session.execute("INSERT", {"name": name, "value": value})
    return value


def label(name, *parts):
    found = {part for part in parts}
    return name + "".join(found)
""",
    "app/flows.py": """import random
from dbos import DBOS, Queue, SetWorkflowID

from app import moment
from app.clocks import Watch, later
from app.parts import fetch, label, store

queue = Queue("orders", concurrency=2)


@DBOS.workflow()
def order(name):
    total = 0
    for each in range(3):
        total += each
    value = fetch(name)
    store(name, value)
    DBOS.logger.info("%s", later(1))
    return total


@DBOS.workflow(name="refund")
def give_back(name):
    watch = Watch()
    if random.random() > 0.5:  # noqa: DBS101
        store(label(name, "a", "b"), 1)
    return watch.passed()


def begin(names):
    for name in names:
        with SetWorkflowID("order"):
            DBOS.start_workflow(order, name)
    queue.enqueue(give_back, "x", 1)
    return moment()
""",
    "lib.py": "def unrelated():\n    return 1\n",
}
LINES = [
    "import time", "import dbos", "from app.clocks import *", "x = time.time()", "@DBOS.step()",
    "@DBOS.workflow()", "    return now()", "    now()", "    fetch(name)",
    "    store(1, later(2))",
    "    value = random.random()", "    await fetch(name)", "    global LIMIT", "# note", "",
    "    # dbos: ignore[DBS001] known", "LIMIT = later(1)", "    import uuid; value = uuid.uuid4()",
    "queue = Queue('orders')", "if x:", "def added(name): return later(name)",
    "    queue.enqueue(order)",
    "    DBOS.set_event('a', set([1]))", "class Other(Watch): pass", "DBOS.launch()",
]  # fmt: skip
WORDS = ["name", "now", "order", "later(1)", "1", "Watch", "fetch", "x", "", " ", "(", "#", "\\"]


def _edited(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    line = lines[place]
    match chance.randrange(6):
        case 0:
            lines.insert(place, chance.choice(LINES))
        case 1:
            lines[place] = chance.choice(LINES)
        case 2:
            del lines[place : place + chance.randint(1, 3)]
        case 3:
            lines[place] = line.replace("now", "later").replace("store", "fetch")
        case _:
            column = chance.randint(0, len(line))
            end = min(len(line), column + chance.randint(0, 2))
            lines[place] = line[:column] + chance.choice(WORDS) + line[end:]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_found_while_somebody_types_is_what_a_check_finds(seed: int) -> None:
    chance = random.Random(seed)
    chosen = Settings(strict=seed % 2 == 0)
    checker = checking.Checker(chosen)
    good, texts = dict(TEXTS), dict(TEXTS)
    seen = {checker.check(project(texts)).findings}
    for _ in range(14):
        path = chance.choice(sorted(TEXTS))
        texts[path] = _edited(texts[path], chance)
        found = checker.check(project(texts)).findings
        analysed = program.analyse(project(texts), chosen)
        assert found == tuple(selection.select(rules.check(analysed), chosen)), texts[path]
        seen.add(found)
        if any(each.code == "DBS990" for each in found):
            texts = dict(good)  # What does not parse is soon repaired.
        else:
            good = dict(texts)
    assert len(seen) > 2
