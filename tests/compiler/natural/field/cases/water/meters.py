from __future__ import annotations

import contextvars
import threading

from dbos import DBOS

tenant: contextvars.ContextVar[str] = contextvars.ContextVar("tenant", default="none")
local = threading.local()


@DBOS.step()
def read(meter: str) -> int:
    return len(meter)


@DBOS.workflow()
def bill(meter: str, seen: list[str] = []) -> str:  # flags: DBS606
    seen.append(meter)
    value = read(meter)
    return f"{tenant.get()}: {value}"  # flags: DBS607


@DBOS.workflow()
def bill_as(meter: str) -> str:
    return f"{DBOS.authenticated_user}: {read(meter)}"


@DBOS.workflow()
def in_thread(meter: str) -> None:
    thread = threading.Thread(target=read, args=(meter,))  # flags: DBS401
    thread.start()
    thread.join()
