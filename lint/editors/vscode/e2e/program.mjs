// The projects that the workbench opens: one violation each, in the shop reached through a helper.

export const PROGRAM = {
  "pyproject.toml": "[tool.dbos-build]\n",
  "prices.py": `"""Prices."""

import time


def price_of(item: str) -> float:
    return len(item) * (1 + time.time() % 7)
`,
  "orders.py": `"""Orders."""

from datetime import datetime

from dbos import DBOS, Queue

from prices import price_of

queue = Queue("orders", concurrency=3)


@DBOS.step(retries_allowed=True, max_attempts=5)
def charge(amount: float) -> str:
    return f"paid {amount}"


@DBOS.step()
def ship(item: str) -> str:
    return f"sent {item}"


@DBOS.workflow()
def order(item: str) -> str:
    charge(price_of(item))
    confirmed = DBOS.recv("confirmed", timeout_seconds=3600)
    return ship(item) if confirmed else "cancelled"


@DBOS.scheduled("0 2 * * mon-fri")
@DBOS.workflow()
def nightly(scheduled: datetime, actual: datetime) -> None:
    queue.enqueue(order, "lamp")
`,
};

export const OTHER = {
  "pyproject.toml": "[tool.dbos-build]\n",
  "times.py": `"""Times."""

import time

from dbos import DBOS


@DBOS.workflow()
def now() -> float:
    return time.time()
`,
};
