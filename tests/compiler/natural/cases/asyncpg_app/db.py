from __future__ import annotations

from contextlib import asynccontextmanager
from typing import AsyncIterator

import asyncpg

_pool: asyncpg.Pool | None = None


async def get_pool() -> asyncpg.Pool:
    global _pool
    if _pool is None:  # flags: DBS610
        _pool = await asyncpg.create_pool("postgresql://localhost/app")  # flags: DBS205  # maybe: DBS601
    return _pool


@asynccontextmanager
async def connection() -> AsyncIterator[asyncpg.Connection]:
    pool = await get_pool()
    async with pool.acquire() as conn:  # maybe: DBS205
        yield conn


class UserRepository:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def by_email(self, email: str) -> dict | None:
        row = await self.pool.fetchrow("SELECT * FROM users WHERE email = $1", email)  # flags: DBS205
        return dict(row) if row else None

    async def create(self, email: str) -> int:
        async with self.pool.acquire() as conn:
            return await conn.fetchval("INSERT INTO users (email) VALUES ($1) RETURNING id", email)
