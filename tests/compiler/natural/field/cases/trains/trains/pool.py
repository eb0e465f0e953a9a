import asyncpg

Pool = asyncpg.Pool
_pool: asyncpg.Pool | None = None


async def get_pool() -> asyncpg.Pool:
    global _pool
    if _pool is None:  # flags: DBS610
        _pool = await asyncpg.create_pool("postgresql://trains")  # flags: DBS205
    return _pool
