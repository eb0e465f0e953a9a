"""Equal words, different names."""

from dbos import DBOS


@DBOS.workflow()
def process(name: str) -> str:
    return name


@DBOS.step(name="process step")
def process_step(name: str) -> str:
    return name


class Shop:
    @staticmethod
    @DBOS.workflow()
    def sell(name: str) -> str:
        return name


class Bakery:
    @staticmethod
    @DBOS.workflow()
    def sell(name: str) -> str:
        return name


@DBOS.workflow()
def sell(name: str) -> str:
    return name


def plain(name: str) -> str:
    return name


def plain_again(name: str) -> str:
    return plain(name)


class Counter:
    def process(self, name: str) -> str:
        return name
