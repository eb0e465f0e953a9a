from dbos import DBOS

from acme.shared.money import cents
from acme.shared.rates import current


@DBOS.step()
def rate(currency: str) -> float:
    return current(currency)


@DBOS.workflow()
def total(amounts: list[str], currency: str) -> float:
    return sum(map(cents, amounts)) * rate(currency)


@DBOS.workflow()
def total_now(amounts: list[str], currency: str) -> float:
    return sum(map(cents, amounts)) * current(currency)
