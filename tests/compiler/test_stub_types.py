"""Typed stubs as type checkers see them: mypy (strict) and pyright take right calls, and no others.

The program is the golden registry; the checker reads the registry and the classes of the models.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mypy import api

GOLDEN = Path(__file__).parent / "golden" / "registry"
RUNTIME = Path(__file__).resolve().parents[2] / "runtime"
HEADER = """
from datetime import datetime
from decimal import Decimal

from dbos import WorkflowHandle, WorkflowHandleAsync
from store.dbos_registry import Kiosk, Shop, Tools, checkout, later, place, registry
from store.dbos_registry import set as store_set
from store.dbos_registry import store_flows_place, untyped, wrapped
from store.models import Carrier, Order, OrderId

order = Order("o")
line = Order.Line("item", 1)
"""
RIGHT = """
handle: WorkflowHandle[str] = checkout.start("a")
text: str = checkout.start(cents=2, order_id="a").get_result()
text = checkout.enqueue("a", 3).get_result()
text = checkout.on("packing", priority=1, delay_seconds=0.5).enqueue("a").get_result()
text = checkout.retrieve("id").get_result()
number: int = later.start("a").get_result()
number = later.start("a", when=datetime.now()).get_result()
many: list[OrderId] = store_flows_place.start(order, line, 5, carrier=Carrier.BIKE).get_result()
store_flows_place.start(order, line, kind="big", cents=Decimal(1))
place.start(size=(1, 2, 3), table={"a": [1]})
untyped.start(1, second=object())
store_set.start(["a"])
text = Shop("main").open.start(9).get_result()
text = Shop.audit.start("x").get_result() + Shop.plain.start(day="x").get_result()
text = Shop("main").audit.start().get_result()
text = Kiosk("k").shared.start({1}).get_result()
nothing: None = Tools.sharpen.enqueue("knife").get_result()


async def use() -> None:
    started: WorkflowHandleAsync[str] = await checkout.start_async("a")
    print(await started.get_result() + "x")
    print(await (await later.on("packing").enqueue_async("a")).get_result() + 1)
    print(await (await checkout.retrieve_async("id")).get_result() + "x")


with registry.connect("sqlite:///x.sqlite") as client:
    client.list_workflows()
"""
WRONG = (
    "checkout.start()",
    "checkout.start(1)",
    "checkout.start('a', 'b')",
    "checkout.start('a', cent=1)",
    "checkout.start('a', 1, 2)",
    "checkout('a')",
    "checkout.enqueue(1)",
    "checkout.enqueue('a', queue='packing')",
    "checkout.on(1).enqueue('a')",
    "checkout.on('packing', prio=1).enqueue('a')",
    "checkout.on('packing').enqueue(1)",
    "checkout.on('packing').start('a')",
    "checkout.start('a').get_result() + 1",
    "checkout.retrieve(1)",
    "later.start(order_id='a')",
    "later.start('a', datetime.now())",
    "later.start('a', when='now')",
    "store_flows_place.start(order)",
    "store_flows_place.start(order, order)",
    "store_flows_place.start(order, line, 'many')",
    "store_flows_place.start(order, line, kind='small')",
    "store_flows_place.start(order, line, carrier='bike')",
    "store_flows_place.start(order, line, cents=1.5)",
    "place.start(size=('a',))",
    "store_set.start([1])",
    "Shop('main').open.start('nine')",
    "Shop.open.start(9)",
    "Shop(1)",
    "Shop.audit.start(day='x')",
    "Kiosk('k').shared.start(['a'])",
    "Kiosk('k').open.start(9)",
    "Tools.sharpen.start()",
    "checkout.start_async(1)",
    "checkout.on('packing').enqueue_async(1)",
    "registry.connect(1)",
)

Finding = tuple[str, int]
Check = Callable[[Path], list[Finding]]


def by_mypy(folder: Path) -> list[Finding]:
    """File and line of each error of mypy."""
    settings = (
        f"[mypy]\nstrict = true\nmypy_path = {RUNTIME}:{folder}\nexplicit_package_bases = 1\n"
    )
    (folder / "strict.ini").write_text(settings)
    files = [folder / "right.py", folder / "wrong.py", folder / "store" / "dbos_registry.py"]
    arguments = ["--config-file", str(folder / "strict.ini"), "--follow-imports=silent"]
    cache = f"--cache-dir={folder / 'cache'}"
    out, err, _ = api.run([*arguments, cache, *map(str, files)])
    assert not err
    found = re.findall(r"([\w.]+\.py):(\d+): error: .*\[([\w-]+)\]$", out, re.MULTILINE)
    assert len(found) == out.count(": error:"), out
    # A coroutine that nobody awaits is another matter than its arguments.
    return [(name, int(line)) for name, line, code in found if code != "unused-coroutine"]


def by_pyright(folder: Path) -> list[Finding]:
    """File and line of each error of pyright."""
    settings = {
        "typeCheckingMode": "standard",
        "extraPaths": [str(RUNTIME), str(folder)],
        "include": ["right.py", "wrong.py", "store/dbos_registry.py"],
        "reportUnusedCoroutine": False,
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "-p", str(folder)]
    ended = subprocess.run(
        [*command, "--pythonpath", sys.executable], capture_output=True, text=True, check=False
    )
    told = json.loads(ended.stdout)
    assert told["summary"]["filesAnalyzed"] == 3
    return [
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
        for one in told["generalDiagnostics"]
        if one["severity"] == "error"
    ]


@pytest.mark.parametrize("check", [by_mypy, by_pyright])
def test_right_calls_are_accepted_and_each_wrong_one_refused(tmp_path: Path, check: Check) -> None:
    shutil.copytree(GOLDEN / "store", tmp_path / "store")
    shutil.copy(GOLDEN / "dbos_registry.py", tmp_path / "store" / "dbos_registry.py")
    (tmp_path / "right.py").write_text(HEADER + RIGHT)
    (tmp_path / "wrong.py").write_text(HEADER + "\n".join(WRONG) + "\n")
    found = check(tmp_path)
    above = HEADER.count("\n")
    refused = {line - above for name, line in found if name == "wrong.py"}
    assert [call for number, call in enumerate(WRONG, 1) if number not in refused] == []
    assert [one for one in found if one[0] != "wrong.py"] == []
    assert min(refused) >= 1
