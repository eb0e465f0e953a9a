"""A version changes exactly when a replay can: edits to a shop, and which workflows each changes.

`STABLE` edits keep every version. `CHANGING` edits change exactly the versions of the workflows
that reach the edited code.
"""

from __future__ import annotations

import pytest

from dbos_build import versions
from support.programs import analysed, changed, workflow_versions

SHOP = {
    "shop/__init__.py": "",
    "shop/flows.py": '''\
"""Workflows."""
import logging
from functools import partial

from dbos import DBOS, Queue
from shop import payments
from shop.limits import LIMIT as MAXIMUM, rates
from shop.payments import charge
from shop.prices import Price, Tax, total, rounded as nearest

logger = logging.getLogger(__name__)
queue = Queue("orders", concurrency=5)
HANDLERS = {"card": charge, "cash": payments.take_cash}
twice = partial(total, factor=2)


@DBOS.workflow()
def checkout(order: str, count: int = 1) -> int:
    """Sell something."""
    # The total is computed first.
    amount = total([10, 20], factor=1)
    for attempt in range(MAXIMUM):
        if charge(order, amount):
            break
    names = [name for name in ("a", "b") if name]
    return amount + len(names)


@DBOS.workflow()
def refund(order: str) -> str:
    handler = HANDLERS["card"]
    price = Price(3)
    if price.gross() > 10:
        handler(order, twice([1]))
    return f"{order}: refunded"


@DBOS.workflow(name="nightly")
async def sweep() -> None:
    await payments.audit_async()
    value: int = nearest(1.5)
    DBOS.set_event("value", value)
    queue.enqueue(checkout, "order-1")


@DBOS.workflow()
def lonely() -> int:
    return 1
''',
    "shop/payments.py": """\
from dbos import DBOS


def gateway() -> str:
    return "https://example.com"


@DBOS.step(retries_allowed=True)
def charge(order: str, amount: int) -> bool:
    return bool(gateway())


@DBOS.step()
def take_cash(order: str, amount: int) -> bool:
    return True


@DBOS.step(name="audit")
async def audit_async() -> None:
    return None
""",
    "shop/limits.py": """\
LIMIT = 3
rates = {"low": 1}
UNUSED = 7
""",
    "shop/prices.py": """\
from dataclasses import dataclass

from shop.limits import rates

BASE = 1


@dataclass
class Price:
    amount: int
    rate: int = 2

    def gross(self) -> int:
        return self.net() * self.rate

    def net(self) -> int:
        return self.amount

    def unused(self) -> int:
        return 0


class Tax(Price):
    def net(self) -> int:
        return self.amount + 1


def total(parts: list[int], factor: int) -> int:
    if not parts:
        return BASE
    return parts[0] * factor + total(parts[1:], factor)


def rounded(value: float) -> int:
    return even(int(value))


def even(value: int) -> int:
    return 0 if value == 0 else odd(value - 1)


def odd(value: int) -> int:
    return 1 if value == 0 else even(value - 1)


def unused() -> int:
    return 1
""",
}
ALL = {"checkout", "refund", "nightly", "lonely"}

