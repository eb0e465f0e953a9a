"""Attributes of configured instances and classes that workflows change."""

from dbos import DBOS, DBOSConfiguredInstance


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    sold = 0
    names: list[str] = []

    def __init__(self, config_name: str) -> None:
        self.count = 0
        self.last = "none"
        self.orders: dict[str, int] = {}
        self.open = False
        super().__init__(config_name)

    @DBOS.workflow()
    def sell(self, name: str) -> int:
        self.count += 1  # flags: DBS604
        save(name, self.count)
        return 1

    @DBOS.workflow()
    def rename(self, name: str) -> str:
        before = self.last
        self.last = name  # flags: DBS604
        save(name, before)
        return name

    @DBOS.workflow()
    def order(self, name: str) -> str:
        self.orders[name] = len(self.orders) + len(self.names) + 1  # flags: DBS604
        self.names.append(name)  # flags: DBS604
        save(name, self.orders[name])
        return name

    def close(self) -> bool:
        before, self.open = self.open, not self.open  # flags: DBS604
        return before

    @DBOS.workflow()
    def close_again(self, name: str) -> str:
        save(name, self.close())
        return name

    @classmethod
    @DBOS.workflow()
    def count_all(cls, name: str) -> int:
        cls.sold += 1  # flags: DBS604
        save(name, cls.sold)
        return 1

    @DBOS.workflow()
    def by_class_name(self, name: str) -> int:
        Shop.sold = Shop.sold + 1  # flags: DBS604
        save(name, Shop.sold)
        return 1

    @DBOS.workflow()
    def with_setattr(self, name: str) -> str:
        setattr(self, "count", self.count + 1)  # flags: DBS604
        save(name, self.count)
        return name


shop = Shop("main")
