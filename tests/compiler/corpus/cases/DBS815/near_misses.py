"""Workflows of classes and instances that are registered."""

from dbos import DBOS, DBOSConfiguredInstance


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(config_name=name)

    @DBOS.workflow()
    def sell(self, name: str) -> str:
        return self.pack(name)

    @DBOS.step()
    def pack(self, name: str) -> str:
        return name


@DBOS.dbos_class()
class Positional(DBOSConfiguredInstance):
    def __init__(self, name: str) -> None:
        super().__init__(name)

    @DBOS.workflow()
    def work(self, name: str) -> str:
        return name


@DBOS.dbos_class()
class Inherited(DBOSConfiguredInstance):
    @DBOS.workflow()
    def run(self, name: str) -> str:
        return name


class Static:
    @staticmethod
    @DBOS.workflow()
    def static(name: str) -> str:
        return name


@DBOS.dbos_class()
class OfClass:
    @classmethod
    @DBOS.workflow()
    def of_class(cls, name: str) -> str:
        return name


class OnlySteps:
    @DBOS.step()
    def step(self, name: str) -> str:
        return name


shop = Shop("main")
inherited = Inherited("inherited")

if __name__ == "__main__":
    DBOS.launch()
    shop.sell("tea")
