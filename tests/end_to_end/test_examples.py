"""The examples: the shop is quiet, and each classic mistake is found where its comment says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from support.checkout import ROOT
from support.stub_processes import call, executing

EXAMPLES = ROOT / "examples"


def check(folder: Path, *arguments: str) -> tuple[int, list[dict[str, object]]]:
    """Run `dbos-build check` in a folder: exit code and findings."""
    done = subprocess.run(
        [sys.executable, "-m", "dbos_build", "check", "--output-format", "json", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_shop_is_clean() -> None:
    assert check(EXAMPLES / "widget_store") == (0, [])


def test_every_mistake_is_found_and_nothing_else() -> None:
    expected = {
        (path.relative_to(EXAMPLES / "violations").as_posix(), number, code)
        for path in (EXAMPLES / "violations").rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for code in re.findall(r"DBS\d{3}", line.partition("# flags:")[2])
    }
    code, findings = check(EXAMPLES / "violations", ".")
    assert code == 1
    assert {(item["path"], item["line"], item["code"]) for item in findings} == expected


def test_a_chain_leads_from_the_workflow_to_the_call() -> None:
    _, findings = check(EXAMPLES / "violations", ".")
    (finding,) = [each for each in findings if each["code"] == "DBS101"]
    assert finding["workflow"] == "quote"
    chain = finding["chain"]
    assert isinstance(chain, list)
    assert [link["path"] for link in chain] == ["orders/workflows.py", "orders/pricing.py"]
    assert chain[-1]["what"] == "random.randint"
    assert chain[-1]["line"] == finding["line"]


COUNTER = """
from shop.counter import DATABASE_URL, take
from shop.dbos_registry import checkout, registry
print(take("order-1", {"gadget": 2}))
with registry.connect(URL) as client:
    link = client.get_event("order-1", "payment_link", timeout_seconds=30)
    client.send("order-1", "paid", topic="payment_status")
    print(checkout.retrieve("order-1").get_result())
print(sorted(name for name in sys.modules if name.startswith("shop.")))
"""


def test_the_counter_takes_orders_without_the_code_of_the_workflows(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "widget_store" / "shop", tmp_path / "shop")
    url = f"sqlite:///{tmp_path / 'widget_store.sqlite'}"
    hidden = ("shop.checkout", "shop.fulfilment", "shop.reminders")
    with executing(tmp_path, "shop", url):
        told = call(tmp_path, url, COUNTER, hidden=hidden)
    assert told[0] == "order-1"
    assert told[1].startswith("dispatched as ")
    assert told[2] == "['shop.catalog', 'shop.counter', 'shop.dbos_registry']"
