from __future__ import annotations

import locale
import platform
import sys
from datetime import datetime

from context import as_tenant, current, request_user
from dbos import DBOS
from features import enabled


@DBOS.step()
def bill(tenant: str, cents: int) -> str:
    return f"{tenant}:{cents}"


def format_amount(cents: int) -> str:
    return locale.currency(cents / 100)  # flags: DBS005


@DBOS.workflow()
def monthly(name: str, cents: int, at: float) -> str:
    with as_tenant(name):
        if enabled("new-billing", current()):
            cents = cents * 2
        result = bill(current(), cents)
    day = datetime.fromtimestamp(at).day  # flags: DBS005
    note = f"{format_amount(cents)} on {day} by {request_user()}"
    if platform.system() == "Linux" and sys.argv[1:]:  # flags: DBS303
        note += "!"
    return result + note


@DBOS.workflow()
def sharded(name: str, shards: int) -> int:
    shard = hash(name) % shards  # flags: DBS503
    owners = {f"owner-{index}" for index in range(shards)}
    first = owners.pop()  # flags: DBS502
    bill(first, shard)
    return bill(",".join(owners), shard).count(",")  # flags: DBS501
