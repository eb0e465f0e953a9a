"""A large application to measure with: 50,000 lines, 540 workflows, helpers across modules.

In: a number of services. Out: texts by path. Each service is a package of its own with models,
settings, database functions, an HTTP client, pure rules, steps, workflows and an API; all of them
use the `platform_parts` package, and each starts a workflow of the service before it. The code is
written as people write it, with a few violations in every service. Never does: write files.
"""

from __future__ import annotations

SERVICES = 20
UNITS = 12
"""How many aggregates (kinds of orders, as it were) every service has: two workflows for each."""

_SHARED = {
    "platform_parts/__init__.py": '"""Parts that all services use."""\n',
    "platform_parts/audit.py": '''"""What happened, for people."""
from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

logger = logging.getLogger("audit")


@dataclass
class Entry:
    """One line of the audit."""

    service: str
    action: str
    details: dict[str, str] = field(default_factory=dict)


def entry(service: str, action: str, **details: str) -> Entry:
    """An entry with its details."""
    return Entry(service, action, {key: value for key, value in sorted(details.items())})


def announce(made: Entry) -> Entry:
    """Write an entry to the log."""
    logger.info("%s %s %s at %s", made.service, made.action, made.details, time.time())
    return made
''',
    "platform_parts/money.py": '''"""Amounts."""
from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Money:
    """An amount in a currency."""

    amount: Decimal
    currency: str = "EUR"

    def plus(self, other: "Money") -> "Money":
        """The sum of two amounts."""
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} is not {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def times(self, factor: Decimal) -> "Money":
        """A part or a multiple."""
        exact = self.amount * factor
        return Money(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), self.currency)


def zero(currency: str = "EUR") -> Money:
    """Nothing."""
    return Money(Decimal(0), currency)
''',
    "platform_parts/results.py": '''"""Outcomes of work."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """A value or the reason why there is none."""

    value: T | None = None
    reason: str = ""

    @property
    def is_good(self) -> bool:
        """Whether there is a value."""
        return not self.reason


def attempt(action: Callable[[], T]) -> Outcome[T]:
    """Run something that may refuse."""
    try:
        return Outcome(action())
    except ValueError as refusal:
        return Outcome(None, str(refusal))


def chunks(items: list[T], size: int) -> list[list[T]]:
    """Items in groups."""
    return [items[start : start + size] for start in range(0, len(items), size)]
''',
}

