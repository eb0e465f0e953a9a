from __future__ import annotations

from types import TracebackType
from typing import Any

import asyncpg


class Database:
    """Forwards everything to the pool once it is there."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.pool: asyncpg.Pool | None = None

    async def __aenter__(self) -> Database:
        self.pool = await asyncpg.create_pool(self.dsn)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        assert self.pool is not None
        await self.pool.close()

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        assert self.pool is not None
        async with self.pool.acquire() as connection:  # maybe: DBS205
            return [dict(row) for row in await connection.fetch(sql, *args)]  # flags: DBS205

    async def one(self, sql: str, *args: Any) -> dict[str, Any] | None:
        found = await self.rows(sql, *args)
        return found[0] if found else None


class Repository:
    table: str = ""
    columns: tuple[str, ...] = ()

    def __init__(self, database: Database) -> None:
        self.database = database

    def select(self, where: str = "true") -> str:
        return f"select {', '.join(self.columns)} from {self.table} where {where}"

    async def get(self, key: int) -> dict[str, Any] | None:
        return await self.database.one(self.select("id = $1"), key)

    async def all(self) -> list[dict[str, Any]]:
        return await self.database.rows(self.select())


class Members(Repository):
    table = "members"
    columns = ("id", "name", "joined")

    async def touch(self, key: int) -> None:
        await self.database.pool.execute("update members set seen = now() where id = $1", key)  # flags: DBS205


db = Database("postgresql:///club")
members = Members(db)
