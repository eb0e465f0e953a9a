"""Attributes that are set once, and objects that belong to the call."""

from dataclasses import dataclass, field

from dbos import DBOS, DBOSConfiguredInstance


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@dataclass
class Order:
    name: str
    lines: list[str] = field(default_factory=list)
    paid: bool = False

    def pay(self) -> None:
        self.paid = True


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, config_name: str, url: str) -> None:
        self.url = url
        self.limits = {"orders": 3}
        self.calls = 0
        super().__init__(config_name)

    @DBOS.workflow()
    def only_reads(self, name: str) -> str:
        save(name, self.url)
        return self.url

    @DBOS.workflow()
    def reads_a_table(self, name: str) -> int:
        limit = self.limits["orders"]
        save(name, limit)
        return limit

    @DBOS.workflow()
    def own_order(self, name: str) -> bool:
        order = Order(name)
        order.lines.append(self.url)
        order.pay()
        save(name, order.lines)
        return order.paid

    @DBOS.step()
    def called(self) -> int:
        self.calls += 1
        return self.calls

    @DBOS.workflow()
    def step_counts(self, name: str) -> str:
        number = self.called()
        save(name, number)
        return name

    @DBOS.workflow()
    def local_of_that_name(self, name: str) -> str:
        url = self.url
        url += name
        save(name, url)
        return url

    @staticmethod
    @DBOS.workflow()
    def static(name: str) -> str:
        order = Order(name)
        order.paid = True
        save(name, order.paid)
        return name


shop = Shop("main", "https://example.com")
