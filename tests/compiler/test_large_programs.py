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
