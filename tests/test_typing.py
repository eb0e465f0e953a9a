"""Types: mypy (strict) and pyright accept the programs of the guides and refuse wrong calls.

The programs are checked verbatim; names that a page leaves to its reader are declared above them.
What the pages themselves leave out (annotations of their own functions) is not asked for.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mypy import api

SEEDS = Path(__file__).parent / "seeds"
RUNTIME = Path(__file__).parent.parent / "runtime"

MISSING = (
    *("check_system_health", "example_transaction", "execute_task", "generate_payment_url"),
    *("long_running_task", "perform_backup", "send_confirmation_email", "send_reminder_email"),
)
HEADER = "from typing import Any\n" + "".join(f"{name}: Any\n" for name in MISSING)

# Mistakes of the pages themselves, which a type checker is right to find.
MISTAKES = {"guide_debouncing.py", "guide_transactions.py"}
# A coroutine that nobody awaits is another matter than its arguments.
BESIDE = ("unused-coroutine", "reportUnusedCoroutine")

CONFIGURATION = f"""
[mypy]
strict = true
mypy_path = {RUNTIME}
ignore_missing_imports = true
disallow_untyped_defs = false
disallow_incomplete_defs = false
disallow_any_generics = false
disallow_untyped_calls = false
disallow_untyped_decorators = false
warn_return_any = false
"""

DECLARED = """
from __future__ import annotations

from dbos import DBOS, DBOSConfiguredInstance, Debouncer, Queue, WorkflowHandle

queue = Queue("orders")


@DBOS.step(retries_allowed=True)
def charge(order: str, cents: int) -> int:
    return cents


@DBOS.transaction()
def store(order: str) -> None:
    return None


@DBOS.workflow()
def checkout(order: str, cents: int = 1) -> str:
    return order * charge(order, cents)


@DBOS.workflow(name="later")
async def coroutine(order: str) -> int:
    return 1


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    @DBOS.workflow()
    def open(self, hour: int) -> bool:
        return True


shop = Shop("main")
debouncer = Debouncer.create(checkout)
"""

RIGHT = """
async def use() -> None:
    text: str = checkout("a", cents=2)
    number: int = await coroutine("a")
    opened: bool = shop.open(9)
    handle: WorkflowHandle[str] = DBOS.start_workflow(checkout, "a", 2)
    text = handle.get_result()
    text = queue.enqueue(checkout, "a").get_result()
    text = queue.enqueue(checkout, "a", partition_key="k").get_result()
    text = debouncer.debounce("key", 1.5, "a").get_result()
    text = DBOS.enqueue_workflow("orders", checkout, "a").get_result()
    opened = DBOS.start_workflow(shop.open, 9).get_result()
    number = await (await DBOS.start_workflow_async(coroutine, "a")).get_result()
    number = await (await queue.enqueue_async(coroutine, "a")).get_result()
    number = DBOS.run_step({"name": "x"}, charge, "a", 1)
    print(text, number, opened, store("a"))
"""

WRONG = (
    "checkout(1)",
    "checkout()",
    "checkout('a', amount=1)",
    "charge('a')",
    "charge('a', 'b')",
    "store(1)",
    "shop.open('nine')",
    "DBOS.start_workflow(checkout)",
    "DBOS.start_workflow(checkout, 1)",
    "DBOS.start_workflow(checkout, 'a', 1, 2)",
    "DBOS.start_workflow(shop.open, 'nine')",
    "DBOS.start_workflow_async(checkout, 'a')",
    "DBOS.start_workflow_async(coroutine, 1)",
    "DBOS.enqueue_workflow('orders', checkout, 1)",
    "queue.enqueue(checkout)",
    "queue.enqueue(checkout, 1)",
    "queue.enqueue(checkout, 'a', cents='b')",
    "queue.enqueue_async(checkout, 'a')",
    "debouncer.debounce('key', 1)",
    "debouncer.debounce('key', 1, 2)",
    "DBOS.run_step(None, charge, 1, 2)",
    "DBOS.run_step({'name': 1}, charge, 'a', 2)",
    "DBOS.start_workflow(checkout, 'a').get_result() + 1",
    "DBOS.step(retries=True)",
    "DBOS.workflow(max_recovery_attempts='many')",
    "DBOS.transaction(isolation_level=1)",
    "Queue('q', worker_concurrency='many')",
)


Finding = tuple[str, int, str]
Check = Callable[[Path], list[Finding]]


def by_mypy(folder: Path) -> list[Finding]:
    """What mypy says about the files of a folder: file, line and code of each error."""
    configuration = folder / "strict.ini"
    configuration.write_text(CONFIGURATION)
    files = sorted(str(path) for path in folder.glob("*.py"))
    cache = folder / "cache"
    out, err, _ = api.run(["--config-file", str(configuration), f"--cache-dir={cache}", *files])
    assert not err
    found = re.findall(r"([\w.]+\.py):(\d+): error: .*\[([\w-]+)\]$", out, re.MULTILINE)
    assert len(found) == out.count(": error:"), out
    return [(name, int(line), code) for name, line, code in found]


def by_pyright(folder: Path) -> list[Finding]:
    """What pyright says about the files of a folder: file, line and rule of each error."""
    settings = {
        "typeCheckingMode": "standard",
        "extraPaths": [str(RUNTIME)],
        "reportMissingImports": False,
        "reportMissingModuleSource": False,
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "-p", str(folder)]
    ended = subprocess.run(
        [*command, "--pythonpath", sys.executable], capture_output=True, text=True, check=False
    )
    told = json.loads(ended.stdout)
    assert told["summary"]["filesAnalyzed"] == len(list(folder.glob("*.py")))
    return [
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1, one.get("rule", ""))
        for one in told["generalDiagnostics"]
        if one["severity"] == "error"
    ]


@pytest.fixture(params=[by_mypy, by_pyright])
def check(request: pytest.FixtureRequest) -> Check:
    """A type checker."""
    checker: Check = request.param
    return checker


def test_the_programs_of_the_guides_are_accepted(tmp_path: Path, check: Check) -> None:
    programs = sorted(SEEDS.glob("*.py"))
    assert len(programs) == 25
    for program in programs:
        (tmp_path / program.name).write_text(HEADER + program.read_text())
    found = check(tmp_path)
    assert {name for name, _, _ in found} == MISTAKES, found
    assert len(found) == len(MISTAKES), found


def test_right_calls_are_accepted_and_each_wrong_one_refused(tmp_path: Path, check: Check) -> None:
    (tmp_path / "right.py").write_text(DECLARED + RIGHT)
    lines = (DECLARED + "\n").count("\n")
    (tmp_path / "wrong.py").write_text(DECLARED + "\n" + "\n".join(WRONG) + "\n")
    found = check(tmp_path)
    refused = {
        line - lines for name, line, code in found if name == "wrong.py" and code not in BESIDE
    }
    missed = [call for number, call in enumerate(WRONG, 1) if number not in refused]
    assert missed == []
    assert not [one for one in found if one[0] == "right.py"]
    assert all(number >= 1 for number in refused), "the declarations themselves are refused"


def test_the_package_says_that_it_is_typed() -> None:
    assert (RUNTIME / "dbos" / "py.typed").exists()
