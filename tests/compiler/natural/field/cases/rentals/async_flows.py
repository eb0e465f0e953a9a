import asyncio
import time

from dbos import DBOS


@DBOS.transaction()
def book(car: str) -> int:
    return DBOS.sql_session.execute("select 1").scalar()


@DBOS.step()
async def unlock(car: str) -> None:
    await asyncio.sleep(0.1)


@DBOS.step()
async def invoice(car: str, minutes: int) -> str:
    return f"{car}:{minutes}"


@DBOS.workflow()
async def rent(car: str) -> str:
    number = book(car)  # flags: DBS408
    DBOS.sleep(1)  # flags: DBS809
    unlock(car)  # flags: DBS406
    started = time.time()  # flags: DBS001
    await DBOS.recv_async("returned")
    minutes = int(time.time() - started) // 60  # flags: DBS001
    return await invoice(f"{car}-{number}", minutes)


@DBOS.workflow()
async def rent_well(car: str) -> str:
    number = await asyncio.to_thread(book, car)
    await DBOS.sleep_async(1)
    await unlock(car)
    await DBOS.recv_async("returned")
    return await invoice(f"{car}-{number}", 1)
