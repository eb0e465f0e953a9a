"""Small programs that tests edit: closures and classes, modules that import each other.

In: nothing. Out: `CLOSURES`, the text of one module, and `CHAIN` and `TEXTS`, texts by path.
"""

from __future__ import annotations

CLOSURES = """\
import time
from dbos import DBOS

LIMIT = 3
SEEN = []


def now(offset=0):
    return time.time() + offset


def twice(action, *rest):
    return [action(each) for each in rest]


def numbers(count):
    for each in range(count):
        yield each


class Clock:
    def __init__(self, start):
        self.start = start
        setattr(self, "first", start)

    def passed(self):
        def inner(value):
            return value - self.start
        return inner(now())

    @property
    def late(self):
        return self.passed() > LIMIT


def fall(depth):
    if depth:
        return fall(depth - 1)
    return depth


@DBOS.step()
def store(value):
    SEEN.append(value)
    return value


@DBOS.workflow()
def order(name):
    clock = Clock(1)
    total = 0

    def add(value):
        nonlocal total
        total += value
        return name

    for each in numbers(2):
        add(each)
    kept = twice(lambda value: value + total, 1, 2)
    store(kept)
    fall(2)
    if clock.late:
        DBOS.set_event("late", total)
    return kept


@DBOS.workflow()
def other(name):
    value = now(1)
    return store(value)
"""

CHAIN = {
    "app/__init__.py": "",
    "app/clocks.py": "import time\n\n\ndef read():\n    value = 1\n    return value\n",
    "app/rules.py": "from app import clocks\n\n\ndef late(limit):\n"
    "    return clocks.read() > limit\n\n\ndef label(name):\n    return name\n",
    "app/flow.py": "from dbos import DBOS\n\nfrom app.rules import label, late\n\n\n"
    "@DBOS.workflow()\ndef order(name):\n    if late(3):\n"
    '        DBOS.set_event("late", label("x"))\n    return name\n',
    "app/other.py": "from dbos import DBOS\n\nfrom app.rules import label\n\n\n"
    '@DBOS.workflow()\ndef cancel(name):\n    DBOS.send(name, label("y"))\n',
}

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
