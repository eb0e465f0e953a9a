"""What belongs to a closure: each way in which code can lead to other code, one program each.

Every program has a workflow `flow`. In `REACHED`, replacing the first text by the second changes
its version; in `NOT_REACHED` it does not.
"""

from __future__ import annotations

import pytest

from support.programs import Files, changed, workflow_versions

HEAD = "from dbos import DBOS, DBOSConfiguredInstance\n"
TOTAL = "def total(values):\n    return 1\n"


def flow(body: str, before: str = "", head: str = HEAD) -> str:
    """A module with the workflow."""
    return f"{head}{before}\n\n@DBOS.workflow()\ndef flow(value):\n    {body}\n"


ONE_TWO = ("return 1", "return 2")
DISPATCHER = (
    "from functools import singledispatch\n\n\n@singledispatch\ndef text(value):\n    return 0\n"
)
"""A function that chooses from what other modules register with it."""
SIGNALS = "from blinker import signal\n\nopened = signal('opened')\n"
REACHED: dict[str, tuple[Files, tuple[str, str]]] = {
    "a function registered by a decorator elsewhere": (
        {
            "main.py": flow("return shapes.text(value)", "import shapes\n"),
            "shapes.py": DISPATCHER,
            "more.py": "from shapes import text as t\n\n\n@t.register(int)\n" + TOTAL,
        },
        ONE_TWO,
    ),
    "a function registered by a call elsewhere": (
        {
            "main.py": flow("return text(value)", "from shapes import text\n"),
            "shapes.py": DISPATCHER,
            "helpers.py": TOTAL,
            "more.py": "import helpers\nimport shapes\nshapes.text.register(int, helpers.total)\n",
        },
        ONE_TWO,
    ),
    "a lambda registered elsewhere": (
        {
            "main.py": flow("return text(value)", "from shapes import text\n"),
            "shapes.py": DISPATCHER,
            "more.py": "import shapes\nshapes.text.register(int, lambda value: 1)\n",
        },
        ("value: 1", "value: 2"),
    ),
    "what is connected to a signal elsewhere": (
        {
            "main.py": flow("opened.send(value)", "from signals import opened\n"),
            "signals.py": SIGNALS,
            "more.py": "from signals import opened\n\n\n@opened.connect\n" + TOTAL,
        },
        ONE_TWO,
    ),
    "a method of the metaclass": (
        {
            "main.py": flow("return Order.total()", "from orders import Order\n"),
            "orders.py": "from makers import Maker\n\n\nclass Order(metaclass=Maker):\n    pass\n",
            "makers.py": "class Maker(type):\n    def total(cls):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "import in the function": (
        {
            "main.py": flow("from helpers import total\n    return total(value)"),
            "helpers.py": TOTAL,
        },
        ONE_TWO,
    ),
    "import of a module in the function": (
        {"main.py": flow("import helpers as h\n    return h.total(value)"), "helpers.py": TOTAL},
        ONE_TWO,
    ),
    "re-export by a package": (
        {
            "main.py": flow("return lib.total(value)", "import lib\n"),
            "lib/__init__.py": "from .inner import total as total\n",
            "lib/inner.py": TOTAL,
        },
        ONE_TWO,
    ),
    "star imports in a circle": (
        {
            "main.py": flow("return total(value)", "from one import *\n"),
            "one.py": "from two import *\n",
            "two.py": "from one import *\nfrom three import *\n",
            "three.py": TOTAL,
        },
        ONE_TWO,
    ),
    "submodule by its full name": (
        {
            "main.py": flow("return lib.inner.total(value)", "import lib.inner\n"),
            "lib/__init__.py": "",
            "lib/inner.py": TOTAL,
        },
        ONE_TWO,
    ),
    "relative import": (
        {
            "lib/__init__.py": "",
            "lib/main.py": flow("return inner.total(value)", "from . import inner\n"),
            "lib/inner.py": TOTAL,
        },
        ONE_TWO,
    ),
    "alias of an alias": (
        {"main.py": flow("return b(value)", TOTAL + "a = total\nb = a\n")},
        ONE_TWO,
    ),
    "either arm of a conditional import": (
        {
            "main.py": flow(
                "return total(value)",
                "try:\n    from one import total\nexcept ImportError:\n    from two import total\n",
            ),
            "one.py": "def total(values):\n    return 3\n",
            "two.py": TOTAL,
        },
        ONE_TWO,
    ),
    "default argument": (
        {"main.py": flow("return f()", "LIMIT = 1\ndef f(x=LIMIT):\n    return x\n")},
        ("LIMIT = 1", "LIMIT = 2"),
    ),
    "list filled at module level": (
        {"main.py": flow("return [f() for f in ALL]", TOTAL + "ALL = []\nALL.append(total)\n")},
        ONE_TWO,
    ),
    "condition around a constant": (
        {
            "main.py": flow(
                "return LIMIT", "FLAG = 1\nif FLAG:\n    LIMIT = 3\nelse:\n    LIMIT = 4\n"
            )
        },
        ("FLAG = 1", "FLAG = 0"),
    ),
    "callback": (
        {
            "main.py": flow(
                "return apply(total, value)", TOTAL + "def apply(f, x):\n    return f(x)\n"
            )
        },
        ONE_TWO,
    ),
    "decorator of a helper": (
        {
            "main.py": flow(
                "return helper()",
                "def wrap(f):\n    return lambda: f() + 1\n\n@wrap\ndef helper():\n    return 5\n",
            )
        },
        ("f() + 1", "f() + 2"),
    ),
    "context manager": (
        {
            "main.py": flow(
                "with Guard() as g:\n        return g",
                "class Guard:\n    def __enter__(self):\n        return 1\n"
                "    def __exit__(self, *_): ...\n",
            )
        },
        ONE_TWO,
    ),
    "method of an object from a helper": (
        {
            "main.py": flow(
                "return make().total()",
                "class A:\n    def total(self):\n        return 1\n\ndef make():\n    return A()\n",
            )
        },
        ONE_TWO,
    ),
    "method of an object from a step": (
        {
            "main.py": flow(
                "item = load()\n    return item.total()",
                "from models import A\n\n@DBOS.step()\ndef load():\n    return A()\n",
            ),
            "models.py": "class A:\n    def total(self):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "operator on an object from a step": (
        {
            "main.py": flow(
                "return load() + load()",
                "from models import A\n\n@DBOS.step()\ndef load():\n    return A()\n",
            ),
            "models.py": "class A:\n    def __add__(self, other):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "property of an object from a step": (
        {
            "main.py": flow(
                "return load().total",
                "from models import A\n\n@DBOS.step()\ndef load():\n    return A()\n",
            ),
            "models.py": "class A:\n    @property\n    def total(self):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "made-up attribute": (
        {
            "main.py": flow("return value.anything"),
            "models.py": "class A:\n    def __getattr__(self, name):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "inherited constructor": (
        {
            "main.py": flow("return B(1).x", "from base import A\nclass B(A): ...\n"),
            "base.py": "class A:\n    def __init__(self, x):\n        self.x = x\n",
        },
        ("self.x = x", "self.x = -x"),
    ),
    "enumeration": (
        {"main.py": flow("return Kind.A", "import enum\nclass Kind(enum.Enum):\n    A = 1\n")},
        ("A = 1", "A = 2"),
    ),
    "default factory": (
        {
            "main.py": flow(
                "return Order()",
                "from dataclasses import dataclass, field\n"
                "def empty():\n    return 1\n\n"
                "@dataclass\nclass Order:\n    items: list = field(default_factory=empty)\n",
            )
        },
        ONE_TWO,
    ),
    "class decorator that sees the methods": (
        {
            "main.py": flow(
                "return A()",
                "def register(cls):\n    cls.run(cls())\n    return cls\n\n"
                "@register\nclass A:\n    def run(self):\n        return 1\n",
            )
        },
        ONE_TWO,
    ),
    "name from text": (
        {"main.py": flow("return globals()[value]()", TOTAL)},
        ONE_TWO,
    ),
    "attribute by literal text": (
        {
            "main.py": flow("return getattr(value, 'total')()"),
            "models.py": "class A:\n    def total(self):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "attribute by any text of an imported module": (
        {"main.py": flow("return getattr(lib, value)()", "import lib\n"), "lib.py": TOTAL},
        ONE_TWO,
    ),
    "wrapper around the workflow": (
        {
            "main.py": (
                HEAD
                + "def twice(f):\n    def inner(x):\n        return f(x) * 1\n    return inner\n"
                '@DBOS.workflow(name="flow")\n@twice\ndef flow(value):\n    return value\n'
            )
        },
        ("f(x) * 1", "f(x) * 2"),
    ),
    "code of a wrapped workflow": (
        {
            "main.py": (
                HEAD + "def twice(f):\n    def inner(x):\n        return f(x)\n    return inner\n"
                '@DBOS.workflow(name="flow")\n@twice\ndef flow(value):\n    return 1\n'
            )
        },
        ONE_TWO,
    ),
    "workflow registered by a call": (
        {
            "main.py": HEAD + "from helpers import total\nf = DBOS.workflow(name='flow')(total)\n",
            "helpers.py": TOTAL,
        },
        ONE_TWO,
    ),
    "variable of the function around a workflow": (
        {
            "main.py": (
                HEAD + "def make(limit):\n    size = limit + 1\n"
                '    @DBOS.workflow(name="flow")\n    def flow(value):\n        return size\n'
                "    return flow\nmake(3)\n"
            )
        },
        ("limit + 1", "limit + 2"),
    ),
    "name of a step run directly": (
        {"main.py": flow("return DBOS.run_step({'name': 'a'}, total, value)", TOTAL)},
        ("'name': 'a'", "'name': 'b'"),
    ),
    "type of a constant deep inside": (
        {"main.py": flow("return T[0]['a']", "T = [{'a': 1}]\n")},
        ("'a': 1", "'a': True"),
    ),
}
METHODS = """\
from dbos import DBOS, DBOSConfiguredInstance

@DBOS.dbos_class()
class Processor(DBOSConfiguredInstance):
    RATE = 1

    def __init__(self, name, limit):
        self.limit = limit + 0
        super().__init__(name)

    @DBOS.workflow(name="flow")
    def process(self, value):
        return self.helper() * self.limit * self.store(value)

    def helper(self):
        return 10

    def unrelated(self):
        return 20

    @DBOS.step()
    def store(self, value):
        return 30

processor = Processor("main", 40)
"""
REACHED |= {
    f"method: {label}": ({"main.py": METHODS}, edit)
    for label, edit in {
        "helper": ("return 10", "return 11"),
        "constructor": ("limit + 0", "limit + 1"),
        "class attribute": ("RATE = 1", "RATE = 2"),
        "what an instance is given": ("40", "41"),
        "name of a step": ("store", "save"),
    }.items()
}
NOT_REACHED: dict[str, tuple[Files, tuple[str, str]]] = {
    "what is connected to another signal": (
        {
            "main.py": flow("opened.send(value)", "from signals import opened\n"),
            "signals.py": SIGNALS + "closed = signal('closed')\n",
            "more.py": "from signals import closed\n\n\n@closed.connect\n" + TOTAL,
        },
        ONE_TWO,
    ),
    "method that nobody calls": ({"main.py": METHODS}, ("return 20", "return 21")),
    "body of a step": ({"main.py": METHODS}, ("return 30", "return 31")),
    "body of a step run directly": (
        {"main.py": flow("return DBOS.run_step({'name': 'a'}, total, value)", TOTAL)},
        ONE_TWO,
    ),
    "function of the same name elsewhere": (
        {"main.py": flow("return total(value)", "from helpers import total\n"), "helpers.py": TOTAL}
        | {"other.py": "def total(values):\n    return 7\n"},
        ("return 7", "return 8"),
    ),
    "parameter that hides a function": (
        {"main.py": flow("return (lambda total: total)(value)", TOTAL)},
        ONE_TWO,
    ),
    "local that hides a function": (
        {"main.py": flow("total = value\n    return total", TOTAL)},
        ONE_TWO,
    ),
    "method of the same name when the object is a list": (
        {
            "main.py": flow("items = []\n    items.append(value)\n    return items"),
            "models.py": "class A:\n    def append(self, x):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "method of the same name in an unrelated class": (
        {
            "main.py": flow(
                "return A().total()", "class A:\n    def total(self):\n        return 5\n"
            ),
            "models.py": "class B:\n    def total(self):\n        return 1\n",
        },
        ONE_TWO,
    ),
    "body of a child workflow": (
        {
            "main.py": flow(
                "return DBOS.start_workflow(child, value)",
                "@DBOS.workflow()\ndef child(x):\n    return 1\n",
            )
        },
        ONE_TWO,
    ),
    "what only a type checker reads": (
        {
            "main.py": flow(
                "return value",
                "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import b\n",
            )
        },
        ("from a import b", "from c import d"),
    ),
    "configuration of the runtime": (
        {
            "main.py": flow(
                "dbos.set_event('a', 1)\n    return value", "dbos = DBOS(config={'name': 'x'})\n"
            )
        },
        ("'name': 'x'", "'name': 'y'"),
    ),
}


def edited(files: Files, edit: tuple[str, str]) -> Files:
    """The program after an edit, which must apply to one file at least."""
    assert any(edit[0] in text for text in files.values())
    return {path: text.replace(*edit) for path, text in files.items()}


@pytest.mark.parametrize("case", REACHED)
def test_what_can_change_a_replay_is_in_the_closure(case: str) -> None:
    files, edit = REACHED[case]
    assert "flow" in changed(files, edited(files, edit))


@pytest.mark.parametrize("case", NOT_REACHED)
def test_what_cannot_is_not(case: str) -> None:
    files, edit = NOT_REACHED[case]
    assert "flow" in workflow_versions(files)
    assert "flow" not in changed(files, edited(files, edit))