STABLE = {
    "comment": ("flows", "# The total is computed first.", "# Another comment."),
    "docstring edited": ("flows", '"""Sell something."""', '"""Sell anything."""'),
    "docstring removed": ("flows", '    """Sell something."""\n', ""),
    "module docstring removed": ("flows", '"""Workflows."""\n', ""),
    "blank line": ("flows", "    names = [", "\n    names = ["),
    "spacing": ("flows", "total([10, 20], factor=1)", "total( [10,20],factor = 1 )"),
    "line wrap": (
        "flows",
        "total([10, 20], factor=1)",
        "total(\n        [10, 20],\n        factor=1)",
    ),
    "parentheses": ("flows", "return amount + len(names)", "return (amount + (len(names)))"),
    "parameter annotation": ("flows", "order: str, count: int = 1", "order, count=1"),
    "return annotation": ("flows", "def lonely() -> int", "def lonely()"),
    "local annotation": ("flows", "value: int = nearest", "value = nearest"),
    "local renamed": ("flows", "attempt", "attempt_number"),
    "comprehension variable renamed": (
        "flows",
        '[name for name in ("a", "b") if name]',
        '[each for each in ("a", "b") if each]',
    ),
    "literal spelled otherwise": ("flows", "[10, 20]", "[0xA, 0b10100]"),
    "quotes": ("flows", 'HANDLERS["card"]', "HANDLERS['card']"),
    "text split": ("flows", '"order-1"', '"order" "-1"'),
    "pass added": ("flows", "    return 1\n", "    pass\n    return 1\n"),
    "decorator comment": (
        "flows",
        "@DBOS.workflow()\ndef lonely",
        "@DBOS.workflow()  # x\ndef lonely",
    ),
    "recovery attempts": (
        "flows",
        "@DBOS.workflow()\ndef lonely",
        "@DBOS.workflow(max_recovery_attempts=7)\ndef lonely",
    ),
    "unused import": ("flows", "import logging", "import json\nimport logging"),
    "import alias renamed": ("flows", "nearest", "nearer"),
    "queue concurrency": ("flows", "concurrency=5", "concurrency=50"),
    "step body": ("payments", "return bool(gateway())", "return not gateway()"),
    "step parameter default": (
        "payments",
        "amount: int) -> bool:\n    return True",
        "amount: int = 1) -> bool:\n    return True",
    ),
    "step retries": ("payments", "retries_allowed=True", "retries_allowed=False"),
    "helper of a step": ("payments", "https://example.com", "https://example.org"),
    "unused step": (
        "payments",
        "def gateway()",
        "@DBOS.step()\ndef more() -> None: ...\n\n\ndef gateway()",
    ),
    "unused constant": ("limits", "UNUSED = 7", "UNUSED = 8"),
    "constant nobody reads": ("limits", '"low": 1', '"low": 2'),
    "unused helper": (
        "prices",
        "def unused() -> int:\n    return 1",
        "def unused() -> int:\n    return 2",
    ),
    "unused method": ("prices", "return 0\n\n\nclass Tax", "return 9\n\n\nclass Tax"),
    "helper docstring": ("prices", "    if not parts:", '    "Recursive."\n    if not parts:'),
    "helper local annotation": ("prices", "value: float", "value"),
}
CHANGING = {
    "constant of a loop": ("limits", "LIMIT = 3", "LIMIT = 4", {"checkout"}),
    "constant's type": ("limits", "LIMIT = 3", "LIMIT = True", {"checkout"}),
    "helper body": (
        "prices",
        "return parts[0] * factor",
        "return parts[0] - factor",
        {"checkout", "refund"},
    ),
    "constant of a helper": ("prices", "BASE = 1", "BASE = 1.0", {"checkout", "refund"}),
    "helper in a cycle": ("prices", "1 if value == 0", "2 if value == 0", {"nightly"}),
    "dispatch flipped": (
        "flows",
        '"card": charge, "cash": payments.take_cash',
        '"card": payments.take_cash, "cash": charge',
        {"refund"},
    ),
    "partial": ("flows", "factor=2)", "factor=3)", {"refund"}),
    "step renamed by option": ("payments", 'name="audit"', 'name="inspect"', {"nightly"}),
    "step renamed by definition": ("payments", "take_cash", "take_money", {"refund"}),
    "step made asynchronous": ("payments", "def take_cash", "async def take_cash", {"refund"}),
    "step no longer a step": (
        "payments",
        "@DBOS.step()\ndef take_cash",
        "def take_cash",
        {"refund"},
    ),
    "import from another module": (
        "flows",
        "from shop.prices import Price",
        "from shop.limits import rates as Price; from shop.prices import Price as _",
        {"refund"},
    ),
    "method": ("prices", "self.net() * self.rate", "self.net() + self.rate", {"refund"}),
    "method of a method": ("prices", "return self.amount\n", "return -self.amount\n", {"refund"}),
    "overriding method": ("prices", "self.amount + 1", "self.amount + 2", {"refund"}),
    "class attribute": ("prices", "rate: int = 2", "rate: int = 3", {"refund"}),
    "class field added": (
        "prices",
        "rate: int = 2",
        "rate: int = 2\n    more: int = 1",
        {"refund"},
    ),
    "class decorator": ("prices", "@dataclass\n", "@dataclass(frozen=True)\n", {"refund"}),
    "workflow body": ("flows", "return 1\n", "return 2\n", {"lonely"}),
    "bool for int": ("flows", "return 1\n", "return True\n", {"lonely"}),
    "negative zero": ("flows", "return 1\n", "return -0.0\n", {"lonely"}),
    "default of an input": ("flows", "count: int = 1", "count: int = 2", {"checkout"}),
    "input renamed": (
        "flows",
        "def refund(order: str) -> str:",
        "def refund(order_id: str) -> str:\n    order = order_id",
        {"refund"},
    ),
    "operation order": (
        "flows",
        "await payments.audit_async()\n    value: int = nearest(1.5)\n",
        "value: int = nearest(1.5)\n    await payments.audit_async()\n",
        {"nightly"},
    ),
    "event key": ("flows", '"value", value', '"values", value', {"nightly"}),
    "f-string": ("flows", ": refunded", ": returned", {"refund"}),
    "queue name": ("flows", 'Queue("orders"', 'Queue("others"', {"nightly"}),
    "child workflow renamed": ("flows", "def checkout", "def buy", {"checkout", "buy", "nightly"}),
    "made asynchronous": ("flows", "def lonely", "async def lonely", {"lonely"}),
    "workflow renamed": ("flows", 'name="nightly"', 'name="daily"', {"nightly", "daily"}),
    "two locals exchanged": (
        "flows",
        "amount + len(names)",
        "len(names) + len(names)",
        {"checkout"},
    ),
}


