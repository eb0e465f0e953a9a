import asyncio
from concurrent.futures import ThreadPoolExecutor, as_completed

from dbos import DBOS

pool = ThreadPoolExecutor(4)


@DBOS.step()
def render(page: int) -> str:
    return str(page)


@DBOS.transaction()
def store(page: str) -> None:
    DBOS.sql_session.execute("insert", {"page": page})


@DBOS.workflow()
def book(pages: int) -> list[str]:
    futures = [pool.submit(render, page) for page in range(pages)]  # flags: DBS401
    return [future.result() for future in as_completed(futures)]  # flags: DBS404


@DBOS.workflow()
async def async_book(pages: int) -> int:
    loop = asyncio.get_running_loop()
    for page in range(pages):
        await loop.run_in_executor(None, render, page)  # flags: DBS401
    await asyncio.to_thread(store, "last")
    return pages


@DBOS.workflow()
async def stops(pages: int) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(5, render, pages)  # flags: DBS409
    await DBOS.sleep_async(1)
