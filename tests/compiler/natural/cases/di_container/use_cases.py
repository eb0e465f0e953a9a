from __future__ import annotations

from dbos import DBOS

from container import Services, services
from ports import TaxTable


class Billing:
    def __init__(self, services: Services) -> None:
        self._services = services

    def gross(self, net: float, country: str) -> float:
        return net * (1 + self._services.taxes.rate(country))

    def number(self) -> str:
        return f"R-{self._services.ids.next_id()}"

    def due(self) -> str:
        return self._services.clock.now().date().isoformat()


@DBOS.step()
def store(number: str, gross: float, due: str) -> None:
    DBOS.logger.info("%s %s %s", number, gross, due)


def round_gross(taxes: TaxTable, net: float, country: str) -> float:
    return round(net * (1 + taxes.rate(country)), 2)


@DBOS.workflow()
def bill(customer: str, net: float, country: str) -> str:
    billing = Billing(services)
    number = billing.number()
    store(number, billing.gross(net, country), billing.due())
    services.notifier.notify(customer, f"Bill {number}")
    return number


@DBOS.workflow()
def estimate(net: float, country: str) -> float:
    return round_gross(services.taxes, net, country)
