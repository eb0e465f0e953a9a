"""Workflows of instances that nobody can find again."""

from dbos import DBOS, DBOSConfiguredInstance


class Unregistered(DBOSConfiguredInstance):
    @DBOS.workflow()
    def work(self, name: str) -> str:  # flags: DBS815
        return name


class Plain:
    @DBOS.workflow()
    def work_plainly(self, name: str) -> str:  # flags: DBS815
        return name


@DBOS.dbos_class()
class NotConfigured:
    @DBOS.workflow()
    def work_unnamed(self, name: str) -> str:  # flags: DBS815
        return name


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, name: str) -> None:
        super().__init__(config_name=name)

    @DBOS.workflow()
    def sell(self, name: str) -> str:
        return name


@DBOS.dbos_class()
class Silent(DBOSConfiguredInstance):
    def __init__(self, url: str) -> None:  # flags: DBS815
        self.url = url

    @DBOS.workflow()
    def call(self, name: str) -> str:
        return name


def endpoint(name: str) -> str:
    shop = Shop(name)  # flags: DBS815
    return shop.sell(name)


class Base(DBOSConfiguredInstance):
    pass


class Derived(Base):
    @DBOS.workflow()
    def work_derived(self, name: str) -> str:  # flags: DBS815
        return name


if __name__ == "__main__":
    DBOS.launch()
    late = Shop("late")  # flags: DBS815
    late.sell("tea")