_MODELS = '''

@dataclass
class {Unit}Line:
    """One line of a {unit} order."""

    sku: str
    quantity: int
    price: Money

    @property
    def total(self) -> Money:
        """What the line costs."""
        return self.price.times(Decimal(self.quantity))


@dataclass
class {Unit}:
    """A {unit} order of the {service} service."""

    order_id: str
    customer: str
    lines: list[{Unit}Line] = field(default_factory=list)
    status: str = "new"

    def total(self) -> Money:
        """What everything costs."""
        sum_of_lines = zero()
        for line in self.lines:
            sum_of_lines = sum_of_lines.plus(line.total)
        return sum_of_lines

    def skus(self) -> list[str]:
        """What is ordered, once each."""
        return sorted({{line.sku for line in self.lines}})
'''
_RULES = '''

def discount_of_{unit}(order: {Unit}) -> Decimal:
    """The part of the price that a customer of {unit} need not pay."""
    lines = len(order.lines)
    match order.status:
        case "new" if lines > 10:
            return Decimal("0.10")
        case "new" | "open":
            return Decimal("0.05")
        case _:
            return Decimal(0)


def check_{unit}(order: {Unit}) -> list[str]:
    """What is wrong with an order."""
    problems = []
    if not order.customer:
        problems.append("no customer")
    for position, line in enumerate(order.lines):
        if line.quantity <= 0:
            problems.append(f"line {{position}}: quantity {{line.quantity}}")
        elif line.price.amount < 0:
            problems.append(f"line {{position}}: negative price")
    return problems
'''
_STEPS = '''

@DBOS.step(name="{service}.reserve_{unit}", retries_allowed=True, max_attempts=5)
def reserve_{unit}(order: {Unit}) -> dict[str, int]:
    """Keep the goods for an order."""
    kept = {{}}
    with httpx.Client(base_url=settings.stock_url, timeout=settings.timeout_seconds) as client:
        for sku in order.skus():
            answer = client.post("/reservations", json={{"sku": sku, "order": order.order_id}})
            answer.raise_for_status()
            kept[sku] = int(answer.json()["kept"])
    return kept


@DBOS.step(name="{service}.notify_{unit}")
def notify_{unit}(customer: str, text: str) -> None:
    """Tell the customer."""
    httpx.post(f"{{settings.mail_url}}/messages", json={{"to": customer, "text": text}})


@DBOS.transaction(name="{service}.store_{unit}")
def store_{unit}(order_id: str, customer: str, total: str, status: str) -> int:
    """Write the order down."""
    DBOS.sql_session.execute(
        text("INSERT INTO {service}_{unit} VALUES (:id, :customer, :total, :status)"),
        {{"id": order_id, "customer": customer, "total": total, "status": status}},
    )
    row = DBOS.sql_session.execute(text("SELECT count(*) FROM {service}_{unit}")).one()
    return int(row[0])
'''
_WORKFLOWS = '''

def _summary_of_{unit}(order: {Unit}, kept: dict[str, int]) -> str:
    """What the customer reads."""
    parts = [f"{{sku}}: {{count}}" for sku, count in sorted(kept.items())]
    missing = [sku for sku in order.skus() if sku not in kept]
    if missing:
        parts.append("missing: " + ", ".join(missing))
    return "; ".join(parts)


@DBOS.workflow()
def process_{service}_{unit}(order: {Unit}) -> str:
    """Take a {unit} order from its check to its confirmation."""
    problems = rules.check_{unit}(order)
    announce(entry("{service}", "checked", problems=str(len(problems))))
    if problems:
        DBOS.set_event("status", "refused")
        return "; ".join(problems)
    kept = steps.reserve_{unit}(order)
    price = order.total().times(Decimal(1) - rules.discount_of_{unit}(order))
    outcome = attempt(lambda: price.plus(zero()))
    if not outcome.is_good:
        return outcome.reason
    count = steps.store_{unit}(order.order_id, order.customer, str(price.amount), order.status)
    for group in chunks(order.skus(), 5):
        DBOS.logger.info("%s of %s: %s", len(group), count, group)
    answer = DBOS.recv("{service}-{unit}-confirmation", timeout_seconds=60)
    if answer is None:
        DBOS.set_event("status", "waiting")
        DBOS.sleep(5)
    steps.notify_{unit}(order.customer, _summary_of_{unit}(order, kept))
    return price.currency


@DBOS.workflow()
def cancel_{service}_{unit}(order: {Unit}, reason: str) -> bool:
    """Take a {unit} order back while it waits."""
    announce(entry("{service}", "cancelled", order=order.order_id, reason=reason))
    status = DBOS.get_event(order.order_id, "status", timeout_seconds=5)
    if status != "waiting":
        return False
    for line in order.lines:
        if line.quantity > settings.LIMIT:
            steps.notify_{unit}(order.customer, f"{{line.sku}} stays reserved")
    steps.store_{unit}(order.order_id, order.customer, str(order.total().amount), "cancelled")
    return True
'''
_CLIENT = '''"""The partner of the {service} service."""
from __future__ import annotations

import httpx

from {service} import settings


class Partner:
    """Calls to the partner, over one connection."""

    def __init__(self, base_url: str = settings.partner_url) -> None:
        self.http = httpx.Client(base_url=base_url)
        self.calls = 0

    def status(self, order_id: str) -> str:
        """What the partner says about an order."""
        self.calls += 1
        answer = self.http.get(f"/orders/{{order_id}}")
        return str(answer.json().get("status", "unknown"))

    def cancel(self, order_id: str) -> bool:
        """Take an order back."""
        return self.http.delete(f"/orders/{{order_id}}").status_code == 204


partner = Partner()
'''
_SETTINGS = '''"""Settings of the {service} service."""
import os

partner_url = os.environ.get("{SERVICE}_PARTNER", "http://partner.test")
stock_url = os.environ.get("{SERVICE}_STOCK", "http://stock.test")
mail_url = os.environ.get("{SERVICE}_MAIL", "http://mail.test")
timeout_seconds = 10.0
LIMIT = 100
'''
_BATCH = '''

@DBOS.workflow()
def reconcile_{service}(order_ids: list[str]) -> dict[str, str]:
    """Compare what we know with what the partner knows."""
    found = {{}}
    for order_id in order_ids:
        found[order_id] = partner.status(order_id)
        if found[order_id] == "unknown":
            handle = queue.enqueue(repair_{service}, order_id)
            found[order_id] = handle.get_result()
    return found


@DBOS.workflow()
def repair_{service}(order_id: str) -> str:
    """Ask again, later."""
    started = datetime.now()
    DBOS.sleep(30)
    answer = ask_partner_of_{service}(order_id)
    if (datetime.now() - started).total_seconds() > 60:
        return "late"
    return answer


@DBOS.step()
def ask_partner_of_{service}(order_id: str) -> str:
    """One more question."""
    return partner.status(order_id)


@DBOS.scheduled("*/5 * * * *")
@DBOS.workflow()
def sweep_{service}(scheduled: datetime, actual: datetime) -> None:
    """Start what was forgotten."""
    for order_id in waiting_orders():
        with SetWorkflowID(f"repair-{{order_id}}"):
            DBOS.start_workflow(repair_{service}, order_id)
'''
_DATABASE = '''

def find_{unit}(order_id: str) -> dict[str, object] | None:
    """The row of one {unit} order."""
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT id, customer, total, status FROM {service}_{unit} WHERE id = :id"),
            {{"id": order_id}},
        ).one_or_none()
    if found is None:
        return None
    return {{"id": found[0], "customer": found[1], "total": found[2], "status": found[3]}}


def list_{unit}(status: str, limit: int = settings.LIMIT) -> list[dict[str, object]]:
    """The rows in a state."""
    statement = "SELECT id, customer FROM {service}_{unit} WHERE status = :status LIMIT :limit"
    with engine.connect() as connection:
        rows = connection.execute(text(statement), {{"status": status, "limit": limit}})
        return [{{"id": row[0], "customer": row[1]}} for row in rows]
'''
_API = '''

@app.post("/{service}/{unit}")
def create_{unit}(body: dict[str, str]) -> dict[str, str]:
    """Start the workflow of one order."""
    order = {Unit}(body["id"], body["customer"])
    with SetWorkflowID(body["id"]):
        handle = DBOS.start_workflow(process_{service}_{unit}, order)
    return {{"workflow": handle.workflow_id}}


@app.post("/{service}/{unit}/{{order_id}}/confirmation")
def confirm_{unit}(order_id: str) -> dict[str, str]:
    """Pass on what the customer decided."""
    DBOS.send(order_id, "yes", "{service}-{unit}-confirmation")
    return {{"status": str(DBOS.get_event(order_id, "status", timeout_seconds=1))}}


@app.get("/{service}/{unit}/{{order_id}}")
def show_{unit}(order_id: str) -> dict[str, object]:
    """One order."""
    return find_{unit}(order_id) or {{}}
'''


