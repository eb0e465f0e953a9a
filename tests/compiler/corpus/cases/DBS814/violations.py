"""Two durable functions under one name: only one of them is found."""

from dbos import DBOS


@DBOS.workflow()
def process(name: str) -> str:
    return name


@DBOS.workflow(name="process")
def process_again(name: str) -> str:  # flags: DBS814
    return name


@DBOS.step(name="charge")
def charge_card(name: str) -> str:
    return name


@DBOS.step(name="charge")
def charge_account(name: str) -> str:  # flags: DBS814
    return name


@DBOS.workflow()
def twice(name: str) -> str:
    return name


@DBOS.workflow()
def twice(name: str, count: int = 1) -> str:  # flags: DBS814
    return name


class Shop:
    @staticmethod
    @DBOS.workflow(name="sell")
    def sell(name: str) -> str:
        return name


@DBOS.workflow(name="sell")
def sell_directly(name: str) -> str:  # flags: DBS814
    return name
