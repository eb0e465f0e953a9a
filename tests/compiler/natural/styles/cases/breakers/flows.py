from __future__ import annotations

from dbos import DBOS

from limits import Breaker, Window

gateway = Breaker()


@DBOS.step()
def charge(cents: int) -> int:
    return gateway.call(abs, cents)


@DBOS.step()
def moments() -> list[float]:
    return [1.0, 2.0, 70.0]


@DBOS.workflow()
def pay(cents: int) -> int:
    return charge(cents)


@DBOS.workflow()
def pay_guarded(cents: int) -> int:
    return gateway.call(charge, cents)


@DBOS.workflow()
def simulate(size: int) -> int:
    window = Window(size)
    return sum(window.admit(moment) for moment in moments())