def texts(services: int = SERVICES, units: int = UNITS) -> dict[str, str]:
    """The files of an application with so many services."""
    made = dict(_SHARED)
    for number in range(services):
        made |= service(f"service_{number:02}", units, before=f"service_{number - 1:02}")
    return made


def service(name: str, units: int, before: str) -> dict[str, str]:
    """The files of one service; it starts a workflow of the one before, unless it is the first."""
    names = [f"unit_{number:02}" for number in range(units)]
    models = ", ".join(_class_name(unit) for unit in names)
    flows = ", ".join(f"process_{name}_{unit}" for unit in names)
    rows = ", ".join(f"find_{unit}" for unit in names)
    head = "from __future__ import annotations\n\n"
    parts = {
        "models.py": f"{head}from dataclasses import dataclass, field\n"
        "from decimal import Decimal\n\nfrom platform_parts.money import Money, zero\n",
        "rules.py": f"{head}from decimal import Decimal\n\nfrom {name}.models import {models}\n",
        "steps.py": f"{head}import httpx\nfrom dbos import DBOS\nfrom sqlalchemy import text\n\n"
        f"from {name} import settings\nfrom {name}.models import {models}\n",
        "flows.py": f"{head}from decimal import Decimal\n\nfrom dbos import DBOS\n\n"
        f"from {name} import rules, settings, steps\nfrom {name}.models import {models}\n"
        "from platform_parts.audit import announce, entry\nfrom platform_parts.money import zero\n"
        "from platform_parts.results import attempt, chunks\n",
        "database.py": f"{head}from sqlalchemy import create_engine, text\n\n"
        f'from {name} import settings\n\nengine = create_engine("postgresql:///{name}")\n',
        "api.py": f"{head}from dbos import DBOS, SetWorkflowID\nfrom fastapi import FastAPI\n\n"
        f"from {name}.database import {rows}\nfrom {name}.flows import {flows}\n"
        f"from {name}.models import {models}\n\napp = FastAPI()\n",
    }
    bodies = {
        "models.py": _MODELS,
        "rules.py": _RULES,
        "steps.py": _STEPS,
        "flows.py": _WORKFLOWS,
        "database.py": _DATABASE,
        "api.py": _API,
    }
    for file, body in bodies.items():
        for unit in names:
            parts[file] += body.format(
                unit=unit, Unit=_class_name(unit), service=name, SERVICE=name.upper()
            )
    parts["__init__.py"] = f'"""The {name} service."""\n'
    parts["settings.py"] = _SETTINGS.format(service=name, SERVICE=name.upper())
    parts["clients.py"] = _CLIENT.format(service=name)
    parts["batch.py"] = _batch(name, before)
    return {f"{name}/{file}": text for file, text in parts.items()}


def _batch(name: str, before: str) -> str:
    """The module of workflows over many orders."""
    is_first = before.endswith("-1")
    head = (
        "from __future__ import annotations\n\nfrom datetime import datetime\n\n"
        "from dbos import DBOS, Queue, SetWorkflowID\n\n"
        f"from {name}.clients import partner\nfrom {name}.database import list_unit_00\n"
    )
    body = _BATCH
    if not is_first:
        head += f"from {before}.batch import reconcile_{before}\n"
        body += f"    DBOS.start_workflow(reconcile_{before}, waiting_orders())\n"
    waiting = (
        "\n\ndef waiting_orders() -> list[str]:\n"
        '    """The orders that nobody worked on."""\n'
        '    return [str(row["id"]) for row in list_unit_00("waiting")]\n'
    )
    made = f'\nqueue = Queue("{name}-repairs", concurrency=5)\n'
    return head + made + waiting + body.format(service=name)


def _class_name(unit: str) -> str:
    return "".join(part.title() for part in unit.split("_"))
