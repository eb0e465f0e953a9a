"""Large programs: generated files, applications of many services, modules that call in circles.

Bounds on time are far above what the work takes, so that they fail for growth and not for load.
"""

from __future__ import annotations

import time
from collections import Counter

import pytest

from dbos_build import checking, rules
from dbos_build.analysis import program
from dbos_build.checking import selection
from dbos_build.settings.config import Settings
from support import large_application
from support.analysis import findings, project

LINES = 50_000
HEAD = "from dbos import DBOS\n\n\n@DBOS.workflow()\ndef w(x):\n    return f_7(x, TABLE)\n\n\n"
FUNCTION = "def f_{n}(a, b):\n    if a:\n        return b\n    return [x for x in a]\n"
GENERATED = {
    "functions": "TABLE = {}\n" + "".join(FUNCTION.format(n=n) for n in range(LINES // 4)),
    "assignments": FUNCTION.format(n=7)
    + "TABLE = {}\n"
    + "".join(f"TABLE[{n}] = {n}\n" for n in range(LINES)),
}


@pytest.mark.parametrize("kind", GENERATED)
def test_a_generated_file_of_many_lines_is_soon_checked(kind: str) -> None:
    made = project({"main.py": HEAD + GENERATED[kind]})
    start = time.process_time()
    assert checking.Checker(Settings()).check(made).findings == ()
    assert time.process_time() - start < 12


def test_modules_that_call_each_other_in_circles_come_to_an_end() -> None:
    count = 60
    texts = {
        f"part_{n}.py": (
            f"import time\nfrom part_{(n + 1) % count} import go as after\n"
            f"from part_{(n * 7 + 3) % count} import go as other\n\n\n"
            "def go(x, depth=0):\n    if depth > 3:\n        return time.time()\n"
            "    return after(other, x) or other([x], depth + 1)\n"
        )
        for n in range(count)
    }
    texts["main.py"] = (
        "from dbos import DBOS\nfrom part_0 import go\n\n\n"
        "@DBOS.workflow()\ndef w(x):\n    return go(x)\n"
    )
    start = time.process_time()
    found = findings(texts)
    assert time.process_time() - start < 20
    assert {each.code for each in found} >= {"DBS001"}
    assert len({each.path for each in found if each.code == "DBS001"}) == count


def test_an_application_of_services_is_found_out_as_a_whole() -> None:
    """Each service has the same few faults; none is missed, and nothing else is flagged."""
    services = 3
    texts = large_application.texts(services, units=2)
    chosen = Settings()
    checker = checking.Checker(chosen)
    found = checker.check(project(texts))
    counts = Counter((each.code, each.path.rpartition("/")[2]) for each in found.findings)
    assert counts == {
        ("DBS202", "clients.py"): services,
        ("DBS205", "database.py"): 2 * services,  # It connects, and executes.
        ("DBS001", "batch.py"): 2 * services,
        ("DBS001", "audit.py"): 1,
        ("DBS105", "batch.py"): services,
        ("DBS602", "clients.py"): services,
    }
    assert len(found.workflow_paths) == services * (2 * 2 + 3)
    edited = texts["platform_parts/audit.py"].replace("time.time()", "0")
    again = checker.recheck({"platform_parts/audit.py": edited}).findings
    whole = program.analyse(project(texts | {"platform_parts/audit.py": edited}), chosen)
    assert again == tuple(selection.select(rules.check(whole), chosen))
    assert len(again) == len(found.findings) - 1


def test_tables_filled_at_import_do_not_run_a_program_over_and_over() -> None:
    """300 modules that hand each other functions, classes and objects, begun at module level."""
    count = 300
    texts = {
        f"part_{n}.py": (
            f"import part_{(n + 1) % count} as after\nimport part_{(n * 7 + 3) % count} as other\n"
            "\n\nclass Node:\n    def __init__(self, action, below=None):\n"
            "        self.action = action\n        self.below = below\n\n"
            "    def visit(self, node, action):\n"
            "        after.walk(node or self, self.action)\n"
            "        return other.walk(Node(action, node), self.visit)\n\n\n"
            "def walk(node, action):\n    action(node, walk)\n"
            "    return after.Node(walk, node).visit(node, action) or node.visit(walk, action)\n"
        )
        for n in range(count)
    }
    texts["main.py"] = (
        "from dbos import DBOS\nimport part_0\n\nTABLE = {}\n\n\ndef register(action):\n"
        "    TABLE[action] = part_0.walk(part_0.Node(action), action)\n    return action\n\n\n"
        "@register\ndef plain(x, y=None):\n    return x\n\n\nregister(part_0.Node)\n\n\n"
        "@DBOS.workflow()\ndef w(x):\n    return x\n"
    )
    engine = program.analyse(project(texts), Settings()).engine
    assert len(engine.activations) > count
    assert engine.runs < 6 * len(engine.activations) + 1_000


def test_code_that_only_speaks_of_dbos_is_not_evaluated() -> None:
    """A tool for such programs: the name is in its own, in strings and comments, not imported."""
    text = (
        '"""Checks programs that say `from dbos import DBOS`."""\n'
        "import dbos_tools\n\nEXAMPLE = '''\nfrom dbos import DBOS\n'''\n"
        "MESSAGE = make('dbos.DBOS')  # import dbos first\n\n\n"
        "@make\ndef step():\n    return make('DBOS').workflow()\n"
    )
    texts = {"dbos_tools.py": "def make(x):\n    return x\n", "tool.py": text}
    assert not program.analyse(project(texts), Settings()).engine.runs


@pytest.mark.parametrize(
    "spelling",
    [
        "from dbos import DBOS",
        "import dbos\nDBOS = dbos.DBOS",
        "import os, dbos as durable\nDBOS = durable.DBOS",
        "from dbos import (\n    Queue,\n    DBOS,\n)",
        "from dbos \\\n    import DBOS",
        "from dbos import *",
        "try:\n    from dbos import DBOS\nexcept ImportError:\n    raise",
        "import importlib\nDBOS = importlib.import_module('dbos').DBOS",
        "DBOS = __import__('dbos').DBOS",
        "x = 1; from dbos import DBOS",
    ],
)
def test_every_spelling_of_the_import_is_seen(spelling: str) -> None:
    text = f"{spelling}\n\n\n@DBOS.workflow()\ndef w(x):\n    return x\n"
    checker = checking.Checker(Settings())
    assert checker.check(project({"main.py": text})).workflow_paths == ("main.py",)


def test_an_import_inside_a_function_is_seen() -> None:
    text = (
        "def declare():\n    from dbos import DBOS\n\n    @DBOS.workflow()\n"
        "    def w(x):\n        return x\n\n    return w\n"
    )
    checker = checking.Checker(Settings())
    assert checker.check(project({"main.py": text})).workflow_paths == ("main.py",)


@pytest.mark.parametrize(
    "use",
    [
        "from app import broken",
        "import app.broken as broken",
        "import importlib\nbroken = importlib.import_module('app.broken')",
    ],
)
def test_a_module_that_cannot_be_parsed_is_unknown_to_those_that_use_it(use: str) -> None:
    """It has no names to look up; the rest of the program is checked all the same."""
    text = (
        f"{use}\nimport time\nfrom dbos import DBOS\n\n\n"
        "@DBOS.workflow()\ndef w(x):\n    broken.go(x)\n    return time.time()\n"
    )
    texts = {"app/__init__.py": "", "app/broken.py": "def go(:\n", "main.py": text}
    codes = {each.code for each in checking.Checker(Settings()).check(project(texts)).findings}
    assert "DBS001" in codes


def test_the_chain_of_a_finding_stays_readable_however_many_calls_lead_there() -> None:
    count = 600
    calls = "".join(f"def g{n}():\n    return g{n + 1}()\n\n\n" for n in range(count))
    last = f"def g{count}():\n    return time.time()\n\n\n"
    flow = "@DBOS.workflow()\ndef w():\n    return g0()\n"
    (found,) = findings({"main.py": f"import time\nfrom dbos import DBOS\n\n\n{calls}{last}{flow}"})
    told = [link.what for link in found.chain]
    assert len(told) < 100
    assert told[0] == "g0()"
    assert told[-2:] == [f"g{count}()", "time.time"]
    (gap,) = [what for what in told if "calls more" in what]
    left_out = count + 2 - len(told)
    assert gap == f"g{told.index(gap) + left_out}() at the end of {left_out} calls more"
