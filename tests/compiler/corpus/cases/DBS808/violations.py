"""Transactions that are coroutines."""

import dbos
from dbos import DBOS

transaction = DBOS.transaction


@DBOS.transaction()
async def direct(name: str) -> None:  # flags: DBS808
    DBOS.sql_session.execute("INSERT")


@dbos.DBOS.transaction()
async def by_module(name: str) -> None:  # flags: DBS808
    DBOS.sql_session.execute("INSERT")


@transaction()
async def by_alias(name: str) -> None:  # flags: DBS808
    DBOS.sql_session.execute("INSERT")


@DBOS.transaction(isolation_level="SERIALIZABLE")
async def with_options(name: str) -> None:  # flags: DBS808
    DBOS.sql_session.execute("INSERT")


class Ledger:
    @DBOS.transaction()
    async def book(self, name: str) -> None:  # flags: DBS808
        DBOS.sql_session.execute("INSERT")

    @staticmethod
    @DBOS.transaction()
    async def close(name: str) -> None:  # flags: DBS808
        DBOS.sql_session.execute("INSERT")