def edited(module: str, old: str, new: str) -> dict[str, str]:
    """The shop after one edit."""
    path = f"shop/{module}.py"
    assert old in SHOP[path], old
    return {**SHOP, path: SHOP[path].replace(old, new)}


def test_all_workflows_are_found() -> None:
    assert workflow_versions(SHOP).keys() == ALL


@pytest.mark.parametrize("edit", STABLE)
def test_an_edit_that_cannot_change_a_replay_changes_no_version(edit: str) -> None:
    assert changed(SHOP, edited(*STABLE[edit])) == set()


@pytest.mark.parametrize("edit", CHANGING)
def test_an_edit_changes_exactly_the_workflows_that_reach_it(edit: str) -> None:
    module, old, new, expected = CHANGING[edit]
    new_shop = edited(module, old, new)
    if edit == "child workflow renamed":
        path = "shop/flows.py"
        new_shop[path] = new_shop[path].replace("enqueue(checkout", "enqueue(buy")
    assert changed(SHOP, new_shop) == expected


def test_names_and_places_of_helpers_do_not_matter() -> None:
    new = dict(SHOP)
    new["shop/prices.py"] = (
        new["shop/prices.py"].replace("rounded", "whole").replace("odd", "not_even")
    )
    new["shop/flows.py"] = new["shop/flows.py"].replace("rounded as", "whole as")
    assert changed(SHOP, new) == set()
    # A helper that is passed as a value keeps its name: whoever gets it may ask for it.
    new["shop/prices.py"] = new["shop/prices.py"].replace("total", "sum_up")
    new["shop/flows.py"] = new["shop/flows.py"].replace("Tax, total,", "Tax, sum_up as total,")
    assert changed(SHOP, new) == {"refund"}
    moved = {
        path.replace("shop/", "store/"): text.replace("shop", "store")
        for path, text in SHOP.items()
    }
    assert changed(SHOP, moved) == set()


def test_order_of_definitions_and_line_endings_do_not_matter() -> None:
    new = dict(SHOP)
    parts = new["shop/prices.py"].split("\n\n\n")
    new["shop/prices.py"] = (
        "\n\n\n".join([parts[0], parts[1], parts[2], *reversed(parts[3:])]) + "\n"
    )
    assert changed(SHOP, new) == set()


def test_the_application_version_covers_names_and_versions_only() -> None:
    before = versions.compute(analysed(SHOP)).application
    assert before.startswith("b1-")
    assert len(before) == 35
    assert versions.compute(analysed(edited(*STABLE["step body"]))).application == before
    module, old, new, _ = CHANGING["workflow body"]
    assert versions.compute(analysed(edited(module, old, new))).application != before


def test_the_steps_a_workflow_can_reach_are_named() -> None:
    found = versions.compute(analysed(SHOP)).workflows
    assert found["checkout"].steps == ("charge",)
    assert found["refund"].steps == ("charge", "take_cash")
    assert found["nightly"].steps == ("audit",)
