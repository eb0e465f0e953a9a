"""Connections that are declared first, as None, and put in place by other code."""

from __future__ import annotations

from dataclasses import dataclass

from dbos import DBOS
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.orm import Session, sessionmaker

sessions: sessionmaker[Session] | None = None


@dataclass
class Resources:
    pool: AsyncConnectionPool
    limit: int = 3


_resources: Resources | None = None


def install(resources: Resources) -> None:
    global _resources
    _resources = resources


def resources() -> Resources:
    if _resources is None:  # flags: DBS603
        raise RuntimeError("install() comes first")
    return _resources  # flags: DBS603


class Ledger:
    def __init__(self) -> None:
        self.session: Session | None = None

    def total(self, account: str) -> int:
        assert self.session is not None
        return self.session.query(account).count()  # flags: DBS205


LEDGER = Ledger()


async def touch(pool: AsyncConnectionPool, name: str) -> None:
    async with pool.connection() as connection:  # flags: DBS205
        await connection.execute("UPDATE runs SET seen = now()")  # flags: DBS205


@DBOS.workflow()
async def through_a_getter(name: str) -> None:
    await touch(resources().pool, name)


@DBOS.workflow()
def through_an_attribute(name: str) -> int:
    return LEDGER.total(name)


@DBOS.workflow()
def through_a_variable(name: str) -> None:
    if sessions is not None:
        with sessions() as session:
            session.execute(name)  # flags: DBS205
