"""Transactions without a database, and steps without anything to record."""

from dbos import DBOS


@DBOS.transaction()
def pure_transaction(name: str) -> str:  # flags: DBS829:info
    return name.upper()


@DBOS.transaction()
def only_logs(name: str) -> None:  # flags: DBS829:info
    DBOS.logger.info("stored %s", name)


@DBOS.step()
def pure_step(name: str) -> str:  # flags: DBS829:info
    return name.strip().lower()


@DBOS.step()
def arithmetic(count: int) -> int:  # flags: DBS829:info
    return count * 2 + 1


def label(name: str) -> str:
    return f"[{name}]"


@DBOS.transaction()
def pure_helper(name: str) -> str:  # flags: DBS829:info
    return label(name)


class Shop:
    @DBOS.transaction()
    def total(self, amounts: list[int]) -> int:  # flags: DBS829:info
        return sum(amounts)


@DBOS.workflow()
def uses(name: str) -> str:
    return pure_transaction(name) + pure_step(name)
