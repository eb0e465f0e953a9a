"""Steps and workflows called inside a transaction."""

from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.transaction()
def store(name: str) -> None:
    DBOS.sql_session.execute("INSERT")


@DBOS.workflow()
def child(name: str) -> str:
    return name


def notify(name: str) -> str:
    return charge(name)  # flags: DBS802


class Shop:
    @DBOS.transaction()
    def sell(self, name: str) -> str:
        DBOS.sql_session.execute("INSERT")
        return charge(name)  # flags: DBS802


@DBOS.transaction()
def calls_a_step(name: str) -> str:
    DBOS.sql_session.execute("SELECT 1")
    return charge(name)  # flags: DBS802


@DBOS.transaction()
def calls_a_workflow(name: str) -> str:
    DBOS.sql_session.execute("SELECT 1")
    return child(name)  # flags: DBS802


@DBOS.transaction()
def starts_a_workflow(name: str) -> str:
    DBOS.sql_session.execute("SELECT 1")
    return DBOS.start_workflow(child, name).workflow_id  # flags: DBS802


@DBOS.transaction()
def by_helper(name: str) -> str:
    DBOS.sql_session.execute("SELECT 1")
    return notify(name)


@DBOS.transaction()
def in_a_loop(names: list[str]) -> int:
    for name in names:
        DBOS.sql_session.execute("SELECT 1")
        charge(name)  # flags: DBS802
    return len(names)
